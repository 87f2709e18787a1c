/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Puts QuantizeLinear and DequantizeLinear around what is fully quantized.
 * Their constants, and the DequantizeLinear of weights and biases, come from
 * constants.c; models of which only weights are quantized get theirs in
 * weight-store.c.
 *
 * A quantized tensor t becomes
 *
 *   producer -> t -> QuantizeLinear -> t_quantized -> DequantizeLinear ->
 *   t_dequantized
 *
 * and everything that read t reads t_dequantized. Where t is a graph output
 * or read inside a subgraph, whose names can not change, the DequantizeLinear
 * writes t and the producer t_float. */

#include "rewrite.h"
#include "constants.h"
#include "eligibility.h"

#include <math.h>

typedef struct
{
  PtqPlan *plan;
  PtqSettings *settings;
  GHashTable *scales; /* root -> PtqScale, not owned */
  PtqModel *model;
  PtqGraphIndex *index;
  GPtrArray *nodes;    /* the new graph */
  GHashTable *readers; /* tensor -> name to read in its place */
  GHashTable *dropped; /* nodes left out of the new graph */
  PtqConstants *constants;
} Rewriter;

/* ---- activations ---- */

void
ptq_activation_limits (
    PtqTarget target, gint bits, gint *qmin, gint *qmax, gboolean *symmetric)
{
  *symmetric = target == PTQ_TARGET_TENSORRT;
  if (target == PTQ_TARGET_ONNXRUNTIME)
    ptq_scale_limits_unsigned (bits, qmin, qmax);
  else
    ptq_scale_limits_signed (bits, *symmetric, qmin, qmax);
}

static const PtqScale *
scale_of (const Rewriter *self, const gchar *tensor)
{
  return g_hash_table_lookup (
      self->scales, ptq_plan_get_root (self->plan, tensor));
}

static const gchar *
reader_of (const Rewriter *self, const gchar *tensor)
{
  const gchar *name = g_hash_table_lookup (self->readers, tensor);

  return name != NULL ? name : tensor;
}

static gboolean
keeps_its_name (const Rewriter *self, const gchar *tensor)
{
  return ptq_graph_index_is_output (self->index, tensor)
      || ptq_graph_index_in_subgraph (self->index, tensor);
}

static void
add_node (Rewriter *self, const gchar *op_type, const gchar *suffix,
    const gchar *tensor, const gchar *const *inputs, const gchar *output)
{
  const gchar *outputs[2] = { output, NULL };

  g_ptr_array_add (self->nodes,
      ptq_node_new (op_type,
          ptq_constants_take_name (self->constants, tensor, suffix), inputs,
          outputs));
}

/* Codes of fewer bits than their type are reached by clipping first: the
 * saturation of the type comes too late. */
static const gchar *
add_clip (Rewriter *self, const gchar *tensor, const gchar *source,
    const PtqScale *scale)
{
  const gchar *clipped =
      ptq_constants_take_name (self->constants, tensor, "_clipped");
  const gchar *inputs[4] = { source, NULL, NULL, NULL };

  inputs[1] = ptq_constants_add_float (
      self->constants, tensor, "_clip_min", (gfloat) ptq_scale_get_min (scale));
  inputs[2] = ptq_constants_add_float (
      self->constants, tensor, "_clip_max", (gfloat) ptq_scale_get_max (scale));
  add_node (self, "Clip", "_Clip", tensor, inputs, clipped);
  return clipped;
}

/* Q and DQ of @tensor, whose float values are called @source. A graph input
 * keeps its name for its float values. */
static void
add_quantization (Rewriter *self, const gchar *tensor, const gchar *source)
{
  const gchar *root = ptq_plan_get_root (self->plan, tensor);
  const PtqScale *scale = scale_of (self, tensor);
  const gchar *quantized =
      ptq_constants_take_name (self->constants, tensor, "_quantized");
  const gchar *inputs[4] = { source, NULL, NULL, NULL };
  const gchar *reader = tensor;

  if (ptq_settings_get_bit_num (self->settings) < 8)
    inputs[0] = add_clip (self, tensor, source, scale);
  ptq_constants_add_activation_scale (
      self->constants, root, scale, &inputs[1], &inputs[2]);
  add_node (
      self, "QuantizeLinear", "_QuantizeLinear", tensor, inputs, quantized);

  if (!keeps_its_name (self, tensor)
      || ptq_graph_index_is_input (self->index, tensor))
    reader = ptq_constants_take_name (self->constants, tensor, "_dequantized");
  inputs[0] = quantized;
  add_node (
      self, "DequantizeLinear", "_DequantizeLinear", tensor, inputs, reader);
  g_hash_table_insert (self->readers, g_strdup (tensor), g_strdup (reader));
}

/* ---- nodes ---- */

/* Does the saturation of the result's codes clip exactly as the node would?
 * What lies up to half a step beyond the bounds rounds to the end code. */
static gboolean
is_clip_redundant (const Rewriter *self, const PtqPlanNode *clip)
{
  PtqEligibility eligibility = { self->model, self->index };
  const PtqScale *scale;
  gdouble min, max, half;

  if (!ptq_plan_is_quantized (self->plan, clip->proto->output[0])
      || !ptq_eligibility_get_clip_bounds (
          &eligibility, clip->proto, &min, &max))
    return FALSE;
  scale = scale_of (self, clip->proto->output[0]);
  half = scale->scale * 0.5;
  return ptq_scale_get_min (scale) >= min - half
      && ptq_scale_get_max (scale) <= max + half;
}

static void
quantize_weighted (
    Rewriter *self, const PtqPlanNode *node, Onnx__NodeProto *copy)
{
  const gchar *data = ptq_node_get_input (node->proto, 0);
  const gchar *weight = NULL, *bias = NULL;

  /* A constant first operand of a MatMul is the weight. */
  if (ptq_graph_index_initializer (self->index, data) != NULL) {
    ptq_node_set_input (
        copy, 0, ptq_constants_add_tensor (self->constants, data, self->nodes));
    return;
  }
  if (ptq_graph_index_initializer (
          self->index, ptq_node_get_input (node->proto, 1))
      == NULL)
    return; /* a product of two activations */
  ptq_constants_add_weight (self->constants, node->proto, scale_of (self, data),
      self->nodes, &weight, &bias);
  ptq_node_set_input (copy, 1, weight);
  if (bias != NULL)
    ptq_node_set_input (copy, 2, bias);
}

static void
quantize_operands (
    Rewriter *self, const PtqPlanNode *node, Onnx__NodeProto *copy)
{
  guint n = ptq_plan_node_n_data (node);

  for (guint i = 0; i < n; i++) {
    const gchar *name = ptq_node_get_input (node->proto, i);

    if (ptq_graph_index_initializer (self->index, name) != NULL)
      ptq_node_set_input (copy, i,
          ptq_constants_add_tensor (self->constants, name, self->nodes));
  }
}

/* A copy of the node that reads what its inputs have become. The plan and the
 * index go on naming the tensors of the graph as it was. */
static Onnx__NodeProto *
copy_node (Rewriter *self, const PtqPlanNode *node)
{
  Onnx__NodeProto *copy = ptq_node_copy (node->proto);

  for (guint i = 0; i < copy->n_input; i++) {
    const gchar *reader =
        g_hash_table_lookup (self->readers, node->proto->input[i]);

    if (reader != NULL)
      ptq_node_set_input (copy, i, reader);
  }
  if (!node->quantized)
    return copy;
  if (node->row->kind == PTQ_OP_CONVOLUTION
      || node->row->kind == PTQ_OP_PRODUCT)
    quantize_weighted (self, node, copy);
  else if (node->row->kind == PTQ_OP_ARITHMETIC
      || node->row->kind == PTQ_OP_JOIN)
    quantize_operands (self, node, copy);
  return copy;
}

/* The quantized tensor that output @o of the node holds, which is that of the
 * Relu or Clip behind it where the saturation of the codes replaces it; NULL
 * when the output stays float. */
static const gchar *
take_result (Rewriter *self, const PtqPlanNode *node, guint o)
{
  const gchar *tensor = node->proto->output[o];

  if (node->quantized && node->clip != NULL
      && is_clip_redundant (self, node->clip)) {
    tensor = node->clip->proto->output[0];
    g_hash_table_add (self->dropped, node->clip->proto);
  }
  return ptq_plan_is_quantized (self->plan, tensor) ? tensor : NULL;
}

/* A Relu or Clip on its own between two quantized tensors: the saturation of
 * the second does its work. */
static gboolean
drop_clip (Rewriter *self, const PtqPlanNode *node)
{
  const gchar *tensor = node->proto->output[0];

  if (!node->quantized || node->row->kind != PTQ_OP_CLIP
      || node->clip_of != NULL || !is_clip_redundant (self, node))
    return FALSE;
  add_quantization (
      self, tensor, reader_of (self, ptq_node_get_input (node->proto, 0)));
  return TRUE;
}

static void
rewrite_node (Rewriter *self, const PtqPlanNode *node)
{
  Onnx__NodeProto *copy;

  if (g_hash_table_contains (self->dropped, node->proto)
      || drop_clip (self, node))
    return;

  copy = copy_node (self, node);
  g_ptr_array_add (self->nodes, copy);
  for (guint o = 0; o < node->proto->n_output; o++) {
    const gchar *tensor = take_result (self, node, o);
    const gchar *source = tensor;

    if (tensor == NULL)
      continue;
    if (keeps_its_name (self, tensor))
      source = ptq_constants_take_name (self->constants, tensor, "_float");
    ptq_node_set_output (copy, o, source);
    add_quantization (self, tensor, source);
  }
}

static void
forget_value_info (Onnx__GraphProto *graph)
{
  /* Shapes of tensors that have other names now; a runtime infers them. */
  for (gsize i = 0; i < graph->n_value_info; i++)
    protobuf_c_message_free_unpacked (&graph->value_info[i]->base, NULL);
  graph->n_value_info = 0;
}

static void
rewriter_init (Rewriter *self, PtqPlan *plan, PtqSettings *settings,
    GHashTable *scales, GPtrArray *warnings)
{
  self->plan = plan;
  self->settings = settings;
  self->scales = scales;
  self->model = ptq_plan_get_model (plan);
  self->index = ptq_graph_index_new (ptq_model_get_graph (self->model));
  self->nodes = g_ptr_array_new ();
  self->readers =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->dropped = g_hash_table_new (NULL, NULL);
  self->constants =
      ptq_constants_new (self->model, self->index, settings, warnings);
}

static void
rewriter_clear (Rewriter *self)
{
  ptq_constants_free (self->constants);
  g_hash_table_unref (self->dropped);
  g_hash_table_unref (self->readers);
  ptq_graph_index_free (self->index);
}

void
ptq_rewrite (PtqPlan *plan, PtqSettings *settings, GHashTable *scales,
    GPtrArray *warnings)
{
  Onnx__GraphProto *graph = ptq_model_get_graph (ptq_plan_get_model (plan));
  const PtqPlanNode *nodes;
  Rewriter self = { 0 };
  guint n;

  rewriter_init (&self, plan, settings, scales, warnings);
  for (guint i = 0; i < ptq_model_get_n_inputs (self.model); i++) {
    const gchar *name = ptq_model_get_input (self.model, i)->name;

    if (ptq_plan_is_quantized (plan, name))
      add_quantization (&self, name, name);
  }
  nodes = ptq_plan_get_nodes (plan, &n);
  for (guint i = 0; i < n; i++)
    rewrite_node (&self, &nodes[i]);

  forget_value_info (graph);
  ptq_graph_set_nodes (graph, self.nodes);
  ptq_constants_flush (self.constants);
  ptq_graph_drop_unused_initializers (graph);
  rewriter_clear (&self);
}
