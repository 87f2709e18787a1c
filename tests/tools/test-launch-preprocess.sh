#!/bin/sh
# gst-ptq
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The way of a picture in gst-launch-1.0, with elements of GStreamer around
# ours, and the lines that the documentation of our elements tells to run.
#
#   test-launch-preprocess.sh FOLDER-OF-ELEMENT-SOURCES

# shellcheck source=tap.sh disable=SC2086 # pipelines are lists
. "$G_TEST_SRCDIR/tools/tap.sh"

sources=$1
pictures=$G_TEST_SRCDIR/data/pictures

launch ()
{
  run timeout 60 $tested gst-launch-1.0 "$@"
}

has_size ()
{
  [ "$(wc -c < "$1")" -eq "$2" ]
}

# has PLUGIN-ELEMENT
has ()
{
  $tested gst-inspect-1.0 "$1" > /dev/null 2>&1
}

# A folder where the lines of the documentation find what they name
mkdir "$folder/place" "$folder/place/pictures" "$folder/place/samples"
cp "$pictures"/orientation-*.jpg "$folder/place/pictures"
cp "$pictures/rgb.png" "$folder/place/pictures/n01.png"
head -c 602112 /dev/zero > "$folder/place/samples/a.bin"

for element in binsrc convert crop imagesrc mux normalize resize; do
  sed -n 's/^ \* \(gst-launch-1.0 .*\)/\1/p' "$sources/gstptq$element.c" \
    > "$folder/lines"
  while read -r line; do
    begin "documentation of ptq$element: $line"
    run sh -c "cd '$folder/place' && timeout 60 $tested $line"
    expect "exit status 0" succeeded
    expect "no warning" test "$(grep -c WARN "$log")" -eq 0
    end
  done < "$folder/lines"
done

for format in I420 YV12 NV12 NV21 YUY2 UYVY Y42B Y444 RGB BGRx xRGB ARGB \
    GRAY8 GRAY16_LE; do
  begin "$format from videotestsrc through queue and tee"
  launch -q videotestsrc num-buffers=3 \
    ! video/x-raw,format=$format,width=101,height=75 \
    ! ptqconvert ! tee name=t ! queue ! ptqresize width=32 height=32 \
    ! ptqnormalize preset=imagenet ! filesink location="$folder/a" \
    t. ! queue ! ptqresize width=16 height=16 method=area \
    ! ptqnormalize layout=nhwc ! filesink location="$folder/b"
  expect "exit status 0" succeeded
  expect "3 tensors" has_size "$folder/a" $((3 * 32 * 32 * 3 * 4))
  expect "3 tensors in the other branch" \
    has_size "$folder/b" $((3 * 16 * 16 * 3 * 4))
  end
done

begin "a live source with frames dropped"
launch -q videotestsrc is-live=true num-buffers=10 \
  ! video/x-raw,format=YUY2,framerate=100/1 ! ptqconvert \
  ! queue leaky=downstream max-size-buffers=1 ! ptqresize width=8 height=8 \
  ! ptqnormalize ! fakesink sync=true
expect "exit status 0" succeeded
end

name="jpegdec with an exact transform, and ptqconvert, give ptqimagesrc's pixels"
if has jpegdec; then
  begin "$name"
  launch -q filesrc location="$pictures/orientation-1.jpg" \
    ! jpegdec idct-method=islow ! ptqconvert ! filesink location="$folder/a"
  expect "exit status 0" succeeded
  launch -q ptqimagesrc location="$pictures/orientation-1.jpg" \
    ! video/x-raw,format=RGB ! filesink location="$folder/b"
  expect "exit status 0" succeeded
  expect "31 by 22 pixels" has_size "$folder/a" $((96 * 22))
  # rows end in 3 bytes that nobody has to write
  od -An -v -tu1 -w96 "$folder/a" | cut -c1-372 > "$folder/a.txt"
  od -An -v -tu1 -w96 "$folder/b" | cut -c1-372 > "$folder/b.txt"
  expect "the same pixels" cmp "$folder/a.txt" "$folder/b.txt"
  end
else
  skip "$name" "no jpegdec"
fi

begin "resize after normalize gives the same as before, up to rounding"
launch -q ptqimagesrc location="$pictures/rgb.png" ! ptqconvert \
  ! ptqnormalize ! ptqresize width=16 height=12 ! filesink location="$folder/a"
expect "exit status 0" succeeded
launch -q ptqimagesrc location="$pictures/rgb.png" ! ptqconvert \
  ! ptqresize width=16 height=12 ! ptqnormalize ! filesink location="$folder/b"
expect "exit status 0" succeeded
od -An -v -tf4 -w4 "$folder/a" > "$folder/a.txt"
od -An -v -tf4 -w4 "$folder/b" > "$folder/b.txt"
expect "at most one level apart" test "$(paste "$folder/a.txt" \
  "$folder/b.txt" | awk '{ d = $1 - $2; if (d > 1 || d < -1) n++ }
    END { print NR ":" n + 0 }')" = 576:0
end

begin "a damaged picture is named and the exit status is not 0"
launch ptqimagesrc location="$pictures/cut.jpg" ! ptqconvert ! fakesink
expect "exit status is not 0" failed
expect "the file's name" says "ERROR: from element.*cut.jpg"
expect "no further error" \
  test "$(grep -c "ERROR: from element" "$log")" -eq 1
end

begin "a folder that is not there is one error"
launch ptqimagesrc location="$folder/nowhere" ! ptqconvert ! fakesink
expect "exit status is not 0" failed
expect "the folder's name" says "ERROR: from element.*nowhere"
expect "no further error" \
  test "$(grep -c "ERROR: from element" "$log")" -eq 1
end

begin "the leaks tracer is quiet"
run env GST_TRACERS=leaks GST_DEBUG=GST_TRACER:7 GST_DEBUG_NO_COLOR=1 \
  timeout 60 $tested gst-launch-1.0 ptqmux name=m ! fakesink \
  ptqimagesrc on-error=skip location="$pictures" ! ptqconvert ! queue \
  ! ptqresize width=64 height=64 ! ptqcrop width=32 height=32 \
  ! ptqnormalize ! m.sink_0 \
  ptqbinsrc loop=true num-samples=23 location="$folder/place/samples" \
  dimensions=224:224:3:1 ! m.sink_1
expect "exit status 0" succeeded
expect "nothing is alive" test "$(grep -c 'object-alive, type-name=(string)G' "$log")" -eq 0
end

begin "the leaks tracer is quiet after an error"
run env GST_TRACERS=leaks GST_DEBUG=GST_TRACER:7 GST_DEBUG_NO_COLOR=1 \
  timeout 60 $tested gst-launch-1.0 ptqimagesrc location="$pictures" \
  ! ptqconvert ! ptqresize ! ptqcrop width=3000 height=3000 ! fakesink
expect "exit status is not 0" failed
expect "nothing is alive" test "$(grep -c 'object-alive, type-name=(string)G' "$log")" -eq 0
end

done_testing
