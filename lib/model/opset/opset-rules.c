/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which operators changed in which version of the default operator set, as
 * the change log of ONNX's operators says. Versions that only admit more
 * element types, or add an attribute whose default is the old behaviour, need
 * nothing and are not listed.
 */
#include "opset-rules.h"

#include <string.h>

typedef struct
{
  const gchar *op_type;
  gint64 version;
  PtqOpsetRule apply;
} Rule;

/* Changes that no rule undoes */
typedef struct
{
  const gchar *op_type;
  gint64 version;
  const gchar *attribute; /* only nodes that have it; NULL for all */
  const gchar *change;
} Refusal;

static const Rule rules[] = {
  { "BatchNormalization", 9, ptq_opset_batch_normalization_9 },
  { "BatchNormalization", 14, ptq_opset_batch_normalization_14 },
  { "Clip", 11, ptq_opset_clip_to_inputs },
  { "DFT", 20, ptq_opset_dft_axis_to_input },
  { "Dropout", 10, ptq_opset_dropout_10 },
  { "Dropout", 12, ptq_opset_dropout_12 },
  { "GridSample", 20, ptq_opset_grid_sample_20 },
  { "Hardmax", 13, ptq_opset_softmax_13 },
  { "LogSoftmax", 13, ptq_opset_softmax_13 },
  { "Pad", 11, ptq_opset_pad_to_inputs },
  { "ReduceL1", 18, ptq_opset_axes_to_input },
  { "ReduceL2", 18, ptq_opset_axes_to_input },
  { "ReduceLogSum", 18, ptq_opset_axes_to_input },
  { "ReduceLogSumExp", 18, ptq_opset_axes_to_input },
  { "ReduceMax", 18, ptq_opset_axes_to_input },
  { "ReduceMean", 18, ptq_opset_axes_to_input },
  { "ReduceMin", 18, ptq_opset_axes_to_input },
  { "ReduceProd", 18, ptq_opset_axes_to_input },
  { "ReduceSum", 13, ptq_opset_axes_to_input },
  { "ReduceSumSquare", 18, ptq_opset_axes_to_input },
  { "Resize", 11, ptq_opset_resize_11 },
  { "Resize", 13, ptq_opset_resize_13 },
  { "RoiAlign", 16, ptq_opset_roi_align_16 },
  { "Scatter", 11, ptq_opset_scatter_11 },
  { "Slice", 10, ptq_opset_slice_to_inputs },
  { "Softmax", 13, ptq_opset_softmax_13 },
  { "Split", 13, ptq_opset_split_to_input },
  { "Split", 18, ptq_opset_split_18 },
  { "Squeeze", 13, ptq_opset_axes_to_input },
  { "TopK", 10, ptq_opset_k_to_input },
  { "Unsqueeze", 13, ptq_opset_axes_to_input },
  { "Upsample", 9, ptq_opset_scales_to_input },
  { "Upsample", 10, ptq_opset_upsample_10 },
};

#define OLD_BROADCAST \
  "its attribute broadcast gave way to another way of " \
  "matching shapes"

static const Refusal refusals[] = {
  { "Add", 7, "broadcast", OLD_BROADCAST },
  { "And", 7, "broadcast", OLD_BROADCAST },
  { "BatchNormalization", 7, NULL, "its attribute is_test was removed" },
  { "Cast", 6, NULL, "its attribute to was a text and became a number" },
  { "Concat", 4, NULL, "the default of its attribute axis was removed" },
  { "Div", 7, "broadcast", OLD_BROADCAST },
  { "Dropout", 7, NULL, "its attribute is_test was removed" },
  { "Equal", 7, "broadcast", OLD_BROADCAST },
  { "GRU", 3, NULL, "its attributes and outputs were changed" },
  { "GRU", 7, "output_sequence", "its attribute output_sequence was removed" },
  { "Gemm", 7, "broadcast", OLD_BROADCAST },
  { "GlobalLpPool", 2, NULL, "its attribute p became an integer" },
  { "Greater", 7, "broadcast", OLD_BROADCAST },
  { "GroupNormalization", 21, NULL,
      "its scale and bias were for each group "
      "and are now for each channel" },
  { "LSTM", 7, "output_sequence", "its attribute output_sequence was removed" },
  { "Less", 7, "broadcast", OLD_BROADCAST },
  { "LpPool", 2, NULL, "its attribute p became an integer" },
  { "Mul", 7, "broadcast", OLD_BROADCAST },
  { "Or", 7, "broadcast", OLD_BROADCAST },
  { "PRelu", 7, NULL, "its slope is matched to the input in another way" },
  { "Pad", 2, NULL, "its attribute paddings was replaced" },
  { "Pow", 7, "broadcast", OLD_BROADCAST },
  { "RNN", 7, "output_sequence", "its attribute output_sequence was removed" },
  { "Reshape", 5, NULL, "its attribute shape became an input" },
  { "Scan", 9, NULL, "it lost its batch dimension and its sequence lengths" },
  { "Split", 2, NULL, "its input split became an attribute" },
  { "Sub", 7, "broadcast", OLD_BROADCAST },
  { "Tile", 6, NULL, "its inputs tiles and axis were replaced" },
  { "Upsample", 7, NULL,
      "its attributes height_scale and width_scale were "
      "replaced" },
  { "Xor", 7, "broadcast", OLD_BROADCAST },
};

static gboolean
check_refusals (
    PtqOpsetScope *scope, const Onnx__NodeProto *node, GError **error)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (refusals); i++) {
    const Refusal *refusal = &refusals[i];

    if (refusal->version == scope->version
        && ptq_node_is (node, refusal->op_type)
        && (!refusal->attribute
            || ptq_node_get_attribute (node, refusal->attribute)))
      return ptq_opset_scope_refuse (scope, node, error, "%s", refusal->change);
  }

  return TRUE;
}

/* In a function an attribute may stand for one that the caller gives. */
static gboolean
check_references (
    PtqOpsetScope *scope, const Onnx__NodeProto *node, GError **error)
{
  gsize i;

  for (i = 0; i < node->n_attribute; i++) {
    const gchar *reference = node->attribute[i]->ref_attr_name;

    if (reference && *reference)
      return ptq_opset_scope_refuse (scope, node, error,
          "its attribute %s "
          "takes its value from \"%s\" of a function",
          node->attribute[i]->name, reference);
  }

  return TRUE;
}

gboolean
ptq_opset_rules_apply (
    PtqOpsetScope *scope, Onnx__NodeProto *node, GError **error)
{
  gsize i;

  if (!check_refusals (scope, node, error))
    return FALSE;
  /* A hint to the first runtimes, without effect on the result */
  if (scope->version == 6)
    ptq_node_remove_attribute (node, "consumed_inputs");

  for (i = 0; i < G_N_ELEMENTS (rules); i++) {
    if (rules[i].version == scope->version
        && ptq_node_is (node, rules[i].op_type))
      return check_references (scope, node, error)
          && rules[i].apply (scope, node, error);
  }

  return TRUE;
}
