/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "activation-histogram.h"

G_BEGIN_DECLS

/**
 * PtqHistogram:
 * @n: number of values, zeros included
 * @n_zero: number of zeros, which are in no bin
 * @exponent: bins are 2 to the power of this wide
 * @min: the smallest value
 * @max: the largest value
 * @counts: bin i of a side holds the values whose magnitude is from i to
 *   i + 1 widths
 *
 * How often values of each magnitude occur. The width is the smallest power of
 * two for which the largest magnitude has a bin, so at least half of the bins
 * are in use, and two histograms of a set of values are the same however the
 * set was cut into pieces, and merge without loss.
 */
typedef struct
{
  guint64 n;
  guint64 n_zero;
  gint exponent;
  gfloat min;
  gfloat max;
  guint64 counts[PTQ_HISTOGRAM_SIDES][PTQ_HISTOGRAM_BINS];
} PtqHistogram;

void ptq_histogram_clear (PtqHistogram *self);
/* Adds the values of a sample. */
void ptq_histogram_add (
    PtqHistogram *self, const PtqActivationHistogram *tally);
void ptq_histogram_merge (PtqHistogram *self, const PtqHistogram *other);
gdouble ptq_histogram_get_width (const PtqHistogram *self);
/* Bounds that at most a share of @below and @above of the values lie
 * outside */
void ptq_histogram_get_quantiles (const PtqHistogram *self, gdouble below,
    gdouble above, gdouble *low, gdouble *high);

G_END_DECLS
