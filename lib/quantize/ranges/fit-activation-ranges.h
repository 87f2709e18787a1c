/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "plan.h"
#include "progress.h"
#include "ptq-calibrator.h"

G_BEGIN_DECLS

/* Fits the ranges of what activation functions read to how much of a value is
 * left in their results. @plan: of the float model; @ranges: tensor name ->
 * PtqRange, where ranges are others than the calibrator's; takes the new
 * ones. Replays the calibrator's samples. */
gboolean ptq_fit_activation_ranges (PtqPlan *plan, PtqSettings *settings,
    PtqCalibrator *calibrator, GHashTable *ranges, const PtqRun *run,
    GError **error);

G_END_DECLS
