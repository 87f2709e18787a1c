/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Histograms that grow by doubling the width of their bins.
 */
#include <math.h>
#include <string.h>
#include "histogram.h"

void
ptq_histogram_clear (PtqHistogram *self)
{
  memset (self, 0, sizeof *self);
  self->exponent = PTQ_ACTIVATION_HISTOGRAM_MIN_EXPONENT;
  self->min = G_MAXFLOAT;
  self->max = -G_MAXFLOAT;
}

gdouble
ptq_histogram_get_width (const PtqHistogram *self)
{
  return ldexp (1, self->exponent);
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
  widen_side (self->counts[PTQ_HISTOGRAM_POSITIVE], shift);
  widen_side (self->counts[PTQ_HISTOGRAM_NEGATIVE], shift);
  self->exponent = exponent;
}

/* How far the bins of both have to move */
static guint
align (PtqHistogram *self, gint exponent)
{
  widen (self, exponent);
  return self->exponent - exponent;
}

static void
add_side (guint64 *counts, const guint32 *others, guint shift, guint n)
{
  if (shift == 0) {
    for (guint i = 0; i < n; i++)
      counts[i] += others[i];
    return;
  }
  for (guint i = 0; i < n; i++)
    counts[shift < 32 ? i >> shift : 0] += others[i];
}

void
ptq_histogram_add (PtqHistogram *self, const PtqActivationHistogram *tally)
{
  guint shift = align (self, tally->exponent);

  add_side (self->counts[PTQ_HISTOGRAM_POSITIVE],
      tally->counts[PTQ_HISTOGRAM_POSITIVE], shift,
      ptq_activation_histogram_count_used (tally->max, tally->exponent));
  add_side (self->counts[PTQ_HISTOGRAM_NEGATIVE],
      tally->counts[PTQ_HISTOGRAM_NEGATIVE], shift,
      ptq_activation_histogram_count_used (-tally->min, tally->exponent));
  self->n += tally->n;
  self->n_zero += tally->n_zero;
  self->min = MIN (self->min, tally->min);
  self->max = MAX (self->max, tally->max);
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
  guint shift = align (self, other->exponent);

  for (guint side = 0; side < PTQ_HISTOGRAM_SIDES; side++) {
    for (guint i = 0; i < PTQ_HISTOGRAM_BINS; i++)
      self->counts[side][shift < 32 ? i >> shift : 0] += other->counts[side][i];
  }
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
