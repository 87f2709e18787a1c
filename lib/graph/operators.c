/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The table of operators: one row says all of one, and what it leaves out does
 * not apply. ONNX Runtime's rows name the operators whose
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

static const gchar *
refuse_gemm (const Onnx__NodeProto *node)
{
  if (ptq_node_get_float (node, "alpha", 1) != 1
      || ptq_node_get_float (node, "beta", 1) != 1)
    return "the integer kernel of Gemm takes alpha 1 and beta 1 only";
  if (ptq_node_get_int (node, "transA", 0) != 0)
    return "the integer kernel of Gemm does not transpose its data";
  return NULL;
}

static const PtqOperator operators[] = {
  {
      .op_type = "Conv",
      .kind = PTQ_OP_CONVOLUTION,
      .n_data = 1,
      .targets = ALL,
      .weights = { 1, 1, PTQ_AXIS_FIRST, TRUE },
      .equalizes = TRUE,
      .consumer = PTQ_CONSUMER_CONVOLUTION,
  },
  {
      .op_type = "ConvTranspose",
      .kind = PTQ_OP_CONVOLUTION,
      .n_data = 1,
      .targets = TRT | MSL,
      .weights = { 1, 1, PTQ_AXIS_SECOND, TRUE },
  },
  {
      .op_type = "Gemm",
      .kind = PTQ_OP_PRODUCT,
      .n_data = 1,
      .targets = ALL,
      .refuses = refuse_gemm,
      .weights = { 0, 2, PTQ_AXIS_GEMM, FALSE },
      .consumer = PTQ_CONSUMER_PRODUCT,
  },
  {
      .op_type = "MatMul",
      .kind = PTQ_OP_PRODUCT,
      .n_data = 2,
      .targets = ALL,
      .weights = { 0, 2, PTQ_AXIS_MATMUL, FALSE },
  },

  {
      .op_type = "Add",
      .kind = PTQ_OP_ARITHMETIC,
      .n_data = 2,
      .targets = ALL,
  },
  {
      .op_type = "Mul",
      .kind = PTQ_OP_ARITHMETIC,
      .n_data = 2,
      .targets = ALL,
  },
  {
      .op_type = "AveragePool",
      .kind = PTQ_OP_ARITHMETIC,
      .n_data = 1,
      .targets = ALL,
      .homogeneous = PTQ_HOMOGENEOUS_YES,
  },
  {
      .op_type = "GlobalAveragePool",
      .kind = PTQ_OP_ARITHMETIC,
      .n_data = 1,
      .targets = ALL,
      .homogeneous = PTQ_HOMOGENEOUS_POOLS,
  },
  {
      .op_type = "LeakyRelu",
      .kind = PTQ_OP_ARITHMETIC,
      .n_data = 1,
      .targets = ORT | MSL,
      .homogeneous = PTQ_HOMOGENEOUS_YES,
      .function = { ptq_activation_leak, .alpha = 0.01 },
  },
  {
      .op_type = "Sigmoid",
      .kind = PTQ_OP_ARITHMETIC,
      .n_data = 1,
      .targets = ORT | MSL,
      .function = { ptq_activation_sigmoid, .saturates = TRUE },
  },
  {
      .op_type = "Softmax",
      .kind = PTQ_OP_ARITHMETIC,
      .n_data = 1,
      .targets = ORT,
  },
  {
      .op_type = "Concat",
      .kind = PTQ_OP_JOIN,
      .n_data = PTQ_ALL_INPUTS,
      .targets = ALL,
  },

  {
      .op_type = "MaxPool",
      .kind = PTQ_OP_SAME,
      .n_data = 1,
      .targets = ALL,
      .refuses = refuse_max_pool,
      .homogeneous = PTQ_HOMOGENEOUS_YES,
  },
  {
      .op_type = "Resize",
      .kind = PTQ_OP_SAME,
      .n_data = 1,
      .targets = ALL,
      .refuses = refuse_resize,
  },
  {
      .op_type = "Reshape",
      .kind = PTQ_OP_SAME,
      .n_data = 1,
      .targets = ALL,
  },
  {
      .op_type = "Flatten",
      .kind = PTQ_OP_SAME,
      .n_data = 1,
      .targets = ALL,
      .homogeneous = PTQ_HOMOGENEOUS_FLATTENS,
  },
  {
      .op_type = "Transpose",
      .kind = PTQ_OP_SAME,
      .n_data = 1,
      .targets = ALL,
  },
  {
      .op_type = "Squeeze",
      .kind = PTQ_OP_SAME,
      .n_data = 1,
      .targets = ALL,
  },
  {
      .op_type = "Unsqueeze",
      .kind = PTQ_OP_SAME,
      .n_data = 1,
      .targets = ALL,
  },
  {
      .op_type = "Gather",
      .kind = PTQ_OP_SAME,
      .n_data = 1,
      .targets = ALL,
      .weights = { 0, 1, PTQ_AXIS_GATHER, FALSE },
  },
  {
      .op_type = "Slice",
      .kind = PTQ_OP_SAME,
      .n_data = 1,
      .targets = ALL,
  },
  {
      .op_type = "Split",
      .kind = PTQ_OP_SAME,
      .n_data = 1,
      .targets = ALL,
  },
  {
      .op_type = "Tile",
      .kind = PTQ_OP_SAME,
      .n_data = 1,
      .targets = ORT,
  },
  {
      .op_type = "DepthToSpace",
      .kind = PTQ_OP_SAME,
      .n_data = 1,
      .targets = ORT,
  },

  {
      .op_type = "Relu",
      .kind = PTQ_OP_CLIP,
      .n_data = 1,
      .targets = ALL,
      .homogeneous = PTQ_HOMOGENEOUS_YES,
  },
  {
      .op_type = "Clip",
      .kind = PTQ_OP_CLIP,
      .n_data = 1,
      .targets = ALL,
  },

  /* Recurrent weights are [directions, gates * hidden, ...]: a scale a gate
   * row. */
  {
      .op_type = "LSTM",
      .weights = { 1, 2, PTQ_AXIS_SECOND, FALSE },
  },
  {
      .op_type = "GRU",
      .weights = { 1, 2, PTQ_AXIS_SECOND, FALSE },
  },
  {
      .op_type = "RNN",
      .weights = { 1, 2, PTQ_AXIS_SECOND, FALSE },
  },

  {
      .op_type = "PRelu",
      .function = { ptq_activation_leak, .slopes = TRUE },
  },
  {
      .op_type = "Elu",
      .function = { ptq_activation_elu, .alpha = 1 },
  },
  {
      .op_type = "Tanh",
      .function = { ptq_activation_tanh, .saturates = TRUE },
  },
  {
      .op_type = "HardSigmoid",
      .function = { ptq_activation_hard_sigmoid, .alpha = 0.2, .beta = 0.5,
          .saturates = TRUE },
  },
  {
      .op_type = "HardSwish",
      .function = { ptq_activation_hard_sigmoid, .alpha = 1 / 6.0, .beta = 0.5,
          .times_value = TRUE },
  },
};

static GPtrArray *added = NULL;

void
ptq_operators_add (const PtqOperator *row)
{
  if (added == NULL)
    added = g_ptr_array_new ();
  g_ptr_array_add (added, (gpointer) row);
}

/* NULL behind the last row */
const PtqOperator *
ptq_operators_get (guint i)
{
  if (i < G_N_ELEMENTS (operators))
    return &operators[i];
  i -= G_N_ELEMENTS (operators);
  return added != NULL && i < added->len ? added->pdata[i] : NULL;
}

/* The row of @node's operator, whatever the target; never NULL: where nothing
 * is known of it, a row that says so. */
const PtqOperator *
ptq_operator_look_up (const Onnx__NodeProto *node)
{
  static const PtqOperator unknown = { .kind = PTQ_OP_FLOAT };
  const PtqOperator *row;

  for (guint i = 0; (row = ptq_operators_get (i)) != NULL; i++)
    if (ptq_node_is (node, row->op_type))
      return row;
  return &unknown;
}

/* The row of @node's operator for @target, or NULL where it has none. */
const PtqOperator *
ptq_operator_find (const Onnx__NodeProto *node, PtqTarget target)
{
  const PtqOperator *row = ptq_operator_look_up (node);

  return (row->targets & (1u << target)) != 0 ? row : NULL;
}
