#!/bin/sh
# gst-ptq
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Records the SHA-256 of the models that the product writes, to see whether a
# change that should not change them did not.
#
#   hashes.sh record FILE     writes FILE
#   hashes.sh compare FILE    prints what differs from FILE; exit status 1 then
#
# The demonstration model with every method and storage, the four kinds of
# configuration files, and, where PTQ_TEST_DATA or ../shared/data is there, each
# of its models. PTQ_BUILD names the build folder (default: build). The bytes
# depend on the processor and on ONNX Runtime, so a record is good for one
# machine and is not kept with the sources.
set -u
top=$(cd "$(dirname "$0")/.." && pwd)
build=${PTQ_BUILD-$top/build}
usage='usage: hashes.sh record|compare FILE'
action=${1:?$usage}
file=${2:?$usage}
data=${PTQ_TEST_DATA-$top/../shared/data}
out=$(mktemp -d) || exit 1
trap 'rm -rf "$out"' EXIT
GST_PLUGIN_PATH_1_0=$build/elements
GST_REGISTRY_1_0=$out/registry.bin
export GST_PLUGIN_PATH_1_0 GST_REGISTRY_1_0
# shellcheck disable=SC2034 # model-pipelines.sh reads them
images=$data/task-images photos=$data/imagenet-500
demo=$top/examples/demo
found=$out/found

note () { # NAME FILE
  if [ -e "$2" ]; then
    echo "$1 $(sha256sum < "$2" | cut -d ' ' -f 1)"
    rm -f "$2"
  else
    echo "$1 refused"
  fi >> "$found"
}

quantize () { # NAME MODEL PIPELINE [PROPERTY...]
  name=$1 model=$2 pipeline=$3
  shift 3
  # shellcheck disable=SC2086 # a pipeline is words
  gst-launch-1.0 -q $pipeline ! ptqsink model="$model" \
    location="$out/model.onnx" "$@" > "$out/log" 2>&1
  note "$name" "$out/model.onnx"
}

row () { # MODEL PIPELINE
  quantize "$1" "$data/models/$1.onnx" "$2"
}

convert () { # NAME: the configuration comes by standard input
  cat > "$out/model.cfg"
  "$build/tools/ptq-convert" --fmk=ONNX --modelFile="$demo/shapes.onnx" \
    --outputFile="$out/converted" --configFile="$out/model.cfg" \
    > "$out/log" 2>&1
  note "$1" "$out/converted.onnx"
}

# The demonstration model and what can be asked of it
pictures="ptqimagesrc location=$demo/calibrate ! ptqconvert ! ptqresize \
  mode=shorter-side method=linear width=112 height=112 ! ptqcrop width=96 \
  height=96 ! ptqnormalize preset=imagenet"
shapes () {
  name=$1
  shift
  quantize "shapes-$name" "$demo/shapes.onnx" "$pictures" "$@"
}
shapes default
shapes kl activation-quant-method=kl
shapes removal-outlier activation-quant-method=removal-outlier
shapes plain equalization=false bias-correction=false
shapes no-equalization equalization=false
shapes four-bits bit-num=4
shapes tensorrt target=tensorrt
shapes mindspore target=mindspore
shapes float16 fp16=true skip-quant-node=stem/conv
shapes min-sqnr min-sqnr=36
shapes weights-8 quant-type=weight
shapes weights-3 quant-type=weight bit-num=3
shapes weights-qdq quant-type=weight bit-num=4 weight-storage=qdq
shapes weights-native quant-type=weight bit-num=4 weight-storage=native

convert seed-full << END
[common_quant_param]
quant_type=FULL_QUANT
bit_num=8
[data_preprocess_param]
calibrate_path=image:$demo/calibrate
calibrate_size=40
input_type=IMAGE
image_to_format=RGB
normalize_mean=[123.675, 116.28, 103.53]
normalize_std=[58.395, 57.12, 57.375]
resize_width=112
resize_height=112
resize_method=LINEAR
center_crop_width=96
center_crop_height=96
[full_quant_param]
activation_quant_method=MAX_MIN
bias_correction=true
END
convert seed-fixed-bits << END
[common_quant_param]
quant_type=WEIGHT_QUANT
bit_num=8
min_quant_weight_size=0
min_quant_weight_channel=16
END
convert seed-mixed-bits << END
[common_quant_param]
quant_type=WEIGHT_QUANT
bit_num=0
min_quant_weight_size=5000
min_quant_weight_channel=5
[mixed_bit_weight_quant_param]
init_scale=0.02
END
convert seed-auto-tune << END
[common_quant_param]
quant_type=WEIGHT_QUANT
bit_num=0
min_quant_weight_size=0
min_quant_weight_channel=5
[mixed_bit_weight_quant_param]
auto_tune=true
END

if [ -d "$data/models" ]; then
  # shellcheck source=benchmarks/model-pipelines.sh
  . "$top/benchmarks/model-pipelines.sh"
fi

case $action in
  record) cp "$found" "$file" ;;
  compare) diff "$file" "$found" ;;
  *) echo "$usage" >&2; exit 2 ;;
esac
