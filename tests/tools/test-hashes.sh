#!/bin/sh
# gst-ptq
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# hashes.sh on a few small models: the same bytes twice, and every kind of
# difference.
#
#   test-hashes.sh BUILD

# shellcheck source=tap.sh
. "$G_TEST_SRCDIR/tools/tap.sh"

PTQ_BUILD=$1
export PTQ_BUILD
file=$folder/hashes

hashes ()
{
  action=$1
  of=$2
  shift 2
  run $tested sh "$G_TEST_SRCDIR/hashes.sh" "$action" "$of" "$@"
}

small ()
{
  hashes "$1" "$2" 'stream/convnet/*' 'stream/two-inputs/*' 'refuse/scan-8/*'
}

# altered SED-SCRIPT: compares with what the file would be then
altered ()
{
  sed "$1" "$file" > "$folder/altered"
  small compare "$folder/altered"
  [ "$status" -eq 1 ]
}

lines ()
{
  [ "$(wc -l < "$log")" -eq "$1" ]
}

begin "hashes/record"
small record "$file"
expect "success" succeeded
expect "models" grep -Eq '^stream/convnet/full [0-9a-f]{64}$' "$file"
expect "a refusal" grep -q '^refuse/scan-8/anew refused$' "$file"
expect "no death" sh -c "! grep -q died '$file'"
end

begin "hashes/same"
small compare "$file"
expect "success" succeeded
end

begin "hashes/other-bytes"
expect "a difference" altered 's|^\(stream/convnet/anew\) .*|\1 0123|'
expect "two lines" lines 2
expect "how it was" says '^- stream/convnet/anew 0123$'
expect "how it is" says '^+ stream/convnet/anew [0-9a-f]'
end

begin "hashes/another-model"
expect "a difference" altered '/^stream.convnet.full/d'
expect "one line" lines 1
expect "how it is" says '^+ stream/convnet/full [0-9a-f]'
end

begin "hashes/was-absent"
sed 's|^\(stream/convnet/full\) .*|\1 absent|' "$file" > "$folder/absent"
small compare "$folder/absent"
expect "success" succeeded
end

begin "hashes/usage"
hashes nonsense "$file"
expect "wrong word" test "$status" -eq 2
hashes compare "$folder/none"
expect "no such file" test "$status" -eq 2
end

done_testing
