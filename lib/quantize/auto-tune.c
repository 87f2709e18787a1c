/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Searches init_scale for the smallest model whose outputs have a mean cosine
 * similarity of at least 0.995 with those of the float model, the goal that
 * MindSpore Lite sets. The relative error of the weights and the similarity
 * fall together, so a descent in factors of two and a few bisections find the
 * edge. */

#include "auto-tune.h"
#include "runtime-private.h"
#include "random-input.h"
#include "weight-only.h"
#include "output-difference.h"

#include <math.h>

#define TARGET_COSINE 0.995
#define FIRST_SCALE 0.32
#define N_HALVINGS 9
#define N_BISECTIONS 5
#define N_SAMPLES 4

typedef struct
{
  PtqModel *model;
  PtqSettings *settings;
  GCancellable *cancellable;
  GRand *rand;
  guint n_inputs;
  PtqTensor *inputs;            /* N_SAMPLES times n_inputs */
  GPtrArray *expected;          /* outputs as GBytes, sample by sample */
} Tuner;

static PtqSession *
open_session (PtqModel *model, GError **error)
{
  PtqSessionOptions options = { PTQ_OPTIMIZE_ALL, FALSE, NULL, NULL };

  return ptq_session_new (model, &options, error);
}

static gboolean
run_sample (Tuner *self, PtqSession *session, guint sample, GError **error)
{
  return ptq_session_run (session, self->inputs + sample * self->n_inputs,
      self->n_inputs, self->cancellable, error);
}

static gboolean
record_expected (Tuner *self, GError **error)
{
  g_autoptr (PtqSession) session = open_session (self->model, error);

  if (session == NULL)
    return FALSE;
  for (guint s = 0; s < N_SAMPLES; s++) {
    if (!run_sample (self, session, s, error))
      return FALSE;
    for (guint o = 0; o < ptq_session_get_n_outputs (session); o++) {
      const PtqTensor *output = ptq_session_get_output (session, o);

      g_ptr_array_add (self->expected,
          g_bytes_new (output->data, output->size));
    }
  }
  return TRUE;
}

/* Mean over samples and outputs; 0 where an output is not finite. */
static gboolean
measure_session (Tuner *self, PtqSession *session, gdouble *cosine,
    GError **error)
{
  OutputDifference difference = { 0 };
  guint at = 0;

  for (guint s = 0; s < N_SAMPLES; s++) {
    if (!run_sample (self, session, s, error))
      return FALSE;
    for (guint o = 0; o < ptq_session_get_n_outputs (session); o++, at++) {
      PtqTensor expected = *ptq_session_get_output (session, o);
      gboolean in_reference;
      gsize index;

      if (expected.type != PTQ_ELEMENT_FLOAT)
        continue;
      expected.data = g_bytes_get_data (self->expected->pdata[at], NULL);
      if (!output_difference_add (&difference, &expected,
              ptq_session_get_output (session, o), &index, &in_reference)) {
        *cosine = 0;
        return TRUE;
      }
    }
  }
  *cosine = difference.samples > 0
      ? output_difference_cosine (&difference) : 1;
  return TRUE;
}

static gboolean
measure (Tuner *self, gdouble scale, gdouble *cosine, GError **error)
{
  g_autoptr (PtqModel) copy = ptq_model_copy (self->model, error);
  g_autoptr (PtqSession) session = NULL;
  PtqWeightOnlyResult result;

  if (copy == NULL || !ptq_weight_only_run (copy, self->settings, scale,
          self->cancellable, &result, error))
    return FALSE;
  session = open_session (copy, error);
  return session != NULL && measure_session (self, session, cosine, error);
}

static void
tell (PtqProgressFunc progress, gpointer user_data, guint trial,
    gdouble scale, gdouble cosine)
{
  g_autofree gchar *text = g_strdup_printf ("trial %u: init_scale %.5f, mean "
      "cosine %.5f", trial + 1, scale, cosine);

  if (progress != NULL)
    progress (text, 0.5 * (trial + 1) / (N_HALVINGS + N_BISECTIONS + 1),
        user_data);
}

/* Halves the scale until the outputs agree, then closes in on the edge. */
static gdouble
search (Tuner *self, PtqProgressFunc progress, gpointer user_data,
    GError **error)
{
  gdouble good = 0, bad = 0, scale = FIRST_SCALE, cosine;
  guint trial;

  for (trial = 0; trial <= N_HALVINGS && good == 0; trial++) {
    if (!measure (self, scale, &cosine, error))
      return 0;
    tell (progress, user_data, trial, scale, cosine);
    if (cosine >= TARGET_COSINE)
      good = scale;
    else
      bad = scale;
    scale /= 2;
  }
  if (good == 0) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_FAILED, "no init_scale down to "
        "%g brings the mean cosine similarity of the outputs to %g; use a "
        "fixed bit-num of 8", scale * 2, TARGET_COSINE);
    return 0;
  }
  for (guint i = 0; i < N_BISECTIONS && bad > 0; i++, trial++) {
    scale = sqrt (good * bad);
    if (!measure (self, scale, &cosine, error))
      return 0;
    tell (progress, user_data, trial, scale, cosine);
    if (cosine >= TARGET_COSINE)
      good = scale;
    else
      bad = scale;
  }
  return good;
}

gdouble
ptq_auto_tune (PtqModel *prepared, PtqSettings *settings,
    PtqProgressFunc progress, gpointer user_data, GCancellable *cancellable,
    GError **error)
{
  Tuner self = { prepared, settings, cancellable, NULL, 0, NULL, NULL };
  gdouble scale = 0;

  self.rand = g_rand_new_with_seed (1);
  self.n_inputs = ptq_model_get_n_inputs (prepared);
  self.inputs = g_new0 (PtqTensor, N_SAMPLES * self.n_inputs);
  self.expected =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (guint i = 0; i < N_SAMPLES * self.n_inputs; i++)
    ptq_random_input_fill (prepared, i % self.n_inputs, self.rand,
        &self.inputs[i]);

  if (record_expected (&self, error))
    scale = search (&self, progress, user_data, error);

  for (guint i = 0; i < N_SAMPLES * self.n_inputs; i++)
    g_free ((gpointer) self.inputs[i].data);
  g_free (self.inputs);
  g_ptr_array_unref (self.expected);
  g_rand_free (self.rand);
  return scale;
}
