#!/bin/sh
# Brings a Debian machine to where the project builds: packages by apt, and
# ONNX Runtime. Only what is missing is installed; when nothing is, neither apt
# nor the network is touched.
#
#   sh scripts/setup.sh           what building, testing and the examples need
#   sh scripts/setup.sh --ci      what .ci/run needs beyond that
#
# ONNXRUNTIME_ROOT=DIR names a copy of ONNX Runtime that is there already
# (include/ and lib/ below it); none is looked for then.

set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
ort_dir=$top/build-onnxruntime
log=$(mktemp)
trap 'rm -f "$log"' EXIT

say ()
{
  echo "setup: $*"
}

fail ()
{
  echo "setup: $*" >&2
  exit 1
}

# 1. What is missing

have ()
{
  command -v "$1" >/dev/null 2>&1
}

has_module ()
{
  pkg-config --exists "$1" 2>/dev/null
}

has_element ()
{
  gst-inspect-1.0 --exists "$1" 2>/dev/null
}

can_compile ()
{
  printf '#include <stdlib.h>\nint main (void) { return EXIT_SUCCESS; }\n' |
    cc -x c -o /dev/null - 2>/dev/null
}

# need PACKAGES CHECK...: the packages are missing when the check fails
need ()
{
  packages=$1
  shift
  "$@" || missing="$missing $packages"
}

list_missing ()
{
  missing=
  need 'gcc libc6-dev' can_compile
  need meson have meson
  need ninja-build have ninja
  need python3 have python3
  need pkgconf have pkg-config
  need libglib2.0-dev has_module 'gio-unix-2.0 >= 2.74'
  need libgstreamer1.0-dev has_module 'gstreamer-check-1.0 >= 1.22'
  need libgstreamer-plugins-base1.0-dev \
    has_module 'gstreamer-video-1.0 >= 1.22'
  need libvips-dev has_module 'vips >= 8.14'
  need libprotobuf-c-dev has_module libprotobuf-c
  need protobuf-c-compiler have protoc-c
  need gstreamer1.0-tools have gst-launch-1.0
  need gstreamer1.0-plugins-base has_element videotestsrc
  need gstreamer1.0-plugins-good has_element jpegdec
  if [ "$want_ci" = yes ]; then
    need clang have clang
    need clang-format have clang-format
  fi
}

# 2. Packages

as_root ()
{
  if [ "$(id -u)" = 0 ]; then
    "$@"
  else
    sudo "$@"
  fi
}

# A machine that was never asked for packages knows of none
update_lists ()
{
  [ -z "${updated-}" ] || return 0
  updated=yes
  if ! as_root apt-get update -qq >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    say "apt-get update failed, going on with the package lists that are there"
  fi
}

knows_packages ()
{
  [ -n "$(apt-get indextargets 'Created-By: Packages' 2>/dev/null)" ]
}

install_packages ()
{
  command="apt-get install --no-install-recommends $*"
  have apt-get ||
    fail "missing, by their Debian names: $*. There is no apt-get here:" \
      "install them by hand and run this again."
  [ "$(id -u)" = 0 ] || have sudo ||
    fail "missing: $*. This needs root or sudo: run '$command' as root" \
      "and then this again."
  say "installing $*"
  update_lists
  if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y \
      --no-install-recommends "$@" >"$log" 2>&1 </dev/null; then
    tail -n 15 "$log" >&2
    fail "apt-get failed. Run '$command' by hand and then this again."
  fi
}

# 3. ONNX Runtime

has_candidate ()
{
  apt-cache policy "$1" 2>/dev/null | grep -q '^ *Candidate: [0-9]'
}

has_onnxruntime ()
{
  if [ -n "${ONNXRUNTIME_ROOT-}" ]; then
    [ -e "$ONNXRUNTIME_ROOT/lib/libonnxruntime.so" ] ||
      fail "ONNXRUNTIME_ROOT=$ONNXRUNTIME_ROOT has no lib/libonnxruntime.so." \
        "Point it at the folder with include/ and lib/, or unset it."
    return 0
  fi
  has_module libonnxruntime || [ -e "$ort_dir/lib/pkgconfig/libonnxruntime.pc" ]
}

install_onnxruntime ()
{
  ! have apt-get || knows_packages || update_lists
  if has_candidate libonnxruntime-dev; then
    install_packages libonnxruntime-dev
    return 0
  fi
  # of the two that can fetch it, pip needs a tenth of the packages of npm
  have npm || python3 -m pip --version >/dev/null 2>&1 ||
    install_packages python3-pip
  sh "$top/scripts/fetch-onnxruntime.sh" "$ort_dir"
}

case ${1-} in
  '') want_ci=no ;;
  --ci) want_ci=yes ;;
  *) fail "unknown argument '$1'. The only one is --ci." ;;
esac

list_missing
if [ -n "$missing" ]; then
  # shellcheck disable=SC2086 # a list of names
  install_packages $missing
  list_missing
  [ -z "$missing" ] ||
    fail "still not usable after its installation:$missing." \
      "The versions needed: GLib 2.74, GStreamer 1.22, libvips 8.14."
fi
has_onnxruntime || install_onnxruntime
say "everything is there"
