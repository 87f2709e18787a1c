# gst-ptq
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The models of a data folder and the pipelines that feed them: sourced, with
# $data, $images and $photos set, $out as a folder to write to, and a command
# row that takes the name of a model and its pipeline.

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
