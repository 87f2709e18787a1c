/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Makes names that a graph does not have yet, as short as they can be.
 */
#include "short-names.h"

struct _PtqShortNames
{
  GHashTable *taken;
  guint serial; /* of the next name */
};

static void
collect_names (Onnx__GraphProto *graph, gpointer user_data)
{
  GHashTable *names = user_data;

  for (gsize i = 0; i < graph->n_input; i++)
    g_hash_table_add (names, g_strdup (graph->input[i]->name));
  for (gsize i = 0; i < graph->n_initializer; i++)
    g_hash_table_add (names, g_strdup (graph->initializer[i]->name));
  for (gsize i = 0; i < graph->n_node; i++) {
    for (gsize k = 0; k < graph->node[i]->n_output; k++)
      g_hash_table_add (names, g_strdup (graph->node[i]->output[k]));
    ptq_node_foreach_subgraph (graph->node[i], collect_names, names);
  }
}

PtqShortNames *
ptq_short_names_new (Onnx__GraphProto *graph)
{
  PtqShortNames *self = g_new0 (PtqShortNames, 1);

  self->taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  collect_names (graph, self->taken);
  return self;
}

void
ptq_short_names_free (PtqShortNames *self)
{
  g_hash_table_unref (self->taken);
  g_free (self);
}

/* "_" and a number to base 36, which the model has not */
static gchar *
make_name (guint serial)
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
ptq_short_names_next (PtqShortNames *self)
{
  gchar *name = make_name (self->serial++);

  while (g_hash_table_contains (self->taken, name)) {
    g_free (name);
    name = make_name (self->serial++);
  }
  return name;
}
