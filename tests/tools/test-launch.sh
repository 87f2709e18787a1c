#!/bin/sh
# gst-ptq
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# ptqsink in gst-launch-1.0, as people use it: what is written, what is said,
# and that nothing half done is ever left.
#
#   test-launch.sh EMBED PTQ-COMPARE

# shellcheck source=tap.sh disable=SC2086 # $tensors and the like are lists
. "$G_TEST_SRCDIR/tools/tap.sh"

embed=$1
compare=$2
models=$G_TEST_SRCDIR/data/stream
model=$models/convnet.onnx
out=$folder/out.onnx

# twenty samples of the model's shape, raw
raw=$folder/samples.raw
image=video/x-raw,format=RGB,width=16,height=16
$tested gst-launch-1.0 -q videotestsrc pattern=ball num-buffers=20 ! $image \
  ! ptqnormalize preset=imagenet ! filesink location="$raw" || exit 99

# caps_of W:H:C
caps_of ()
{
  echo "other/tensors,format=(string)static,num_tensors=(int)1,types=(string)float32,dimensions=(string)$1:1,framerate=(fraction)0/1"
}
tensors="filesrc blocksize=3072 location=$raw ! $(caps_of 16:16:3)"
live="videotestsrc is-live=true ! video/x-raw,format=I420,width=64,height=48,framerate=30/1 ! ptqconvert ! ptqresize ! ptqnormalize preset=imagenet"

launch ()
{
  run timeout 60 $tested gst-launch-1.0 "$@"
}

# an error that gst-launch-1.0 does not hear of is said again
one_error_of ()
{
  [ "$(grep '^ERROR: from element.*GstPtqSink' "$log" | sort -u | wc -l)" \
    -eq 1 ] \
    && says "^ERROR: from element.*$1"
}

# as good as any other: the runtime takes it
is_whole ()
{
  $tested "$compare" "$model" "$1" -n 1 > /dev/null 2>&1
}

is_only_file ()
{
  [ "$(find "$folder/target" -mindepth 1 | wc -l)" -eq "$1" ]
}

# What is written

begin "a stream of files makes a model"
launch $tensors ! ptqsink model="$model" location="$out"
expect "exit status 0" succeeded
expect "the model is whole" is_whole "$out"
expect "it is told" says "is written from 20 samples"
end

begin "the same bytes from the library alone"
run $tested "$embed" "$model" "$folder/embedded.onnx" "$raw"
expect "exit status 0" succeeded
expect "same bytes" cmp "$out" "$folder/embedded.onnx"
end

begin "the same bytes from a live pipeline of the same pictures"
launch videotestsrc pattern=ball num-buffers=20 is-live=true ! $image \
  ! queue ! ptqnormalize preset=imagenet ! queue \
  ! ptqsink model="$model" location="$folder/live.onnx"
expect "exit status 0" succeeded
expect "same bytes" cmp "$out" "$folder/live.onnx"
end

# What ptqnormalize without a preset passes on, 0 to 255 as it is
begin "the same bytes from video that onnxinference would take"
cp "$model" "$folder/described.onnx"
printf '[image]\ntype=float32\nranges=0,255;0,255;0,255\n' \
  > "$folder/described.onnx.modelinfo"
launch videotestsrc pattern=ball num-buffers=5 ! video/x-raw,format=RGB \
  ! ptqnormalize ! ptqsink model="$model" location="$folder/tensors.onnx"
expect "exit status 0" succeeded
launch videotestsrc pattern=ball num-buffers=5 \
  ! ptqsink model="$folder/described.onnx" location="$folder/video.onnx"
expect "exit status 0" succeeded
expect "same bytes" cmp "$folder/tensors.onnx" "$folder/video.onnx"
end

begin "a converter finds the video that a model takes"
launch videotestsrc num-buffers=5 ! video/x-raw,format=I420,width=16,height=16 \
  ! videoconvert \
  ! ptqsink model="$folder/described.onnx" location="$folder/video.onnx"
expect "exit status 0" succeeded
end

# three samples for each input of two-inputs.onnx: 8:8:3 and 8:8:2 float32
two=$models/two-inputs.onnx
mkdir "$folder/left" "$folder/right"
for i in 0 1 2; do
  tail -c +$((i * 2048 + 1)) "$raw" | head -c 768 > "$folder/left/$i.bin"
  tail -c +$((i * 2048 + 1)) "$raw" | head -c 512 > "$folder/right/$i.bin"
done

# what downstream asks of each stream, without a word on the command line
begin "two inputs get their shapes from the model"
launch ptqmux name=mux ! ptqsink model="$two" location="$folder/two.onnx" \
  ptqbinsrc location="$folder/right" ! mux.sink_1 \
  ptqbinsrc location="$folder/left" ! mux.sink_0
expect "exit status 0" succeeded
expect "it is told" says "is written from 3 samples"
launch ptqmux name=mux ! ptqsink model="$two" location="$folder/two.onnx" \
  ptqbinsrc location="$folder/right" ! mux.sink_1 \
  videotestsrc num-buffers=3 ! ptqconvert ! ptqresize ! ptqnormalize \
  ! mux.sink_0
expect "exit status 0 with pictures" succeeded
expect "it is told of pictures" says "is written from 3 samples"
end

begin "nothing is leaked"
run env GST_TRACERS=leaks GST_DEBUG=GST_TRACER:7 GST_DEBUG_NO_COLOR=1 \
  timeout 60 $tested gst-launch-1.0 -q $tensors \
  ! ptqsink model="$model" location="$out"
expect "exit status 0" succeeded
expect "the tracer is there" says "GST_TRACER"
not_leaked () { ! says "object-alive, type-name=(string)[^%]"; }
expect "no object is alive" not_leaked
end

begin "nothing is written to the home folder"
mkdir "$folder/home"
run env HOME="$folder/home" XDG_CACHE_HOME="$folder/home/.cache" \
  timeout 60 $tested gst-launch-1.0 -q $tensors \
  ! ptqsink model="$model" location="$out"
expect "exit status 0" succeeded
untouched () { [ -z "$(find "$folder/home" -type f)" ]; }
expect "no file" untouched
end

rm -f "$out"

# What is refused: one error, nothing written

refuse ()
{
  begin "$1"
  shift
  text=$1
  shift
  launch "$@"
  expect "a status of failure" failed
  expect "one error: $text" one_error_of "$text"
  expect "no file" absent "$out"
  end
}

: > "$folder/empty.raw"
refuse "no samples" "ended without a sample" \
  filesrc location="$folder/empty.raw" ! "$(caps_of 16:16:3)" \
  ! ptqsink model="$model" location="$out"
refuse "too few samples" "after 20 samples, but min-samples is 21" \
  $tensors ! ptqsink model="$model" location="$out" min-samples=21
refuse "a wrong shape names both" \
  "float32 \[1,3,16,16\].*float32 \[1,3,20,20\].*ptqresize width=16 height=16" \
  videotestsrc num-buffers=3 ! video/x-raw,width=64,height=48 ! ptqconvert \
  ! ptqresize width=20 height=20 ! ptqnormalize \
  ! ptqsink model="$model" location="$out"
refuse "a wrong channel count names both" \
  "float32 \[1,3,16,16\].*float32 \[1,1,16,16\].*ptqconvert ! video/x-raw,format=RGB" \
  videotestsrc num-buffers=3 ! video/x-raw,format=GRAY8,width=16,height=16 \
  ! ptqnormalize ! ptqsink model="$model" location="$out"
refuse "video of a model that does not say its range" \
  "put ptqnormalize before the sink$" \
  videotestsrc num-buffers=3 ! video/x-raw,format=RGB ! ptqsink \
  model="$model" location="$out"
refuse "video as cameras have it" "put ptqnormalize before the sink$" \
  videotestsrc num-buffers=3 ! video/x-raw,format=I420 ! ptqsink \
  model="$model" location="$out"
refuse "video out of a decoder" "put ptqnormalize before the sink$" \
  videotestsrc num-buffers=3 ! video/x-raw,format=I420 ! jpegenc ! decodebin \
  ! ptqsink model="$model" location="$out"
mkdir "$folder/unread.onnx.modelinfo"
cp "$model" "$folder/unread.onnx"
refuse "a range that cannot be read" "ptqnormalize.*unread.onnx.modelinfo" \
  videotestsrc num-buffers=3 ! video/x-raw,format=RGB ! ptqsink \
  model="$folder/unread.onnx" location="$out"
printf '[image]\nranges=0,255;0\n' > "$folder/wrong.onnx.modelinfo"
cp "$model" "$folder/wrong.onnx"
refuse "a range that is none" "has no \"ranges\" for the input \"image\"" \
  videotestsrc num-buffers=3 ! video/x-raw,format=RGB ! ptqsink \
  model="$folder/wrong.onnx" location="$out"
refuse "video of another size names both" "RGBP 16x16.*RGBP 64x48" \
  videotestsrc num-buffers=3 ! video/x-raw,format=RGBP,width=64,height=48 \
  ! ptqsink model="$folder/described.onnx" location="$out"
refuse "a cut sample" "holds 3000 bytes" \
  filesrc blocksize=3000 location="$raw" ! "$(caps_of 16:16:3)" \
  ! ptqsink model="$model" location="$out"

{ head -c 6144 "$raw"; head -c 3072 /dev/zero | tr '\0' '\377'; } \
  > "$folder/nan.raw"
refuse "NaN in a sample" "\"image\" holds NaN" \
  filesrc blocksize=3072 location="$folder/nan.raw" ! "$(caps_of 16:16:3)" \
  ! ptqsink model="$model" location="$out"
refuse "NaN in an activation" "\"root\" holds NaN" \
  $tensors ! ptqsink model="$models/square-root.onnx" location="$out"

refuse "a missing model" "nowhere.onnx" \
  $tensors ! ptqsink model="$folder/nowhere.onnx" location="$out"
head -c 1500 "$model" > "$folder/cut.onnx"
refuse "a corrupt model" "cut.onnx" \
  $tensors ! ptqsink model="$folder/cut.onnx" location="$out"
refuse "a folder that is not there" "no file can be made in this folder: No such file" \
  $tensors ! ptqsink model="$model" location="$folder/none/out.onnx"
refuse "a location over the model" "it is the model that is read" \
  $tensors ! ptqsink model="$model" location="$model"
refuse "a setting out of range" "bit_num is 12" \
  $tensors ! ptqsink model="$model" location="$out" bit-num=12

mkdir "$folder/readonly"
chmod 555 "$folder/readonly"
if touch "$folder/readonly/probe" 2> /dev/null; then
  rm "$folder/readonly/probe"
  refuse "a folder that takes no file" "no file can be made" \
    $tensors ! ptqsink model="$model" location=/proc/out.onnx
else
  refuse "a folder that takes no file" "no file can be made" \
    $tensors ! ptqsink model="$model" location="$folder/readonly/out.onnx"
fi

# What a full disk leaves

mkdir "$folder/target"
target=$folder/target/out.onnx

# as much as the float model takes, less than the quantized one
begin "a file that may not grow"
echo old > "$target"
(
  trap '' XFSZ
  ulimit -f 8
  GST_REGISTRY_UPDATE=no timeout 60 $tested gst-launch-1.0 $tensors \
    ! ptqsink model="$model" location="$target" > "$folder/target.log" 2>&1
)
status=$?
cp "$folder/target.log" "$log"
expect "a status of failure" failed
expect "one error" one_error_of ""
expect "the old file" grep -q old "$target"
expect "nothing beside it" is_only_file 1
end

if mount -t tmpfs -o size=8k tmpfs "$folder/target" 2> /dev/null; then
  begin "a full disk"
  echo old > "$target"
  launch $tensors ! ptqsink model="$model" location="$target"
  expect "a status of failure" failed
  expect "one error" one_error_of "[Nn]o space"
  expect "the old file" grep -q old "$target"
  expect "nothing beside it" is_only_file 1
  umount "$folder/target"
  end

  begin "reports that fill the disk"
  mount -t tmpfs -o size=32k tmpfs "$folder/target"
  echo old > "$target"
  launch $tensors ! ptqsink model="$model" location="$target" \
    debug-info-save-path="$folder/target/debug"
  expect "a status of failure" failed
  expect "one error" one_error_of "debug/.*[Nn]o space"
  expect "the old file" grep -q old "$target"
  expect "nothing beside it" is_only_file 1
  umount "$folder/target"
  end
else
  skip "a full disk" "a small disk cannot be mounted"
  skip "reports that fill the disk" "a small disk cannot be mounted"
fi

# Ctrl-C: gst-launch-1.0 runs in the background, its notes in the log

start ()
{
  rm -f "$out"
  $tested gst-launch-1.0 "$@" > "$log" 2>&1 &
  pid=$!
}

interrupt ()
{
  kill -INT $pid
}

finish ()
{
  wait $pid
  status=$?
}

begin "Ctrl-C under -e ends a live stream"
start -e -v $live ! ptqsink model="$model" location="$out"
expect "samples come" wait_for 60 says "samples = 5"
interrupt
finish
expect "exit status 0" succeeded
expect "the model is whole" is_whole "$out"
end

begin "Ctrl-C without -e leaves no file"
start -v $live ! ptqsink model="$model" location="$out"
expect "samples come" wait_for 60 says "samples = 5"
interrupt
finish
expect "no file" absent "$out"
end

begin "a second Ctrl-C leaves no file or a whole one"
start -e -v $live ! ptqsink model="$model" location="$out"
expect "samples come" wait_for 60 says "samples = 5"
interrupt
sleep 0.01
kill -INT $pid 2> /dev/null
finish
none_or_whole () { absent "$out" || is_whole "$out"; }
expect "no file or a whole one" none_or_whole
end

begin "max-samples ends a live stream"
launch $live ! queue ! ptqsink model="$model" location="$out" max-samples=5
expect "exit status 0" succeeded
expect "as many as asked for" says "is written from 5 samples"
expect "the model is whole" is_whole "$out"
end

begin "a kill at any moment leaves the old file or a whole new one"
cp "$model" "$folder/old"
for delay in 0.02 0.03 0.04 0.05 0.06 0.07 0.08 0.09 0.10 0.12 0.15; do
  cp "$folder/old" "$out"
  $tested gst-launch-1.0 -q $tensors ! ptqsink model="$model" location="$out" \
    > "$log" 2>&1 &
  pid=$!
  sleep $delay
  kill -KILL $pid 2> /dev/null
  wait $pid 2> /dev/null
  expect "whole after $delay s" is_whole "$out"
done
end

done_testing
