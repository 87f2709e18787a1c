/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "model-private.h"

G_BEGIN_DECLS

/* Arrays of PtqValueInfo, whose names point into @graph */
GArray *ptq_value_info_list_inputs (const Onnx__GraphProto *graph);
GArray *ptq_value_info_list_outputs (const Onnx__GraphProto *graph);

G_END_DECLS
