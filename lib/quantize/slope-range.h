/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "plan.h"
#include "ptq-calibrator.h"

G_BEGIN_DECLS

/* Fits the lower ends of the ranges of what LeakyRelu nodes read, and of what
 * they make of it, to how much of the negative side is left. @plan: of the
 * float model; @ranges: tensor name -> PtqRange, known for the tensors that
 * are fitted. Replays the calibrator's samples. */
gboolean ptq_slope_ranges_fit (PtqPlan *plan, PtqCalibrator *calibrator,
    GHashTable *ranges, GCancellable *cancellable, GError **error);

G_END_DECLS
