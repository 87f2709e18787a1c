/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Scale and zero point from a range, and the way back, as MindSpore Lite's
 * converter computes them: asymmetric ranges are nudged so that the zero
 * point is a whole code, halves round away from zero. */

#include "scale.h"

#include <math.h>

/* A range that holds a single value still needs a positive width. */
#define MIN_WIDTH 1e-10

/* Signed codes of @bits bits; @narrow leaves the lowest code out so that the
 * range is symmetric about 0. One bit has the codes -1 and 0. */
void
ptq_scale_limits_signed (gint bits, gboolean narrow, gint *qmin, gint *qmax)
{
  g_return_if_fail (bits >= 1 && bits <= 16);

  *qmax = (1 << (bits - 1)) - 1;
  *qmin = -(1 << (bits - 1));
  if (narrow && bits > 1)
    *qmin += 1;
}

void
ptq_scale_limits_unsigned (gint bits, gint *qmin, gint *qmax)
{
  g_return_if_fail (bits >= 1 && bits <= 16);

  *qmin = 0;
  *qmax = (1 << bits) - 1;
}

void
ptq_scale_find_range (const gfloat *values, gsize n, gdouble *min, gdouble *max)
{
  gfloat low = values[0], high = values[0];

  for (gsize i = 1; i < n; i++) {
    low = MIN (low, values[i]);
    high = MAX (high, values[i]);
  }
  *min = low;
  *max = high;
}

/* Widens [min, max] to hold 0 and lays qmax - qmin equal steps over it.
 * Symmetric ranges are widened to [-a, a], a the larger magnitude.
 *
 * Step size and zero point are computed in double and stored as the runtime
 * reads them, float32 and integer. */
void
ptq_scale_from_range (PtqScale *self, gdouble min, gdouble max, gint qmin,
    gint qmax, gboolean symmetric)
{
  gdouble step, steps_below;

  g_return_if_fail (qmin < qmax);
  g_return_if_fail (isfinite (min) && isfinite (max));

  max = MAX (max, min + MIN_WIDTH);
  if (symmetric) {
    gdouble magnitude = MAX (fabs (min), fabs (max));

    min = -magnitude;
    max = magnitude;
  }
  min = MIN (min, 0.0);
  max = MAX (max, 0.0);

  step = (max - min) / (qmax - qmin);
  steps_below = round (-min / step);

  self->scale = (gfloat) step;
  self->zero_point = qmin + (gint) steps_below;
  self->qmin = qmin;
  self->qmax = qmax;
}

/* Rounds x / scale + zero_point, the sum and not its first term, so that
 * halves fall as in the original. */
gint
ptq_scale_quantize (const PtqScale *self, gdouble value)
{
  gdouble code = round (value / self->scale + self->zero_point);

  return (gint) CLAMP (code, self->qmin, self->qmax);
}

gdouble
ptq_scale_dequantize (const PtqScale *self, gint code)
{
  return (gdouble) self->scale * (code - self->zero_point);
}

gdouble
ptq_scale_get_min (const PtqScale *self)
{
  return ptq_scale_dequantize (self, self->qmin);
}

gdouble
ptq_scale_get_max (const PtqScale *self)
{
  return ptq_scale_dequantize (self, self->qmax);
}
