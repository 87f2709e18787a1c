/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "ptq-calibrator.h"
#include "ptq-error.h"
#include "progress.h"

G_BEGIN_DECLS

/* The largest relative error of weights with which the outputs still agree on
 * the samples that @calibrator kept, or on random inputs where it is NULL; 0
 * with @error set when there is none. */
gdouble ptq_auto_tune (PtqModel *prepared, PtqSettings *settings,
    PtqCalibrator *calibrator, const PtqRun *run, GError **error);

G_END_DECLS
