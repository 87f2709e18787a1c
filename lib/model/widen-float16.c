/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From a model that computes in float16 to one that computes in float32. The
 * types of tensors between nodes follow from those of constants, inputs and
 * Casts, so that it is these that change.
 */
#include "model-tensors.h"

#include <string.h>

static gboolean
widen_tensor (Onnx__TensorProto *tensor, gpointer model, GError **error)
{
  g_autofree gfloat *values = NULL;
  gsize n;

  if (tensor->data_type != PTQ_ELEMENT_FLOAT16)
    return TRUE;
  values = ptq_tensor_proto_read_floats (model, tensor, &n, error);
  if (!values)
    return FALSE;
  ptq_tensor_proto_set_data (tensor, PTQ_ELEMENT_FLOAT, tensor->dims,
      tensor->n_dims, values, n * sizeof *values);

  return TRUE;
}

/* ---- declared types ---- */

static void
widen_type (Onnx__TypeProto *type)
{
  if (!type)
    return;

  switch (type->value_case) {
    case ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE:
      if (type->tensor_type->elem_type == PTQ_ELEMENT_FLOAT16)
        type->tensor_type->elem_type = PTQ_ELEMENT_FLOAT;
      break;
    case ONNX__TYPE_PROTO__VALUE_SPARSE_TENSOR_TYPE:
      if (type->sparse_tensor_type->elem_type == PTQ_ELEMENT_FLOAT16)
        type->sparse_tensor_type->elem_type = PTQ_ELEMENT_FLOAT;
      break;
    case ONNX__TYPE_PROTO__VALUE_SEQUENCE_TYPE:
      widen_type (type->sequence_type->elem_type);
      break;
    case ONNX__TYPE_PROTO__VALUE_OPTIONAL_TYPE:
      widen_type (type->optional_type->elem_type);
      break;
    case ONNX__TYPE_PROTO__VALUE_MAP_TYPE:
      widen_type (type->map_type->value_type);
      break;
    default:
      break;
  }
}

static void
widen_values (Onnx__ValueInfoProto **values, gsize n)
{
  gsize i;

  for (i = 0; i < n; i++)
    widen_type (values[i]->type);
}

/* Attributes of the default operators that name an element type */
static void
widen_attribute (Onnx__AttributeProto *attribute)
{
  static const gchar *const names[] = { "to", "dtype", "output_datatype",
    NULL };

  widen_type (attribute->tp);
  if (attribute->name && g_strv_contains (names, attribute->name)
      && attribute->i == PTQ_ELEMENT_FLOAT16)
    attribute->i = PTQ_ELEMENT_FLOAT;
}

static void widen_graph (Onnx__GraphProto *graph, gpointer user_data);

static void
widen_nodes (Onnx__NodeProto **nodes, gsize n)
{
  gsize i, j;

  for (i = 0; i < n; i++) {
    gsize n_attribute =
        ptq_node_is_default_domain (nodes[i]) ? nodes[i]->n_attribute : 0;

    for (j = 0; j < n_attribute; j++)
      widen_attribute (nodes[i]->attribute[j]);
    ptq_node_foreach_subgraph (nodes[i], widen_graph, NULL);
  }
}

static void
widen_graph (Onnx__GraphProto *graph, gpointer user_data G_GNUC_UNUSED)
{
  widen_values (graph->input, graph->n_input);
  widen_values (graph->output, graph->n_output);
  widen_values (graph->value_info, graph->n_value_info);
  widen_nodes (graph->node, graph->n_node);
}

static void
widen_types (Onnx__ModelProto *proto)
{
  gsize i;

  widen_graph (proto->graph, NULL);
  for (i = 0; i < proto->n_functions; i++) {
    Onnx__FunctionProto *function = proto->functions[i];

    widen_values (function->value_info, function->n_value_info);
    widen_nodes (function->node, function->n_node);
  }
}

/* ---- the ends ---- */

/* Which inputs or outputs are float16 */
static GArray *
find_halves (
    PtqModel *self, const PtqValueInfo *(*get) (PtqModel *, guint), guint n)
{
  GArray *halves = g_array_new (FALSE, FALSE, sizeof (guint));
  guint i;

  for (i = 0; i < n; i++) {
    if (get (self, i)->type == PTQ_ELEMENT_FLOAT16)
      g_array_append_val (halves, i);
  }

  return halves;
}

gboolean
ptq_model_widen_float16 (PtqModel *self, GError **error)
{
  Onnx__ModelProto *proto = ptq_model_get_proto (self);
  g_autoptr (GArray) inputs =
      find_halves (self, ptq_model_get_input, ptq_model_get_n_inputs (self));
  g_autoptr (GArray) outputs =
      find_halves (self, ptq_model_get_output, ptq_model_get_n_outputs (self));
  guint i;

  if (!ptq_model_foreach_tensor (proto, widen_tensor, self, error))
    return FALSE;
  widen_types (proto);
  ptq_model_changed (self);
  for (i = 0; i < inputs->len; i++) {
    if (!ptq_model_set_input_type (
            self, g_array_index (inputs, guint, i), PTQ_ELEMENT_FLOAT16, error))
      return FALSE;
  }
  for (i = 0; i < outputs->len; i++) {
    if (!ptq_model_set_output_type (self, g_array_index (outputs, guint, i),
            PTQ_ELEMENT_FLOAT16, error))
      return FALSE;
  }

  return TRUE;
}
