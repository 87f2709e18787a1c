#!/bin/sh
# gst-ptq
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Tells whether the models that are written are still the same, byte for byte:
# what a change that is meant to change nothing has to pass.
#
#   hashes.sh record FILE [PATTERN]...
#   hashes.sh compare FILE [PATTERN]...
#
# record writes a line a model, NAME and SHA-256, into FILE; compare makes the
# models again and prints each line that differs, - as it is in FILE, + as it is
# now, and exits with 1. A PATTERN (as of case, such as 'demo/*') chooses names.
#
# A model that is refused is recorded as "refused", a program that died as
# "died", and what the data folder does not provide as "absent", which is never
# a difference. The data folder is PTQ_TEST_DATA, by default ../shared/data.
#
# PTQ_BUILD=DIR is the build folder, by default that of `meson devenv` or else
# build. The hashes depend on the processor and on ONNX Runtime, so they are
# compared on one machine and no file of them is kept with the sources.
set -u

usage ()
{
  echo "usage: hashes.sh record|compare FILE [PATTERN]..." >&2
  exit 2
}

[ $# -ge 2 ] || usage
action=$1
file=$2
shift 2
case $action in
record) ;;
compare) [ -r "$file" ] || { echo "hashes.sh: no file $file" >&2; exit 2; } ;;
*) usage ;;
esac

top=$(cd "$(dirname "$0")/.." && pwd)
data=${PTQ_TEST_DATA-$top/../shared/data}
out=$(mktemp -d "${TMPDIR:-/tmp}/ptq-hashes-XXXXXX") || exit 2
trap 'rm -rf "$out"' EXIT
trap 'exit 2' INT TERM
if [ -z "${MESON_DEVENV-}" ] || [ -n "${PTQ_BUILD-}" ]; then
  build=$(cd "${PTQ_BUILD-$top/build}" && pwd) || exit 2
  PATH=$build/tools:$PATH
  export PATH
  export GST_PLUGIN_PATH_1_0="$build/elements"
  export GST_REGISTRY_1_0="$out/registry.bin"
fi
for program in gst-launch-1.0 ptq-convert sha256sum; do
  command -v $program > "$out/log" || {
    echo "hashes.sh: $program is not found; PTQ_BUILD=DIR?" >&2
    exit 2
  }
done

# shellcheck source=../benchmarks/model-pipelines.sh
. "$top/benchmarks/model-pipelines.sh"

# Of each source: a few samples do, since it is only told whether something
# changed.
samples=4
demo=$top/examples/demo
stream=$top/tests/data/stream
now=$out/now
: > "$now"

wanted ()
{
  [ -n "$patterns" ] || return 0
  while IFS= read -r pattern; do
    # shellcheck disable=SC2254 # it is a pattern
    case $1 in $pattern) return 0 ;; esac
  done << PATTERNS
$patterns
PATTERNS
  return 1
}

# write NAME COMMAND...: runs what writes $out/model.onnx, and says what it is
write ()
{
  name=$1
  shift
  rm -rf "$out/model.onnx" "$out/debug" "$out/page.html"
  (cd "$out" && "$@") > "$out/log" 2>&1
  status=$?
  if [ $status -eq 0 ] && [ -s "$out/model.onnx" ]; then
    what=$(sha256sum < "$out/model.onnx")
    what=${what%% *}
  elif [ $status -eq 0 ] || [ $status -eq 126 ] || [ $status -eq 127 ] \
      || { [ $status -gt 127 ] && [ $status -lt 160 ]; }; then
    what=died
  else
    what=refused
  fi
  echo "$name $what" >> "$now"
}

absent ()
{
  echo "$1 absent" >> "$now"
}

# launch NAME MODEL PIPELINE [PROPERTY]...
launch ()
{
  wanted "$1" || return 0
  launch_name=$1
  launch_model=$2
  launch_pipeline=$3
  shift 3
  # shellcheck disable=SC2086 # words of a pipeline
  write "$launch_name" gst-launch-1.0 -q $launch_pipeline \
    ! ptqsink model="$launch_model" location="$out/model.onnx" "$@"
}

# convert NAME MODEL [FLAG]...
convert ()
{
  wanted "$1" || return 0
  convert_name=$1
  convert_model=$2
  shift 2
  write "$convert_name" ptq-convert --fmk=ONNX --modelFile="$convert_model" \
    --outputFile=model "$@"
}

# hash_also NAME FILE: of something else that the last one wrote
hash_also ()
{
  wanted "$1" || return 0
  what=absent
  [ ! -e "$out/$2" ] || what=$(sha256sum < "$out/$2")
  echo "$1 ${what%% *}" >> "$now"
}

# The demonstration model in every mode

demo_pipeline="ptqimagesrc location=$demo/calibrate num-samples=20 ! ptqconvert
  ! ptqresize mode=shorter-side method=linear width=112 height=112
  ! ptqcrop width=96 height=96 ! ptqnormalize preset=imagenet"

# demo MODE [PROPERTY]...
demo ()
{
  mode=$1
  shift
  launch "demo/$mode" "$demo/shapes.onnx" "$demo_pipeline" "$@"
}

demo_modes ()
{
  demo full
  demo kl activation-quant-method=kl
  demo kl-two-sides activation-quant-method=kl kl-sides=two
  demo removal-outlier activation-quant-method=removal-outlier
  demo min-sqnr min-sqnr=45
  demo no-equalization equalization=false
  demo no-bias-correction bias-correction=false
  demo per-tensor weight-per-channel=false
  demo reduce-range-on reduce-range=on
  demo reduce-range-off reduce-range=off
  for bits in 1 2 4 7; do
    demo full-$bits bit-num=$bits
  done
  demo full-fp16 fp16=true min-sqnr=45
  demo full-interface input-data-type=float16 output-data-type=float16
  demo tensorrt target=tensorrt
  demo mindspore target=mindspore
  demo replay replay-samples=5
  weight="quant-type=weight min-quant-weight-channel=0"
  # shellcheck disable=SC2086 # two properties
  {
    for bits in 0 1 2 3 4 5 8 9 12 16; do
      demo weight-$bits $weight bit-num=$bits
    done
    for storage in qdq native; do
      for bits in 0 4 8 12; do
        demo weight-$bits-$storage $weight bit-num=$bits weight-storage=$storage
      done
    done
    demo weight-size $weight min-quant-weight-size=2000
    demo weight-init-scale $weight bit-num=0 init-scale=0.1
    demo weight-auto-tune $weight bit-num=0 auto-tune=true
    demo weight-no-kernel-sums $weight bit-num=4 weight-kernel-sums=false
    demo weight-no-bias-correction $weight bit-num=4 \
      weight-bias-correction=false
    demo weight-per-tensor $weight weight-per-channel=false
    demo weight-fp16 $weight fp16=true
  }
}

# Tables and page of the reports

reports ()
{
  demo report debug-info-save-path="$out/debug" \
    report-location="$out/page.html"
  for table in quant_param.csv output_summary.csv float_nodes.csv round_0.csv \
      round_19.csv; do
    hash_also "demo/report/$table" "debug/$table"
  done
  hash_also demo/report/page.html page.html
}

# The figures of a comparison, but for those of time

comparison ()
{
  wanted demo/comparison || return 0
  demo comparison
  ptq-compare "$demo/shapes.onnx" "$out/model.onnx" --json \
    --labels="$demo/labels.csv" --pipeline="$demo_pipeline" \
    > "$out/figures" 2> "$out/log"
  sed -i 's/"[a-z_]*_ms": *[^,}]*//g' "$out/figures"
  hash_also demo/comparison/figures figures
}

# The published configuration files, with the folder filled in

# seed PREFIX MODEL INPUT FOLDER SIDE
seed ()
{
  for config in common_quant_param mixed_bit_weight_quant \
      fixed_bit_weight_quant full_quant; do
    sed -e "s|^calibrate_path=.*|calibrate_path=$3:$4|" \
      -e "s|^calibrate_size=.*|calibrate_size=20|" \
      -e "s|=224\$|=$5|" -e "s|/home/workspace/mindspore|.|" \
      "$top/tests/data/ini/$config.cfg" > "$out/$config.cfg"
    convert "$1/$config" "$2" --configFile="$config.cfg"
  done
}

seeds ()
{
  seed seed-demo "$demo/shapes.onnx" image "$demo/calibrate" 96
  mobilenet=$data/models/mobilenet_v1_025_imagenet.onnx
  if [ -e "$mobilenet" ] && [ -e "$photos" ]; then
    seed seed-mobilenet "$mobilenet" input "$photos" 224
  else
    absent seed-mobilenet
  fi
}

# Models of the tests: what is only written anew, and weights alone

weight_config ()
{
  printf '%s\n' "[common_quant_param]" quant_type=WEIGHT_QUANT "bit_num=$1" \
    min_quant_weight_channel=0
}

small_models ()
{
  weight_config 8 > "$out/weight-8.cfg"
  weight_config 3 > "$out/weight-3.cfg"
  for path in "$stream"/*.onnx "$top"/tests/data/models/*/*.onnx; do
    small=$(basename "$(dirname "$path")")/$(basename "$path" .onnx)
    convert "$small/anew" "$path"
    convert "$small/fp16" "$path" --fp16=on
    convert "$small/weight-8" "$path" --configFile=weight-8.cfg
    convert "$small/weight-3" "$path" --configFile=weight-3.cfg
  done
}

small_streams ()
{
  pictures="videotestsrc pattern=smpte num-buffers=6
    ! video/x-raw,format=RGB,width=16,height=16 ! ptqconvert ! ptqresize
    ! ptqnormalize preset=imagenet"
  for path in "$stream"/*convnet*.onnx; do
    launch "stream/$(basename "$path" .onnx)/full" "$path" "$pictures"
  done
  make_samples left 192 right 128
  launch stream/two-inputs/full "$stream/two-inputs.onnx" \
    "ptqmux name=mux ptqbinsrc location=$out/left
      ! $tensors=8:8:3:1 ! mux.sink_0 ptqbinsrc location=$out/right
      ! $tensors=8:8:2:1 ! mux.sink_1 mux."
}

# Models as people have them

real_models ()
{
  for model in $all_models; do
    path=$data/models/$model.onnx
    wanted "models/$model" || continue
    if [ -e "$path" ] && [ -e "$images" ] && [ -e "$photos" ]; then
      set_pipeline "$model" $samples
      launch "models/$model" "$path" "$pipeline"
    else
      absent "models/$model"
    fi
  done
}

faults ()
{
  for path in "$data"/faults/*.onnx; do
    if [ -e "$path" ]; then
      fault=faults/$(basename "$path" .onnx)
      convert "$fault/anew" "$path"
      convert "$fault/weight-8" "$path" --configFile=weight-8.cfg
    else
      absent faults
    fi
  done
}

patterns=$(printf '%s\n' "$@")
tensors=other/tensors,types=float32,dimensions
demo_modes
reports
comparison
seeds
small_models
small_streams
real_models
faults

if [ "$action" = record ]; then
  cp "$now" "$file" || exit 2
  echo "$(wc -l < "$now") lines in $file"
  exit 0
fi

# Lines that only FILE has count where all names were made.
differs=$(awk -v all="$([ -n "$patterns" ] || echo 1)" '
  FNR == 1 { n++ }
  n == 1 { old[$1] = $2; next }
  { seen[$1] = 1; split ($1, part, "/"); group[part[1]] = group[part[1]] $2 }
  $2 == "absent" { next }
  ! ($1 in old) { print "+", $0; next }
  old[$1] == "absent" { next }
  old[$1] != $2 { print "-", $1, old[$1]; print "+", $0 }
  END {
    for (name in old) {
      split (name, part, "/")
      if (all && ! (name in seen) && group[part[1]] != "absent")
        print "-", name, old[name]
    }
  }' "$file" "$now")
if [ -n "$differs" ]; then
  printf '%s\n' "$differs"
  exit 1
fi
echo "$(wc -l < "$now") lines as in $file"
