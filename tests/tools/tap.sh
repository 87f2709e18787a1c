# gst-ptq
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Cases that speak TAP, for tests of whole programs. Sourced.
#
#   begin NAME           a case starts
#   expect WHAT COMMAND  the case fails, naming WHAT, where COMMAND fails
#   end                  the case is counted
#   skip NAME REASON     a case that cannot be made here
#   done_testing         the last line

# A sanitizer that goes before all libraries is meant for the programs under
# test and not for grep and sed: they are run as $tested PROGRAM.
tested="env${LD_PRELOAD:+ LD_PRELOAD=$LD_PRELOAD}"
unset LD_PRELOAD

cases=0
folder=$(mktemp -d "${TMPDIR:-/tmp}/ptq-test-XXXXXX") || exit 99
trap 'rm -rf "$folder"' EXIT

begin ()
{
  name=$1
  failures=
  log=$folder/log
  : > "$log"
}

expect ()
{
  what=$1
  shift
  "$@" || failures="$failures; $what"
}

end ()
{
  cases=$((cases + 1))
  if [ -z "$failures" ]; then
    echo "ok $cases $name"
  else
    echo "not ok $cases $name"
    echo "# not so: ${failures#; }"
    sed 's/^/# /' "$log"
  fi
}

skip ()
{
  cases=$((cases + 1))
  echo "ok $cases $1 # SKIP $2"
}

done_testing ()
{
  echo "1..$cases"
}

# Runs a command with both outputs in the log, and sets status
run ()
{
  "$@" > "$log" 2>&1
  status=$?
}

says ()
{
  grep -q -e "$1" "$log"
}

absent ()
{
  [ ! -e "$1" ]
}

succeeded ()
{
  [ "$status" -eq 0 ]
}

# and not for want of time, which is 124
failed ()
{
  [ "$status" -ne 0 ] && [ "$status" -lt 124 ] || [ "$status" -eq 255 ]
}

# wait_for SECONDS COMMAND: until the command succeeds
wait_for ()
{
  tries=$(($1 * 20))
  shift
  until "$@"; do
    tries=$((tries - 1))
    [ $tries -gt 0 ] || return 1
    sleep 0.05
  done
}
