/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The activation functions that do not become part of the layer before: what
 * they read is quantized, and some of its values hardly count afterwards. */

#include "activation-function.h"

#include <math.h>

/* One slope for all channels: that of the same mean square */
static gboolean
read_slopes (PtqPlan *plan, const Onnx__NodeProto *node, gdouble *slope)
{
  Onnx__TensorProto *tensor = ptq_graph_index_initializer (
      ptq_plan_get_index (plan), ptq_node_get_input (node, 1));
  g_autofree gfloat *values = NULL;
  gdouble sum = 0;
  gsize n;

  if (tensor == NULL)
    return FALSE;
  values = ptq_tensor_proto_read_floats (
      ptq_plan_get_model (plan), tensor, &n, NULL);
  if (values == NULL || n == 0)
    return FALSE;
  for (gsize i = 0; i < n; i++)
    sum += values[i] * values[i];
  *slope = sqrt (sum / n);
  return TRUE;
}

static gboolean
read_function (
    PtqPlan *plan, const Onnx__NodeProto *node, PtqActivationFunction *self)
{
  const PtqOperator *row = ptq_operator_look_up (node);

  if (row->function.func == NULL)
    return FALSE;
  self->func = row->function.func;
  self->saturates = row->function.saturates;
  self->times_value = row->function.times_value;
  self->alpha = row->function.alpha;
  self->beta = row->function.beta;
  self->result = node->output[0];
  /* Those that multiply have no attributes. */
  if (!self->times_value) {
    self->alpha = ptq_node_get_float (node, "alpha", self->alpha);
    self->beta = ptq_node_get_float (node, "beta", self->beta);
  }
  if (row->function.slopes && !read_slopes (plan, node, &self->alpha))
    return FALSE;
  /* A steep or falling side counts no less than the other. */
  return self->func != ptq_activation_leak
      || (self->alpha >= 0 && self->alpha < 1);
}

static gboolean
multiplies (const Onnx__NodeProto *node, const gchar *a, const gchar *b)
{
  const gchar *first = ptq_node_get_input (node, 0);
  const gchar *second = ptq_node_get_input (node, 1);

  return ptq_node_is (node, "Mul")
      && ((g_str_equal (first, a) && g_str_equal (second, b))
          || (g_str_equal (first, b) && g_str_equal (second, a)));
}

/* @function reads @tensor and @product multiplies the two. */
static gboolean
read_product (PtqPlan *plan, const gchar *tensor,
    const Onnx__NodeProto *function, const Onnx__NodeProto *product,
    PtqActivationFunction *self)
{
  PtqGraphIndex *index = ptq_plan_get_index (plan);

  if (!read_function (plan, function, self)
      || !multiplies (product, tensor, self->result)
      || ptq_graph_index_is_output (index, self->result)
      || ptq_graph_index_consumers (index, self->result)->len != 1)
    return FALSE;
  self->times_value = TRUE;
  self->saturates = FALSE;
  self->result = product->output[0];
  return TRUE;
}

gboolean
ptq_activation_function_find (
    PtqPlan *plan, const gchar *tensor, PtqActivationFunction *response)
{
  PtqGraphIndex *index = ptq_plan_get_index (plan);
  GPtrArray *readers = ptq_graph_index_consumers (index, tensor);

  if (ptq_graph_index_is_output (index, tensor))
    return FALSE;
  if (readers->len == 1)
    return read_function (plan, readers->pdata[0], response);
  return readers->len == 2
      && (read_product (
              plan, tensor, readers->pdata[0], readers->pdata[1], response)
          || read_product (
              plan, tensor, readers->pdata[1], readers->pdata[0], response));
}

gdouble
ptq_activation_function_apply (const PtqActivationFunction *self, gdouble value)
{
  gdouble result = self->func (value, self->alpha, self->beta);

  return self->times_value ? value * result : result;
}
