#!/bin/sh
# gst-ptq
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Debug reports out of a pipeline, and ptq-report on what it left.
#
#   test-report.sh PTQ-REPORT

# shellcheck source=tap.sh
. "$G_TEST_SRCDIR/tools/tap.sh"

report=$1
model=$G_TEST_SRCDIR/data/stream/convnet.onnx

quantize ()
{
  $tested gst-launch-1.0 -q videotestsrc pattern=ball num-buffers=4 \
    ! video/x-raw,format=RGB,width=16,height=16 ! ptqconvert \
    ! ptqnormalize preset=imagenet \
    ! ptqsink model="$model" location="$folder/int8.onnx" "$@" \
    > "$log" 2>&1
}

has_rounds ()
{
  [ "$(find "$folder/debug" -name 'round_*.csv' | wc -l)" -eq "$1" ]
}

begin "report/pipeline"
expect "the pipeline" quantize debug-info-save-path="$folder/debug" \
  report-location="$folder/page.html" replay-samples=3
expect "three rounds" has_rounds 3
expect "the other tables" test -s "$folder/debug/quant_param.csv" \
  -a -s "$folder/debug/output_summary.csv" \
  -a -s "$folder/debug/float_nodes.csv"
expect "nothing temporary" sh -c "! ls -A '$folder/debug' | grep -q ptq-"
end

begin "report/same-page"
expect "ptq-report" sh -c "$tested '$report' '$folder/debug' > '$folder/out'"
expect "the name of the page" grep -q 'debug/report.html$' "$folder/out"
expect "the page of the pipeline" cmp "$folder/page.html" \
  "$folder/debug/report.html"
end

begin "report/cannot-write"
rm -f "$folder/int8.onnx"
touch "$folder/file"
if quantize report-location="$folder/file/page.html"; then
  failures="$failures; it must fail"
fi
expect "which file" grep -q "$folder/file/page.html" "$log"
expect "no model" absent "$folder/int8.onnx"
end

status_of ()
{
  wanted=$1
  shift
  $tested "$report" "$@" > "$folder/out" 2> "$folder/err"
  [ $? -eq "$wanted" ] && [ "$(wc -l < "$folder/err")" -eq 1 ] \
    && grep -q '^ptq-report: ' "$folder/err"
}

begin "report/errors"
expect "wrong usage" status_of 2
expect "wrong option" status_of 2 --nonsense x
expect "no such folder" status_of 1 "$folder/none"
expect "which file" grep -q "$folder/none/round_0.csv" "$folder/err"
cp "$folder/debug/quant_param.csv" "$folder/table"
expect "over a table" status_of 1 "$folder/debug" \
  --output="$folder/debug/quant_param.csv"
expect "it is told" grep -q "is a table of" "$folder/err"
expect "the table" cmp "$folder/table" "$folder/debug/quant_param.csv"
end

done_testing
