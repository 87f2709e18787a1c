/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Histograms that grow by doubling the width of their bins.
 */
#include <math.h>
#include <string.h>
#include "histogram-scan.h"
#include "value-range.h"

/* PTQ_HISTOGRAM_BINS is 2 to the power of this. */
#define BINS_EXPONENT 11
/* The factor from values to bins has to be a float. */
#define MIN_EXPONENT (-120)

G_STATIC_ASSERT (PTQ_HISTOGRAM_BINS == 1 << BINS_EXPONENT);

void
ptq_histogram_clear (PtqHistogram *self)
{
  memset (self, 0, sizeof *self);
  self->exponent = MIN_EXPONENT;
  self->min = G_MAXFLOAT;
  self->max = -G_MAXFLOAT;
}

gdouble
ptq_histogram_get_width (const PtqHistogram *self)
{
  return ldexp (1, self->exponent);
}

/* frexp() gives the power of two that @magnitude is below. */
static gint
exponent_for (gfloat magnitude)
{
  gint exponent;

  if (magnitude == 0)
    return MIN_EXPONENT;
  frexpf (magnitude, &exponent);
  return MAX (exponent - BINS_EXPONENT, MIN_EXPONENT);
}

static void
widen_side (guint64 *counts, guint shift)
{
  for (guint i = 0; i < PTQ_HISTOGRAM_BINS; i++) {
    guint64 count = counts[i];

    counts[i] = 0;
    counts[shift < 32 ? i >> shift : 0] += count;
  }
}

static void
widen (PtqHistogram *self, gint exponent)
{
  guint shift = exponent - self->exponent;

  if (exponent <= self->exponent)
    return;
  if (self->n > self->n_zero) {
    widen_side (self->counts[PTQ_HISTOGRAM_POSITIVE], shift);
    widen_side (self->counts[PTQ_HISTOGRAM_NEGATIVE], shift);
  }
  self->exponent = exponent;
}

/**
 * ptq_histogram_add:
 * @self: a histogram
 * @data: (array length=n): values
 * @n: number of values, at least 1 and less than 2^32
 * @parallel: (nullable): to work on several threads
 *
 * Returns: %FALSE when there is a NaN or an infinity among the values; none
 *   of them is counted then
 */
gboolean
ptq_histogram_add (PtqHistogram *self, const gfloat *data, gsize n,
    PtqParallel *parallel)
{
  gfloat min, max;

  if (!ptq_value_range_scan (data, n, parallel, &min, &max))
    return FALSE;
  widen (self, exponent_for (MAX (fabsf (min), fabsf (max))));
  ptq_histogram_scan (self, data, n, parallel);
  self->n += n;
  self->min = MIN (self->min, min);
  self->max = MAX (self->max, max);
  return TRUE;
}

static void
merge_side (guint64 *counts, const guint64 *others, guint shift)
{
  if (shift == 0) {
    for (guint i = 0; i < PTQ_HISTOGRAM_BINS; i++)
      counts[i] += others[i];
    return;
  }
  for (guint i = 0; i < PTQ_HISTOGRAM_BINS; i++)
    counts[shift < 32 ? i >> shift : 0] += others[i];
}

/**
 * ptq_histogram_merge:
 * @self: a histogram
 * @other: another one
 *
 * Adds the values of @other to those of @self. Nothing is lost, and the order
 * of merging does not matter.
 */
void
ptq_histogram_merge (PtqHistogram *self, const PtqHistogram *other)
{
  guint shift;

  widen (self, other->exponent);
  shift = self->exponent - other->exponent;
  if (other->max > 0)
    merge_side (self->counts[PTQ_HISTOGRAM_POSITIVE],
        other->counts[PTQ_HISTOGRAM_POSITIVE], shift);
  if (other->min < 0)
    merge_side (self->counts[PTQ_HISTOGRAM_NEGATIVE],
        other->counts[PTQ_HISTOGRAM_NEGATIVE], shift);
  self->n += other->n;
  self->n_zero += other->n_zero;
  self->min = MIN (self->min, other->min);
  self->max = MAX (self->max, other->max);
}

/* How many bins lie below the bound that at most @allowed values from the far
 * end of @side are beyond; -1 when all of that side are, with @allowed reduced
 * by their number. */
static gint
find_bound (const guint64 *counts, guint64 *allowed)
{
  for (gint i = PTQ_HISTOGRAM_BINS - 1; i >= 0; i--) {
    if (counts[i] > *allowed)
      return i + 1;
    *allowed -= counts[i];
  }
  return -1;
}

/* The other way around: from zero outwards */
static gint
find_inner_bound (const guint64 *counts, guint64 allowed)
{
  for (gint i = 0; i < PTQ_HISTOGRAM_BINS; i++) {
    if (counts[i] > allowed)
      return i;
    allowed -= counts[i];
  }
  return PTQ_HISTOGRAM_BINS;
}

/* The largest value on @side after a share of values is removed, as a signed
 * number of bins, where @side is taken as the positive one */
static gint
bound_of_side (const PtqHistogram *self, PtqHistogramSide side, gdouble share)
{
  guint64 allowed = share * self->n;
  gint bound = find_bound (self->counts[side], &allowed);

  if (bound >= 0)
    return bound;
  if (self->n_zero > allowed)
    return 0;
  return -find_inner_bound (self->counts[!side], allowed - self->n_zero);
}

/**
 * ptq_histogram_get_quantiles:
 * @self: a histogram of at least one value
 * @below: share of values that may be below @low
 * @above: share of values that may be above @high
 * @low: (out): lower bound
 * @high: (out): upper bound
 *
 * The bounds are ends of bins, or the smallest and the largest value where
 * these are nearer. So each lies outside the exact quantile, by at most the
 * width of a bin, which is at most 1/1024 of the largest magnitude.
 */
void
ptq_histogram_get_quantiles (const PtqHistogram *self, gdouble below,
    gdouble above, gdouble *low, gdouble *high)
{
  gdouble width = ptq_histogram_get_width (self);

  *high = width * bound_of_side (self, PTQ_HISTOGRAM_POSITIVE, above);
  *low = -width * bound_of_side (self, PTQ_HISTOGRAM_NEGATIVE, below);
  *high = MIN (*high, self->max);
  *low = MAX (*low, self->min);
}
