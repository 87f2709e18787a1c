/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Names, constants and facts for the rules of an opset upgrade.
 */
#include "opset-scope.h"

#include <string.h>

/* How many nodes up a rank or type is looked for */
#define MAX_STEPS 64

void
ptq_opset_scope_init (PtqOpsetScope *self, PtqModel *model,
    Onnx__GraphProto *graph, PtqFreshNames *names, gint64 version)
{
  self->model = model;
  self->graph = graph;
  self->version = version;
  self->names = names;
  self->nodes = g_ptr_array_new ();
  self->after = g_ptr_array_new ();
  self->index = NULL;
  self->values = NULL;
}

GPtrArray *
ptq_opset_scope_clear (PtqOpsetScope *self)
{
  g_clear_pointer (&self->after, g_ptr_array_unref);
  g_clear_pointer (&self->index, ptq_graph_index_free);
  g_clear_pointer (&self->values, g_hash_table_unref);

  return g_steal_pointer (&self->nodes);
}

gchar *
ptq_opset_scope_new_name (
    PtqOpsetScope *self, const Onnx__NodeProto *node, const gchar *what)
{
  g_autofree gchar *suffix = g_strconcat ("_", what, NULL);

  return ptq_fresh_names_take (
      self->names, node->n_output > 0 ? node->output[0] : "", suffix);
}

/* Functions have no initializers. */
static void
add_constant_node (PtqOpsetScope *self, Onnx__TensorProto *tensor)
{
  const gchar *outputs[] = { tensor->name, NULL };
  Onnx__NodeProto *node = ptq_node_new ("Constant", NULL, NULL, outputs);
  Onnx__AttributeProto *attribute;

  ptq_node_set_int (node, "value", 0);
  attribute = node->attribute[0];
  attribute->has_i = FALSE;
  attribute->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSOR;
  attribute->t = tensor;
  g_ptr_array_add (self->nodes, node);
}

void
ptq_opset_scope_set_constant (PtqOpsetScope *self, Onnx__NodeProto *node,
    guint index, const gchar *what, PtqElementType type, const gint64 *dims,
    guint rank, gconstpointer data, gsize size)
{
  g_autofree gchar *name = ptq_opset_scope_new_name (self, node, what);
  Onnx__TensorProto *tensor =
      ptq_tensor_proto_new (name, type, dims, rank, data, size);

  ptq_node_set_input (node, index, name);
  if (self->graph)
    ptq_graph_add_initializer (self->graph, tensor);
  else
    add_constant_node (self, tensor);
}

static void
add_values (GHashTable *values, Onnx__ValueInfoProto **infos, gsize n)
{
  gsize i;

  for (i = 0; i < n; i++) {
    if (infos[i]->name && infos[i]->type
        && infos[i]->type->value_case == ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE)
      g_hash_table_insert (values, infos[i]->name, infos[i]->type->tensor_type);
  }
}

/* What the graph says about @tensor, or NULL */
static const Onnx__TypeProto__Tensor *
find_value (PtqOpsetScope *self, const gchar *tensor)
{
  if (!self->values) {
    self->values = g_hash_table_new (g_str_hash, g_str_equal);
    add_values (
        self->values, self->graph->value_info, self->graph->n_value_info);
    add_values (self->values, self->graph->output, self->graph->n_output);
    add_values (self->values, self->graph->input, self->graph->n_input);
  }

  return g_hash_table_lookup (self->values, tensor);
}

static PtqGraphIndex *
ensure_index (PtqOpsetScope *self)
{
  if (!self->index)
    self->index = ptq_graph_index_new (self->graph);

  return self->index;
}

const Onnx__TensorProto *
ptq_opset_scope_get_initializer (PtqOpsetScope *self, const gchar *tensor)
{
  if (!self->graph)
    return NULL;

  return ptq_graph_index_initializer (ensure_index (self), tensor);
}

static gboolean
is_one_of (const Onnx__NodeProto *node, const gchar *const *op_types)
{
  return ptq_node_is_default_domain (node) && node->op_type
      && g_strv_contains (op_types, node->op_type);
}

/* Operators whose first output has the rank of their first input */
static const gchar *const rank_keepers[] = { "Abs", "AveragePool",
  "BatchNormalization", "Cast", "Clip", "Conv", "ConvTranspose", "Dropout",
  "Elu", "Exp", "GlobalAveragePool", "GlobalMaxPool", "HardSigmoid", "Identity",
  "InstanceNormalization", "LRN", "LeakyRelu", "Log", "LogSoftmax", "MaxPool",
  "Neg", "PRelu", "Pad", "Relu", "Resize", "Sigmoid", "Slice", "Softmax",
  "Sqrt", "Tanh", "Transpose", "Upsample", NULL };

/* The rank of what @node writes, -1 where only its input can tell, and *@input
 * is that input then */
static gint
rank_from_node (
    PtqOpsetScope *self, const Onnx__NodeProto *node, const gchar **input)
{
  const Onnx__TensorProto *shape;

  *input = "";
  if (ptq_node_is (node, "Flatten") || ptq_node_is (node, "Gemm"))
    return 2;
  if (ptq_node_is (node, "Reshape")) {
    shape = ptq_graph_index_initializer (
        ensure_index (self), ptq_node_get_input (node, 1));
    return shape && shape->n_dims == 1 && shape->dims[0] <= G_MAXINT
        ? (gint) shape->dims[0]
        : -1;
  }
  if (is_one_of (node, rank_keepers))
    *input = ptq_node_get_input (node, 0);

  return -1;
}

/* -1 where it is not known */
gint
ptq_opset_scope_get_rank (PtqOpsetScope *self, const gchar *tensor)
{
  const Onnx__TypeProto__Tensor *value;
  const Onnx__TensorProto *initializer;
  const Onnx__NodeProto *node;
  gint rank, step;

  for (step = 0; self->graph && step < MAX_STEPS && *tensor; step++) {
    value = find_value (self, tensor);
    if (value && value->shape)
      return value->shape->n_dim;
    initializer = ptq_graph_index_initializer (ensure_index (self), tensor);
    if (initializer)
      return initializer->n_dims;
    node = ptq_graph_index_producer (self->index, tensor);
    if (!node)
      return -1;
    rank = rank_from_node (self, node, &tensor);
    if (rank >= 0)
      return rank;
  }

  return -1;
}

/* float32 where nothing says otherwise, as almost all models are */
PtqElementType
ptq_opset_scope_get_type (PtqOpsetScope *self, const gchar *tensor)
{
  const Onnx__TypeProto__Tensor *value;
  const Onnx__TensorProto *initializer;
  const Onnx__NodeProto *node;
  gint step;

  for (step = 0; self->graph && step < MAX_STEPS && *tensor; step++) {
    value = find_value (self, tensor);
    if (value && value->elem_type)
      return value->elem_type;
    initializer = ptq_graph_index_initializer (ensure_index (self), tensor);
    if (initializer)
      return initializer->data_type;
    node = ptq_graph_index_producer (self->index, tensor);
    if (!node)
      break;
    if (ptq_node_is (node, "Cast"))
      return ptq_node_get_int (node, "to", PTQ_ELEMENT_FLOAT);
    tensor = ptq_node_get_input (node, 0);
  }

  return PTQ_ELEMENT_FLOAT;
}

gboolean
ptq_opset_scope_is_read (
    PtqOpsetScope *self, const Onnx__NodeProto *node, guint index)
{
  const gchar *tensor;

  if (index >= node->n_output || !*node->output[index])
    return FALSE;
  if (!self->graph)
    return TRUE;

  tensor = node->output[index];

  return ptq_graph_index_consumers (ensure_index (self), tensor)->len > 0
      || ptq_graph_index_is_output (self->index, tensor);
}

gboolean
ptq_opset_scope_refuse (PtqOpsetScope *self, const Onnx__NodeProto *node,
    GError **error, const gchar *reason, ...)
{
  g_autofree gchar *text = NULL;
  const gchar *name = node->name && *node->name ? node->name
      : node->n_output > 0                      ? node->output[0]
                                                : "";
  va_list arguments;

  va_start (arguments, reason);
  text = g_strdup_vprintf (reason, arguments);
  va_end (arguments);
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED,
      "node \"%s\": %s cannot be upgraded from opset %" G_GINT64_FORMAT
      " to %" G_GINT64_FORMAT
      ": %s; export the model again with opset %" G_GINT64_FORMAT " or later",
      name, node->op_type, self->version - 1, self->version, text,
      MAX (self->version, 13));

  return FALSE;
}
