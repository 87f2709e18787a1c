/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What an activation function f reads is quantized in a range of its own, and
 * much of that range may make no difference: a LeakyRelu shrinks the negative
 * side, below -6 or so x * sigmoid (x) is 0, and above 6 sigmoid (x) is 1.
 * Cutting the range at l and h trades a finer step for an error beyond. With
 * step s = (h - l) / (2^bits - 1) the squared error of the result is expected
 * to be
 *
 *   s^2 / 12 * E [f'(x)^2; l <= x <= h] + E [(f(l) - f(x))^2; x < l]
 *     + E [(f(h) - f(x))^2; x > h]
 *
 * and the ends are chosen where it is least, over a histogram of the values.
 * The upper end moves only where the function saturates: whether a rare large
 * value matters is for the method to say. */

#include "fit-activation-ranges.h"
#include "equalize.h"
#include "replay.h"
#include "activation-function.h"

#include <math.h>

#define N_BINS 1024
/* Each end is tried at fractions of the measured one, eight an octave. */
#define N_CANDIDATES 65
#define CANDIDATE_RATIO 0.9170040432046712

typedef struct
{
  const gchar *tensor; /* what the function reads */
  PtqActivationFunction response;
  gdouble min; /* range of the tensor, and of the bins */
  gdouble max;
  gdouble width; /* of a bin */
  guint64 counts[N_BINS];
  gdouble results[N_BINS]; /* of the function, */
  gdouble slopes[N_BINS];  /* and how steep it is there */
} Reader;

typedef struct
{
  PtqPlan *plan;
  PtqCalibrator *calibrator;
  GHashTable *ranges;
  gdouble n_steps;
  GPtrArray *readers;
  GPtrArray *tensors; /* their names */
} Fit;

static gboolean
find_range (const Fit *self, const gchar *tensor, PtqRange *range)
{
  const PtqRange *known = g_hash_table_lookup (self->ranges, tensor);

  if (known == NULL)
    return ptq_calibrator_get_range (
        self->calibrator, tensor, &range->min, &range->max);
  *range = *known;
  return TRUE;
}

static void
evaluate (Reader *self)
{
  for (guint i = 0; i < N_BINS; i++) {
    gdouble begin = self->min + i * self->width;

    self->results[i] = ptq_activation_function_apply (
        &self->response, begin + self->width / 2);
    self->slopes[i] =
        (ptq_activation_function_apply (&self->response, begin + self->width)
            - ptq_activation_function_apply (&self->response, begin))
        / self->width;
  }
}

static Reader *
new_reader (const Fit *fit, const gchar *tensor)
{
  PtqActivationFunction response;
  PtqRange range;
  Reader *self;

  if (!ptq_activation_function_find (fit->plan, tensor, &response)
      || !find_range (fit, tensor, &range) || range.min >= range.max
      || range.min > 0 || range.max < 0)
    return NULL;
  self = g_new0 (Reader, 1);
  self->tensor = tensor;
  self->response = response;
  self->min = range.min;
  self->max = range.max;
  self->width = (range.max - range.min) / N_BINS;
  evaluate (self);
  return self;
}

static void
find_readers (Fit *self)
{
  guint n;
  const gchar *const *names = ptq_plan_get_tensors (self->plan, &n);

  for (guint i = 0; i < n; i++) {
    Reader *reader = new_reader (self, names[i]);

    if (reader == NULL)
      continue;
    g_ptr_array_add (self->readers, reader);
    g_ptr_array_add (self->tensors, (gpointer) reader->tensor);
  }
}

static gboolean
observe (gint64 id, const PtqTensor *tensor, PtqParallel *parallel,
    gpointer user_data, GError **error)
{
  Fit *self = user_data;
  Reader *reader = self->readers->pdata[id];
  const gfloat *data = tensor->data;
  gsize n = ptq_tensor_count (tensor);
  gfloat low = (gfloat) reader->min;
  gfloat scale = (gfloat) (1 / reader->width);

  (void) parallel;
  (void) error;
  if (tensor->type != PTQ_ELEMENT_FLOAT)
    return TRUE;
  for (gsize i = 0; i < n; i++) {
    gfloat bin = (data[i] - low) * scale;

    reader->counts[(gint) CLAMP (bin, 0, N_BINS - 1)]++;
  }
  return TRUE;
}

static gdouble
expected_error (const Reader *self, gdouble low, gdouble high, gdouble n_steps)
{
  gdouble step = (high - low) / n_steps;
  gdouble at_low = ptq_activation_function_apply (&self->response, low);
  gdouble at_high = ptq_activation_function_apply (&self->response, high);
  gdouble steepness = 0, cut = 0;

  for (guint i = 0; i < N_BINS; i++) {
    gdouble x = self->min + (i + 0.5) * self->width;
    gdouble d;

    if (x >= low && x <= high) {
      steepness += self->counts[i] * self->slopes[i] * self->slopes[i];
      continue;
    }
    d = (x < low ? at_low : at_high) - self->results[i];
    cut += self->counts[i] * d * d;
  }
  return step * step / 12 * steepness + cut;
}

static gdouble
choose_low (const Reader *self, gdouble high, gdouble n_steps)
{
  gdouble least = G_MAXDOUBLE, best = self->min, low = self->min;

  for (guint i = 0; i < N_CANDIDATES; i++, low *= CANDIDATE_RATIO) {
    gdouble error = expected_error (self, low, high, n_steps);

    if (error < least) {
      least = error;
      best = low;
    }
  }
  return best;
}

static gdouble
choose_high (const Reader *self, gdouble low, gdouble n_steps)
{
  gdouble least = G_MAXDOUBLE, best = self->max, high = self->max;

  for (guint i = 0; i < N_CANDIDATES; i++, high *= CANDIDATE_RATIO) {
    gdouble error = expected_error (self, low, high, n_steps);

    if (error < least) {
      least = error;
      best = high;
    }
  }
  return best;
}

/* What comes of the values within @low to @high; 0 is always among them. */
static void
limit_result (const Fit *fit, const Reader *self, gdouble low, gdouble high)
{
  PtqRange *result = g_hash_table_lookup (fit->ranges, self->response.result);
  gdouble min = 0, max = 0;

  if (result == NULL)
    return;
  for (guint i = 0; i <= N_BINS; i++) {
    gdouble x = low + i * (high - low) / N_BINS;
    gdouble value = ptq_activation_function_apply (&self->response, x);

    min = MIN (min, value);
    max = MAX (max, value);
  }
  result->min = MAX (result->min, min);
  result->max = MIN (result->max, max);
}

static void
settle (const Fit *fit, const Reader *self)
{
  PtqRange *range = g_new0 (PtqRange, 1);

  find_range (fit, self->tensor, range);
  if (self->min < 0)
    range->min = choose_low (self, self->max, fit->n_steps);
  if (self->response.saturates && self->max > 0) {
    range->max = choose_high (self, range->min, fit->n_steps);
    range->min = choose_low (self, range->max, fit->n_steps);
  }
  limit_result (fit, self, range->min, range->max);
  g_hash_table_replace (fit->ranges, g_strdup (self->tensor), range);
}

gboolean
ptq_fit_activation_ranges (PtqPlan *plan, PtqSettings *settings,
    PtqCalibrator *calibrator, GHashTable *ranges, const PtqRun *run,
    GError **error)
{
  g_autoptr (GPtrArray) readers = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) tensors = g_ptr_array_new ();
  Fit self = { plan, calibrator, ranges,
    (1 << ptq_settings_get_bit_num (settings)) - 1, readers, tensors };
  PtqReplay replay = { .model = ptq_plan_get_model (plan),
    .tensors = tensors,
    .observe = observe,
    .user_data = &self,
    .stage = "fitting ranges" };

  if (ptq_calibrator_get_n_replay (calibrator) == 0)
    return TRUE;
  find_readers (&self);
  if (!ptq_replay_run (&replay, calibrator, run, error))
    return FALSE;
  for (guint i = 0; i < readers->len; i++)
    settle (&self, readers->pdata[i]);
  return TRUE;
}
