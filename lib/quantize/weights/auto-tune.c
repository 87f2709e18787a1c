/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Searches init_scale for the smallest model whose outputs have a mean cosine
 * similarity of at least 0.995 with those of the float model, the goal that
 * MindSpore Lite sets. The relative error of the weights and the similarity
 * fall together, so a descent in factors of two and a few bisections find the
 * edge. */

#include "auto-tune.h"
#include "evaluator.h"
#include "weight-only.h"

#include <math.h>

#define TARGET_COSINE 0.995
#define FIRST_SCALE 0.32
#define N_HALVINGS 9
#define N_BISECTIONS 5

typedef struct
{
  PtqModel *model;
  PtqSettings *settings;
  PtqEvaluator *samples;
  const PtqRun *run;

  guint n_trials;
  gdouble good; /* the largest scale that agrees, or 0 */
  gdouble bad;  /* the smallest that does not, or 0 */
} Tuner;

static gboolean
measure (Tuner *self, gdouble scale, gdouble *cosine, GError **error)
{
  g_autoptr (PtqModel) copy = ptq_model_copy (self->model, error);
  PtqWeightOnlyResult result;
  gdouble sqnr;

  return copy != NULL
      && ptq_weight_only_run (
          copy, self->settings, scale, self->run->cancellable, &result, error)
      && ptq_evaluator_score (
          self->samples, copy, cosine, &sqnr, self->run->cancellable, error);
}

static void
tell (Tuner *self, gdouble scale, gdouble cosine)
{
  g_autofree gchar *text = g_strdup_printf ("trial %u: init_scale %.5f, %s "
                                            "cosine %.5f on %s",
      self->n_trials, scale, ptq_evaluator_get_measure (self->samples), cosine,
      ptq_evaluator_describe (self->samples));

  ptq_run_tell (self->run, text,
      (gdouble) self->n_trials / (N_HALVINGS + N_BISECTIONS + 1));
}

static gboolean
try_scale (Tuner *self, gdouble scale, GError **error)
{
  gdouble cosine;

  if (!measure (self, scale, &cosine, error))
    return FALSE;
  self->n_trials++;
  tell (self, scale, cosine);
  if (cosine >= TARGET_COSINE)
    self->good = scale;
  else
    self->bad = scale;
  return !g_cancellable_set_error_if_cancelled (self->run->cancellable, error);
}

/* Halves the scale until the outputs agree, then closes in on the edge. */
static gboolean
search (Tuner *self, GError **error)
{
  gdouble scale = FIRST_SCALE;

  for (guint i = 0; i <= N_HALVINGS && self->good == 0; i++, scale /= 2)
    if (!try_scale (self, scale, error))
      return FALSE;
  if (self->good == 0) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_FAILED,
        "no init_scale down to "
        "%g brings the %s cosine similarity of the outputs to %g on %s; "
        "use a fixed bit-num of 8",
        self->bad, ptq_evaluator_get_measure (self->samples), TARGET_COSINE,
        ptq_evaluator_describe (self->samples));
    return FALSE;
  }
  for (guint i = 0; i < N_BISECTIONS && self->bad > 0; i++)
    if (!try_scale (self, sqrt (self->good * self->bad), error))
      return FALSE;
  return TRUE;
}

gdouble
ptq_auto_tune (PtqModel *prepared, PtqSettings *settings,
    PtqCalibrator *calibrator, const PtqRun *run, GError **error)
{
  g_autoptr (PtqEvaluator) samples = ptq_evaluator_new (
      prepared, calibrator, G_MAXUINT, run->cancellable, error);
  Tuner self = { prepared, settings, samples, run, 0, 0, 0 };

  return samples != NULL && search (&self, error) ? self.good : 0;
}
