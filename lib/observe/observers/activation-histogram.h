/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "runtime-private.h"

G_BEGIN_DECLS

#define PTQ_HISTOGRAM_BINS 2048

typedef enum
{
  PTQ_HISTOGRAM_POSITIVE,
  PTQ_HISTOGRAM_NEGATIVE,
  PTQ_HISTOGRAM_SIDES
} PtqHistogramSide;

/* Bins of 2 to the power of this are as narrow as they get: the factor from
 * values to bins has to be a float. */
#define PTQ_TALLY_MIN_EXPONENT (-120)

/**
 * PtqTally:
 *
 * A #PtqHistogram of one sample, half as large. It takes less than 2^32
 * values. Its bins may be wider than it needs, where it was told to begin
 * with such.
 */
typedef struct
{
  guint64 n;
  guint64 n_zero;
  gint exponent;
  gfloat min;
  gfloat max;
  guint32 counts[PTQ_HISTOGRAM_SIDES][PTQ_HISTOGRAM_BINS];
} PtqTally;

void ptq_tally_clear (PtqTally *self, gint exponent);
/* FALSE when there is a NaN or an infinity among the values; some of them may
 * be counted then. */
gboolean ptq_tally_add (
    PtqTally *self, const gfloat *data, gsize n, PtqParallel *parallel);
/* The exponent of the bins that @magnitude needs */
gint ptq_tally_exponent_for (gfloat magnitude);
/* How many bins @magnitude and what is below it take, 0 where it is not
 * positive */
guint ptq_tally_count_used (gfloat magnitude, gint exponent);

G_END_DECLS
