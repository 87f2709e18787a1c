/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Whether a node's constants let it run on an integer kernel. */

#include "eligibility.h"
#include "finite.h"

#include <math.h>

static gboolean
is_constant (const PtqEligibility *self, const gchar *name)
{
  return ptq_graph_index_initializer (self->index, name) != NULL;
}

static gboolean
read_bound (const PtqEligibility *self, const Onnx__NodeProto *node,
    guint input, gdouble *bound)
{
  const gchar *name = ptq_node_get_input (node, input);
  Onnx__TensorProto *tensor;
  g_autofree gfloat *values = NULL;
  gsize n;

  if (name[0] == '\0')
    return TRUE;
  tensor = ptq_graph_index_initializer (self->index, name);
  if (tensor == NULL)
    return FALSE;
  values = ptq_tensor_proto_read_floats (self->model, tensor, &n, NULL);
  if (values == NULL || n != 1)
    return FALSE;
  *bound = values[0];
  return TRUE;
}

/* Constant bounds of a Relu or Clip, G_MAXDOUBLE and its negative where it has
 * none. FALSE when they are computed in the graph. */
gboolean
ptq_eligibility_get_clip_bounds (const PtqEligibility *self,
    const Onnx__NodeProto *node, gdouble *min, gdouble *max)
{
  *min = -G_MAXDOUBLE;
  *max = G_MAXDOUBLE;
  if (ptq_node_is (node, "Relu")) {
    *min = 0;
    return TRUE;
  }
  return read_bound (self, node, 1, min) && read_bound (self, node, 2, max);
}

static gboolean
is_finite (const PtqEligibility *self, const Onnx__TensorProto *tensor)
{
  g_autofree gfloat *values = NULL;
  gsize n;

  values = ptq_tensor_proto_read_floats (self->model, tensor, &n, NULL);
  return values != NULL && n > 0 && ptq_all_finite (values, n);
}

static const gchar *
refuse_weight (const PtqEligibility *self, const gchar *name)
{
  const Onnx__TensorProto *weight =
      ptq_graph_index_initializer (self->index, name);

  if (weight == NULL)
    return "its weight is computed in the graph";
  if (weight->data_type != PTQ_ELEMENT_FLOAT)
    return "its weight is not float32";
  if (!is_finite (self, weight))
    return "its weight is empty or holds NaN or infinity";
  return NULL;
}

static const gchar *
refuse_bias (const PtqEligibility *self, const Onnx__NodeProto *node)
{
  const gchar *name = ptq_node_get_input (node, 2);
  const Onnx__TensorProto *bias;

  if (name[0] == '\0')
    return NULL;
  bias = ptq_graph_index_initializer (self->index, name);
  if (bias == NULL)
    return "its bias is computed in the graph";
  if (bias->data_type != PTQ_ELEMENT_FLOAT || bias->n_dims != 1)
    return "its bias is not a float32 vector";
  if (!is_finite (self, bias))
    return "its bias is empty or holds NaN or infinity";
  return NULL;
}

static const gchar *
refuse_product (const PtqEligibility *self, const PtqOperator *row,
    const Onnx__NodeProto *node)
{
  const gchar *a = ptq_node_get_input (node, 0);
  const gchar *b = ptq_node_get_input (node, 1);
  const gchar *reason = NULL;

  /* Only one operand is data: the other is the weight. */
  if (row->n_data == 1) {
    reason = refuse_bias (self, node);
    return reason != NULL ? reason : refuse_weight (self, b);
  }
  if (is_constant (self, a) && is_constant (self, b))
    return "both operands are constants";
  if (is_constant (self, a))
    return refuse_weight (self, a);
  return is_constant (self, b) ? refuse_weight (self, b) : NULL;
}

/* Constant operands are quantized as a whole: masks of infinities can not
 * be. */
static const gchar *
refuse_operands (const PtqEligibility *self, const PtqOperator *row,
    const Onnx__NodeProto *node)
{
  guint n = MIN (row->n_data, node->n_input);

  for (guint i = 0; i < n; i++) {
    const Onnx__TensorProto *operand =
        ptq_graph_index_initializer (self->index, node->input[i]);

    if (operand == NULL)
      continue;
    if (operand->data_type != PTQ_ELEMENT_FLOAT)
      return "a constant operand is not float32";
    if (!is_finite (self, operand))
      return "a constant operand is empty or holds NaN or infinity";
  }
  return NULL;
}

/* Why this node can not be quantized whatever stands around it, or NULL */
const gchar *
ptq_eligibility_refuse (const PtqEligibility *self, const PtqOperator *row,
    const Onnx__NodeProto *node)
{
  const gchar *reason = NULL;
  gdouble min, max;

  if (row->refuses != NULL)
    reason = row->refuses (node);
  if (reason != NULL)
    return reason;

  switch (row->kind) {
    case PTQ_OP_CONVOLUTION:
      if (is_constant (self, ptq_node_get_input (node, 0)))
        return "its data is a constant";
      reason = refuse_weight (self, ptq_node_get_input (node, 1));
      return reason != NULL ? reason : refuse_bias (self, node);
    case PTQ_OP_PRODUCT:
      return refuse_product (self, row, node);
    case PTQ_OP_CLIP:
      if (!ptq_eligibility_get_clip_bounds (self, node, &min, &max))
        return "its bounds are computed in the graph";
      return NULL;
    case PTQ_OP_ARITHMETIC:
    case PTQ_OP_JOIN:
      return refuse_operands (self, row, node);
    default:
      return NULL;
  }
}
