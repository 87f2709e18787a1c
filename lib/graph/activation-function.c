/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The activation functions that do not become part of the layer before: what
 * they read is quantized, and some of its values hardly count afterwards. */

#include "activation-function.h"

#include <math.h>

typedef struct
{
  const gchar *op_type;
  gdouble (*func) (const PtqActivationFunction *self, gdouble value);
  gdouble alpha; /* defaults of the attributes */
  gdouble beta;
  gboolean saturates;
} Function;

static gdouble
leak (const PtqActivationFunction *self, gdouble value)
{
  return value < 0 ? self->alpha * value : value;
}

static gdouble
elu (const PtqActivationFunction *self, gdouble value)
{
  return value < 0 ? self->alpha * expm1 (value) : value;
}

static gdouble
sigmoid (const PtqActivationFunction *self G_GNUC_UNUSED, gdouble value)
{
  return 1 / (1 + exp (-value));
}

static gdouble
hyperbolic_tangent (
    const PtqActivationFunction *self G_GNUC_UNUSED, gdouble value)
{
  return tanh (value);
}

static gdouble
hard_sigmoid (const PtqActivationFunction *self, gdouble value)
{
  return CLAMP (self->alpha * value + self->beta, 0, 1);
}

static const Function functions[] = {
  { "LeakyRelu", leak, 0.01, 0, FALSE },
  { "PRelu", leak, 0, 0, FALSE },
  { "Elu", elu, 1, 0, FALSE },
  { "Sigmoid", sigmoid, 0, 0, TRUE },
  { "Tanh", hyperbolic_tangent, 0, 0, TRUE },
  { "HardSigmoid", hard_sigmoid, 0.2, 0.5, TRUE },
  { "HardSwish", hard_sigmoid, 1 / 6.0, 0.5, FALSE },
};

static const Function *
find_function (const Onnx__NodeProto *node)
{
  for (guint i = 0; i < G_N_ELEMENTS (functions); i++) {
    if (ptq_node_is (node, functions[i].op_type))
      return &functions[i];
  }
  return NULL;
}

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
  const Function *function = find_function (node);

  if (function == NULL)
    return FALSE;
  self->func = function->func;
  self->saturates = function->saturates;
  self->alpha = ptq_node_get_float (node, "alpha", function->alpha);
  self->beta = ptq_node_get_float (node, "beta", function->beta);
  self->times_value = ptq_node_is (node, "HardSwish");
  self->result = node->output[0];
  if (self->times_value) {
    self->alpha = function->alpha;
    self->beta = function->beta;
  }
  if (ptq_node_is (node, "PRelu") && !read_slopes (plan, node, &self->alpha))
    return FALSE;
  /* A steep or falling side counts no less than the other. */
  return function->func != leak || (self->alpha >= 0 && self->alpha < 1);
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
  gdouble result = self->func (self, value);

  return self->times_value ? value * result : result;
}
