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

/* Scales channels in the weights of @plan's model, in place. @clips: tensor ->
 * the magnitude at which each channel is cut, where that is known; @factors
 * takes, by tensor, what each channel was divided by. */
void ptq_equalize (PtqPlan *plan, PtqCalibrator *calibrator, GHashTable *clips,
    GHashTable *factors);
/* @ranges takes a PtqRange for each tensor whose channels were observed: that
 * of its cut and scaled channels together. */
void ptq_equalized_ranges_find (PtqPlan *plan, PtqCalibrator *calibrator,
    GHashTable *clips, GHashTable *factors, GHashTable *ranges);

G_END_DECLS
