/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The graph that is run to calibrate.
 */
#include "model-private.h"
#include "observed-model.h"

static gboolean
fix_shapes (PtqModel *model, const PtqTensor *inputs, GError **error)
{
  for (guint i = 0; i < ptq_model_get_n_inputs (model); i++) {
    if (!ptq_model_set_input_shape (model, i, inputs[i].dims, inputs[i].rank,
            error))
      return FALSE;
  }
  return TRUE;
}

static Onnx__NodeProto *
observe_node_new (const gchar *tensor, gint64 id)
{
  const gchar *const inputs[] = { tensor, NULL };
  const gchar *const outputs[] = { NULL };
  Onnx__NodeProto *node = ptq_node_new (PTQ_OBSERVE_OP, NULL, inputs,
      outputs);

  node->domain = g_strdup (PTQ_OBSERVE_DOMAIN);
  ptq_node_set_int (node, "id", id);
  return node;
}

/* The runtime goes through the graph from its last leaf upwards. Only when
 * these nodes stand after all others, the last tensor first, does each of
 * them run right after the node that makes its tensor, which is then freed as
 * early as ever. */
static void
append_observe_nodes (Onnx__GraphProto *graph, const gchar *const *tensors,
    guint n_tensors)
{
  for (guint i = n_tensors; i > 0; i--)
    ptq_graph_append_node (graph, observe_node_new (tensors[i - 1], i - 1));
}

PtqModel *
ptq_observed_model_new (PtqModel *prepared, const gchar *const *tensors,
    guint n_tensors, const PtqTensor *inputs, GError **error)
{
  g_autoptr (PtqModel) model = ptq_model_copy (prepared, error);

  if (model == NULL || !fix_shapes (model, inputs, error))
    return NULL;
  append_observe_nodes (ptq_model_get_graph (model), tensors, n_tensors);
  ptq_model_set_opset (model, PTQ_OBSERVE_DOMAIN, 1);
  return g_steal_pointer (&model);
}
