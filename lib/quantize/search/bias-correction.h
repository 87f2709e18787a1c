/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "plan.h"
#include "ptq-calibrator.h"
#include "progress.h"

G_BEGIN_DECLS

/* Adds to every bias of @quantized what its layer lacks in the mean. @plan:
 * of the float model, which stays as it is. */
gboolean ptq_bias_correct (PtqPlan *plan, PtqModel *quantized,
    PtqSettings *settings, PtqCalibrator *calibrator, GPtrArray *warnings,
    const PtqRun *run, GError **error);

G_END_DECLS
