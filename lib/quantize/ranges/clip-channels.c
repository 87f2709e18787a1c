/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A channel whose extremes are rare spends its codes on them. When channels
 * are equalized each of them can be cut on its own, at the magnitude m of
 * least squared error: with a step of m / STEPS,
 *
 *   n * step^2 / 12 + sum over |x| > m of (|x| - m)^2
 *
 * over a histogram of the channel. What a LeakyRelu reads counts on its
 * negative side only as much as it leaves of it. Broad channels keep their
 * extremes, long tails are cut. */

#include "clip-channels.h"
#include "replay.h"
#include "activation-function.h"

#include <math.h>

#define N_BINS 128
#define N_CANDIDATES 48
/* The steps that m is taken to have. 8 bits leave 220 or so on one side of 0.
 * Fewer are reckoned with, which makes the noise of rounding weigh more than
 * the cut: operators behind it round the value again, and while a cut hits few
 * values, rounding hits all. Of the numbers tried, 70 to 120 gave the best
 * models. */
#define STEPS 100.0

/* Histograms of one tensor: bins over [-largest, largest] of each channel */
typedef struct
{
  const gchar *name;
  gdouble slope; /* of the LeakyRelu that reads it, else 1 */
  guint n_channels;
  gfloat *scales;   /* bins a unit */
  gdouble *largest; /* magnitudes */
  guint32 *bins;    /* N_BINS a channel */
} Tensor;

typedef struct
{
  PtqPlan *plan;
  GPtrArray *tensors;
  GPtrArray *names;
} Finder;

static void
tensor_free (Tensor *tensor)
{
  g_free (tensor->scales);
  g_free (tensor->largest);
  g_free (tensor->bins);
  g_free (tensor);
}

/* What the activation function leaves of the tensor's negative side, if it is
 * the only reader; else 1. Where channels are scaled there are none but Relu and
 * LeakyRelu, as no other keeps a factor. */
static gdouble
find_slope (PtqPlan *plan, const gchar *name)
{
  PtqActivationFunction response;

  return ptq_activation_function_find (plan, name, &response)
      ? -ptq_activation_function_apply (&response, -1)
      : 1;
}

static Tensor *
tensor_new (
    PtqPlan *plan, const gchar *name, const PtqChannel *channels, guint n)
{
  Tensor *self = g_new0 (Tensor, 1);

  self->name = name;
  self->slope = find_slope (plan, name);
  self->n_channels = n;
  self->scales = g_new (gfloat, n);
  self->largest = g_new (gdouble, n);
  self->bins = g_new0 (guint32, (gsize) n * N_BINS);
  for (guint c = 0; c < n; c++) {
    gdouble largest = MAX (fabs (channels[c].min), fabs (channels[c].max));

    self->largest[c] = largest;
    self->scales[c] = largest > 0 ? (gfloat) (N_BINS / (2 * largest)) : 0;
  }
  return self;
}

static void
find_tensors (Finder *self, PtqCalibrator *calibrator)
{
  guint n;
  const gchar *const *names = ptq_plan_get_tensors (self->plan, &n);

  for (guint i = 0; i < n; i++) {
    const PtqChannel *channels;
    guint n_channels;
    guint64 count;

    if (!ptq_plan_wants_channels (self->plan, names[i]))
      continue;
    channels =
        ptq_calibrator_get_channels (calibrator, names[i], &n_channels, &count);
    if (channels == NULL)
      continue;
    g_ptr_array_add (
        self->tensors, tensor_new (self->plan, names[i], channels, n_channels));
    g_ptr_array_add (self->names, (gpointer) names[i]);
  }
}

static void
count_channel (const gfloat *data, gsize n, gfloat scale, guint32 *bins)
{
  for (gsize i = 0; i < n; i++) {
    gfloat bin = data[i] * scale + N_BINS / 2;

    bins[(gint) CLAMP (bin, 0, N_BINS - 1)]++;
  }
}

static gboolean
observe (gint64 id, const PtqTensor *tensor, PtqParallel *parallel,
    gpointer user_data, GError **error)
{
  Finder *self = user_data;
  Tensor *counts = self->tensors->pdata[id];
  gsize inner =
      ptq_tensor_count (tensor) / tensor->dims[0] / counts->n_channels;
  gsize n = (gsize) tensor->dims[0] * counts->n_channels;

  (void) parallel;
  (void) error;
  for (gsize i = 0; i < n; i++) {
    guint c = i % counts->n_channels;

    count_channel ((const gfloat *) tensor->data + i * inner, inner,
        counts->scales[c], counts->bins + (gsize) c * N_BINS);
  }
  return TRUE;
}

static gdouble
expected_error (
    const guint32 *bins, gdouble largest, gdouble slope, gdouble magnitude)
{
  gdouble width = 2 * largest / N_BINS;
  gdouble step = magnitude / STEPS;
  gdouble error = 0;

  for (guint i = 0; i < N_BINS; i++) {
    gdouble x = -largest + (i + 0.5) * width;
    gdouble excess = fabs (x) - magnitude;
    gdouble weight = x < 0 ? slope * slope : 1;

    error += bins[i] * weight * step * step / 12;
    if (excess > 0)
      error += bins[i] * weight * excess * excess;
  }
  return error;
}

static gdouble *
choose_magnitudes (const Tensor *tensor)
{
  gdouble *magnitudes = g_new (gdouble, tensor->n_channels);

  for (guint c = 0; c < tensor->n_channels; c++) {
    gdouble largest = tensor->largest[c], least = G_MAXDOUBLE;

    magnitudes[c] = largest;
    for (guint i = N_CANDIDATES; i > 0; i--) {
      gdouble magnitude = largest * i / N_CANDIDATES;
      gdouble error = expected_error (
          tensor->bins + (gsize) c * N_BINS, largest, tensor->slope, magnitude);

      if (error < least) {
        least = error;
        magnitudes[c] = magnitude;
      }
    }
  }
  return magnitudes;
}

GHashTable *
ptq_clip_channels (
    PtqPlan *plan, PtqCalibrator *calibrator, const PtqRun *run, GError **error)
{
  g_autoptr (GHashTable) clips =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GPtrArray) tensors =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tensor_free);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  Finder self = { plan, tensors, names };
  /* no channel is scaled yet: it is still what the samples were pushed to */
  PtqReplay replay = { .model = NULL,
    .tensors = names,
    .observe = observe,
    .user_data = &self,
    .stage = "looking for long tails" };

  if (ptq_calibrator_get_n_replay (calibrator) == 0)
    return g_steal_pointer (&clips);
  find_tensors (&self, calibrator);
  if (!ptq_replay_run (&replay, calibrator, run, error))
    return NULL;
  for (guint i = 0; i < tensors->len; i++) {
    const Tensor *tensor = tensors->pdata[i];

    g_hash_table_insert (
        clips, g_strdup (tensor->name), choose_magnitudes (tensor));
  }
  return g_steal_pointer (&clips);
}
