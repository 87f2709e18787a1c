/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Finds where channels of an activation can be scaled without changing the
 * result.
 */

#include "equalization-pairs.h"

static void
pair_free (PtqEqualizationPair *pair)
{
  g_ptr_array_unref (pair->tensors);
  g_ptr_array_unref (pair->consumers);
  g_free (pair);
}

/* f (a x) = a f (x) for a > 0, channel by channel, and the channels stay
 * axis 1 */
static gboolean
is_homogeneous (const Onnx__NodeProto *node, gboolean *pooled)
{
  switch (ptq_operator_look_up (node)->homogeneous) {
    case PTQ_HOMOGENEOUS_YES:
      return node->n_output == 1;
    case PTQ_HOMOGENEOUS_POOLS:
      *pooled = TRUE;
      return TRUE;
    case PTQ_HOMOGENEOUS_FLATTENS:
      /* One value a channel: flattening leaves the channels where they are. */
      return *pooled && ptq_node_get_int (node, "axis", 1) == 1;
    default:
      return FALSE;
  }
}

/* A constant that no other node reads can be changed. */
static Onnx__TensorProto *
own_constant (PtqGraphIndex *index, const gchar *name)
{
  Onnx__TensorProto *tensor = ptq_graph_index_initializer (index, name);

  if (tensor == NULL || tensor->data_type != PTQ_ELEMENT_FLOAT
      || ptq_graph_index_consumers (index, name)->len != 1
      || ptq_graph_index_is_output (index, name))
    return NULL;
  return tensor;
}

static gboolean
is_producer (PtqGraphIndex *index, const PtqPlanNode *node)
{
  const Onnx__NodeProto *proto = node->proto;
  const gchar *bias = ptq_node_get_input (proto, 2);

  return node->quantized && ptq_operator_look_up (proto)->equalizes
      && own_constant (index, ptq_node_get_input (proto, 1)) != NULL
      && (bias[0] == '\0' || own_constant (index, bias) != NULL);
}

static gboolean
is_depthwise (const Onnx__NodeProto *node, const Onnx__TensorProto *weight)
{
  return weight->dims[1] == 1
      && ptq_node_get_int (node, "group", 1) == weight->dims[0];
}

/* Can @node take the factor of each channel of @tensor into its weights? */
static gboolean
is_consumer (PtqGraphIndex *index, const Onnx__NodeProto *node,
    const gchar *tensor, gboolean pooled)
{
  PtqConsumer consumer = ptq_operator_look_up (node)->consumer;
  const Onnx__TensorProto *weight;

  if (!g_str_equal (ptq_node_get_input (node, 0), tensor))
    return FALSE;
  if (consumer != PTQ_CONSUMER_CONVOLUTION
      && !(pooled && consumer == PTQ_CONSUMER_PRODUCT
          && ptq_node_get_int (node, "transA", 0) == 0))
    return FALSE;
  weight = own_constant (index, ptq_node_get_input (node, 1));
  if (weight == NULL)
    return FALSE;
  return consumer == PTQ_CONSUMER_PRODUCT || is_depthwise (node, weight)
      || ptq_node_get_int (node, "group", 1) == 1;
}

static gboolean
add_consumers (PtqGraphIndex *index, PtqEqualizationPair *pair,
    const gchar *tensor, gboolean pooled)
{
  GPtrArray *readers = ptq_graph_index_consumers (index, tensor);

  for (guint i = 0; i < readers->len; i++) {
    if (!is_consumer (index, readers->pdata[i], tensor, pooled))
      return FALSE;
    g_ptr_array_add (pair->consumers, readers->pdata[i]);
  }
  return readers->len > 0;
}

/* Follows the result of the producer to the layers that read it. */
static gboolean
follow (PtqGraphIndex *index, PtqEqualizationPair *pair)
{
  const gchar *tensor = pair->producer->output[0];
  gboolean pooled = FALSE;

  for (;;) {
    GPtrArray *readers = ptq_graph_index_consumers (index, tensor);
    Onnx__NodeProto *next;

    if (ptq_graph_index_is_output (index, tensor)
        || ptq_graph_index_in_subgraph (index, tensor))
      return FALSE;
    g_ptr_array_add (pair->tensors, (gpointer) tensor);
    if (readers->len != 1)
      return add_consumers (index, pair, tensor, pooled);
    next = readers->pdata[0];
    if (!is_homogeneous (next, &pooled))
      return add_consumers (index, pair, tensor, pooled);
    tensor = next->output[0];
  }
}

GPtrArray *
ptq_equalization_pairs_find (PtqPlan *plan)
{
  GPtrArray *pairs =
      g_ptr_array_new_with_free_func ((GDestroyNotify) pair_free);
  PtqGraphIndex *index = ptq_plan_get_index (plan);
  const PtqPlanNode *nodes;
  guint n;

  nodes = ptq_plan_get_nodes (plan, &n);
  for (guint i = 0; i < n; i++) {
    PtqEqualizationPair *pair;

    if (!is_producer (index, &nodes[i]))
      continue;
    pair = g_new0 (PtqEqualizationPair, 1);
    pair->producer = nodes[i].proto;
    pair->tensors = g_ptr_array_new ();
    pair->consumers = g_ptr_array_new ();
    if (follow (index, pair))
      g_ptr_array_add (pairs, pair);
    else
      pair_free (pair);
  }
  return pairs;
}
