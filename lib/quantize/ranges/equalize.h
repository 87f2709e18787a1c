/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "plan.h"
#include "ptq-calibrator.h"

G_BEGIN_DECLS

/* Range of an activation after equalization */
typedef struct
{
  gdouble min;
  gdouble max;
} PtqRange;

/* Scales channels in the weights of @plan's model, in place, and tells in
 * @ranges (tensor name -> PtqRange) what became of the ranges that the
 * calibrator saw. @clips: from ptq_clip_channels(), or NULL to keep all
 * extremes. The model computes what it did before. */
void ptq_equalize (PtqPlan *plan, PtqCalibrator *calibrator, GHashTable *clips,
    GHashTable *ranges);

G_END_DECLS
