#!/bin/sh
# Quantizes the demonstration model from a folder of pictures, and shows what
# became of its size, speed and accuracy. Sets up and builds what is not there.
#
#   PTQ_BUILD=DIR         the build folder, by default build
#   ONNXRUNTIME_ROOT=DIR  a copy of ONNX Runtime that is there already

set -eu

cd "$(dirname "$0")/.."
build=${PTQ_BUILD-build}
demo=examples/demo
model=$demo/shapes.onnx
quantized=$build/shapes-int8.onnx

sh scripts/setup.sh
if [ ! -e "$build/build.ninja" ]; then
  meson setup "$build" ${ONNXRUNTIME_ROOT:+-Donnxruntime_root=$ONNXRUNTIME_ROOT}
fi
ninja -C "$build" elements/libgstptq.so tools/ptq-compare

# in the environment in which the plugin and the tools are found
in_build ()
{
  meson devenv -C "$build" -w "$PWD" "$@"
}

# what the network was trained behind: it is given to both commands, since a
# model is calibrated and judged on what it will see
preprocessing="ptqconvert
  ! ptqresize mode=shorter-side method=linear width=112 height=112
  ! ptqcrop width=96 height=96
  ! ptqnormalize preset=imagenet"

echo
echo "== Quantizing $model from the pictures in $demo/calibrate"
# shellcheck disable=SC2086 # words of a pipeline
in_build gst-launch-1.0 -q ptqimagesrc location=$demo/calibrate \
  ! $preprocessing ! ptqsink model=$model location="$quantized"

echo
echo "== The float model and the int8 model on the pictures in $demo/evaluate"
in_build ptq-compare $model "$quantized" --labels=$demo/labels.csv \
  --pipeline="ptqimagesrc location=$demo/evaluate ! $preprocessing"

cat <<END

The int8 model is $quantized. To go on by hand, in a shell in which
gst-launch-1.0 finds the elements:

  meson devenv -C $build -w "$PWD"
  gst-inspect-1.0 ptqsink
END
