#!/bin/sh
# Formats the C files, or with --check lists those that are not formatted and
# exits with 1. The generated tables of the tests are left as they are.
set -eu
cd "$(dirname "$0")/.."

case ${1-} in
  '') options=-i ;;
  --check) options='--dry-run --Werror' ;;
  *) echo "usage: format.sh [--check]" >&2; exit 2 ;;
esac
# What another version makes of the same settings differs in places.
version=$(clang-format --version | sed 's/.*version \([0-9]*\).*/\1/')
if [ "$version" != 14 ]; then
  echo "format: needs clang-format 14, found $version" >&2
  [ -n "${1-}" ] && exit 77
  exit 1
fi
git ls-files -c -o --exclude-standard '*.[ch]' | grep -v -E -e '-tables?\.h$' |
  while read -r file; do
    if [ -e "$file" ]; then echo "$file"; fi
  done |
  xargs clang-format $options
