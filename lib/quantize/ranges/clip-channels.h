/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "plan.h"
#include "progress.h"
#include "ptq-calibrator.h"

G_BEGIN_DECLS

/* Tensor -> the magnitude of each channel (gdouble, not above the largest
 * seen) beyond which values are worth cutting, for the tensors that @plan
 * wants by channel. Replays the calibrator's samples; empty without any.
 * NULL with @error set. */
GHashTable *ptq_clip_channels (PtqPlan *plan, PtqCalibrator *calibrator,
    const PtqRun *run, GError **error);

G_END_DECLS
