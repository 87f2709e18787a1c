/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The one place where names are made up.
 */
#include "fresh-names.h"

struct _PtqFreshNames
{
  GHashTable *taken;
  guint serial; /* of the next short name */
};

static void
add_name (GHashTable *names, const gchar *name)
{
  if (name != NULL)
    g_hash_table_add (names, g_strdup (name));
}

static void
collect_texts (gchar **texts, gsize n, GHashTable *names)
{
  for (gsize i = 0; i < n; i++)
    add_name (names, texts[i]);
}

static void collect_graph_names (Onnx__GraphProto *graph, gpointer names);

static void
collect_node_names (Onnx__NodeProto **nodes, gsize n, GHashTable *names)
{
  for (gsize i = 0; i < n; i++) {
    add_name (names, nodes[i]->name);
    collect_texts (nodes[i]->input, nodes[i]->n_input, names);
    collect_texts (nodes[i]->output, nodes[i]->n_output, names);
    ptq_node_foreach_subgraph (nodes[i], collect_graph_names, names);
  }
}

static void
collect_value_names (Onnx__ValueInfoProto **values, gsize n, GHashTable *names)
{
  for (gsize i = 0; i < n; i++)
    add_name (names, values[i]->name);
}

static void
collect_graph_names (Onnx__GraphProto *graph, gpointer names)
{
  for (gsize i = 0; i < graph->n_initializer; i++)
    add_name (names, graph->initializer[i]->name);
  for (gsize i = 0; i < graph->n_sparse_initializer; i++)
    if (graph->sparse_initializer[i]->values != NULL)
      add_name (names, graph->sparse_initializer[i]->values->name);
  collect_value_names (graph->input, graph->n_input, names);
  collect_value_names (graph->output, graph->n_output, names);
  collect_value_names (graph->value_info, graph->n_value_info, names);
  collect_node_names (graph->node, graph->n_node, names);
}

PtqFreshNames *
ptq_fresh_names_new (const Onnx__ModelProto *proto)
{
  PtqFreshNames *self = g_new0 (PtqFreshNames, 1);

  self->taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  collect_graph_names (proto->graph, self->taken);
  for (gsize i = 0; i < proto->n_functions; i++) {
    const Onnx__FunctionProto *function = proto->functions[i];

    collect_texts (function->input, function->n_input, self->taken);
    collect_texts (function->output, function->n_output, self->taken);
    collect_node_names (function->node, function->n_node, self->taken);
  }
  return self;
}

void
ptq_fresh_names_free (PtqFreshNames *self)
{
  g_hash_table_unref (self->taken);
  g_free (self);
}

gchar *
ptq_fresh_names_take (
    PtqFreshNames *self, const gchar *base, const gchar *suffix)
{
  gchar *name = g_strconcat (base, suffix, NULL);

  for (guint i = 2; g_hash_table_contains (self->taken, name); i++) {
    g_free (name);
    name = g_strdup_printf ("%s%s_%u", base, suffix, i);
  }
  add_name (self->taken, name);
  return name;
}

/* "_" and a number to base 36 */
static gchar *
make_short (guint serial)
{
  static const gchar digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
  gchar text[10];
  gchar *start = text + sizeof text - 1;

  *start = '\0';
  do
    *--start = digits[serial % 36];
  while ((serial /= 36) > 0);
  *--start = '_';
  return g_strdup (start);
}

gchar *
ptq_fresh_names_take_short (PtqFreshNames *self)
{
  gchar *name = make_short (self->serial++);

  while (g_hash_table_contains (self->taken, name)) {
    g_free (name);
    name = make_short (self->serial++);
  }
  add_name (self->taken, name);
  return name;
}
