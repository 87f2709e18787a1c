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
#define PTQ_ACTIVATION_HISTOGRAM_MIN_EXPONENT (-120)

/**
 * PtqActivationHistogram:
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
} PtqActivationHistogram;

void ptq_activation_histogram_clear (
    PtqActivationHistogram *self, gint exponent);
/* FALSE when there is a NaN or an infinity among the values; some of them may
 * be counted then. */
gboolean ptq_activation_histogram_add (PtqActivationHistogram *self,
    const gfloat *data, gsize n, PtqParallel *parallel);
/* The exponent of the bins that @magnitude needs */
gint ptq_activation_histogram_exponent_for (gfloat magnitude);
/* How many bins @magnitude and what is below it take, 0 where it is not
 * positive */
guint ptq_activation_histogram_count_used (gfloat magnitude, gint exponent);

G_END_DECLS
