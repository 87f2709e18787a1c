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
images=$data/task-images
photos=$data/imagenet-500

field () { # FILE KEY: a number of ptq-compare's JSON object
  sed -n "s/.*\"$2\": *\([^,}]*\).*/\1/p" "$1" | head -n 1
}

row () { # MODEL PIPELINE
  model=$data/models/$1.onnx
  result=$out/$1-int8.onnx
  # shellcheck disable=SC2086
  if ! gst-launch-1.0 -q $2 ! ptqsink model="$model" location="$result" \
      > "$out/$1.log" 2>&1; then
    echo "| $1 | refused: $(sed -n 's|^ERROR: from element [^ ]*: ||p' \
      "$out/$1.log" | head -n 1 | sed "s|$data/models/||g") | | | | | | |"
    return
  fi
  if ! ptq-compare "$model" "$result" --json --pipeline="$2" \
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
row mobilenet_v1_025_imagenet "ptqimagesrc location=$photos/0*0.jpg \
  ! ptqconvert ! ptqresize width=256 height=256 mode=shorter-side \
  method=linear-antialias ! ptqcrop width=224 height=224 \
  ! ptqnormalize preset=imagenet"
row st_mobilenet_v2_035_flowers "ptqimagesrc location=$images/f*.jpg \
  ! ptqconvert ! ptqresize ! ptqnormalize preset=minus-one-one"
row mnist_8 "ptqimagesrc location=$images/digit_*.jpg ! ptqconvert \
  ! video/x-raw,format=GRAY8 ! ptqresize ! ptqnormalize preset=none"
row ultraface_rfb_320 "ptqimagesrc location=$images/*.jpg ! ptqconvert \
  ! video/x-raw,format=RGB ! ptqresize \
  ! ptqnormalize mean=<127.0> std=<128.0>"
row yunet_n_320 "ptqimagesrc location=$images/*.jpg ! ptqconvert \
  ! video/x-raw,format=BGR ! ptqresize ! ptqnormalize preset=none"
row fastestdet "ptqimagesrc location=$images/coco*.jpg ! ptqconvert \
  ! video/x-raw,format=BGR ! ptqresize ! ptqnormalize preset=zero-one"
row yolox_nano "ptqimagesrc location=$images/coco*.jpg ! ptqconvert \
  ! video/x-raw,format=BGR ! ptqresize mode=letterbox fill=114 \
  ! ptqnormalize preset=none"
# The inputs of this head are the features of a backbone that is not here:
# normally distributed numbers stand for them.
mkdir -p "$out/template" "$out/search"
python3 - "$out/template" 3072 "$out/search" 12288 << 'END'
import random, struct, sys
random.seed(1)
for folder, n in zip(sys.argv[1::2], map(int, sys.argv[2::2])):
    for i in range(8):
        with open(f"{folder}/{i}.bin", "wb") as f:
            f.write(struct.pack(f"<{n}f", *(random.gauss(0, 1)
                                            for _ in range(n))))
END
tensors=other/tensors,types=float32,dimensions
row nanotrack_v2_head "ptqmux name=mux ptqbinsrc location=$out/template \
  ! $tensors=8:8:48:1 ! mux.sink_0 ptqbinsrc location=$out/search \
  ! $tensors=16:16:48:1 ! mux.sink_1 mux."
row ppocr_v3_det "ptqimagesrc location=$images/text*.jpg ! ptqconvert \
  ! video/x-raw,format=BGR ! ptqresize width=640 height=640 \
  ! ptqnormalize preset=imagenet"
row sinet_portrait "ptqimagesrc location=$images/[fp]*.jpg ! ptqconvert \
  ! video/x-raw,format=BGR ! ptqresize \
  ! ptqnormalize mean=<102.890434,111.25247,126.91212> \
  std=<16047.8946,16019.4441,16923.255>"
row deeplab_portrait "ptqimagesrc location=$images/[fp]*.jpg ! ptqconvert \
  ! ptqresize ! ptqnormalize preset=minus-one-one"
row super_resolution_d2s "ptqimagesrc location=$images/coco*.jpg \
  ! ptqconvert ! video/x-raw,format=GRAY8 ! ptqresize \
  ! ptqnormalize preset=zero-one"
row super_resolution_ir1 "ptqimagesrc location=$images/coco*.jpg \
  ! ptqconvert ! ptqresize ! ptqnormalize"
row super_resolution_ops18_custom "ptqimagesrc location=$images/coco*.jpg \
  ! ptqconvert ! ptqresize ! ptqnormalize"
