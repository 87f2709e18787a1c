/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The table of operators. ONNX Runtime's rows name the operators whose
 * QuantizeLinear / DequantizeLinear neighbours its CPU optimizer fuses into an
 * integer kernel or drops; Q and DQ around any other operator would only cost
 * time and precision. */

#include "operators.h"

#define ORT (1u << PTQ_TARGET_ONNXRUNTIME)
#define TRT (1u << PTQ_TARGET_TENSORRT)
#define MSL (1u << PTQ_TARGET_MINDSPORE)
#define ALL (ORT | TRT | MSL)

/* Only nearest picks values; the other modes compute new ones in float. */
static const gchar *
refuse_resize (const Onnx__NodeProto *node)
{
  const gchar *mode = ptq_node_get_string (node, "mode");

  if (mode == NULL || g_str_equal (mode, "nearest"))
    return NULL;
  return "only Resize with mode nearest has an integer kernel";
}

/* The second output counts positions, which no QDQ rule covers. */
static const gchar *
refuse_max_pool (const Onnx__NodeProto *node)
{
  if (node->n_output > 1 && node->output[1][0] != '\0')
    return "MaxPool with indices has no integer kernel";
  return NULL;
}

static const PtqOperator operators[] = {
  { "Conv", PTQ_OP_CONVOLUTION, 1, ALL, NULL },
  { "ConvTranspose", PTQ_OP_CONVOLUTION, 1, TRT | MSL, NULL },
  { "Gemm", PTQ_OP_PRODUCT, 1, ALL, NULL },
  { "MatMul", PTQ_OP_PRODUCT, 2, ALL, NULL },

  { "Add", PTQ_OP_ARITHMETIC, 2, ALL, NULL },
  { "Mul", PTQ_OP_ARITHMETIC, 2, ALL, NULL },
  { "AveragePool", PTQ_OP_ARITHMETIC, 1, ALL, NULL },
  { "GlobalAveragePool", PTQ_OP_ARITHMETIC, 1, ALL, NULL },
  { "LeakyRelu", PTQ_OP_ARITHMETIC, 1, ORT | MSL, NULL },
  { "Sigmoid", PTQ_OP_ARITHMETIC, 1, ORT | MSL, NULL },
  { "Softmax", PTQ_OP_ARITHMETIC, 1, ORT, NULL },
  { "Concat", PTQ_OP_JOIN, PTQ_ALL_INPUTS, ALL, NULL },

  { "MaxPool", PTQ_OP_SAME, 1, ALL, refuse_max_pool },
  { "Resize", PTQ_OP_SAME, 1, ALL, refuse_resize },
  { "Reshape", PTQ_OP_SAME, 1, ALL, NULL },
  { "Flatten", PTQ_OP_SAME, 1, ALL, NULL },
  { "Transpose", PTQ_OP_SAME, 1, ALL, NULL },
  { "Squeeze", PTQ_OP_SAME, 1, ALL, NULL },
  { "Unsqueeze", PTQ_OP_SAME, 1, ALL, NULL },
  { "Gather", PTQ_OP_SAME, 1, ALL, NULL },
  { "Slice", PTQ_OP_SAME, 1, ALL, NULL },
  { "Split", PTQ_OP_SAME, 1, ALL, NULL },
  { "Tile", PTQ_OP_SAME, 1, ORT, NULL },
  { "DepthToSpace", PTQ_OP_SAME, 1, ORT, NULL },

  { "Relu", PTQ_OP_CLIP, 1, ALL, NULL },
  { "Clip", PTQ_OP_CLIP, 1, ALL, NULL },
};

/* The row of @node's operator for @target, or NULL where it has none. */
const PtqOperator *
ptq_operator_find (const Onnx__NodeProto *node, PtqTarget target)
{
  for (guint i = 0; i < G_N_ELEMENTS (operators); i++) {
    if ((operators[i].targets & (1u << target)) != 0
        && ptq_node_is (node, operators[i].op_type))
      return &operators[i];
  }
  return NULL;
}
