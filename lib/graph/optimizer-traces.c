/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Takes out of a model what the runtime's optimizer leaves and nobody needs.
 */
#include "optimizer-traces.h"
#include "model-private.h"

#include <string.h>

/* What ONNX Runtime puts before the name of a tensor that it changed */
static const gchar *const prefixes[] = { "ConvBnFusion_W_",
  "ConvBnFusion_BN_B_", "ConvMulFusion_W_", "ConvMulFusion_Mul_B_",
  "ConvAddFusion_B_", "ConvAddFusion_Add_B_" };

static const gchar *
find_original (const gchar *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (name, prefixes[i]))
      return name + strlen (prefixes[i]);
  return NULL;
}

/* Other layers may have read the tensor as it was. */
static gboolean
is_free (PtqGraphIndex *index, GHashTable *given, const gchar *name)
{
  return name[0] != '\0' && !g_hash_table_contains (given, name)
      && ptq_graph_index_initializer (index, name) == NULL
      && ptq_graph_index_producer (index, name) == NULL
      && ptq_graph_index_consumers (index, name)->len == 0
      && !ptq_graph_index_is_input (index, name)
      && !ptq_graph_index_is_output (index, name);
}

static void
restore_names (Onnx__GraphProto *graph)
{
  g_autoptr (PtqGraphIndex) index = ptq_graph_index_new (graph);
  g_autoptr (GHashTable) given = g_hash_table_new (g_str_hash, g_str_equal);

  for (gsize i = 0; i < graph->n_initializer; i++) {
    Onnx__TensorProto *tensor = graph->initializer[i];
    const gchar *original = find_original (tensor->name);
    gchar *name = tensor->name;

    if (original == NULL || !is_free (index, given, original)
        || ptq_graph_index_is_output (index, name))
      continue;
    tensor->name = g_strdup (original);
    g_hash_table_add (given, tensor->name);
    ptq_graph_rename_reads (graph, name, tensor->name);
    g_free (name);
  }
}

static void
drop_padding_mode (Onnx__NodeProto *node)
{
  const Onnx__AttributeProto *mode = ptq_node_get_attribute (node, "auto_pad");

  if (mode != NULL && mode->s.len == strlen ("NOTSET")
      && memcmp (mode->s.data, "NOTSET", mode->s.len) == 0)
    ptq_node_remove_attribute (node, "auto_pad");
}

void
ptq_optimizer_traces_remove (PtqModel *model)
{
  Onnx__GraphProto *graph = ptq_model_get_graph (model);

  restore_names (graph);
  for (gsize i = 0; i < graph->n_node; i++)
    drop_padding_mode (graph->node[i]);
}
