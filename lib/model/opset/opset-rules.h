/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "opset-scope.h"

G_BEGIN_DECLS

/* The newest version of the default operators that is written */
#define PTQ_OPSET_MAX 21

/* Rewrites @node, of the version before, for the version of @scope. */
typedef gboolean (*PtqOpsetRule) (
    PtqOpsetScope *scope, Onnx__NodeProto *node, GError **error);

/* Applies the rule for @node, if its operator changed in this version. */
gboolean ptq_opset_rules_apply (
    PtqOpsetScope *scope, Onnx__NodeProto *node, GError **error);

/* Attributes that became inputs */
gboolean ptq_opset_axes_to_input (
    PtqOpsetScope *scope, Onnx__NodeProto *node, GError **error);
gboolean ptq_opset_split_to_input (
    PtqOpsetScope *scope, Onnx__NodeProto *node, GError **error);
gboolean ptq_opset_clip_to_inputs (
    PtqOpsetScope *scope, Onnx__NodeProto *node, GError **error);
gboolean ptq_opset_pad_to_inputs (
    PtqOpsetScope *scope, Onnx__NodeProto *node, GError **error);
gboolean ptq_opset_slice_to_inputs (
    PtqOpsetScope *scope, Onnx__NodeProto *node, GError **error);
gboolean ptq_opset_scales_to_input (
    PtqOpsetScope *scope, Onnx__NodeProto *node, GError **error);
gboolean ptq_opset_k_to_input (
    PtqOpsetScope *scope, Onnx__NodeProto *node, GError **error);
gboolean ptq_opset_dft_axis_to_input (
    PtqOpsetScope *scope, Onnx__NodeProto *node, GError **error);

/* Operators that mean something else than before */
gboolean ptq_opset_batch_normalization_9 (
    PtqOpsetScope *scope, Onnx__NodeProto *node, GError **error);
gboolean ptq_opset_batch_normalization_14 (
    PtqOpsetScope *scope, Onnx__NodeProto *node, GError **error);
gboolean ptq_opset_dropout_10 (
    PtqOpsetScope *scope, Onnx__NodeProto *node, GError **error);
gboolean ptq_opset_dropout_12 (
    PtqOpsetScope *scope, Onnx__NodeProto *node, GError **error);
gboolean ptq_opset_grid_sample_20 (
    PtqOpsetScope *scope, Onnx__NodeProto *node, GError **error);
gboolean ptq_opset_resize_11 (
    PtqOpsetScope *scope, Onnx__NodeProto *node, GError **error);
gboolean ptq_opset_resize_13 (
    PtqOpsetScope *scope, Onnx__NodeProto *node, GError **error);
gboolean ptq_opset_roi_align_16 (
    PtqOpsetScope *scope, Onnx__NodeProto *node, GError **error);
gboolean ptq_opset_scatter_11 (
    PtqOpsetScope *scope, Onnx__NodeProto *node, GError **error);
gboolean ptq_opset_softmax_13 (
    PtqOpsetScope *scope, Onnx__NodeProto *node, GError **error);
gboolean ptq_opset_split_18 (
    PtqOpsetScope *scope, Onnx__NodeProto *node, GError **error);
gboolean ptq_opset_upsample_10 (
    PtqOpsetScope *scope, Onnx__NodeProto *node, GError **error);

G_END_DECLS
