/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "ptq-model.h"
#include "ptq-error.h"

G_BEGIN_DECLS

/* A copy of @model ready to be calibrated and rewritten: float16 widened,
 * opset upgraded, every node named, constants and BatchNormalization folded.
 * Inputs, outputs and symbolic dimensions stay as they were. */
PtqModel *ptq_prepare_model (PtqModel *model, GError **error);

G_END_DECLS
