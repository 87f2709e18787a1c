/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "ptq-model.h"
#include "ptq-settings.h"
#include "ptq-error.h"

G_BEGIN_DECLS

/* A copy of @model ready to be calibrated and rewritten: float16 widened,
 * opset upgraded, every node named, constants and BatchNormalization folded.
 * Inputs, outputs and symbolic dimensions stay as they were. */
PtqModel *ptq_prepare_model (
    PtqModel *model, PtqSettings *settings, GError **error);

/* What is to be quantized, and which tensors share one scale. */
typedef struct _PtqPlan PtqPlan;
PtqPlan *ptq_plan_new (
    PtqModel *prepared, PtqSettings *settings, GError **error);
void ptq_plan_free (PtqPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtqPlan, ptq_plan_free)
/* The tensors to observe, in the order in which they are produced, graph
 * inputs first */
const gchar *const *ptq_plan_get_tensors (PtqPlan *plan, guint *n);
/* Is the range of each channel of this tensor needed, not only its own? */
gboolean ptq_plan_wants_channels (PtqPlan *plan, const gchar *tensor);

G_END_DECLS
