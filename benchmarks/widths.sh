#!/bin/sh
# Quantizes the weights of models to every width and to mixed bits, and prints
# a Markdown table of file sizes and output cosines.
#
#   widths.sh DATA [MODEL...]
#
# DATA as for models.sh. Cosines are of pictures: photographs, for super
# resolution grey ones. auto_tune is tried without data and on other pictures.
# PATH must hold the tools.
set -u
data=$(cd "${1:?usage: widths.sh DATA [MODEL...]}" && pwd)
shift
[ $# -gt 0 ] || set -- mobilenet_v1_025_imagenet st_mobilenet_v2_035_flowers \
  super_resolution_d2s
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

pipeline () { # MODEL [SHUFFLE]
  case $1 in
    mobilenet_v1*) echo "ptqimagesrc location=$data/imagenet-500/*.jpg
      shuffle=${2:-true} num-samples=20 ! ptqconvert ! ptqresize width=256 height=256
      mode=shorter-side method=linear-antialias ! ptqcrop width=224 height=224
      ! ptqnormalize preset=imagenet" ;;
    st_mobilenet*) echo "ptqimagesrc location=$data/imagenet-500/*.jpg
      shuffle=${2:-true} num-samples=20 ! ptqconvert ! ptqresize ! ptqnormalize
      preset=minus-one-one" ;;
    super*) echo "ptqimagesrc location=$data/task-images/coco*.jpg
      shuffle=${2:-true} num-samples=6 ! ptqconvert ! video/x-raw,format=GRAY8 ! ptqresize
      ! ptqnormalize preset=zero-one" ;;
  esac
}

row () { # MODEL NAME
  ptq-compare "$data/models/$1.onnx" "$work/model.onnx" --json \
    --pipeline="$(pipeline "$1")" > "$work/result.json" || return
  awk -v model="$1" -v name="$2" -v size="$(wc -c < "$work/model.onnx")" \
    -v cosine="$(sed -n 's/.*"cosine": *\([^,}]*\).*/\1/p' \
      "$work/result.json")" \
    'BEGIN { printf "| %s | %s | %.1f kB | %.6f |\n", model, name, size / 1e3,
      cosine }'
}

converted () { # MODEL NAME BITS [LINE]
  printf '[common_quant_param]\nquant_type=WEIGHT_QUANT\nbit_num=%s\n' "$3" \
    > "$work/config"
  printf 'min_quant_weight_channel=0\n%b' "${4:-}" >> "$work/config"
  ptq-convert --fmk=ONNX --modelFile="$data/models/$1.onnx" \
    --outputFile="$work/model" --configFile="$work/config" \
    > "$work/log" 2>&1 || { echo "| $1 | $2 | failed | |"; return; }
  row "$1" "$2"
}

tuned () { # MODEL NAME
  # shellcheck disable=SC2046
  gst-launch-1.0 -q $(pipeline "$1" false) ! ptqsink \
    model="$data/models/$1.onnx" location="$work/model.onnx" \
    quant-type=weight bit-num=0 auto-tune=true min-quant-weight-channel=0 \
    > "$work/log" 2>&1 || { echo "| $1 | $2 | failed | |"; return; }
  row "$1" "$2"
}

echo "| model | bits | file | cosine |"
echo "|---|---|---|---|"
for model in "$@"; do
  for bits in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
    converted "$model" $bits $bits
  done
  converted "$model" "mixed, init_scale 0.02" 0
  converted "$model" "mixed, auto_tune without data" 0 \
    '[mixed_bit_weight_quant_param]\nauto_tune=true\n'
  tuned "$model" "mixed, auto_tune on pictures"
done
