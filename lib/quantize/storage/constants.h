/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The constants of a quantized graph: scales, zero points, codes of weights
 * and biases, each made once however many nodes read it.
 */
#pragma once

#include "model-private.h"
#include "ptq-settings.h"
#include "scale.h"

G_BEGIN_DECLS

typedef struct _PtqConstants PtqConstants;

PtqConstants *ptq_constants_new (PtqModel *model, PtqGraphIndex *index,
    PtqSettings *settings, GPtrArray *warnings);
void ptq_constants_free (PtqConstants *self);
/* Puts the new initializers into the graph. */
void ptq_constants_flush (PtqConstants *self);

/* A name that no tensor and no node has: @base + @suffix if it can be.
 * Names live as long as @self. */
const gchar *ptq_constants_take_name (
    PtqConstants *self, const gchar *base, const gchar *suffix);
const gchar *ptq_constants_add_float (
    PtqConstants *self, const gchar *base, const gchar *suffix, gfloat value);
void ptq_constants_add_activation_scale (PtqConstants *self, const gchar *root,
    const PtqScale *scale, const gchar **scale_name,
    const gchar **zero_point_name);

/* Each returns the output of the DequantizeLinear, which is appended to
 * @nodes when it is new. */
const gchar *ptq_constants_add_tensor (
    PtqConstants *self, const gchar *name, GPtrArray *nodes);
/* Weight and bias of @node, whose data has @data_scale; @bias_name is NULL
 * where the bias stays as it is. */
void ptq_constants_add_weight (PtqConstants *self, const Onnx__NodeProto *node,
    const PtqScale *data_scale, GPtrArray *nodes, const gchar **weight_name,
    const gchar **bias_name);

G_END_DECLS
