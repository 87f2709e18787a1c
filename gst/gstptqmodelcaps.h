/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "gstptqtensorcaps.h"

G_BEGIN_DECLS

gboolean gst_ptq_tensors_info_match (
    const GstPtqTensorsInfo *info, PtqModel *model, GError **error);
GstCaps *gst_ptq_tensor_caps_for_model (PtqModel *model, GError **error);

G_END_DECLS
