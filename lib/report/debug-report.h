/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The reports that tell where a quantized model loses its accuracy.
 */
#pragma once

#include "ptq-calibrator.h"
#include "ptq-quantizer.h"

G_BEGIN_DECLS

typedef struct
{
  PtqModel *float_model; /* as it was when it was quantized */
  PtqModel *quantized;
  PtqSettings *settings;
  /* Its samples are replayed; NULL for one random sample */
  PtqCalibrator *calibrator;
  GPtrArray *float_nodes; /* of GStrv: name, type, reason */
} DebugReport;

/* Is any report asked for? */
gboolean debug_report_is_wanted (PtqSettings *settings);
/* Can the reports be written where they are wanted? To be known before the
 * long work that they are about. */
gboolean debug_report_check (
    PtqSettings *settings, PtqModel *model, GError **error);
/* Writes the tables into debug-info-save-path and the page to
 * report-location. On an error of the tables nothing of them is left. They
 * are complete and stay where the page cannot be written after them, or the
 * model after both. */
gboolean debug_report_write (const DebugReport *self, PtqProgressFunc progress,
    gpointer user_data, GCancellable *cancellable, GError **error);

G_END_DECLS
