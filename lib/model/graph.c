/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Editing a graph: nodes and initializers.
 */
#include "model-private.h"

#include <string.h>

void
ptq_node_foreach_subgraph (
    const Onnx__NodeProto *node, PtqSubgraphFunc func, gpointer user_data)
{
  gsize i, j;

  for (i = 0; i < node->n_attribute; i++) {
    Onnx__AttributeProto *attribute = node->attribute[i];

    if (attribute->g)
      func (attribute->g, user_data);
    for (j = 0; j < attribute->n_graphs; j++)
      func (attribute->graphs[j], user_data);
  }
}

/**
 * ptq_graph_set_nodes:
 * @graph: a graph
 * @nodes: (transfer full): its nodes from now on, in order
 *
 * Replaces the nodes. Those of @graph that are not in @nodes are freed.
 */
void
ptq_graph_set_nodes (Onnx__GraphProto *graph, GPtrArray *nodes)
{
  g_autoptr (GHashTable) kept = g_hash_table_new (NULL, NULL);
  gsize i;

  for (i = 0; i < nodes->len; i++)
    g_hash_table_add (kept, nodes->pdata[i]);
  for (i = 0; i < graph->n_node; i++) {
    if (!g_hash_table_contains (kept, graph->node[i]))
      ptq_node_free (graph->node[i]);
  }

  g_free (graph->node);
  graph->n_node = nodes->len;
  graph->node = g_memdup2 (nodes->pdata, nodes->len * sizeof (gpointer));
  g_ptr_array_set_free_func (nodes, NULL);
  g_ptr_array_unref (nodes);
}

void
ptq_graph_append_node (Onnx__GraphProto *graph, Onnx__NodeProto *node)
{
  graph->node = g_renew (Onnx__NodeProto *, graph->node, graph->n_node + 1);
  graph->node[graph->n_node++] = node;
}

Onnx__TensorProto *
ptq_graph_find_initializer (const Onnx__GraphProto *graph, const gchar *name)
{
  gsize i;

  for (i = 0; i < graph->n_initializer; i++) {
    if (graph->initializer[i]->name
        && !strcmp (graph->initializer[i]->name, name))
      return graph->initializer[i];
  }

  return NULL;
}

void
ptq_graph_add_initializer (Onnx__GraphProto *graph, Onnx__TensorProto *tensor)
{
  graph->initializer = g_renew (
      Onnx__TensorProto *, graph->initializer, graph->n_initializer + 1);
  graph->initializer[graph->n_initializer++] = tensor;
}

static void collect_names (Onnx__GraphProto *graph, gpointer names);

static void
collect_node_names (const Onnx__NodeProto *node, GHashTable *names)
{
  gsize i;

  for (i = 0; i < node->n_input; i++)
    g_hash_table_add (names, node->input[i]);
  ptq_node_foreach_subgraph (node, collect_names, names);
}

/* Adds to the set @names every tensor that is read in @graph. */
static void
collect_names (Onnx__GraphProto *graph, gpointer names)
{
  gsize i;

  for (i = 0; i < graph->n_node; i++)
    collect_node_names (graph->node[i], names);
  for (i = 0; i < graph->n_output; i++) {
    if (graph->output[i]->name)
      g_hash_table_add (names, graph->output[i]->name);
  }
}

static void
drop_inputs (Onnx__GraphProto *graph, GHashTable *dropped)
{
  gsize i, kept = 0;

  for (i = 0; i < graph->n_input; i++) {
    Onnx__ValueInfoProto *input = graph->input[i];

    if (input->name && g_hash_table_contains (dropped, input->name))
      onnx__value_info_proto__free_unpacked (input, NULL);
    else
      graph->input[kept++] = input;
  }
  graph->n_input = kept;
}

/**
 * ptq_graph_drop_unused_initializers:
 * @graph: a graph
 *
 * Drops initializers that no node, subgraph or output reads, and the graph
 * inputs that some of them stand for.
 *
 * Returns: how many were dropped
 */
guint
ptq_graph_drop_unused_initializers (Onnx__GraphProto *graph)
{
  g_autoptr (GHashTable) read = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) dropped =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gsize i, before = graph->n_initializer, kept = 0;

  collect_names (graph, read);
  for (i = 0; i < before; i++) {
    Onnx__TensorProto *tensor = graph->initializer[i];

    if (tensor->name && g_hash_table_contains (read, tensor->name)) {
      graph->initializer[kept++] = tensor;
    } else {
      g_hash_table_add (dropped, g_strdup (tensor->name ? tensor->name : ""));
      onnx__tensor_proto__free_unpacked (tensor, NULL);
    }
  }
  graph->n_initializer = kept;
  drop_inputs (graph, dropped);

  return before - kept;
}

void
ptq_graph_freeze_initializers (Onnx__GraphProto *graph)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  gsize i;

  for (i = 0; i < graph->n_initializer; i++) {
    if (graph->initializer[i]->name)
      g_hash_table_add (names, graph->initializer[i]->name);
  }
  drop_inputs (graph, names);
}

typedef struct
{
  const gchar *from;
  const gchar *to;
  guint n_changed;
} Renaming;

static void rename_in_subgraph (Onnx__GraphProto *subgraph, gpointer renaming);

static void
rename_in_nodes (Onnx__GraphProto *graph, Renaming *renaming)
{
  gsize i, j;

  for (i = 0; i < graph->n_node; i++) {
    Onnx__NodeProto *node = graph->node[i];

    for (j = 0; j < node->n_input; j++) {
      if (strcmp (node->input[j], renaming->from))
        continue;
      ptq_node_set_input (node, j, renaming->to);
      renaming->n_changed++;
    }
    ptq_node_foreach_subgraph (node, rename_in_subgraph, renaming);
  }
}

static void
rename_in_subgraph (Onnx__GraphProto *subgraph, gpointer user_data)
{
  Renaming *renaming = user_data;
  gsize i;

  for (i = 0; i < subgraph->n_output; i++) {
    Onnx__ValueInfoProto *output = subgraph->output[i];

    if (!output->name || strcmp (output->name, renaming->from))
      continue;
    g_free (output->name);
    output->name = g_strdup (renaming->to);
    renaming->n_changed++;
  }
  rename_in_nodes (subgraph, renaming);
}

guint
ptq_graph_rename_reads (
    Onnx__GraphProto *graph, const gchar *from, const gchar *to)
{
  Renaming renaming = { from, to, 0 };

  rename_in_nodes (graph, &renaming);

  return renaming.n_changed;
}

/* Takes the dense tensor out of a Constant node, or makes it from a plain
 * value. NULL for those that cannot be an initializer. */
static Onnx__TensorProto *
take_constant (Onnx__NodeProto *node)
{
  Onnx__AttributeProto *value;
  gint64 length;

  if ((value = ptq_node_get_attribute (node, "value")) && value->t
      && value->t->data_type != PTQ_ELEMENT_STRING)
    return g_steal_pointer (&value->t);
  if ((value = ptq_node_get_attribute (node, "value_float")))
    return ptq_tensor_proto_new (
        NULL, PTQ_ELEMENT_FLOAT, NULL, 0, &value->f, sizeof value->f);
  if ((value = ptq_node_get_attribute (node, "value_int")))
    return ptq_tensor_proto_new (
        NULL, PTQ_ELEMENT_INT64, NULL, 0, &value->i, sizeof value->i);
  if ((value = ptq_node_get_attribute (node, "value_ints"))) {
    length = value->n_ints;
    return ptq_tensor_proto_new (NULL, PTQ_ELEMENT_INT64, &length, 1,
        value->ints, value->n_ints * sizeof *value->ints);
  }
  if ((value = ptq_node_get_attribute (node, "value_floats"))) {
    length = value->n_floats;
    return ptq_tensor_proto_new (NULL, PTQ_ELEMENT_FLOAT, &length, 1,
        value->floats, value->n_floats * sizeof *value->floats);
  }

  return NULL;
}

static GHashTable *
output_names (const Onnx__GraphProto *graph)
{
  GHashTable *names = g_hash_table_new (g_str_hash, g_str_equal);
  gsize i;

  for (i = 0; i < graph->n_output; i++) {
    if (graph->output[i]->name)
      g_hash_table_add (names, graph->output[i]->name);
  }

  return names;
}

static gboolean
lift_constant (
    Onnx__GraphProto *graph, Onnx__NodeProto *node, GHashTable *outputs)
{
  Onnx__TensorProto *tensor;

  if (!ptq_node_is (node, "Constant") || node->n_output != 1
      || g_hash_table_contains (outputs, node->output[0]))
    return FALSE;

  tensor = take_constant (node);
  if (!tensor)
    return FALSE;

  g_free (tensor->name);
  tensor->name = g_strdup (node->output[0]);
  ptq_graph_add_initializer (graph, tensor);

  return TRUE;
}

static void
lift_subgraph_constants (
    Onnx__GraphProto *subgraph, gpointer user_data G_GNUC_UNUSED)
{
  ptq_graph_lift_constants (subgraph);
}

void
ptq_graph_lift_constants (Onnx__GraphProto *graph)
{
  g_autoptr (GHashTable) outputs = output_names (graph);
  gsize i, kept = 0;

  for (i = 0; i < graph->n_node; i++) {
    Onnx__NodeProto *node = graph->node[i];

    if (lift_constant (graph, node, outputs)) {
      ptq_node_free (node);
    } else {
      ptq_node_foreach_subgraph (node, lift_subgraph_constants, NULL);
      graph->node[kept++] = node;
    }
  }
  graph->n_node = kept;
}
