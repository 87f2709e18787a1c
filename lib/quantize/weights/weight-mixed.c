/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The step of a weight is searched for, and the width follows from it:
 *
 *   w' = step * floor (w / step + 0.5)
 *
 * with the step at which the relative error, after the correction, is the one
 * asked for; the search is that of MindSpore Lite's converter for its mixed
 * bits. There the step is that of the whole tensor. */

#include "weight-mixed.h"
#include "code-window.h"
#include "kernel-sums.h"
#include "scale.h"

#include <math.h>
#include <string.h>

/* A channel with less has no relative error. */
#define MIN_ENERGY 1e-10
#define MAX_SEARCH_STEPS 100
#define SEARCH_TOLERANCE 0.01
/* Codes of 16 bits, with room for those that keep_sums moves */
#define MAX_STEPS 65530
#define CODE_LIMIT (1 << 20)

/* Of values and their codes times the step */
typedef struct
{
  gsize n;
  gdouble value, value2;
  gdouble coded, coded2;
  gdouble product;
} Moments;

/* Values that share a step */
typedef struct
{
  const gfloat *values;
  gsize n;
  guint n_channels;
  gsize inner;
  gboolean corrected;
  Moments *moments; /* one a channel */
} Search;

static void
add_moments (Moments *sum, const Moments *other)
{
  sum->n += other->n;
  sum->value += other->value;
  sum->value2 += other->value2;
  sum->coded += other->coded;
  sum->coded2 += other->coded2;
  sum->product += other->product;
}

static void
find_correction (const Moments *all, gdouble *ratio, gdouble *shift)
{
  gdouble mean = all->value / all->n, coded = all->coded / all->n;
  gdouble variance = all->value2 / all->n - mean * mean;
  gdouble coded_variance = all->coded2 / all->n - coded * coded;

  *ratio = 1;
  if (variance > 0 && coded_variance > 1e-24 * variance)
    *ratio = sqrt (variance / coded_variance);
  if (*ratio >= PTQ_WEIGHT_MAX_RATIO)
    *ratio = 1;
  *shift = mean - *ratio * coded;
}

/* sum (w - ratio * w' - shift)^2 */
static gdouble
find_noise (const Moments *m, gdouble ratio, gdouble shift)
{
  gdouble noise = m->value2 + ratio * ratio * m->coded2 + m->n * shift * shift
      - 2 * ratio * m->product - 2 * shift * m->value
      + 2 * ratio * shift * m->coded;

  return MAX (noise, 0);
}

static gdouble
find_error (const Search *self, gdouble step)
{
  Moments all = { 0 };
  gdouble ratio = 1, shift = 0, sum = 0;
  guint n = 0;

  memset (self->moments, 0, self->n_channels * sizeof (Moments));
  for (gsize i = 0; i < self->n; i++) {
    gdouble value = self->values[i];
    gdouble coded = floor (value / step + 0.5) * step;
    Moments one = { 1, value, value * value, coded, coded * coded,
      value * coded };

    add_moments (&self->moments[i / self->inner % self->n_channels], &one);
  }
  for (guint c = 0; c < self->n_channels; c++)
    add_moments (&all, &self->moments[c]);
  if (self->corrected)
    find_correction (&all, &ratio, &shift);

  for (guint c = 0; c < self->n_channels; c++) {
    const Moments *moments = &self->moments[c];

    if (self->n_channels > 1 && moments->value2 < MIN_ENERGY)
      continue;
    sum +=
        find_noise (moments, ratio, shift) / MAX (moments->value2, G_MINDOUBLE);
    n++;
  }
  return n > 0 ? sqrt (sum / n) : 0;
}

/* Bisection for the step whose relative error is @target, to one percent; 0
 * where codes of 16 bits do not reach it. */
static gdouble
find_step (const Search *self, gdouble target)
{
  gdouble min, max, finest, low, high, step;

  ptq_scale_find_range (self->values, self->n, &min, &max);
  if (min == max)
    return max != 0 ? fabs (max) : 1;
  finest = (max - min) / MAX_STEPS;
  if (find_error (self, finest) > target)
    return 0;

  step = MAX ((max - min) * target, finest);
  for (high = 2 * step;
       find_error (self, high) < target && high < 4 * (max - min); high *= 2)
    ;
  for (low = step / 2; low > finest && find_error (self, low) > target;
       low /= 2)
    ;
  low = MAX (low, finest);

  for (guint i = 0; i < MAX_SEARCH_STEPS; i++) {
    gdouble error = find_error (self, step);

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

/* Copies the values of channel @c, as @code counts them. */
static void
gather (const PtqWeightCode *code, const PtqWeightTask *task, guint c,
    gfloat *values)
{
  gsize block = code->n_channels * code->inner;

  for (gsize at = c * code->inner; at < code->n; at += block)
    for (gsize k = 0; k < code->inner; k++)
      *values++ = task->values[at + k];
}

static void
encode (PtqWeightCode *code, const PtqWeightTask *task, guint c, gdouble step)
{
  gsize block = code->n_channels * code->inner;

  for (gsize at = c * code->inner; at < code->n; at += block)
    for (gsize k = 0; k < code->inner; k++)
      code->codes[at + k] = (gint) floor (task->values[at + k] / step + 0.5);
  code->scales[c] = (gfloat) step;
  code->offsets[c] = 0;
}

/* Each channel on its own, so that the mean over the channels is @target. */
static gboolean
encode_channels (PtqWeightCode *code, const PtqWeightTask *task, gdouble target)
{
  gsize n = code->n / code->n_channels;
  g_autofree gfloat *values = g_new (gfloat, n);
  Moments moments;
  Search search = { values, n, 1, n, task->corrected, &moments };

  for (guint c = 0; c < code->n_channels; c++) {
    gdouble step;

    gather (code, task, c, values);
    step = find_step (&search, target);
    if (step == 0)
      return FALSE;
    encode (code, task, c, step);
  }
  return TRUE;
}

static gboolean
encode_whole (PtqWeightCode *code, const PtqWeightTask *task, gdouble target)
{
  guint n_channels = task->axis >= 0 ? task->dims[task->axis] : 1;
  g_autofree Moments *moments = g_new (Moments, n_channels);
  Search search = { task->values, code->n, n_channels,
    ptq_weight_task_inner (task, task->axis), task->corrected, moments };
  gdouble step = find_step (&search, target);

  if (step > 0)
    encode (code, task, 0, step);
  return step > 0;
}

static PtqWeightCode *
code_with_target (
    const PtqWeightTask *task, gboolean per_channel, gdouble target)
{
  g_autoptr (PtqWeightCode) code = ptq_weight_code_new (task, 0, per_channel);

  if (per_channel ? !encode_channels (code, task, target)
                  : !encode_whole (code, task, target))
    return NULL;
  if (task->corrected)
    ptq_weight_code_correct (code, task);
  if (task->corrected && task->keep_sums)
    ptq_kernel_sums_keep (code, task, -CODE_LIMIT, CODE_LIMIT);
  if (!ptq_code_window_choose (code, task->outliers))
    return NULL;
  return g_steal_pointer (&code);
}

PtqWeightCode *
ptq_weight_code_new_mixed (const PtqWeightTask *task, gdouble target)
{
  g_autoptr (PtqWeightCode) whole = code_with_target (task, FALSE, target);
  g_autoptr (PtqWeightCode) channels = NULL;

  if (task->per_channel && task->axis >= 0)
    channels = code_with_target (task, TRUE, target);
  if (channels != NULL
      && (whole == NULL
          || ptq_weight_code_get_size (channels)
              < ptq_weight_code_get_size (whole)))
    return g_steal_pointer (&channels);
  return g_steal_pointer (&whole);
}

gdouble
ptq_weight_code_get_error (const PtqWeightCode *self, const PtqWeightTask *task)
{
  gsize inner = ptq_weight_task_inner (task, task->axis);
  guint n_channels = task->axis >= 0 ? task->dims[task->axis] : 1;
  g_autofree gdouble *noise = g_new0 (gdouble, n_channels);
  g_autofree gdouble *signal = g_new0 (gdouble, n_channels);
  gdouble sum = 0;
  guint n = 0;

  for (gsize i = 0; i < self->n; i++) {
    guint own = i / self->inner % self->n_channels;
    guint c = i / inner % n_channels;
    gdouble d = task->values[i]
        - ((gdouble) self->codes[i] * self->scales[own] + self->offsets[own]);

    noise[c] += d * d;
    signal[c] += (gdouble) task->values[i] * task->values[i];
  }
  for (guint c = 0; c < n_channels; c++) {
    if (signal[c] < MIN_ENERGY)
      continue;
    sum += noise[c] / signal[c];
    n++;
  }
  return n > 0 ? sqrt (sum / n) : 0;
}
