/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tells how far a run is, and whether it was cancelled.
 */
#include "progress.h"

void
ptq_run_tell (const PtqRun *self, const gchar *stage, gdouble fraction)
{
  if (self->progress != NULL)
    self->progress (
        stage, self->begin + fraction * self->share, self->user_data);
}

gboolean
ptq_run_step (
    const PtqRun *self, const gchar *stage, gdouble fraction, GError **error)
{
  ptq_run_tell (self, stage, fraction);
  return !g_cancellable_set_error_if_cancelled (self->cancellable, error);
}
