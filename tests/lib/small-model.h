/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "model-private.h"

G_BEGIN_DECLS

/* Builds models of a few nodes for tests, without a file. */
typedef Onnx__ModelProto SmallModel;

SmallModel *small_model_new (gint64 opset);
/* Dimensions of -1 are left open. */
void small_model_add_input (
    SmallModel *self, const gchar *name, PtqElementType type, gint rank, ...);
void small_model_add_output (
    SmallModel *self, const gchar *name, PtqElementType type, gint rank, ...);
void small_model_add_floats (
    SmallModel *self, const gchar *name, const gfloat *data, gint rank, ...);
/* @inputs and @outputs are names with commas between them. */
Onnx__NodeProto *small_model_add_node (SmallModel *self, const gchar *op_type,
    const gchar *inputs, const gchar *outputs);
/* A ptq.Observe node */
void small_model_add_observe (SmallModel *self, const gchar *tensor, gint64 id);
/* Frees @self. Stops the test where the model is not valid. */
PtqModel *small_model_finish (SmallModel *self);

G_END_DECLS
