/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Decides which nodes run on integer kernels and which tensors are quantized
 * for them.
 *
 * Convolutions and matrix products with constant weights are the anchors:
 * they are worth it wherever they stand. Everything else is quantized only on
 * the way from one anchor to another, where it saves a conversion: what comes
 * after the last anchor (box decoding, soft maxima, the join of scores and
 * coordinates) stays float, as does what the target has no kernel for.
 */

#include "plan.h"
#include "work-count.h"
#include "eligibility.h"
#include "equalization-pairs.h"
#include "skip-names.h"

typedef struct
{
  gboolean quantized;
  gboolean wanted;       /* an anchor reads it, directly or not */
  gboolean anchor_input; /* an anchor reads it itself */
  gboolean raw;          /* graph input that was only moved about */
  const gchar *root;     /* NULL: itself */
} PlanTensor;

struct _PtqPlan
{
  PtqModel *model;
  PtqGraphIndex *index;
  GArray *nodes;          /* PtqPlanNode, in the order of the graph */
  GHashTable *by_proto;   /* node -> PtqPlanNode */
  GHashTable *tensors;    /* name -> PlanTensor */
  GPtrArray *observed;    /* names, NULL-terminated */
  GHashTable *by_channel; /* names of those wanted by channel */
};

static PlanTensor *
ensure_tensor (PtqPlan *plan, const gchar *name)
{
  PlanTensor *tensor = g_hash_table_lookup (plan->tensors, name);

  if (tensor == NULL) {
    tensor = g_new0 (PlanTensor, 1);
    g_hash_table_insert (plan->tensors, g_strdup (name), tensor);
  }
  return tensor;
}

static gboolean
is_constant (PtqPlan *plan, const gchar *name)
{
  return ptq_graph_index_initializer (plan->index, name) != NULL;
}

guint
ptq_plan_node_n_data (const PtqPlanNode *node)
{
  return MIN (node->row->n_data, node->proto->n_input);
}

gboolean
ptq_plan_is_anchor (PtqPlan *plan, const PtqPlanNode *node)
{
  if (node->row == NULL)
    return FALSE;
  if (node->row->kind == PTQ_OP_CONVOLUTION)
    return TRUE;
  return node->row->kind == PTQ_OP_PRODUCT
      && (is_constant (plan, ptq_node_get_input (node->proto, 0))
          || is_constant (plan, ptq_node_get_input (node->proto, 1)));
}

/* The result, after the Relu or Clip that belongs to it */
static const gchar *
result_of (const PtqPlanNode *node)
{
  return node->clip != NULL ? node->clip->proto->output[0]
                            : node->proto->output[0];
}

static void
add_nodes (PtqPlan *plan, PtqSettings *settings)
{
  Onnx__GraphProto *graph = ptq_model_get_graph (plan->model);
  PtqTarget target = ptq_settings_get_target (settings);
  PtqEligibility eligibility = { plan->model, plan->index };

  g_array_set_size (plan->nodes, graph->n_node);
  for (gsize i = 0; i < graph->n_node; i++) {
    PtqPlanNode *node = &g_array_index (plan->nodes, PtqPlanNode, i);

    node->proto = graph->node[i];
    node->row = ptq_operator_find (node->proto, target);
    if (node->row == NULL)
      node->reason = "the target has no integer kernel for this operator";
    else if (ptq_skip_names_match (settings, node->proto->name))
      node->reason = PTQ_SKIP_REASON;
    else
      node->reason =
          ptq_eligibility_refuse (&eligibility, node->row, node->proto);
    if (node->reason != NULL)
      node->row = NULL;
    g_hash_table_insert (plan->by_proto, node->proto, node);
  }
}

/* A Relu or Clip that is the only reader of a computed result becomes part of
 * the node before it: the tensor between them is never quantized. */
static void
attach_clips (PtqPlan *plan)
{
  for (guint i = 0; i < plan->nodes->len; i++) {
    PtqPlanNode *clip = &g_array_index (plan->nodes, PtqPlanNode, i);
    const gchar *between;
    Onnx__NodeProto *producer;
    PtqPlanNode *node;

    if (clip->row == NULL || clip->row->kind != PTQ_OP_CLIP)
      continue;
    between = ptq_node_get_input (clip->proto, 0);
    producer = ptq_graph_index_producer (plan->index, between);
    if (producer == NULL || producer->n_output != 1
        || ptq_graph_index_is_output (plan->index, between)
        || ptq_graph_index_consumers (plan->index, between)->len != 1)
      continue;
    node = g_hash_table_lookup (plan->by_proto, producer);
    if (node == NULL || node->row == NULL || node->row->kind == PTQ_OP_SAME
        || node->row->kind == PTQ_OP_CLIP)
      continue;
    node->clip = clip;
    clip->clip_of = node;
  }
}

static void
want_inputs (PtqPlan *plan, const PtqPlanNode *node, gboolean anchor)
{
  guint n = ptq_plan_node_n_data (node);

  for (guint i = 0; i < n; i++) {
    const gchar *name = ptq_node_get_input (node->proto, i);
    PlanTensor *tensor;

    if (name[0] == '\0' || is_constant (plan, name))
      continue;
    tensor = ensure_tensor (plan, name);
    tensor->wanted = TRUE;
    tensor->anchor_input |= anchor;
  }
}

/* From the back: which tensors lead to an anchor */
static void
mark_wanted (PtqPlan *plan)
{
  for (guint i = plan->nodes->len; i-- > 0;) {
    PtqPlanNode *node = &g_array_index (plan->nodes, PtqPlanNode, i);
    gboolean wanted = FALSE;

    if (node->row == NULL || node->clip_of != NULL)
      continue;
    if (node->row->kind == PTQ_OP_PRODUCT
        || node->row->kind == PTQ_OP_CONVOLUTION) {
      want_inputs (plan, node, ptq_plan_is_anchor (plan, node));
      continue;
    }
    if (node->clip != NULL)
      wanted = ensure_tensor (plan, result_of (node))->wanted;
    else
      for (gsize o = 0; o < node->proto->n_output; o++)
        wanted |= ensure_tensor (plan, node->proto->output[o])->wanted;
    if (wanted)
      want_inputs (plan, node, FALSE);
  }
}

static void
mark_graph_inputs (PtqPlan *plan)
{
  for (guint i = 0; i < ptq_model_get_n_inputs (plan->model); i++) {
    const PtqValueInfo *info = ptq_model_get_input (plan->model, i);
    PlanTensor *tensor = ensure_tensor (plan, info->name);

    tensor->raw = TRUE;
    tensor->quantized = tensor->wanted && info->type == PTQ_ELEMENT_FLOAT;
  }
}

/* Are all data inputs quantized, and is there one that is not a constant? */
static gboolean
inputs_ready (PtqPlan *plan, const PtqPlanNode *node, gboolean *raw)
{
  guint n = ptq_plan_node_n_data (node);
  gboolean any = FALSE;

  *raw = TRUE;
  for (guint i = 0; i < n; i++) {
    const gchar *name = ptq_node_get_input (node->proto, i);
    PlanTensor *tensor;

    if (name[0] == '\0' || is_constant (plan, name))
      continue;
    tensor = ensure_tensor (plan, name);
    if (!tensor->quantized && !tensor->anchor_input)
      return FALSE;
    *raw &= tensor->raw;
    any = TRUE;
  }
  return any;
}

static void
mark_outputs (PtqPlan *plan, const PtqPlanNode *node, gboolean raw)
{
  const gchar *in = ptq_node_get_input (node->proto, 0);

  if (node->row->kind != PTQ_OP_SAME) {
    PlanTensor *tensor = ensure_tensor (plan, result_of (node));

    tensor->quantized = TRUE;
    tensor->raw = raw;
    return;
  }
  for (gsize o = 0; o < node->proto->n_output; o++) {
    PlanTensor *tensor;

    if (node->proto->output[o][0] == '\0')
      continue;
    tensor = ensure_tensor (plan, node->proto->output[o]);
    tensor->quantized = TRUE;
    tensor->raw = raw;
    tensor->root = ptq_plan_get_root (plan, in);
  }
}

/* From the front: what is quantized on the way between anchors */
static void
mark_quantized (PtqPlan *plan)
{
  for (guint i = 0; i < plan->nodes->len; i++) {
    PtqPlanNode *node = &g_array_index (plan->nodes, PtqPlanNode, i);
    gboolean wanted = FALSE, raw = FALSE;

    if (node->row == NULL || node->clip_of != NULL)
      continue;
    for (gsize o = 0; o < node->proto->n_output; o++)
      wanted |= ensure_tensor (plan, node->proto->output[o])->wanted;
    if (node->clip != NULL)
      wanted |= ensure_tensor (plan, result_of (node))->wanted;

    if (ptq_plan_is_anchor (plan, node)) {
      node->quantized = TRUE;
      if (node->row->kind == PTQ_OP_CONVOLUTION || wanted)
        mark_outputs (plan, node, FALSE);
      continue;
    }
    if (!inputs_ready (plan, node, &raw)) {
      node->reason = "what it reads is not quantized";
    } else if (!wanted && node->row->kind != PTQ_OP_PRODUCT) {
      node->reason = "nothing that is quantized reads its result";
    } else if (raw && node->row->kind != PTQ_OP_SAME
        && node->row->kind != PTQ_OP_JOIN) {
      node->reason = "it prepares the input";
    } else {
      node->quantized = TRUE;
      if (node->row->kind != PTQ_OP_PRODUCT || wanted)
        mark_outputs (plan, node, raw);
    }
  }
}

static gboolean
has_quantized_reader (PtqPlan *plan, const gchar *name)
{
  GPtrArray *readers = ptq_graph_index_consumers (plan->index, name);

  for (guint i = 0; i < readers->len; i++) {
    PtqPlanNode *node = g_hash_table_lookup (plan->by_proto, readers->pdata[i]);

    if (node == NULL || !node->quantized)
      continue;
    for (guint k = 0; k < ptq_plan_node_n_data (node); k++)
      if (g_str_equal (ptq_node_get_input (node->proto, k), name))
        return TRUE;
  }
  return FALSE;
}

static gboolean
has_quantized_result (PtqPlan *plan, const PtqPlanNode *node)
{
  if (node->clip != NULL)
    return has_quantized_reader (plan, result_of (node));
  for (gsize o = 0; o < node->proto->n_output; o++)
    if (has_quantized_reader (plan, node->proto->output[o]))
      return TRUE;
  return FALSE;
}

/* From the back again: wanting was optimistic, so what led to a node that
 * stayed float after all is taken back. */
static void
drop_useless (PtqPlan *plan)
{
  for (guint i = plan->nodes->len; i-- > 0;) {
    PtqPlanNode *node = &g_array_index (plan->nodes, PtqPlanNode, i);

    if (!node->quantized || node->row->kind == PTQ_OP_CONVOLUTION
        || has_quantized_result (plan, node))
      continue;
    if (node->row->kind == PTQ_OP_PRODUCT) {
      ensure_tensor (plan, result_of (node))->quantized = FALSE;
      continue;
    }
    node->quantized = FALSE;
    node->reason = "nothing that is quantized reads its result";
    for (gsize o = 0; o < node->proto->n_output; o++) {
      PlanTensor *tensor = ensure_tensor (plan, node->proto->output[o]);

      tensor->quantized = FALSE;
      tensor->root = NULL;
    }
    if (node->clip != NULL)
      ensure_tensor (plan, result_of (node))->quantized = FALSE;
  }
}

/* Settles every tensor: one that an integer kernel reads, or that a
 * convolution writes, is quantized; and lists those with a scale of their
 * own. */
static void
settle_tensor (PtqPlan *plan, const gchar *name, gboolean written)
{
  PlanTensor *tensor;

  if (name[0] == '\0')
    return;
  tensor = ensure_tensor (plan, name);
  tensor->quantized = written || has_quantized_reader (plan, name);
  if (tensor->quantized && tensor->root == NULL)
    g_ptr_array_add (plan->observed, g_strdup (name));
}

static void
settle (PtqPlan *plan)
{
  for (guint i = 0; i < ptq_model_get_n_inputs (plan->model); i++)
    settle_tensor (plan, ptq_model_get_input (plan->model, i)->name, FALSE);

  for (guint i = 0; i < plan->nodes->len; i++) {
    PtqPlanNode *node = &g_array_index (plan->nodes, PtqPlanNode, i);
    gboolean written;

    if (node->clip != NULL)
      continue; /* its result is that of the Clip */
    written = node->clip_of != NULL
        ? node->clip_of->quantized
            && node->clip_of->row->kind == PTQ_OP_CONVOLUTION
        : node->quantized && node->row->kind == PTQ_OP_CONVOLUTION;
    /* A Split is integer only when each of its parts is quantized. */
    written |= node->quantized && node->row->kind == PTQ_OP_SAME
        && node->proto->n_output > 1;
    for (gsize o = 0; o < node->proto->n_output; o++)
      settle_tensor (plan, node->proto->output[o], written);
    if (node->clip_of != NULL)
      node->quantized = node->clip_of->quantized;
  }
  g_ptr_array_add (plan->observed, NULL);
}

static void
find_channel_tensors (PtqPlan *plan)
{
  g_autoptr (GPtrArray) pairs = ptq_equalization_pairs_find (plan);

  for (guint i = 0; i < pairs->len; i++) {
    const PtqEqualizationPair *pair = pairs->pdata[i];

    for (guint k = 0; k < pair->tensors->len; k++)
      g_hash_table_add (plan->by_channel,
          g_strdup (ptq_plan_get_root (plan, pair->tensors->pdata[k])));
  }
}

static PtqPlan *
plan_new (PtqModel *model)
{
  PtqPlan *plan = g_new0 (PtqPlan, 1);

  plan->model = g_object_ref (model);
  plan->index = ptq_graph_index_new (ptq_model_get_graph (model));
  plan->nodes = g_array_new (FALSE, TRUE, sizeof (PtqPlanNode));
  plan->by_proto = g_hash_table_new (NULL, NULL);
  plan->tensors =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  plan->observed = g_ptr_array_new_with_free_func (g_free);
  plan->by_channel =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return plan;
}

PtqPlan *
ptq_plan_new (PtqModel *prepared, PtqSettings *settings, GError **error)
{
  PtqPlan *plan = plan_new (prepared);

  ptq_work_count_add (PTQ_WORK_PLAN);
  add_nodes (plan, settings);
  attach_clips (plan);
  mark_wanted (plan);
  mark_graph_inputs (plan);
  mark_quantized (plan);
  drop_useless (plan);
  settle (plan);
  if (ptq_settings_get_equalization (settings))
    find_channel_tensors (plan);

  if (plan->observed->len == 1) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED,
        "%s: there is nothing to quantize: no convolution or matrix product "
        "with constant float32 weights is left after skip-quant-node",
        ptq_model_get_path (prepared) != NULL ? ptq_model_get_path (prepared)
                                              : "model");
    g_clear_pointer (&plan, ptq_plan_free);
  }
  return plan;
}

/* The node of @copy that stands where @node stands in @plan */
static PtqPlanNode *
same_node (PtqPlan *copy, PtqPlan *plan, const PtqPlanNode *node)
{
  const PtqPlanNode *first = (gpointer) plan->nodes->data;

  return node == NULL ? NULL
                      : &g_array_index (copy->nodes, PtqPlanNode, node - first);
}

static void
copy_nodes (PtqPlan *copy, PtqPlan *plan)
{
  Onnx__GraphProto *graph = ptq_model_get_graph (copy->model);

  g_array_append_vals (copy->nodes, plan->nodes->data, plan->nodes->len);
  for (guint i = 0; i < copy->nodes->len; i++) {
    PtqPlanNode *node = &g_array_index (copy->nodes, PtqPlanNode, i);

    node->proto = graph->node[i];
    node->clip = same_node (copy, plan, node->clip);
    node->clip_of = same_node (copy, plan, node->clip_of);
    g_hash_table_insert (copy->by_proto, node->proto, node);
  }
}

static void
copy_tensors (PtqPlan *copy, PtqPlan *plan)
{
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, plan->tensors);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    ensure_tensor (copy, name);
  g_hash_table_iter_init (&iter, plan->tensors);
  while (g_hash_table_iter_next (&iter, &name, &value)) {
    PlanTensor *tensor = ensure_tensor (copy, name);

    *tensor = *(PlanTensor *) value;
    /* in the memory of the copy */
    if (tensor->root != NULL) {
      ensure_tensor (copy, tensor->root);
      g_hash_table_lookup_extended (
          copy->tensors, tensor->root, (gpointer *) &tensor->root, NULL);
    }
  }
}

PtqPlan *
ptq_plan_copy_for (PtqPlan *plan, PtqModel *model)
{
  PtqPlan *copy = plan_new (model);
  GHashTableIter iter;
  gpointer name;

  copy_nodes (copy, plan);
  copy_tensors (copy, plan);
  for (guint i = 0; i < plan->observed->len; i++)
    g_ptr_array_add (copy->observed, g_strdup (plan->observed->pdata[i]));
  g_hash_table_iter_init (&iter, plan->by_channel);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_hash_table_add (copy->by_channel, g_strdup (name));
  return copy;
}

void
ptq_plan_free (PtqPlan *plan)
{
  g_hash_table_unref (plan->by_channel);
  g_ptr_array_unref (plan->observed);
  g_hash_table_unref (plan->tensors);
  g_hash_table_unref (plan->by_proto);
  g_array_unref (plan->nodes);
  ptq_graph_index_free (plan->index);
  g_object_unref (plan->model);
  g_free (plan);
}

const gchar *const *
ptq_plan_get_tensors (PtqPlan *plan, guint *n)
{
  if (n != NULL)
    *n = plan->observed->len - 1;
  return (const gchar *const *) plan->observed->pdata;
}

gboolean
ptq_plan_wants_channels (PtqPlan *plan, const gchar *tensor)
{
  return g_hash_table_contains (plan->by_channel, tensor);
}

PtqGraphIndex *
ptq_plan_get_index (PtqPlan *plan)
{
  return plan->index;
}

const PtqPlanNode *
ptq_plan_get_nodes (PtqPlan *plan, guint *n)
{
  *n = plan->nodes->len;
  return (const PtqPlanNode *) (gpointer) plan->nodes->data;
}

PtqModel *
ptq_plan_get_model (PtqPlan *plan)
{
  return plan->model;
}

gboolean
ptq_plan_is_quantized (PtqPlan *plan, const gchar *name)
{
  const PlanTensor *tensor = g_hash_table_lookup (plan->tensors, name);

  return tensor != NULL && tensor->quantized;
}

const gchar *
ptq_plan_get_root (PtqPlan *plan, const gchar *name)
{
  const PlanTensor *tensor = g_hash_table_lookup (plan->tensors, name);

  return tensor != NULL && tensor->root != NULL ? tensor->root : name;
}
