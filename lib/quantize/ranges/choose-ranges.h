/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "plan.h"
#include "progress.h"
#include "ptq-calibrator.h"

G_BEGIN_DECLS

/* Finds the ranges in @ranges (tensor name -> PtqRange) anew, with the method
 * of @settings, on the samples that the calibrator replays. @plan: of the
 * model that they belong to. */
gboolean ptq_choose_ranges (PtqPlan *plan, PtqSettings *settings,
    PtqCalibrator *calibrator, GHashTable *ranges, const PtqRun *run,
    GError **error);

G_END_DECLS
