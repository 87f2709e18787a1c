/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the runtime makes of the convolutions and matrix products of a model.
 */
#include "model-private.h"
#include "runtime-private.h"

static const gchar *const integer_operators[] = { "ConvInteger",
  "DynamicQuantizeMatMul", "MatMulInteger", "MatMulInteger16",
  "MatMulIntegerToFloat", "QAttention", "QGemm", "QLinearConv",
  "QLinearConvTranspose", "QLinearMatMul", NULL };

static const gchar *const float_operators[] = { "Attention", "Conv",
  "ConvTranspose", "FusedConv", "FusedGemm", "FusedMatMul", "Gemm", "MatMul",
  "MatMulBnb4", "MatMulNBits", "NhwcFusedConv", "TransposeMatMul", NULL };

static void count (
    const Onnx__GraphProto *graph, guint *n_integer, guint *n_float);

static void
count_attribute (
    const Onnx__AttributeProto *attribute, guint *n_integer, guint *n_float)
{
  if (attribute->g != NULL)
    count (attribute->g, n_integer, n_float);
  for (gsize i = 0; i < attribute->n_graphs; i++)
    count (attribute->graphs[i], n_integer, n_float);
}

/* Whatever the domain: the layouts that the runtime prefers have their own. */
static void
count (const Onnx__GraphProto *graph, guint *n_integer, guint *n_float)
{
  for (gsize i = 0; i < graph->n_node; i++) {
    const Onnx__NodeProto *node = graph->node[i];

    if (g_strv_contains (integer_operators, node->op_type))
      (*n_integer)++;
    else if (g_strv_contains (float_operators, node->op_type))
      (*n_float)++;
    for (gsize j = 0; j < node->n_attribute; j++)
      count_attribute (node->attribute[j], n_integer, n_float);
  }
}

/**
 * ptq_runtime_count_kernels:
 * @model: a model, quantized or not
 * @n_integer: (out): convolutions and matrix products on integer kernels
 * @n_float: (out): those on float kernels
 * @error: return location for an error
 *
 * Looks at the graph as ONNX Runtime runs it on this processor.
 *
 * Returns: %TRUE on success
 */
gboolean
ptq_runtime_count_kernels (
    PtqModel *model, guint *n_integer, guint *n_float, GError **error)
{
  g_autoptr (PtqModel) optimized =
      ptq_runtime_optimize (model, PTQ_OPTIMIZE_ALL, error);

  *n_integer = *n_float = 0;
  if (optimized == NULL)
    return FALSE;
  count (ptq_model_get_graph (optimized), n_integer, n_float);
  return TRUE;
}
