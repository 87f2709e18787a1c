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
  guint n_samples;
  guint n_done;
  const PtqRun *run;
} Showing;

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
  const PtqReplay *replay = self->replay;

  if (self->session == NULL && !open_session (self, inputs, error))
    return FALSE;
  ptq_run_tell (self->run, replay->stage,
      replay->begin
          + (replay->end - replay->begin) * self->n_done / self->n_samples);
  self->n_done++;
  return ptq_session_run (
      self->session, inputs, n_inputs, self->run->cancellable, error);
}

gboolean
ptq_replay_run (const PtqReplay *self, PtqCalibrator *calibrator,
    const PtqRun *run, GError **error)
{
  Showing showing = { self, NULL, ptq_calibrator_get_n_replay (calibrator), 0,
    run };
  gboolean done;

  if (showing.n_samples == 0 || self->tensors->len == 0)
    return TRUE;
  done = ptq_calibrator_replay (
      calibrator, G_MAXUINT, run_sample, &showing, run->cancellable, error);
  g_clear_object (&showing.session);
  return done;
}
