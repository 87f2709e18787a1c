/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Knows the names that are taken in a model, and makes new ones.
 */
#include "tensor-names.h"

static void
add_name (GHashTable *names, const gchar *name)
{
  g_hash_table_add (names, g_strdup (name ? name : ""));
}

static void collect_graph_names (Onnx__GraphProto *graph, gpointer names);

static void
collect_node_names (Onnx__NodeProto **nodes, gsize n, GHashTable *names)
{
  gsize i, j;

  for (i = 0; i < n; i++) {
    for (j = 0; j < nodes[i]->n_input; j++)
      add_name (names, nodes[i]->input[j]);
    for (j = 0; j < nodes[i]->n_output; j++)
      add_name (names, nodes[i]->output[j]);
    ptq_node_foreach_subgraph (nodes[i], collect_graph_names, names);
  }
}

static void
collect_graph_names (Onnx__GraphProto *graph, gpointer names)
{
  gsize i;

  for (i = 0; i < graph->n_initializer; i++)
    add_name (names, graph->initializer[i]->name);
  for (i = 0; i < graph->n_input; i++)
    add_name (names, graph->input[i]->name);
  for (i = 0; i < graph->n_output; i++)
    add_name (names, graph->output[i]->name);
  collect_node_names (graph->node, graph->n_node, names);
}

GHashTable *
ptq_tensor_names_new (const Onnx__ModelProto *proto)
{
  GHashTable *names =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gsize i;

  collect_graph_names (proto->graph, names);
  for (i = 0; i < proto->n_functions; i++)
    collect_node_names (
        proto->functions[i]->node, proto->functions[i]->n_node, names);

  return names;
}

gchar *
ptq_tensor_names_take (GHashTable *names, const gchar *base, const gchar *what)
{
  gchar *name = g_strdup_printf ("%s_%s", base, what);
  guint i;

  for (i = 2; g_hash_table_contains (names, name); i++) {
    g_free (name);
    name = g_strdup_printf ("%s_%s_%u", base, what, i);
  }
  g_hash_table_add (names, g_strdup (name));

  return name;
}
