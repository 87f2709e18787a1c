#!/bin/sh
# Sets up, builds and tests. The last line is
#
#   N passed, N failed, N skipped
#
# counted over every case of every test program; the exit status is 0 only when
# nothing failed. In the environment:
#
#   PTQ_BUILD=DIR         the build folder; default build, build-clang, build-asan
#   PTQ_CC=clang          another compiler
#   PTQ_SANITIZE=1        with AddressSanitizer and UndefinedBehaviorSanitizer
#   ONNXRUNTIME_ROOT=DIR  a copy of ONNX Runtime that is there already
#
# Arguments go to meson test: sh tests/run.sh --suite lib, or, with the set-ups of
# tests/setups, sh tests/run.sh --setup leaks and --setup valgrind.

set -u

top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top" || exit 1

give_up ()
{
  echo "tests: $*" >&2
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
}

if [ -n "${ONNXRUNTIME_ROOT-}" ]; then
  ONNXRUNTIME_ROOT=$(realpath "$ONNXRUNTIME_ROOT")
  export ONNXRUNTIME_ROOT
fi
sh scripts/setup.sh || give_up "setting up failed"

build=build
set_options=
if [ -n "${PTQ_CC-}" ]; then
  export CC="$PTQ_CC"
  build=$build-$(basename "$PTQ_CC")
fi
if [ -n "${PTQ_SANITIZE-}" ]; then
  # clang links the sanitizers into programs only, so its libraries have
  # symbols left open
  set_options="-Db_sanitize=address,undefined -Db_lundef=false"
  build=$build-asan
fi
build=${PTQ_BUILD-$build}
if [ -n "${ONNXRUNTIME_ROOT-}" ]; then
  set_options="$set_options -Donnxruntime_root=$ONNXRUNTIME_ROOT"
fi

# A folder that is configured keeps its settings; ninja reconfigures it itself
# when the build description changed.
if [ ! -e "$build/build.ninja" ]; then
  # shellcheck disable=SC2086 # a list of options
  meson setup "$build" $set_options || give_up "configuring $build failed"
fi
ninja -C "$build" || give_up "building in $build failed"

results=$build/meson-logs
rm -f "$results"/testlog*
meson test -C "$build" --no-rebuild --print-errorlogs "$@"
status=$?
python3 tests/count-cases.py "$results" || exit 1
exit $status
