#!/bin/sh
# Runs a test under GStreamer's leaks tracer, and lets it fail when an object
# outlives the program that made it: leaks.sh PROGRAM ARGUMENT...

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
# a file a process: forked cases and programs that a test starts count too
GST_DEBUG_FILE=$logs/%p GST_DEBUG_NO_COLOR=1 "$@"
status=$?
if cat "$logs"/* 2>/dev/null | grep 'object-alive, .*=(gpointer)0x' >&2; then
  echo "leaks: these objects were not freed" >&2
  [ $status != 0 ] || status=1
fi
exit $status
