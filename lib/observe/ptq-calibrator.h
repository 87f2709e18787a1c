/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gio/gio.h>
#include "ptq-macros.h"
#include "ptq-model.h"
#include "ptq-settings.h"

G_BEGIN_DECLS

#define PTQ_TYPE_CALIBRATOR (ptq_calibrator_get_type ())
PTQ_API
G_DECLARE_FINAL_TYPE (PtqCalibrator, ptq_calibrator, PTQ, CALIBRATOR, GObject)

PTQ_API PtqCalibrator *ptq_calibrator_new (
    PtqModel *model, PtqSettings *settings, GError **error);
PTQ_API gboolean ptq_calibrator_push (PtqCalibrator *self,
    const PtqTensor *inputs, guint n_inputs, GCancellable *cancellable,
    GError **error);
PTQ_API guint64 ptq_calibrator_get_n_samples (PtqCalibrator *self);
PTQ_API void ptq_calibrator_reset (PtqCalibrator *self);
PTQ_API PtqModel *ptq_calibrator_get_model (PtqCalibrator *self);
PTQ_API PtqSettings *ptq_calibrator_get_settings (PtqCalibrator *self);
PTQ_API const gchar *const *ptq_calibrator_get_warnings (PtqCalibrator *self);
PTQ_API gboolean ptq_calibrator_get_range (
    PtqCalibrator *self, const gchar *tensor, gdouble *min, gdouble *max);

G_END_DECLS
