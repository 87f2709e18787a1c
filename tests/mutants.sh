#!/bin/sh
# gst-ptq
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Breaks the sources in small ways, one at a time, in a copy of the committed
# tree, and says which of these mutants the suite notices.
#
#   mutants.sh [NAME...]      all of them, or those named
#
# Exit status 0 when every mutant is noticed. It takes some minutes a mutant.
# PTQ_MUTANT_TESTS gives the arguments of meson test; by default the library's
# and the tools' suites.
set -u
top=$(cd "$(dirname "$0")/.." && pwd)
tests=${PTQ_MUTANT_TESTS---suite lib --suite tools}
copy=$(mktemp -d) || exit 1
trap 'rm -rf "$copy"' EXIT
git -C "$top" archive HEAD | tar -x -C "$copy" || exit 1
[ -d "$top/../shared" ] && PTQ_TEST_DATA=$top/../shared/data &&
  export PTQ_TEST_DATA
root=${ONNXRUNTIME_ROOT-$top/build-onnxruntime}
option=
[ -d "$root" ] && option=-Donnxruntime_root=$root
cd "$copy" || exit 1
# shellcheck disable=SC2086 # one option or none
meson setup build $option > log 2>&1 && ninja -C build > log 2>&1 ||
  { tail log; exit 1; }

killed=0 total=0 survivors=
wanted=" $* "

mutant () { # NAME FILE SED-EXPRESSION
  case $wanted in
    '  ' | *" $1 "*) ;;
    *) return ;;
  esac
  total=$((total + 1))
  cp "$2" original
  sed -i "$3" "$2"
  if cmp -s "$2" original; then
    echo "$1: the expression changes nothing in $2"
    survivors="$survivors $1"
  elif ! ninja -C build > log 2>&1; then
    echo "$1: does not build"
    tail -n 3 log
    survivors="$survivors $1"
  # shellcheck disable=SC2086 # a list
  elif meson test -C build --no-rebuild $tests > log 2>&1; then
    echo "$1: SURVIVED"
    survivors="$survivors $1"
  else
    killed=$((killed + 1))
    echo "$1: killed by $(sed -n \
      's/^ *[0-9]*\/[0-9]* gst-ptq:[a-z]* \/ \([^ ]*\) *\(FAIL\|ERROR\|TIMEOUT\).*/\1/p' \
      log | tr '\n' ' ')"
  fi
  mv original "$2"
  touch "$2"
}

ranges=lib/quantize/ranges
search=lib/quantize/search/mixed-precision.c
mutant equalization-strength-1 $ranges/equalize.c \
  's|best = (gdouble) k / N_STRENGTHS;|best = 1;|'
mutant activation-ranges-off $ranges/fit-activation-ranges.c \
  's|    settle (&self, readers->pdata\[i\]);|    (void) settle;|'
mutant channel-clips-off $ranges/clip-channels.c \
  's|magnitudes\[c\] = magnitude;|magnitudes[c] = largest;|'
mutant method-ranges-not-anew $ranges/choose-ranges.c \
  's|ptq_observer_get_range (observers->pdata\[i\], &range->min, &range->max);|(void) range;|'
mutant second-try-off $search \
  's|if (\*sqnr >= ptq_settings_get_min_sqnr (self->settings))|if (FALSE)|'
mutant useless-float-kept $search \
  's|if (!quantize_again (self, &after, error)|if (FALSE|'
mutant no-bisection $search \
  's|while (\*best >= wanted \&\& few + 1 < k)|while (FALSE)|'
mutant pair-rule-off lib/quantize/weights/weight.c \
  's|if (options->pairs == PTQ_PAIRS_SAFE \&\&|if (FALSE \&\&|'
mutant size-share-off lib/quantize/weights/weight-only.c \
  's|return run->init_scale \* CLAMP (share, MIN_SHARE, 1 / MIN_SHARE);|return run->init_scale + 0 * share;|'
mutant bias-correction-halved lib/quantize/search/bias-correction.c \
  's|diff\[c\] = (a->sums\[c\] - b->sums\[c\]) / a->n;|diff[c] = (a->sums[c] - b->sums[c]) / a->n / 2;|'

echo "$killed of $total mutants killed"
[ $killed = $total ] || { echo "not noticed:$survivors"; exit 1; }
