/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gio/gio.h>
#include "ptq-macros.h"
#include "ptq-progress.h"
#include "ptq-model.h"
#include "ptq-settings.h"
#include "ptq-calibrator.h"

G_BEGIN_DECLS

#define PTQ_TYPE_QUANTIZER (ptq_quantizer_get_type ())
PTQ_API
G_DECLARE_FINAL_TYPE (PtqQuantizer, ptq_quantizer, PTQ, QUANTIZER, GObject)

PTQ_API PtqQuantizer *ptq_quantizer_new (
    PtqModel *model, PtqSettings *settings, PtqCalibrator *calibrator);
PTQ_API PtqModel *ptq_quantizer_run (PtqQuantizer *self,
    PtqProgressFunc progress, gpointer user_data, GCancellable *cancellable,
    GError **error);
PTQ_API gboolean ptq_quantizer_check_settings (
    PtqSettings *settings, GError **error);
PTQ_API gchar **ptq_quantizer_list_passes (PtqQuantType quant_type);
PTQ_API guint ptq_quantizer_get_n_quantized (PtqQuantizer *self);
PTQ_API guint ptq_quantizer_get_n_float (PtqQuantizer *self);
PTQ_API gdouble ptq_quantizer_get_sqnr (PtqQuantizer *self);
PTQ_API gdouble ptq_quantizer_get_mean_bits (
    PtqQuantizer *self, gdouble *entropy);
PTQ_API const gchar *const *ptq_quantizer_get_warnings (PtqQuantizer *self);

G_END_DECLS
