/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Who writes and who reads each tensor of a graph.
 */
#include "model-private.h"

typedef struct
{
  Onnx__NodeProto *producer;
  Onnx__TensorProto *initializer;
  GPtrArray *consumers;
  gboolean is_input;
  gboolean is_output;
  gboolean in_subgraph;
} Entry;

struct _PtqGraphIndex
{
  GHashTable *entries; /* name of the tensor to Entry */
  GPtrArray *nobody;
};

/* A walk through a subgraph on behalf of the node that holds it */
typedef struct
{
  PtqGraphIndex *index;
  Onnx__NodeProto *reader;
  GPtrArray *scopes; /* sets of the names a subgraph defines */
} SubgraphWalk;

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_clear_pointer (&entry->consumers, g_ptr_array_unref);
  g_free (entry);
}

static Entry *
ensure_entry (PtqGraphIndex *index, const gchar *name)
{
  Entry *entry = g_hash_table_lookup (index->entries, name);

  if (!entry) {
    entry = g_new0 (Entry, 1);
    g_hash_table_insert (index->entries, g_strdup (name), entry);
  }

  return entry;
}

static Entry *
find_entry (PtqGraphIndex *index, const gchar *name)
{
  return g_hash_table_lookup (index->entries, name);
}

static void
add_consumer (PtqGraphIndex *index, const gchar *name, Onnx__NodeProto *node,
    gboolean in_subgraph)
{
  Entry *entry;

  if (!*name)
    return;

  entry = ensure_entry (index, name);
  if (!entry->consumers)
    entry->consumers = g_ptr_array_new ();
  g_ptr_array_add (entry->consumers, node);
  entry->in_subgraph |= in_subgraph;
}

/* Every name that @graph itself gives a meaning, hiding the outer one */
static GHashTable *
defined_names (const Onnx__GraphProto *graph)
{
  GHashTable *names = g_hash_table_new (g_str_hash, g_str_equal);
  gsize i, j;

  for (i = 0; i < graph->n_input; i++) {
    if (graph->input[i]->name)
      g_hash_table_add (names, graph->input[i]->name);
  }
  for (i = 0; i < graph->n_initializer; i++) {
    if (graph->initializer[i]->name)
      g_hash_table_add (names, graph->initializer[i]->name);
  }
  for (i = 0; i < graph->n_sparse_initializer; i++) {
    const Onnx__TensorProto *values = graph->sparse_initializer[i]->values;

    if (values && values->name)
      g_hash_table_add (names, values->name);
  }
  for (i = 0; i < graph->n_node; i++) {
    for (j = 0; j < graph->node[i]->n_output; j++)
      g_hash_table_add (names, graph->node[i]->output[j]);
  }

  return names;
}

static void
add_outer_consumer (SubgraphWalk *walk, const gchar *name)
{
  guint i;

  for (i = 0; i < walk->scopes->len; i++) {
    if (g_hash_table_contains (walk->scopes->pdata[i], name))
      return;
  }
  add_consumer (walk->index, name, walk->reader, TRUE);
}

static void
index_subgraph (Onnx__GraphProto *graph, gpointer user_data)
{
  SubgraphWalk *walk = user_data;
  gsize i, j;

  g_ptr_array_add (walk->scopes, defined_names (graph));
  for (i = 0; i < graph->n_node; i++) {
    for (j = 0; j < graph->node[i]->n_input; j++)
      add_outer_consumer (walk, graph->node[i]->input[j]);
    ptq_node_foreach_subgraph (graph->node[i], index_subgraph, walk);
  }
  for (i = 0; i < graph->n_output; i++) {
    if (graph->output[i]->name)
      add_outer_consumer (walk, graph->output[i]->name);
  }
  g_ptr_array_set_size (walk->scopes, walk->scopes->len - 1);
}

static void
index_node (PtqGraphIndex *index, Onnx__NodeProto *node)
{
  SubgraphWalk walk = { index, node, NULL };
  gsize i;

  for (i = 0; i < node->n_output; i++) {
    if (*node->output[i])
      ensure_entry (index, node->output[i])->producer = node;
  }
  for (i = 0; i < node->n_input; i++)
    add_consumer (index, node->input[i], node, FALSE);

  walk.scopes =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_hash_table_unref);
  ptq_node_foreach_subgraph (node, index_subgraph, &walk);
  g_ptr_array_unref (walk.scopes);
}

/**
 * ptq_graph_index_new:
 * @graph: a graph
 *
 * Indexes a graph by the names of its tensors, in time proportional to its
 * size. The index points into the graph: it is valid until an edit.
 *
 * Returns: (transfer full): the index
 */
PtqGraphIndex *
ptq_graph_index_new (const Onnx__GraphProto *graph)
{
  PtqGraphIndex *index = g_new0 (PtqGraphIndex, 1);
  gsize i;

  index->entries =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, entry_free);
  index->nobody = g_ptr_array_new ();

  for (i = 0; i < graph->n_input; i++) {
    if (graph->input[i]->name)
      ensure_entry (index, graph->input[i]->name)->is_input = TRUE;
  }
  for (i = 0; i < graph->n_output; i++) {
    if (graph->output[i]->name)
      ensure_entry (index, graph->output[i]->name)->is_output = TRUE;
  }
  for (i = 0; i < graph->n_initializer; i++) {
    Onnx__TensorProto *tensor = graph->initializer[i];

    if (tensor->name)
      ensure_entry (index, tensor->name)->initializer = tensor;
  }
  for (i = 0; i < graph->n_node; i++)
    index_node (index, graph->node[i]);

  return index;
}

void
ptq_graph_index_free (PtqGraphIndex *index)
{
  if (!index)
    return;

  g_hash_table_unref (index->entries);
  g_ptr_array_unref (index->nobody);
  g_free (index);
}

Onnx__NodeProto *
ptq_graph_index_producer (PtqGraphIndex *index, const gchar *tensor)
{
  Entry *entry = find_entry (index, tensor);

  return entry ? entry->producer : NULL;
}

GPtrArray *
ptq_graph_index_consumers (PtqGraphIndex *index, const gchar *tensor)
{
  Entry *entry = find_entry (index, tensor);

  return entry && entry->consumers ? entry->consumers : index->nobody;
}

Onnx__TensorProto *
ptq_graph_index_initializer (PtqGraphIndex *index, const gchar *tensor)
{
  Entry *entry = find_entry (index, tensor);

  return entry ? entry->initializer : NULL;
}

gboolean
ptq_graph_index_is_output (PtqGraphIndex *index, const gchar *tensor)
{
  Entry *entry = find_entry (index, tensor);

  return entry && entry->is_output;
}

gboolean
ptq_graph_index_is_input (PtqGraphIndex *index, const gchar *tensor)
{
  Entry *entry = find_entry (index, tensor);

  return entry && entry->is_input;
}

gboolean
ptq_graph_index_in_subgraph (PtqGraphIndex *index, const gchar *tensor)
{
  Entry *entry = find_entry (index, tensor);

  return entry && entry->in_subgraph;
}
