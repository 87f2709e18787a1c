/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Codes of 1 to 16 bits for a weight that is decoded before it is used.
 *
 * Fixed width: the range of each channel, asymmetric, in 2^b steps. Mixed
 * width: the step that just meets a relative error, and from it the width.
 * Either way the decoded channel gets the mean and the standard deviation of
 * the original one, folded into scale and offset:
 *
 *   w' = (code - z) * s,  v = sd (w) / sd (w'),  m = mean (w) - v * mean (w')
 *   decoded = v * w' + m
 *
 * as MindSpore Lite's converter does (there as separate coefficients). */

#include "weight-code.h"
#include "weight.h"

#include <math.h>
#include <string.h>

#define MAX_BITS 16
/* Beyond this ratio the spread of a decoded channel says nothing. */
#define MAX_VARIANCE_RATIO 10.0
/* Half of the 32-bit mantissa: a range below it is a constant */
#define MIN_RANGE 1e-5
/* A channel with less has no relative error */
#define MIN_ENERGY 1e-10
#define MAX_SEARCH_STEPS 100
#define SEARCH_TOLERANCE 0.01
#define MIN_TARGET 1e-6

static gsize
inner_size (const gint64 *dims, guint rank, gint axis)
{
  gsize size = 1;

  for (guint i = axis < 0 ? 0 : axis + 1; i < rank; i++)
    size *= dims[i];
  return size;
}

static PtqWeightCode *
weight_code_new (gint bits, gint axis, guint n_channels, gsize n)
{
  PtqWeightCode *self = g_new0 (PtqWeightCode, 1);

  self->bits = bits;
  self->axis = axis;
  self->n_channels = n_channels;
  self->n = n;
  self->codes = g_new (guint16, n);
  self->scales = g_new (gfloat, n_channels);
  self->offsets = g_new (gfloat, n_channels);
  return self;
}

void
ptq_weight_code_free (PtqWeightCode *self)
{
  g_free (self->codes);
  g_free (self->scales);
  g_free (self->offsets);
  g_free (self);
}

/* Sums of one channel, for means and deviations */
typedef struct
{
  gsize n;
  gdouble sum, sum2;            /* of the values */
  gdouble decoded, decoded2;    /* of the decoded values */
} Moments;

static gdouble
deviation (gdouble sum, gdouble sum2, gsize n)
{
  gdouble mean = sum / n;

  return sqrt (MAX (sum2 / n - mean * mean, 0));
}

static void
correct_channel (PtqWeightCode *self, guint c, const Moments *moments)
{
  gdouble sd = deviation (moments->sum, moments->sum2, moments->n);
  gdouble decoded = deviation (moments->decoded, moments->decoded2,
      moments->n);
  gdouble ratio = 1, shift;

  if (sd > G_MINDOUBLE && decoded > 1e-12 * sd)
    ratio = sd / decoded;
  if (ratio >= MAX_VARIANCE_RATIO)
    ratio = 1;
  shift = (moments->sum - moments->decoded * ratio) / moments->n;
  self->scales[c] = (gfloat) (self->scales[c] * ratio);
  self->offsets[c] = (gfloat) (self->offsets[c] * ratio + shift);
}

static void
correct (PtqWeightCode *self, const gfloat *values, gsize inner)
{
  g_autofree Moments *moments = g_new0 (Moments, self->n_channels);

  for (gsize i = 0; i < self->n; i++) {
    guint c = i / inner % self->n_channels;
    gdouble value = values[i];
    gdouble decoded = (gdouble) self->codes[i] * self->scales[c]
        + self->offsets[c];

    moments[c].n++;
    moments[c].sum += value;
    moments[c].sum2 += value * value;
    moments[c].decoded += decoded;
    moments[c].decoded2 += decoded * decoded;
  }
  for (guint c = 0; c < self->n_channels; c++)
    correct_channel (self, c, &moments[c]);
}

/* @bits: 1 to 16 for every code; @axis: a scale for each index along it. */
PtqWeightCode *
ptq_weight_code_new_fixed (const gfloat *values, const gint64 *dims,
    guint rank, gint axis, gint bits, gboolean corrected)
{
  PtqWeightOptions options = { 0 };
  g_autoptr (PtqWeight) weight = NULL;
  PtqWeightCode *self;

  options.bits = bits;
  options.axis = axis;
  options.kernel_axis = -1;
  weight = ptq_weight_new (values, dims, rank, &options);

  self = weight_code_new (bits, axis, weight->n_channels, weight->n);
  for (gsize i = 0; i < weight->n; i++)
    self->codes[i] = (guint16) (weight->codes[i] - weight->scales[0].qmin);
  for (guint c = 0; c < weight->n_channels; c++) {
    const PtqScale *scale = &weight->scales[c];

    self->scales[c] = scale->scale;
    self->offsets[c] = (gfloat) ptq_scale_get_min (scale);
  }
  if (corrected)
    correct (self, values, inner_size (dims, rank, axis));
  return self;
}

/* ---- mixed bits ---- */

/* Steps of @step from 0 over the whole tensor; NULL when that takes more
 * than 16 bits. */
static PtqWeightCode *
code_with_step (const gfloat *values, const gint64 *dims, guint rank,
    gdouble step, gboolean corrected)
{
  gsize n = inner_size (dims, rank, -1);
  gdouble min, max, lowest, levels;
  PtqWeightCode *self;
  gint bits = 1;

  ptq_scale_find_range (values, n, &min, &max);
  lowest = floor (min / step + 0.5);
  levels = floor (max / step + 0.5) - lowest + 1;
  if (levels > (1 << MAX_BITS))
    return NULL;
  while ((1 << bits) < levels)
    bits++;

  self = weight_code_new (bits, -1, 1, n);
  for (gsize i = 0; i < n; i++)
    self->codes[i] = (guint16) (floor (values[i] / step + 0.5) - lowest);
  self->scales[0] = (gfloat) step;
  self->offsets[0] = (gfloat) (step * lowest);
  if (corrected)
    correct (self, values, n);
  return self;
}

static gdouble
error_with_step (const gfloat *values, const gint64 *dims, guint rank,
    gint axis, gdouble step, gboolean corrected)
{
  g_autoptr (PtqWeightCode) code =
      code_with_step (values, dims, rank, step, corrected);

  return code == NULL ? 0
      : ptq_weight_code_get_error (code, values, dims, rank, axis);
}

/* Bisection for the step whose relative error is @target, to one percent. */
static gdouble
find_step (const gfloat *values, const gint64 *dims, guint rank,
    gint axis, gdouble target, gboolean corrected)
{
  gsize n = inner_size (dims, rank, -1);
  gdouble min, max, low, high, step;

  ptq_scale_find_range (values, n, &min, &max);
  if (max - min < MIN_RANGE)
    return MAX (fabs (min), fabs (max)) + MIN_RANGE;

  step = (max - min) * target;
  high = 2 * step;
  while (error_with_step (values, dims, rank, axis, high, corrected) < target
      && high < 4 * (max - min))
    high *= 2;
  low = step / 2;
  while (error_with_step (values, dims, rank, axis, low, corrected) > target)
    low /= 2;

  for (guint i = 0; i < MAX_SEARCH_STEPS; i++) {
    gdouble error =
        error_with_step (values, dims, rank, axis, step, corrected);

    if (fabs (error - target) < SEARCH_TOLERANCE * target)
      return step;
    if (error > target)
      high = step;
    else
      low = step;
    step = (low + high) / 2;
  }
  return low;
}

/* The fewest bits with a scale a channel that meet @target; NULL if none do */
static PtqWeightCode *
code_per_channel (const gfloat *values, const gint64 *dims, guint rank,
    gint axis, gdouble target, gboolean corrected)
{
  for (gint bits = 1; bits <= MAX_BITS; bits++) {
    g_autoptr (PtqWeightCode) code = ptq_weight_code_new_fixed (values, dims,
        rank, axis, bits, corrected);

    if (ptq_weight_code_get_error (code, values, dims, rank, axis)
        <= target * (1 + SEARCH_TOLERANCE))
      return g_steal_pointer (&code);
  }
  return NULL;
}

/* The smaller of two codes whose relative error, the root mean square over
 * the channels along @axis, is @target: one step for the whole tensor, or a scale for each
 * channel (@axis -1 leaves that out). NULL when neither
 * does it in 16 bits. */
PtqWeightCode *
ptq_weight_code_new_mixed (const gfloat *values, const gint64 *dims,
    guint rank, gint axis, gdouble target, gboolean corrected)
{
  g_autoptr (PtqWeightCode) whole = NULL;
  g_autoptr (PtqWeightCode) channels = NULL;

  if (axis >= 0)
    channels = code_per_channel (values, dims, rank, axis, target, corrected);
  /* Whole bits mostly do better than asked for; the step has to as well. */
  if (channels != NULL)
    target = MAX (ptq_weight_code_get_error (channels, values, dims, rank,
            axis), MIN_TARGET);
  whole = code_with_step (values, dims, rank,
      find_step (values, dims, rank, axis, target, corrected), corrected);
  if (whole != NULL && ptq_weight_code_get_error (whole, values, dims, rank,
          axis) > target * (1 + SEARCH_TOLERANCE))
    g_clear_pointer (&whole, ptq_weight_code_free);
  if (channels != NULL && (whole == NULL
          || ptq_weight_code_get_size (channels)
          < ptq_weight_code_get_size (whole)))
    return g_steal_pointer (&channels);
  return g_steal_pointer (&whole);
}

/* ---- figures ---- */

gdouble
ptq_weight_code_get_error (const PtqWeightCode *self, const gfloat *values,
    const gint64 *dims, guint rank, gint axis)
{
  gsize inner = inner_size (dims, rank, axis);
  gsize own_inner = inner_size (dims, rank, self->axis);
  guint n_channels = axis < 0 ? 1 : dims[axis];
  g_autofree gdouble *noise = g_new0 (gdouble, n_channels);
  g_autofree gdouble *signal = g_new0 (gdouble, n_channels);
  gdouble sum = 0;
  guint n = 0;

  for (gsize i = 0; i < self->n; i++) {
    guint own = i / own_inner % self->n_channels;
    guint c = i / inner % n_channels;
    gdouble d = values[i] - ((gdouble) self->codes[i] * self->scales[own]
        + self->offsets[own]);

    noise[c] += d * d;
    signal[c] += (gdouble) values[i] * values[i];
  }
  for (guint c = 0; c < n_channels; c++) {
    if (signal[c] < MIN_ENERGY)
      continue;
    sum += noise[c] / signal[c];
    n++;
  }
  return n > 0 ? sqrt (sum / n) : 0;
}

gsize
ptq_weight_code_get_size (const PtqWeightCode *self)
{
  return (self->n * self->bits + 7) / 8
      + 2 * sizeof (gfloat) * self->n_channels;
}

gdouble
ptq_weight_code_get_entropy (const PtqWeightCode *self)
{
  gsize n_codes = (gsize) 1 << self->bits;
  g_autofree gsize *counts = g_new0 (gsize, n_codes);
  gdouble bits = 0;

  for (gsize i = 0; i < self->n; i++)
    counts[self->codes[i]]++;
  for (gsize i = 0; i < n_codes; i++)
    if (counts[i] > 0)
      bits -= counts[i] * log2 ((gdouble) counts[i] / self->n);
  return bits;
}
