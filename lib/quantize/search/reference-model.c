/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The twins are read off the quantized model, so that what is measured is
 * what will run: the same codes, the same kernels. Only their inputs are
 * taken from the float graph, which keeps the error of one layer apart from
 * those before it. */

#include "reference-model.h"
#include "fresh-names.h"

typedef struct
{
  Onnx__GraphProto *graph;
  PtqGraphIndex *quantized; /* index over the quantized graph */
  GHashTable *by_name;      /* quantized graph: node name -> node */
  GHashTable *copied;       /* quantized nodes copied as they are */
  GHashTable *inputs;       /* float tensor -> its dequantized twin */
  PtqFreshNames *names;
} Builder;

void
ptq_reference_layer_free (PtqReferenceLayer *layer)
{
  g_free (layer->name);
  g_free (layer->float_result);
  g_free (layer->quantized_result);
  g_free (layer);
}

static gboolean
is_dequantize (const Onnx__NodeProto *node)
{
  return node != NULL && ptq_node_is (node, "DequantizeLinear");
}

static void
set_name (Onnx__NodeProto *node, const gchar *name)
{
  if (node->name != (gchar *) protobuf_c_empty_string)
    g_free (node->name);
  node->name = g_strdup (name);
}

/* A copy of @node that reads @input and writes a new tensor. */
static gchar *
add_copy (Builder *self, const Onnx__NodeProto *node, const gchar *input)
{
  Onnx__NodeProto *copy = ptq_node_copy (node);
  gchar *output = ptq_fresh_names_take_short (self->names);

  set_name (copy, output);
  ptq_node_set_input (copy, 0, input);
  ptq_node_set_output (copy, 0, output);
  ptq_graph_append_node (self->graph, copy);
  return output;
}

/* DequantizeLinear of weights and biases: the same in both graphs */
static void
add_constant_node (Builder *self, const gchar *tensor)
{
  Onnx__NodeProto *node = ptq_graph_index_producer (self->quantized, tensor);

  if (is_dequantize (node) && g_hash_table_add (self->copied, node))
    ptq_graph_append_node (self->graph, ptq_node_copy (node));
}

/* Quantizes and dequantizes the float tensor @input as the quantized graph
 * does before @dequantize: [Clip,] QuantizeLinear, DequantizeLinear. */
static const gchar *
add_input (Builder *self, const gchar *input, const Onnx__NodeProto *dequantize)
{
  gchar *twin = g_hash_table_lookup (self->inputs, input);
  Onnx__NodeProto *quantize, *clip;
  g_autofree gchar *clipped = NULL;
  g_autofree gchar *codes = NULL;

  if (twin != NULL)
    return twin;
  quantize = ptq_graph_index_producer (
      self->quantized, ptq_node_get_input (dequantize, 0));
  clip = ptq_graph_index_producer (
      self->quantized, ptq_node_get_input (quantize, 0));
  if (clip != NULL && ptq_node_is (clip, "Clip")
      && g_str_has_suffix (clip->output[0], "_clipped"))
    clipped = add_copy (self, clip, input);
  codes = add_copy (self, quantize, clipped != NULL ? clipped : input);
  twin = add_copy (self, dequantize, codes);
  g_hash_table_insert (self->inputs, g_strdup (input), twin);
  return twin;
}

/* Does @next belong to the layer? The conversion of its result to codes and
 * back does, with the Clip for codes of fewer bits than their type. So does the
 * Relu or Clip that the plan joined with the layer, where saturation alone could
 * not replace it. Another Relu behind it does not. */
static gboolean
is_tail (const PtqPlanNode *node, const Onnx__NodeProto *next)
{
  if (ptq_node_is (next, "QuantizeLinear") || is_dequantize (next))
    return TRUE;
  if (ptq_node_is (next, "Clip")
      && g_str_has_suffix (next->output[0], "_clipped"))
    return TRUE;
  return node->clip != NULL
      && g_str_equal (node->clip->proto->name, next->name);
}

/* What follows the layer up to its DequantizeLinear */
static gchar *
add_tail (Builder *self, const PtqPlanNode *node, const Onnx__NodeProto *layer,
    gchar *result)
{
  const gchar *tensor = layer->output[0];

  for (;;) {
    GPtrArray *readers = ptq_graph_index_consumers (self->quantized, tensor);
    Onnx__NodeProto *next;
    gchar *output;

    if (readers->len != 1)
      return result;
    next = readers->pdata[0];
    if (!is_tail (node, next))
      return result;
    output = add_copy (self, next, result);
    g_free (result);
    result = output;
    tensor = next->output[0];
    if (is_dequantize (next))
      return result;
  }
}

static PtqReferenceLayer *
add_layer (Builder *self, const PtqPlanNode *node, const Onnx__NodeProto *layer,
    const Onnx__NodeProto *dequantize)
{
  PtqReferenceLayer *twin = g_new0 (PtqReferenceLayer, 1);
  const gchar *input =
      add_input (self, ptq_node_get_input (node->proto, 0), dequantize);

  for (guint i = 1; i < layer->n_input; i++)
    add_constant_node (self, ptq_node_get_input (layer, i));
  twin->name = g_strdup (node->proto->name);
  twin->float_result =
      g_strdup (node->clip != NULL ? node->clip->proto->output[0]
                                   : node->proto->output[0]);
  twin->quantized_result =
      add_tail (self, node, layer, add_copy (self, layer, input));
  return twin;
}

static void
add_layers (Builder *self, PtqPlan *plan, GPtrArray *layers)
{
  const PtqPlanNode *nodes;
  guint n;

  nodes = ptq_plan_get_nodes (plan, &n);
  for (guint i = 0; i < n; i++) {
    Onnx__NodeProto *layer, *dequantize;

    if (!nodes[i].quantized || nodes[i].proto->n_input < 2
        || (nodes[i].row->kind != PTQ_OP_CONVOLUTION
            && (nodes[i].row->kind != PTQ_OP_PRODUCT
                || nodes[i].row->n_data != 1)))
      continue;
    layer = g_hash_table_lookup (self->by_name, nodes[i].proto->name);
    if (layer == NULL)
      continue;
    dequantize = ptq_graph_index_producer (
        self->quantized, ptq_node_get_input (layer, 0));
    if (is_dequantize (dequantize))
      g_ptr_array_add (layers, add_layer (self, &nodes[i], layer, dequantize));
  }
}

/* Codes and scales: what the float graph does not have already */
static void
add_initializers (Builder *self, const Onnx__GraphProto *quantized)
{
  g_autoptr (PtqGraphIndex) index = ptq_graph_index_new (self->graph);
  gsize n = quantized->n_initializer;
  g_autoptr (GPtrArray) copies = g_ptr_array_new ();

  for (gsize i = 0; i < n; i++) {
    const Onnx__TensorProto *tensor = quantized->initializer[i];
    gsize size = onnx__tensor_proto__get_packed_size (tensor);
    g_autofree guint8 *bytes = NULL;

    if (ptq_graph_index_initializer (index, tensor->name) != NULL)
      continue;
    bytes = g_malloc (size);
    onnx__tensor_proto__pack (tensor, bytes);
    g_ptr_array_add (copies, onnx__tensor_proto__unpack (NULL, size, bytes));
  }
  for (guint i = 0; i < copies->len; i++)
    ptq_graph_add_initializer (self->graph, copies->pdata[i]);
}

void
ptq_reference_model_add (PtqReferenceModel *self, PtqPlan *plan,
    PtqModel *quantized, GPtrArray *layers)
{
  Onnx__GraphProto *graph = ptq_model_get_graph (quantized);
  Builder builder = { 0 };

  builder.graph = ptq_model_get_graph (ptq_plan_get_model (plan));
  self->model = ptq_plan_get_model (plan);
  self->n_nodes = builder.graph->n_node;
  self->n_initializers = builder.graph->n_initializer;
  builder.quantized = ptq_graph_index_new (graph);
  builder.by_name = g_hash_table_new (g_str_hash, g_str_equal);
  builder.copied = g_hash_table_new (NULL, NULL);
  builder.inputs =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (gsize i = 0; i < graph->n_node; i++)
    g_hash_table_insert (builder.by_name, graph->node[i]->name, graph->node[i]);

  add_initializers (&builder, graph);
  builder.names = ptq_fresh_names_new (ptq_model_get_proto (self->model));
  add_layers (&builder, plan, layers);

  ptq_fresh_names_free (builder.names);
  g_hash_table_unref (builder.inputs);
  g_hash_table_unref (builder.copied);
  g_hash_table_unref (builder.by_name);
  ptq_graph_index_free (builder.quantized);
  ptq_model_changed (self->model);
}

void
ptq_reference_model_remove (PtqReferenceModel *self)
{
  Onnx__GraphProto *graph = ptq_model_get_graph (self->model);

  while (graph->n_node > self->n_nodes)
    onnx__node_proto__free_unpacked (graph->node[--graph->n_node], NULL);
  while (graph->n_initializer > self->n_initializers)
    onnx__tensor_proto__free_unpacked (
        graph->initializer[--graph->n_initializer], NULL);
  ptq_model_changed (self->model);
}
