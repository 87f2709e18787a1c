/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "ptq-quantizer.h"

G_BEGIN_DECLS

/* The largest relative error of weights with which the outputs still agree on
 * the samples that @calibrator kept, or on random inputs where it is NULL; 0
 * with @error set when there is none. */
gdouble ptq_auto_tune (PtqModel *prepared, PtqSettings *settings,
    PtqCalibrator *calibrator, PtqProgressFunc progress, gpointer user_data,
    GCancellable *cancellable, GError **error);

G_END_DECLS
