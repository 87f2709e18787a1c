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
  PtqSession *session;          /* with the shapes of the first sample */
  guint n_samples;
  guint n_done;
  GCancellable *cancellable;
} Run;

static gboolean
open_session (Run *self, const PtqTensor *inputs, GError **error)
{
  const PtqReplay *replay = self->replay;
  PtqSessionOptions options = {
    PTQ_OPTIMIZE_ALL, replay->precise_int8, replay->observe, replay->user_data
  };

  self->session = ptq_session_new_observed (replay->model, inputs,
      (const gchar * const *) replay->tensors->pdata, replay->tensors->len,
      &options, error);
  return self->session != NULL;
}

static gboolean
run_sample (const PtqTensor *inputs, guint n_inputs, gpointer user_data,
    GError **error)
{
  Run *self = user_data;

  if (self->session == NULL && !open_session (self, inputs, error))
    return FALSE;
  if (self->replay->begin_sample != NULL)
    self->replay->begin_sample ((gdouble) self->n_done / self->n_samples,
        self->replay->user_data);
  self->n_done++;
  return ptq_session_run (self->session, inputs, n_inputs,
      self->cancellable, error);
}

gboolean
ptq_replay_run (const PtqReplay *self, PtqCalibrator *calibrator,
    GCancellable *cancellable, GError **error)
{
  Run run = {
    self, NULL, ptq_calibrator_get_n_replay (calibrator), 0, cancellable
  };
  gboolean done;

  if (run.n_samples == 0 || self->tensors->len == 0)
    return TRUE;
  done = ptq_calibrator_replay (calibrator, G_MAXUINT, run_sample, &run,
      cancellable, error);
  g_clear_object (&run.session);
  return done;
}
