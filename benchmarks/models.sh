#!/bin/sh
# Quantizes every model of a folder laid out as below with default settings,
# compares it with its float original, and prints a Markdown table.
#
#   models.sh DATA [OUTPUT]
#
# DATA/models/*.onnx, DATA/task-images, DATA/imagenet-500; OUTPUT keeps the
# quantized models (default: a temporary folder). Run it where gst-launch-1.0
# finds the plugin and PATH the tools, such as in `meson devenv`.
set -u
data=${1:?usage: models.sh DATA [OUTPUT]}
out=${2:-$(mktemp -d)}
mkdir -p "$out"
# shellcheck source=model-pipelines.sh
. "$(dirname "$0")/model-pipelines.sh"

field () { # FILE KEY: a number of ptq-compare's JSON object
  sed -n "s/.*\"$2\": *\([^,}]*\).*/\1/p" "$1" | head -n 1
}

row () { # MODEL
  set_pipeline "$1"
  model=$data/models/$1.onnx
  result=$out/$1-int8.onnx
  # shellcheck disable=SC2086
  if ! gst-launch-1.0 -q $pipeline ! ptqsink model="$model" location="$result" \
      > "$out/$1.log" 2>&1; then
    echo "| $1 | refused: $(sed -n 's|^ERROR: from element [^ ]*: ||p' \
      "$out/$1.log" | head -n 1 | sed "s|$data/models/||g") | | | | | | |"
    return
  fi
  if ! ptq-compare "$model" "$result" --json --pipeline="$pipeline" \
      > "$out/$1.json" 2> "$out/$1.err"; then
    echo "| $1 | $(head -n 1 "$out/$1.err") | | | | | | |"
    return
  fi
  json=$out/$1.json
  awk -v name="$1" -v cosine="$(field "$json" cosine)" \
    -v sqnr="$(field "$json" sqnr_db)" -v agree="$(field "$json" agreement)" \
    -v whole="$(field "$json" integer_kernels)" \
    -v rest="$(field "$json" float_kernels)" \
    -v rms="$(field "$json" reference_ms)" -v mms="$(field "$json" model_ms)" \
    -v rs="$(wc -c < "$model")" -v ms="$(wc -c < "$result")" 'BEGIN {
    printf "| %s | %.0f → %.0f kB | %d of %d | %.4f | %.1f dB | %s | %.2f → %.2f ms | %.2f |\n",
      name, rs / 1e3, ms / 1e3, whole, whole + rest, cosine, sqnr,
      agree == "null" ? "" : sprintf ("%.0f %%", 100 * agree),
      rms, mms, rms / mms }'
}

echo "| model | size | integer kernels | lowest cosine | lowest SQNR | agreement | time | speed-up |"
echo "|---|---|---|---|---|---|---|---|"
for name in $all_models; do
  [ ! -e "$data/models/$name.onnx" ] || row "$name"
done
