#!/bin/sh
# Quantizes the ImageNet model with each method, on every fifth of the
# photographs, evaluates it on the others, and prints a Markdown table.
#
#   methods.sh DATA
#
# DATA as for models.sh; gst-launch-1.0 must find the plugin and PATH the tools.
set -u
data=$(cd "${1:?usage: methods.sh DATA}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
model=$data/models/mobilenet_v1_025_imagenet.onnx
labels=$data/imagenet-500/labels.csv
mkdir "$work/calibrate" "$work/evaluate"
n=0
for picture in "$data"/imagenet-500/*.jpg; do
  if [ $((n % 5)) = 0 ]; then into=calibrate; else into=evaluate; fi
  ln -s "$picture" "$work/$into/"
  n=$((n + 1))
done
prepare="ptqconvert ! ptqresize width=256 height=256 mode=shorter-side \
  method=linear-antialias ! ptqcrop width=224 height=224 \
  ! ptqnormalize preset=imagenet"

field () { # KEY
  sed -n "s/.*\"$1\": *\([^,}]*\).*/\1/p" "$work/result.json" | head -n 1
}

evaluate () { # NAME FILE
  ptq-compare "$model" "$2" --json --labels="$labels" \
    --pipeline="ptqimagesrc location=$work/evaluate ! $prepare" \
    > "$work/result.json" || return
  awk -v name="$1" -v size="$(wc -c < "$2")" -v top1="$(field model_top1)" \
    -v top5="$(field model_top5)" -v agree="$(field agreement)" \
    -v cosine="$(field cosine)" 'BEGIN {
    printf "| %s | %.0f kB | %.2f %% | %.2f %% | %.2f %% | %.5f |\n", name,
      size / 1e3, 100 * top1, 100 * top5, 100 * agree, cosine }'
}

row () { # NAME PROPERTIES
  # shellcheck disable=SC2086
  gst-launch-1.0 -q ptqimagesrc location="$work/calibrate" ! $prepare \
    ! ptqsink model="$model" location="$work/model.onnx" $2 > "$work/log" 2>&1 \
    || { echo "| $1 | failed: $(head -n 1 "$work/log") | | | | |"; return; }
  evaluate "$1" "$work/model.onnx"
}

echo "| method | size | top-1 | top-5 | agreement | cosine |"
echo "|---|---|---|---|---|---|"
evaluate float "$model"
row "WEIGHT 8" "quant-type=weight min-quant-weight-channel=0"
for method in max-min kl removal-outlier; do
  row "FULL $method" "activation-quant-method=$method"
  row "FULL $method, no bias correction" \
    "activation-quant-method=$method bias-correction=false"
done
row "FULL max-min, no equalization" "equalization=false"
