/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "model-private.h"

G_BEGIN_DECLS

/* Every tensor that a model holds as data, wherever it is: initializers and
 * attributes, also sparse ones, in subgraphs, functions and training graphs.
 * Returning FALSE with @error set ends the walk. */
typedef gboolean (*PtqTensorFunc) (
    Onnx__TensorProto *tensor, gpointer user_data, GError **error);
gboolean ptq_model_foreach_tensor (const Onnx__ModelProto *model,
    PtqTensorFunc func, gpointer user_data, GError **error);

G_END_DECLS
