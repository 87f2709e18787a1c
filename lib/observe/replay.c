/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A look at other tensors, or at another model, with samples kept from the
 * stream.
 */
#include "replay.h"

typedef struct
{
  const PtqReplay *replay;
  PtqSession *session; /* with the shapes of the first sample */
  gint *ids;           /* the calibrator's tensors -> those of the replay */
  guint n_samples;
  guint n_done;
  const PtqRun *run;
} Showing;

static void
tell (Showing *self)
{
  ptq_run_tell (
      self->run, self->replay->stage, (gdouble) self->n_done / self->n_samples);
  self->n_done++;
}

static gboolean
open_session (Showing *self, const PtqTensor *inputs, GError **error)
{
  const PtqReplay *replay = self->replay;
  PtqSessionOptions options = { PTQ_OPTIMIZE_ALL, replay->precise_int8,
    replay->observe, replay->user_data };

  self->session = ptq_session_new_observed (replay->model, inputs,
      (const gchar *const *) replay->tensors->pdata, replay->tensors->len,
      &options, error);
  return self->session != NULL;
}

static gboolean
run_sample (
    const PtqTensor *inputs, guint n_inputs, gpointer user_data, GError **error)
{
  Showing *self = user_data;

  if (self->session == NULL && !open_session (self, inputs, error))
    return FALSE;
  tell (self);
  return ptq_session_run (
      self->session, inputs, n_inputs, self->run->cancellable, error);
}

static gboolean
run_model (Showing *self, PtqCalibrator *calibrator, GError **error)
{
  gboolean done = ptq_calibrator_replay (
      calibrator, G_MAXUINT, run_sample, self, self->run->cancellable, error);

  g_clear_object (&self->session);
  return done;
}

static gboolean
observe_own (gint64 id, const PtqTensor *tensor, PtqParallel *parallel,
    gpointer user_data, GError **error)
{
  Showing *self = user_data;

  return self->ids[id] < 0
      || self->replay->observe (
          self->ids[id], tensor, parallel, self->replay->user_data, error);
}

static gboolean
ran_own (PtqSession *session, gpointer user_data, GError **error)
{
  (void) session;
  tell (user_data);
  return !g_cancellable_set_error_if_cancelled (
      ((Showing *) user_data)->run->cancellable, error);
}

static gint
find_tensor (const PtqReplay *self, const gchar *name)
{
  for (guint i = 0; i < self->tensors->len; i++)
    if (g_str_equal (self->tensors->pdata[i], name))
      return (gint) i;
  return -1;
}

static gboolean
run_own (Showing *self, PtqCalibrator *calibrator, GError **error)
{
  PtqLook look = { observe_own, ran_own, self };
  guint n;
  const gchar *const *names =
      ptq_plan_get_tensors (ptq_calibrator_get_plan (calibrator), &n);
  g_autofree gint *ids = g_new (gint, n);

  for (guint i = 0; i < n; i++)
    ids[i] = find_tensor (self->replay, names[i]);
  self->ids = ids;
  return ptq_calibrator_look_again (
      calibrator, G_MAXUINT, &look, self->run->cancellable, error);
}

gboolean
ptq_replay_run (const PtqReplay *self, PtqCalibrator *calibrator,
    const PtqRun *run, GError **error)
{
  Showing showing = { self, NULL, NULL,
    ptq_calibrator_get_n_replay (calibrator), 0, run };

  if (showing.n_samples == 0 || self->tensors->len == 0)
    return TRUE;
  return self->model == NULL ? run_own (&showing, calibrator, error)
                             : run_model (&showing, calibrator, error);
}
