/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "plan.h"
#include "run.h"
#include "ptq-calibrator.h"

G_BEGIN_DECLS

/* Finds the ranges in @ranges (tensor name -> PtqRange) anew, with the method
 * of @settings, on the samples that the calibrator replays. @plan: of the
 * model that they belong to. */
gboolean ptq_method_ranges_find (PtqPlan *plan, PtqSettings *settings,
    PtqCalibrator *calibrator, GHashTable *ranges, const PtqRun *run,
    GError **error);

G_END_DECLS
