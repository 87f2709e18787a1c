/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The quantized graph is read as it will run, so that the report is about the
 * file and not about what the quantizer meant to write. The pairs follow from
 * the names: nodes keep theirs, and so do the tensors between them, whatever
 * is put around them. */

#include "tensor-pairs.h"

typedef struct
{
  PtqTensorPairs *result;
  PtqGraphIndex *origin;
  PtqGraphIndex *quantized;
  GHashTable *nodes; /* quantized graph: name -> node */
  GHashTable *known; /* dequant -> index of its pair + 1 */
} Finder;

static gboolean
is_in_float_graph (const Finder *self, const gchar *tensor)
{
  return ptq_graph_index_producer (self->origin, tensor) != NULL
      || ptq_graph_index_initializer (self->origin, tensor) != NULL
      || ptq_graph_index_is_input (self->origin, tensor);
}

static const Onnx__NodeProto *
find_dequantize (const Finder *self, const gchar *tensor)
{
  const Onnx__NodeProto *node =
      ptq_graph_index_producer (self->quantized, tensor);

  return node != NULL && ptq_node_is (node, "DequantizeLinear") ? node : NULL;
}

static guint
add_pair (Finder *self, const gchar *origin, const gchar *dequant)
{
  guint known = GPOINTER_TO_UINT (g_hash_table_lookup (self->known, dequant));
  PtqTensorPair pair = { origin, dequant, FALSE, NULL };

  if (known > 0)
    return known - 1;
  pair.dequantize = find_dequantize (self, dequant);
  pair.is_constant = origin != NULL
      ? ptq_graph_index_initializer (self->origin, origin) != NULL
      : pair.dequantize != NULL
          && ptq_graph_index_initializer (
                 self->quantized, ptq_node_get_input (pair.dequantize, 0))
              != NULL;
  g_array_append_val (self->result->pairs, pair);
  g_hash_table_insert (self->known, (gpointer) dequant,
      GUINT_TO_POINTER (self->result->pairs->len));
  return self->result->pairs->len - 1;
}

static void
add_use (Finder *self, const Onnx__NodeProto *node, gboolean is_output,
    const gchar *origin, const gchar *dequant)
{
  PtqTensorUse use = { node, is_output, 0 };

  use.pair = add_pair (self, origin, dequant);
  g_array_append_val (self->result->uses, use);
}

/* A Cast on a constant widens what is stored as float16. */
static gboolean
is_code_of_weight (const Finder *self, const gchar *tensor)
{
  const Onnx__NodeProto *node =
      ptq_graph_index_producer (self->quantized, tensor);

  return node != NULL && !ptq_node_is (node, "Cast");
}

/* Is input @i of @other, which is @node in the quantized graph, quantized? */
static gboolean
is_quantized_input (const Finder *self, const Onnx__NodeProto *node,
    const Onnx__NodeProto *other, guint i)
{
  const gchar *origin = ptq_node_get_input (node, i);
  const gchar *dequant = ptq_node_get_input (other, i);

  if (dequant[0] == '\0')
    return FALSE;
  return find_dequantize (self, dequant) != NULL
      || (ptq_graph_index_initializer (self->origin, origin) != NULL
          && is_code_of_weight (self, dequant));
}

static gboolean
belongs_to_output (const Onnx__NodeProto *node)
{
  return ptq_node_is (node, "Relu") || ptq_node_is (node, "Clip")
      || ptq_node_is (node, "QuantizeLinear")
      || ptq_node_is (node, "DequantizeLinear");
}

/* Follows a result through the activation fused to it and through its codes.
 * *@origin is the last tensor on the way that the float graph has, too. */
static const gchar *
follow_output (const Finder *self, const gchar *tensor, const gchar **origin)
{
  for (;;) {
    GPtrArray *readers = ptq_graph_index_consumers (self->quantized, tensor);
    const Onnx__NodeProto *next;

    if (is_in_float_graph (self, tensor))
      *origin = tensor;
    if (readers->len != 1)
      return tensor;
    next = readers->pdata[0];
    if (!belongs_to_output (next)
        || !g_str_equal (ptq_node_get_input (next, 0), tensor))
      return tensor;
    tensor = next->output[0];
    if (ptq_node_is (next, "DequantizeLinear")) {
      if (is_in_float_graph (self, tensor))
        *origin = tensor;
      return tensor;
    }
  }
}

static void
add_inputs (
    Finder *self, const Onnx__NodeProto *node, const Onnx__NodeProto *other)
{
  for (guint i = 0; i < other->n_input; i++) {
    const gchar *origin = ptq_node_get_input (node, i);

    if (is_quantized_input (self, node, other, i))
      add_use (self, node, FALSE, origin[0] != '\0' ? origin : NULL,
          ptq_node_get_input (other, i));
  }
}

static void
add_outputs (
    Finder *self, const Onnx__NodeProto *node, const Onnx__NodeProto *other)
{
  for (guint o = 0; o < other->n_output && o < node->n_output; o++) {
    const gchar *origin = node->output[o];
    const gchar *dequant;

    if (other->output[o][0] == '\0')
      continue;
    dequant = follow_output (self, other->output[o], &origin);
    add_use (self, node, TRUE, origin, dequant);
  }
}

static void
add_node (Finder *self, const Onnx__NodeProto *node)
{
  const Onnx__NodeProto *other = g_hash_table_lookup (self->nodes, node->name);
  guint n_uses = self->result->uses->len;

  if (other == NULL || !g_str_equal (other->op_type, node->op_type))
    return;
  add_inputs (self, node, other);
  if (self->result->uses->len > n_uses)
    add_outputs (self, node, other);
}

PtqTensorPairs *
ptq_tensor_pairs_new (PtqModel *float_model, PtqModel *quantized)
{
  const Onnx__GraphProto *graph = ptq_model_get_graph (float_model);
  const Onnx__GraphProto *other = ptq_model_get_graph (quantized);
  Finder self = { 0 };

  self.result = g_new (PtqTensorPairs, 1);
  self.result->pairs = g_array_new (FALSE, FALSE, sizeof (PtqTensorPair));
  self.result->uses = g_array_new (FALSE, FALSE, sizeof (PtqTensorUse));
  self.origin = ptq_graph_index_new (graph);
  self.quantized = ptq_graph_index_new (other);
  self.nodes = g_hash_table_new (g_str_hash, g_str_equal);
  self.known = g_hash_table_new (g_str_hash, g_str_equal);
  for (gsize i = 0; i < other->n_node; i++)
    g_hash_table_insert (self.nodes, other->node[i]->name, other->node[i]);

  for (gsize i = 0; i < graph->n_node; i++)
    add_node (&self, graph->node[i]);

  g_hash_table_unref (self.known);
  g_hash_table_unref (self.nodes);
  ptq_graph_index_free (self.quantized);
  ptq_graph_index_free (self.origin);
  return self.result;
}

void
ptq_tensor_pairs_free (PtqTensorPairs *self)
{
  g_array_unref (self->pairs);
  g_array_unref (self->uses);
  g_free (self);
}
