/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What the float model computed lies in a temporary file, so that memory does
 * not depend on the number of samples. */

#include "evaluator.h"
#include "observe-private.h"
#include "output-difference.h"
#include "random-input.h"
#include "spool.h"

#include <math.h>

#define N_RANDOM 4
#define SEED 1
/* Axes of at least that many elements are taken for those of a picture. */
#define SMOOTHED_SIZE 16

struct _PtqEvaluator
{
  PtqModel *model;
  PtqCalibrator *calibrator; /* NULL for random inputs */
  guint n_samples;
  gchar *description;
  PtqSpool *expected; /* outputs, sample by sample */
};

/* One pass over the samples */
typedef struct
{
  PtqEvaluator *samples;
  PtqSession *session;
  GCancellable *cancellable;
  guint at; /* in the spool */
  guint n_cosines;
  gdouble sum, lowest;         /* of the cosines */
  PtqOutputDifference *totals; /* of each output */
  gboolean finite;
} Pass;

static PtqSession *
open_session (PtqModel *model, GError **error)
{
  PtqSessionOptions options = { PTQ_OPTIMIZE_ALL, FALSE, NULL, NULL };

  return ptq_session_new (model, &options, error);
}

/* Neighbours become alike along @axis: a first-order filter, back and forth */
static void
smooth_axis (gfloat *values, const PtqTensor *tensor, guint axis)
{
  gsize n = tensor->dims[axis], stride = 1, count = ptq_tensor_count (tensor);
  gfloat share = 8.0f / n;

  for (guint i = axis + 1; i < tensor->rank; i++)
    stride *= tensor->dims[i];
  for (gsize i = 0; i < count; i++)
    if (i / stride % n > 0)
      values[i] = values[i - stride] + share * (values[i] - values[i - stride]);
  for (gsize i = count; i-- > 0;)
    if (i / stride % n < n - 1)
      values[i] = values[i + stride] + share * (values[i] - values[i + stride]);
}

static void
spread (gfloat *values, gsize n, gfloat min, gfloat max)
{
  gfloat low = values[0], high = values[0];

  for (gsize i = 1; i < n; i++) {
    low = MIN (low, values[i]);
    high = MAX (high, values[i]);
  }
  for (gsize i = 0; i < n && high > low; i++)
    values[i] = min + (max - min) * (values[i] - low) / (high - low);
}

/* Noise is one picture like another. Of the others neighbours are alike, as in
 * pictures, and ranges differ. */
static void
shape_random (const PtqTensor *tensor, guint sample)
{
  static const gfloat lows[N_RANDOM] = { 0.1f, 0, -1, -2 };
  static const gfloat highs[N_RANDOM] = { 1, 1, 1, 2 };
  gfloat *values = (gpointer) tensor->data;

  if (sample == 0 || tensor->type != PTQ_ELEMENT_FLOAT
      || ptq_tensor_count (tensor) == 0)
    return;
  for (guint axis = 1; axis < tensor->rank; axis++)
    if (tensor->dims[axis] >= SMOOTHED_SIZE)
      smooth_axis (values, tensor, axis);
  spread (values, ptq_tensor_count (tensor), lows[sample], highs[sample]);
}

/* The same inputs in every pass */
static gboolean
show_random (
    PtqEvaluator *self, PtqSampleFunc func, gpointer user_data, GError **error)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (SEED);
  guint n = ptq_model_get_n_inputs (self->model);
  g_autofree PtqTensor *inputs = g_new0 (PtqTensor, n);
  gboolean done = TRUE;

  for (guint s = 0; s < self->n_samples && done; s++) {
    for (guint i = 0; i < n; i++) {
      ptq_random_input_fill (self->model, i, rand, &inputs[i]);
      shape_random (&inputs[i], s);
    }
    done = func (inputs, n, user_data, error);
    for (guint i = 0; i < n; i++)
      g_free ((gpointer) inputs[i].data);
  }
  return done;
}

static gboolean
show_samples (
    PtqEvaluator *self, PtqSampleFunc func, Pass *pass, GError **error)
{
  return self->calibrator == NULL
      ? show_random (self, func, pass, error)
      : ptq_calibrator_replay (self->calibrator, self->n_samples, func, pass,
          pass->cancellable, error);
}

static gboolean
record_outputs (PtqSession *session, gpointer user_data, GError **error)
{
  Pass *pass = user_data;
  PtqEvaluator *self = pass->samples;
  guint n_outputs = ptq_session_get_n_outputs (session);

  if (self->expected == NULL)
    self->expected = ptq_spool_new (self->n_samples * n_outputs, error);
  if (self->expected == NULL)
    return FALSE;
  for (guint o = 0; o < n_outputs; o++, pass->at++) {
    const PtqTensor *output = ptq_session_get_output (session, o);

    if (!ptq_spool_put (
            self->expected, pass->at, output->data, output->size, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
record_random (
    const PtqTensor *inputs, guint n_inputs, gpointer user_data, GError **error)
{
  Pass *pass = user_data;

  return ptq_session_run (
             pass->session, inputs, n_inputs, pass->cancellable, error)
      && record_outputs (pass->session, pass, error);
}

/* The calibrator's session is there already. */
static gboolean
record (PtqEvaluator *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (PtqSession) session = NULL;
  Pass pass = { self, NULL, cancellable, 0, 0, 0, 1, NULL, TRUE };
  PtqLook look = { NULL, record_outputs, &pass };

  if (self->calibrator != NULL)
    return ptq_calibrator_look_again (
        self->calibrator, self->n_samples, &look, cancellable, error);
  session = open_session (self->model, error);
  pass.session = session;
  return session != NULL && show_random (self, record_random, &pass, error);
}

PtqEvaluator *
ptq_evaluator_new (PtqModel *model, PtqCalibrator *calibrator, guint max,
    GCancellable *cancellable, GError **error)
{
  g_autoptr (PtqEvaluator) self = g_new0 (PtqEvaluator, 1);

  self->model = g_object_ref (model);
  if (calibrator != NULL && ptq_calibrator_get_n_replay (calibrator) > 0) {
    self->calibrator = g_object_ref (calibrator);
    self->n_samples = MIN (ptq_calibrator_get_n_replay (calibrator), max);
    self->description = g_strdup_printf (
        "%u sample%s", self->n_samples, self->n_samples == 1 ? "" : "s");
  } else {
    self->n_samples = N_RANDOM;
    self->description = g_strdup ("random inputs");
  }
  if (!record (self, cancellable, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
ptq_evaluator_free (PtqEvaluator *self)
{
  g_clear_pointer (&self->expected, ptq_spool_free);
  g_clear_object (&self->calibrator);
  g_object_unref (self->model);
  g_free (self->description);
  g_free (self);
}

static void
add_cosine (Pass *pass, gdouble cosine)
{
  pass->n_cosines++;
  pass->sum += cosine;
  pass->lowest = MIN (pass->lowest, cosine);
}

/* An output of another size has nothing in common with the float one. */
static gboolean
compare_output (Pass *pass, PtqOutputDifference *total, const PtqTensor *output,
    GError **error)
{
  PtqSpool *spool = pass->samples->expected;
  PtqTensor expected = *output;
  PtqOutputDifference difference = { 0 };
  g_autofree gchar *data = NULL;
  gboolean in_reference;
  gsize index;

  expected.size = ptq_spool_get_size (spool, pass->at);
  if (expected.size != output->size) {
    add_cosine (pass, 0);
    total->noise = INFINITY;
    return TRUE;
  }
  data = g_malloc (expected.size);
  expected.data = data;
  if (!ptq_spool_get (spool, pass->at, data, error))
    return FALSE;
  if (ptq_output_difference_add (
          &difference, &expected, output, &index, &in_reference)) {
    add_cosine (pass, ptq_output_difference_cosine (&difference));
    total->signal += difference.signal;
    total->noise += difference.noise;
    return TRUE;
  }
  pass->finite = FALSE;
  if (!in_reference)
    return TRUE;
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_DATA,
      "an output of the float "
      "model holds NaN or infinity on %s, which leaves nothing to compare "
      "with: check the preprocessing, or use a fixed bit-num",
      pass->samples->calibrator != NULL ? "a sample" : "random inputs");
  return FALSE;
}

static gboolean
score_sample (
    const PtqTensor *inputs, guint n_inputs, gpointer user_data, GError **error)
{
  Pass *pass = user_data;

  if (!ptq_session_run (
          pass->session, inputs, n_inputs, pass->cancellable, error))
    return FALSE;
  for (guint o = 0; o < ptq_session_get_n_outputs (pass->session);
       o++, pass->at++) {
    const PtqTensor *output = ptq_session_get_output (pass->session, o);

    if ((output->type == PTQ_ELEMENT_FLOAT
            || output->type == PTQ_ELEMENT_FLOAT16)
        && !compare_output (pass, &pass->totals[o], output, error))
      return FALSE;
  }
  return TRUE;
}

static gdouble
find_cosine (const Pass *pass)
{
  if (!pass->finite)
    return 0;
  if (pass->n_cosines == 0)
    return 1;
  return pass->samples->calibrator != NULL ? pass->sum / pass->n_cosines
                                           : pass->lowest;
}

static gdouble
find_sqnr (const Pass *pass)
{
  guint n = ptq_session_get_n_outputs (pass->session);
  gdouble lowest = G_MAXDOUBLE;

  if (!pass->finite)
    return 0;
  for (guint o = 0; o < n; o++) {
    if (pass->totals[o].noise > 0)
      lowest = MIN (lowest, ptq_output_difference_sqnr_db (&pass->totals[o]));
  }
  return lowest;
}

gboolean
ptq_evaluator_score (PtqEvaluator *self, PtqModel *quantized, gdouble *cosine,
    gdouble *sqnr, GCancellable *cancellable, GError **error)
{
  g_autoptr (PtqSession) session = open_session (quantized, error);
  Pass pass = { self, session, cancellable, 0, 0, 0, 1, NULL, TRUE };
  gboolean done;

  if (session == NULL)
    return FALSE;
  pass.totals =
      g_new0 (PtqOutputDifference, ptq_session_get_n_outputs (session));
  done = show_samples (self, score_sample, &pass, error);
  if (done) {
    *cosine = find_cosine (&pass);
    *sqnr = find_sqnr (&pass);
  }
  g_free (pass.totals);
  return done;
}

const gchar *
ptq_evaluator_get_measure (PtqEvaluator *self)
{
  return self->calibrator != NULL ? "mean" : "lowest";
}

const gchar *
ptq_evaluator_describe (PtqEvaluator *self)
{
  return self->description;
}
