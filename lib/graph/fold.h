/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Folding that ONNX Runtime's basic optimization does not do.
 */
#pragma once

#include "ptq-model.h"

G_BEGIN_DECLS

void ptq_fold_batch_norms (PtqModel *model);
void ptq_fold_gemm_factors (PtqModel *model);

G_END_DECLS
