#!/bin/sh
# gst-ptq
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# ptq-compare, as people and as scripts use it.
#
#   test-compare.sh PTQ-COMPARE

# shellcheck source=tap.sh disable=SC2086 # $source and the like are lists
. "$G_TEST_SRCDIR/tools/tap.sh"

compare=$1
models=$G_TEST_SRCDIR/data/stream
model=$models/convnet.onnx

# four pictures, and a list that knows all of them and one more
mkdir "$folder/pictures"
$tested gst-launch-1.0 -q videotestsrc pattern=ball num-buffers=4 \
  ! video/x-raw,format=RGB,width=32,height=32 ! pngenc \
  ! multifilesink location="$folder/pictures/%d.png" || exit 99
printf 'file,class_index\n0.png,0\n1.png,1\n2.png,2\n3.png,3\nx.png,4\n' \
  > "$folder/labels.csv"
source="ptqimagesrc location=$folder/pictures ! ptqconvert ! ptqresize ! ptqnormalize preset=imagenet"
$tested gst-launch-1.0 -q $source \
  ! ptqsink model="$model" location="$folder/int8.onnx" || exit 99

tells ()
{
  run timeout 60 $tested "$compare" "$@"
}

# one line on stderr, none on stdout
complains ()
{
  [ "$(wc -l < "$folder/err")" -eq 1 ] && [ ! -s "$folder/out" ] \
    && grep -q -e "^ptq-compare: .*$1" "$folder/err"
}

refuse ()
{
  begin "$1"
  text=$2
  shift 2
  timeout 60 $tested "$compare" "$@" > "$folder/out" 2> "$folder/err"
  status=$?
  cat "$folder/out" "$folder/err" > "$log"
  expect "a status of failure" failed
  expect "one line: $text" complains "$text"
  end
}

begin "random samples without a pipeline"
tells "$model" "$folder/int8.onnx"
expect "exit status 0" succeeded
expect "says that they are random" says "30, random"
expect "names both" says "convnet.onnx *int8.onnx"
expect "counts kernels" says "kernels .* integer, .* float"
end

begin "a table with labels"
tells "$model" "$folder/int8.onnx" --labels="$folder/labels.csv" \
  --pipeline="$source"
expect "exit status 0" succeeded
expect "samples" says "^samples *4$"
for row in size time top-1 top-5 agreement cosine SQNR CPU; do
  expect "$row" says "^$row  "
done
end

begin "one object of JSON"
tells "$model" "$folder/int8.onnx" --labels="$folder/labels.csv" \
  --pipeline="$source" --json
expect "exit status 0" succeeded
is_one_line () { [ "$(wc -l < "$log")" -eq 1 ]; }
expect "one line" is_one_line
expect "an object" says '^{.*}$'
expect "samples" says '"samples": 4,'
for key in reference_top1 model_top1 reference_top5 model_top5 agreement \
  cosine sqnr_db reference_ms model_ms integer_kernels float_kernels; do
  expect "$key is a number" says "\"$key\": [0-9.e+-]*[,}]"
done
expect "cpu is a text" says '"cpu": ".*"}'
end

begin "the decimal point is a point everywhere"
run env LC_ALL=de_DE.UTF-8 timeout 60 $tested "$compare" "$model" "$model" --json
expect "exit status 0" succeeded
no_comma () { ! says '[0-9],[0-9]'; }
expect "no comma in a number" no_comma
end

begin "what is not known is null"
tells "$model" "$model" --json
expect "exit status 0" succeeded
expect "no labels" says '"reference_top1": null'
expect "no difference" says '"sqnr_db": null'
expect "agreement" says '"agreement": 1,'
end

begin "no classes, no agreement"
tells "$models/square-root.onnx" "$models/square-root.onnx" --json
expect "exit status 0" succeeded
expect "agreement" says '"agreement": null'
end

begin "a shape that the model leaves open"
tells "$models/convnet-open.onnx" "$models/convnet-open.onnx" \
  --input-shape=1,3,20,24 -n 2
expect "exit status 0" succeeded
end

begin "as many samples as asked for"
tells "$model" "$model" --pipeline="$source" -n 2 --json
expect "exit status 0" succeeded
expect "samples" says '"samples": 2,'
end

refuse "one model" "two models" "$model"
refuse "three models" "two models" "$model" "$model" "$model"
refuse "an unknown option" "nonsense" "$model" "$model" --nonsense
refuse "a missing model" "nowhere.onnx" "$model" "$folder/nowhere.onnx"
head -c 1000 "$model" > "$folder/cut.onnx"
refuse "a corrupt model" "cut.onnx" "$model" "$folder/cut.onnx"
refuse "models of different tasks" "two-inputs.onnx has 2" "$model" \
  "$models/two-inputs.onnx"
refuse "an open shape" "input-shape" "$models/convnet-open.onnx" \
  "$models/convnet-open.onnx"
refuse "a shape that is none" "3,x is not a shape" \
  "$models/convnet-open.onnx" "$models/convnet-open.onnx" --input-shape=3,x
refuse "labels without a pipeline" "needs --pipeline" "$model" "$model" \
  --labels="$folder/labels.csv"
refuse "missing labels" "nowhere.csv" "$model" "$model" \
  --labels="$folder/nowhere.csv" --pipeline="$source"
printf 'file,class_index\na.png,1\n' > "$folder/others.csv"
refuse "labels of other files" "none of the 4 samples" "$model" "$model" \
  --labels="$folder/others.csv" --pipeline="$source"
refuse "a pipeline that is none" "cannot be built" "$model" "$model" \
  --pipeline="nosuchelement ! ptqnormalize"
refuse "an empty pipeline" "--pipeline is empty" "$model" "$model" --pipeline=" "
refuse "a pipeline that ends in a mark" "syntax error.*joined by" \
  "$model" "$model" --pipeline="$source !"
refuse "a pipeline with a sink" "fakesink0.*has no sink of its own" \
  "$model" "$model" --pipeline="$source ! fakesink"
refuse "a pipeline of something else" "audiotestsrc0.*as a rule ptqnormalize" \
  "$model" "$model" --pipeline="audiotestsrc"
refuse "a pipeline that breaks before its end" \
  "link audiotestsrc0 to ptqconvert0\(, .*\)*$" "$model" "$model" \
  --pipeline="audiotestsrc ! ptqconvert ! ptqresize ! ptqnormalize"
refuse "a pipeline without samples" "without a sample" "$model" "$model" \
  --pipeline="videotestsrc num-buffers=0 ! ptqconvert ! ptqresize ! ptqnormalize"
refuse "a pipeline of another shape" "20,20.*ptqresize width=16 height=16" "$model" "$model" \
  --pipeline="videotestsrc ! ptqconvert ! ptqresize width=20 height=20 ! ptqnormalize"

begin "Ctrl-C ends the stream and prints"
$tested "$compare" "$model" "$folder/int8.onnx" --pipeline="videotestsrc is-live=true ! ptqconvert ! ptqresize ! ptqnormalize ! tee name=t ! queue ! filesink location=$folder/stream t. ! queue" \
  > "$log" 2>&1 &
pid=$!
has_samples () { [ -s "$folder/stream" ]; }
expect "samples come" wait_for 60 has_samples
sleep 0.5
kill -INT $pid
wait $pid
status=$?
is_130 () { [ $status -eq 130 ]; }
expect "exit status 130" is_130
expect "says so" says "interrupted after"
expect "the table" says "^cosine"
end

done_testing
