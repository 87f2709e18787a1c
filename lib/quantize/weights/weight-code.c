/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Codes of 1 to 16 bits for a weight that is decoded before it is used: the
 * range of each channel, asymmetric, in 2^b steps. The decoded channel gets
 * the mean and the standard deviation of the original one, folded into scale
 * and offset:
 *
 *   w' = (code - z) * s,  v = sd (w) / sd (w'),  m = mean (w) - v * mean (w')
 *   decoded = v * w' + m
 *
 * as MindSpore Lite's converter does (there as separate coefficients). */

#include "weight-code.h"
#include "code-window.h"
#include "kernel-sums.h"
#include "weight.h"

#include <math.h>

gsize
ptq_weight_task_inner (const PtqWeightTask *task, gint axis)
{
  gsize size = 1;

  for (guint i = axis < 0 ? 0 : axis + 1; i < task->rank; i++)
    size *= task->dims[i];
  return size;
}

gsize
ptq_weight_task_count (const PtqWeightTask *task)
{
  return ptq_weight_task_inner (task, -1);
}

PtqWeightCode *
ptq_weight_code_new (const PtqWeightTask *task, gint bits, gboolean per_channel)
{
  PtqWeightCode *self = g_new0 (PtqWeightCode, 1);

  self->bits = bits;
  self->axis = per_channel ? task->axis : -1;
  self->n_channels = self->axis >= 0 ? task->dims[self->axis] : 1;
  self->inner = ptq_weight_task_inner (task, self->axis);
  self->n = ptq_weight_task_count (task);
  self->codes = g_new (gint, self->n);
  self->scales = g_new (gfloat, self->n_channels);
  self->offsets = g_new (gfloat, self->n_channels);
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
  gdouble sum, sum2;         /* of the values */
  gdouble decoded, decoded2; /* of the decoded values */
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
  gdouble decoded = deviation (moments->decoded, moments->decoded2, moments->n);
  gdouble ratio = 1, shift;

  if (sd > G_MINDOUBLE && decoded > 1e-12 * sd)
    ratio = sd / decoded;
  if (ratio >= PTQ_WEIGHT_MAX_RATIO)
    ratio = 1;
  shift = (moments->sum - moments->decoded * ratio) / moments->n;
  self->scales[c] = (gfloat) (self->scales[c] * ratio);
  self->offsets[c] = (gfloat) (self->offsets[c] * ratio + shift);
}

void
ptq_weight_code_correct (PtqWeightCode *self, const PtqWeightTask *task)
{
  g_autofree Moments *moments = g_new0 (Moments, self->n_channels);

  for (gsize i = 0; i < self->n; i++) {
    guint c = i / self->inner % self->n_channels;
    gdouble value = task->values[i];
    gdouble decoded =
        (gdouble) self->codes[i] * self->scales[c] + self->offsets[c];

    moments[c].n++;
    moments[c].sum += value;
    moments[c].sum2 += value * value;
    moments[c].decoded += decoded;
    moments[c].decoded2 += decoded * decoded;
  }
  for (guint c = 0; c < self->n_channels; c++)
    correct_channel (self, c, &moments[c]);
}

/* @bits: 1 to 16 for every code */
PtqWeightCode *
ptq_weight_code_new_fixed (const PtqWeightTask *task, gint bits)
{
  PtqWeightCode *self = ptq_weight_code_new (task, bits, task->per_channel);
  PtqWeightOptions options = { 0 };
  g_autoptr (PtqWeight) weight = NULL;

  options.bits = bits;
  options.axis = self->axis;
  options.kernel_axis = -1;
  weight = ptq_weight_new (task->values, task->dims, task->rank, &options);

  for (gsize i = 0; i < self->n; i++)
    self->codes[i] = weight->codes[i] - weight->scales[0].qmin;
  for (guint c = 0; c < self->n_channels; c++) {
    const PtqScale *scale = &weight->scales[c];

    self->scales[c] = scale->scale;
    self->offsets[c] = (gfloat) ptq_scale_get_min (scale);
  }
  if (task->corrected)
    ptq_weight_code_correct (self, task);
  if (task->corrected && task->keep_sums)
    ptq_kernel_sums_keep (self, task, 0, (1 << bits) - 1);
  return self;
}

guint64
ptq_weight_code_get_code_bits (const PtqWeightCode *self)
{
  return (guint64) self->n * self->bits
      + (guint64) self->n_apart * PTQ_APART_BITS;
}

gsize
ptq_weight_code_get_size (const PtqWeightCode *self)
{
  return (ptq_weight_code_get_code_bits (self) + 7) / 8
      + 2 * sizeof (gfloat) * self->n_channels;
}

gdouble
ptq_weight_code_get_entropy (const PtqWeightCode *self)
{
  gint lowest = self->codes[0], highest = self->codes[0];
  g_autofree gsize *counts = NULL;
  gdouble bits = 0;
  guint n_counts;

  for (gsize i = 1; i < self->n; i++) {
    lowest = MIN (lowest, self->codes[i]);
    highest = MAX (highest, self->codes[i]);
  }
  n_counts = (guint) (highest - lowest) + 1;
  counts = g_new0 (gsize, n_counts);
  for (gsize i = 0; i < self->n; i++)
    counts[self->codes[i] - lowest]++;
  for (guint i = 0; i < n_counts; i++)
    if (counts[i] > 0)
      bits -= counts[i] * log2 ((gdouble) counts[i] / self->n);
  return bits;
}
