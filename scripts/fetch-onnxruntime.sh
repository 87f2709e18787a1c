#!/bin/sh
# Makes a copy of ONNX Runtime for machines whose distribution has no package of
# it (Debian 12): include/, lib/ and lib/pkgconfig/libonnxruntime.pc in DIR.
#
#   sh scripts/fetch-onnxruntime.sh DIR
#
# The library is the one inside the npm package or the Python wheel of ONNX
# Runtime, whichever tool is here, at a version and a checksum written below.
# The headers are in neither: they come out of the -dev package of the first
# Debian that has one, fetched from the mirror this machine uses and verified
# by Debian's keyring. Nothing is installed and nothing runs as root.

set -eu

version=1.30.0
npm_package=onnxruntime-node
npm_sha512=b7086cd42d82fc1164cf5c9ce4e634288536194aba0d444eee10f86f1e50d90cb79c0309c115d6f31537355733136f5503d96894b3987a9a03f1f8d318e7c8ab
# a wheel a platform; the Python version only says which of its twins
wheel_python=3.11
wheel_sha256_x86_64=fd54b314ea385bcecac69ab431f020ba503e3878dad4ebb645fec5a24b041242
wheel_sha256_aarch64=bac3aee7b40acd805659fd81a2acd6096312d5b0f014c97ddfe75fb4c1644627
headers_suite=trixie
headers_package=libonnxruntime-dev
headers_keyring=/usr/share/keyrings/debian-archive-keyring.gpg

[ $# = 1 ] || { echo "usage: $0 DIR" >&2; exit 2; }
target=$1
work=$target.part

say ()
{
  echo "setup: $*"
}

fail ()
{
  echo "setup: ONNX Runtime: $*" >&2
  cat >&2 <<END
setup: to do it by hand, put a copy of ONNX Runtime (1.21 or newer) with its
       headers into a folder with include/ and lib/ below it, and build with
         ONNXRUNTIME_ROOT=DIR sh tests/run.sh
       or
         meson setup build -Donnxruntime_root=DIR
END
  exit 1
}

has_sum ()
{
  echo "$3  $2" | "$1" -c --status
}

# The library from npm: one package with every platform in it
fetch_npm ()
{
  command -v npm >/dev/null 2>&1 || return 1
  say "fetching $npm_package $version with npm"
  (cd "$work" && npm pack --silent --ignore-scripts --cache "$work/npm-cache" \
    "$npm_package@$version") >"$work/log" 2>&1 || return 1
  archive=$work/$npm_package-$version.tgz
  has_sum sha512sum "$archive" "$npm_sha512" ||
    fail "$npm_package $version is not the file that was expected:" \
      "its SHA-512 differs. It was not used."
  tar -xzf "$archive" -C "$work" --wildcards --strip-components=5 \
    "package/bin/*/linux/$npm_arch/libonnxruntime.so.1"
}

# The library from a wheel. A wheel is a ZIP file.
fetch_pip ()
{
  python3 -m pip --version >/dev/null 2>&1 || return 1
  say "fetching onnxruntime $version with pip"
  python3 -m pip download --quiet --no-deps --no-cache-dir \
    --only-binary=:all: --python-version "$wheel_python" \
    --platform "manylinux_2_28_$machine" --dest "$work" \
    "onnxruntime==$version" >"$work/log" 2>&1 || return 1
  archive=$(echo "$work"/onnxruntime-"$version"-*.whl)
  has_sum sha256sum "$archive" "$wheel_sha256" ||
    fail "the wheel of onnxruntime $version is not the file that was" \
      "expected: its SHA-256 differs. It was not used."
  python3 -m zipfile -e "$archive" "$work/wheel" &&
    mv "$work/wheel/onnxruntime/capi/libonnxruntime.so.$version" \
      "$work/libonnxruntime.so.1"
}

# The Debian mirror among this machine's sources
debian_mirror ()
{
  apt-get indextargets --format '$(LABEL) $(COMPONENT) $(REPO_URI)' \
    'Created-By: Packages' 2>/dev/null |
    sed -n 's/^Debian main //p' | head -n 1
}

# The headers, by an apt that has its own sources, lists and cache
fetch_headers ()
{
  command -v apt-get >/dev/null 2>&1 || return 1
  mirror=$(debian_mirror)
  [ -n "$mirror" ] || return 1
  say "fetching the headers from Debian's $headers_package"
  mkdir -p "$work/apt/sources" "$work/apt/lists/partial" \
    "$work/apt/cache/archives/partial" "$work/headers"
  cat >"$work/apt/sources/headers.sources" <<END
Types: deb
URIs: $mirror
Suites: $headers_suite
Components: main
Signed-By: $headers_keyring
END
  private_apt update && private_apt download "$headers_package" || return 1
  dpkg-deb -x "$work"/headers/"$headers_package"_*.deb "$work/headers"
}

private_apt ()
{
  (cd "$work/headers" && apt-get -qq \
    -o Dir::Etc::SourceList=/dev/null \
    -o Dir::Etc::SourceParts="$work/apt/sources" \
    -o Dir::State::Lists="$work/apt/lists" \
    -o Dir::Cache="$work/apt/cache" \
    -o APT::Sandbox::User="$(id -un)" \
    -o Acquire::Languages=none \
    "$@") >"$work/log" 2>&1
}

write_pkgconfig ()
{
  cat <<END
prefix=\${pcfiledir}/../..
includedir=\${prefix}/include
libdir=\${prefix}/lib

Name: onnxruntime
Description: ONNX Runtime
Version: $version
Libs: -L\${libdir} -lonnxruntime -Wl,-rpath,\${libdir}
Cflags: -I\${includedir}/onnxruntime
END
}

machine=$(uname -m)
case $machine in
  x86_64)
    npm_arch=x64
    wheel_sha256=$wheel_sha256_x86_64
    ;;
  aarch64)
    npm_arch=arm64
    wheel_sha256=$wheel_sha256_aarch64
    ;;
  *)
    fail "no copy is known for $machine, only for x86_64 and aarch64."
    ;;
esac

rm -rf "$work"
mkdir -p "$work"
work=$(cd "$work" && pwd)
trap 'rm -rf "$work"' EXIT

fetch_npm || fetch_pip || {
  [ ! -s "$work/log" ] || tail -n 5 "$work/log" >&2
  fail "neither npm nor pip could fetch version $version."
}
fetch_headers || {
  [ ! -s "$work/log" ] || tail -n 5 "$work/log" >&2
  fail "the headers could not be fetched: Debian's $headers_package from" \
    "$headers_suite. If its signature was refused, the package" \
    "debian-archive-keyring is too old."
}

mkdir -p "$work/copy/lib/pkgconfig"
mv "$work/headers/usr/include" "$work/copy/include"
mv "$work/libonnxruntime.so.1" "$work/copy/lib/"
ln -s libonnxruntime.so.1 "$work/copy/lib/libonnxruntime.so"
write_pkgconfig >"$work/copy/lib/pkgconfig/libonnxruntime.pc"
# in one step, so that half a copy is never taken for a whole one
rm -rf "$target"
mv "$work/copy" "$target"
say "ONNX Runtime $version is in $target"
