/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gio/gio.h>
#include "ptq-progress.h"

G_BEGIN_DECLS

/* What the steps of a quantization are given, to tell how far they are and to
 * be stopped: both may be missing. */
typedef struct
{
  PtqProgressFunc progress;
  gpointer user_data;
  GCancellable *cancellable;
  gdouble share; /* that the run has of the whole work */
  gdouble begin; /* the share that was done before it */
} PtqRun;

void ptq_run_tell (const PtqRun *self, const gchar *stage, gdouble fraction);
/* The same; FALSE with @error set when the run is cancelled */
gboolean ptq_run_step (
    const PtqRun *self, const gchar *stage, gdouble fraction, GError **error);

G_END_DECLS
