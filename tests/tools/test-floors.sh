#!/bin/sh
# gst-ptq
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What default settings make of the three networks of the examples, measured on
# pictures that did not calibrate them. The floors are half a decibel or one
# point below what was measured when they were set (with ONNX Runtime 1.30): a
# change that costs more than that is noticed, one that brings more may raise
# them.
#
#   test-floors.sh PTQ-COMPARE

# shellcheck source=tap.sh disable=SC2086 # pipelines are lists of words
. "$G_TEST_SRCDIR/tools/tap.sh"

compare=$1

field ()
{
  sed -n "s/.*\"$1\": *\([^,}]*\).*/\1/p" "$log"
}

at_least () # KEY FLOOR
{
  awk -v value="$(field "$1")" -v floor="$2" \
    'BEGIN { exit !(value != "" && value != "null" && value + 0 >= floor) }'
}

# NAME MODEL CALIBRATE EVALUATE STEPS [ARGUMENT...]
measure ()
{
  begin "$1"
  model=$2
  calibrate=$3
  evaluate=$4
  steps=$5
  shift 5
  expect "a model" $tested gst-launch-1.0 -q ptqimagesrc \
    location="$calibrate" ! $steps ! ptqsink model="$model" \
    location="$folder/int8.onnx" > "$log" 2>&1
  expect "a comparison" $tested "$compare" "$model" "$folder/int8.onnx" \
    --json --pipeline="ptqimagesrc location=$evaluate ! $steps" "$@" \
    >> "$log" 2>&1
}

demo=$PTQ_EXAMPLES/demo
crop="ptqconvert ! ptqresize mode=shorter-side method=linear width=112 \
height=112 ! ptqcrop width=96 height=96 ! ptqnormalize preset=imagenet"
box="ptqconvert ! ptqresize mode=letterbox method=linear width=96 height=96 \
! ptqnormalize preset=zero-one"

measure "ReLU6 classifier" "$demo/shapes.onnx" "$demo/calibrate" \
  "$demo/evaluate" "$crop" --labels="$demo/labels.csv"
expect "29.6 dB of 30.2" at_least sqnr_db 29.6
expect "96.5 % right of 97.5" at_least model_top1 0.965
expect "97.3 % agreement of 98.3" at_least agreement 0.973
end

measure "HardSwish classifier" "$PTQ_EXAMPLES/hardswish/hardswish.onnx" \
  "$demo/calibrate" "$demo/evaluate" "$crop" --labels="$demo/labels.csv"
expect "24.6 dB of 25.2" at_least sqnr_db 24.6
expect "97.3 % right of 98.3" at_least model_top1 0.973
expect "98.5 % agreement of 99.6" at_least agreement 0.985
end

measure "SiLU detector" "$PTQ_EXAMPLES/detector/detector.onnx" \
  "$PTQ_EXAMPLES/detector/calibrate" "$PTQ_EXAMPLES/detector/evaluate" "$box"
expect "31.9 dB of 32.4" at_least sqnr_db 31.9
end

done_testing
