/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Raising the version of a model's default operators, one version at a time.
 */
#include "opset-rules.h"
#include "wire-format.h"

#include <string.h>

typedef struct
{
  PtqModel *model;
  PtqFreshNames *names;
  gint64 version;
  gboolean failed;
  GError **error;
} Upgrade;

static void upgrade_graph (Onnx__GraphProto *graph, gpointer user_data);

static void
upgrade_node (Upgrade *upgrade, PtqOpsetScope *scope, Onnx__NodeProto *node)
{
  guint i;

  if (!upgrade->failed)
    ptq_node_foreach_subgraph (node, upgrade_graph, upgrade);
  if (!upgrade->failed && !ptq_opset_rules_apply (scope, node, upgrade->error))
    upgrade->failed = TRUE;

  g_ptr_array_add (scope->nodes, node);
  for (i = 0; i < scope->after->len; i++)
    g_ptr_array_add (scope->nodes, scope->after->pdata[i]);
  g_ptr_array_set_size (scope->after, 0);
}

/* The nodes, (transfer full), of the next version; all of them also when a
 * rule failed */
static GPtrArray *
upgrade_nodes (
    Upgrade *upgrade, Onnx__GraphProto *graph, Onnx__NodeProto **nodes, gsize n)
{
  PtqOpsetScope scope;
  gsize i;

  ptq_opset_scope_init (
      &scope, upgrade->model, graph, upgrade->names, upgrade->version);
  for (i = 0; i < n; i++)
    upgrade_node (upgrade, &scope, nodes[i]);

  return ptq_opset_scope_clear (&scope);
}

static void
upgrade_graph (Onnx__GraphProto *graph, gpointer user_data)
{
  ptq_graph_set_nodes (
      graph, upgrade_nodes (user_data, graph, graph->node, graph->n_node));
}

static Onnx__OperatorSetIdProto *
find_default_opset (const Onnx__FunctionProto *function)
{
  gsize i;

  for (i = 0; i < function->n_opset_import; i++) {
    const gchar *domain = function->opset_import[i]->domain;

    if (!domain || !*domain || !strcmp (domain, "ai.onnx"))
      return function->opset_import[i];
  }

  return NULL;
}

/* A function says itself which version it is written in. */
static void
upgrade_function (Upgrade *upgrade, Onnx__FunctionProto *function)
{
  Onnx__OperatorSetIdProto *opset = find_default_opset (function);
  GPtrArray *nodes;

  if (!opset || opset->version >= upgrade->version)
    return;
  nodes = upgrade_nodes (upgrade, NULL, function->node, function->n_node);
  g_free (function->node);
  function->n_node = nodes->len;
  function->node = (Onnx__NodeProto **) g_ptr_array_free (nodes, FALSE);
  opset->version = upgrade->version;
}

static gboolean
upgrade_step (Upgrade *upgrade, Onnx__ModelProto *proto)
{
  gsize i;

  upgrade_graph (proto->graph, upgrade);
  for (i = 0; i < proto->n_functions && !upgrade->failed; i++)
    upgrade_function (upgrade, proto->functions[i]);
  for (i = 0; i < proto->n_training_info && !upgrade->failed; i++) {
    if (proto->training_info[i]->initialization)
      upgrade_graph (proto->training_info[i]->initialization, upgrade);
    if (proto->training_info[i]->algorithm)
      upgrade_graph (proto->training_info[i]->algorithm, upgrade);
  }

  return !upgrade->failed;
}

static gboolean
upgrade_proto (
    PtqModel *model, Onnx__ModelProto *proto, gint64 opset, GError **error)
{
  g_autoptr (PtqFreshNames) names = ptq_fresh_names_new (proto);
  Upgrade upgrade = { model, names, 0, FALSE, error };

  for (upgrade.version = ptq_model_get_opset (model) + 1;
       upgrade.version <= opset; upgrade.version++) {
    if (!upgrade_step (&upgrade, proto))
      return FALSE;
  }

  return TRUE;
}

/* The oldest IR version that may use each opset, by the release notes */
static gint64
oldest_ir_version (gint64 opset)
{
  static const struct
  {
    gint64 opset, ir_version;
  } releases[] = {
    { 21, 10 },
    { 19, 9 },
    { 15, 8 },
    { 12, 7 },
    { 11, 6 },
    { 10, 5 },
    { 9, 4 },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (releases); i++) {
    if (opset >= releases[i].opset)
      return releases[i].ir_version;
  }

  return 3;
}

/* Before IR version 4 all weights had to be listed as inputs. From then on
 * that means that a caller may replace them, which keeps a runtime from
 * treating them as constants. */
static void
drop_initialized_inputs (Onnx__GraphProto *graph)
{
  g_autoptr (GHashTable) initialized =
      g_hash_table_new (g_str_hash, g_str_equal);
  gsize i, kept = 0;

  for (i = 0; i < graph->n_initializer; i++) {
    if (graph->initializer[i]->name)
      g_hash_table_add (initialized, graph->initializer[i]->name);
  }
  for (i = 0; i < graph->n_input; i++) {
    Onnx__ValueInfoProto *input = graph->input[i];

    if (input->name && g_hash_table_contains (initialized, input->name))
      onnx__value_info_proto__free_unpacked (input, NULL);
    else
      graph->input[kept++] = input;
  }
  graph->n_input = kept;
}

static void
raise_ir_version (Onnx__ModelProto *proto, gint64 opset)
{
  const gint64 needed = oldest_ir_version (opset);

  if (proto->ir_version >= needed)
    return;
  if (proto->ir_version < 4 && needed >= 4)
    drop_initialized_inputs (proto->graph);
  proto->has_ir_version = TRUE;
  proto->ir_version = needed;
}

/* A copy whose graph holds the very initializers of @model, which the copy
 * does not own */
static Onnx__ModelProto *
borrow_weights (PtqModel *model)
{
  Onnx__ModelProto *proto = ptq_model_get_proto (model), *copy;
  const gsize n = proto->graph->n_initializer;

  proto->graph->n_initializer = 0;
  copy = (Onnx__ModelProto *) ptq_wire_copy (&proto->base);
  proto->graph->n_initializer = n;
  copy->graph->n_initializer = n;
  copy->graph->initializer = g_memdup2 (
      proto->graph->initializer, n * sizeof *proto->graph->initializer);

  return copy;
}

static void
give_back_weights (Onnx__ModelProto *copy, gsize n)
{
  gsize i;

  for (i = n; i < copy->graph->n_initializer; i++)
    onnx__tensor_proto__free_unpacked (copy->graph->initializer[i], NULL);
  copy->graph->n_initializer = 0;
  onnx__model_proto__free_unpacked (copy, NULL);
}

static gboolean
check_versions (PtqModel *self, gint64 opset, GError **error)
{
  const gint64 from = ptq_model_get_opset (self);

  if (opset > PTQ_OPSET_MAX) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED,
        "opset %" G_GINT64_FORMAT " was asked for, %d is the newest that a "
        "model can be upgraded to",
        opset, PTQ_OPSET_MAX);
    return FALSE;
  }
  if (from < 1) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_INVALID_MODEL,
        "the model imports no version of the default operators, or version "
        "%" G_GINT64_FORMAT ", which does not exist",
        from);
    return FALSE;
  }

  return TRUE;
}

/**
 * ptq_model_upgrade:
 * @self: a model
 * @opset: the version of the default operators to reach, 21 at most
 * @error: return location for an error
 *
 * Rewrites operators that changed since the version the model is written in,
 * in subgraphs and functions too, so that the model computes the same under
 * version @opset. A model of that version or a later one stays as it is.
 *
 * Pointers into the message are void afterwards. On failure the model is
 * unchanged.
 *
 * Returns: %TRUE, or %FALSE with %PTQ_ERROR_UNSUPPORTED where an operator has
 *   no counterpart in the newer version
 *
 * Since: 0.1
 */
gboolean
ptq_model_upgrade (PtqModel *self, gint64 opset, GError **error)
{
  Onnx__GraphProto *graph;
  Onnx__ModelProto *upgraded;

  g_return_val_if_fail (PTQ_IS_MODEL (self), FALSE);

  if (ptq_model_get_opset (self) >= opset)
    return TRUE;
  if (!check_versions (self, opset, error))
    return FALSE;

  graph = ptq_model_get_graph (self);
  upgraded = borrow_weights (self);
  if (!upgrade_proto (self, upgraded, opset, error)) {
    give_back_weights (upgraded, graph->n_initializer);
    if (ptq_model_get_path (self))
      g_prefix_error (error, "%s: ", ptq_model_get_path (self));
    return FALSE;
  }
  raise_ir_version (upgraded, opset);

  /* The weights are the upgraded message's from now on. */
  graph->n_initializer = 0;
  ptq_model_take_proto (self, upgraded);
  ptq_model_set_opset (self, "", opset);

  return TRUE;
}
