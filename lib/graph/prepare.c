/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* From the user's model to the graph that is calibrated and rewritten. ONNX
 * Runtime's basic optimization folds constants and BatchNormalization; around
 * it stands what it needs first and what it leaves over. */

#include "prepare.h"
#include "model-private.h"
#include "runtime-private.h"
#include "fold.h"
#include "optimizer-traces.h"

#include <string.h>

/* Per-channel DequantizeLinear */
#define MIN_OPSET 13
/* IR version that belongs to MIN_OPSET */
#define MIN_IR_VERSION 7

static const gchar *
describe (PtqModel *model)
{
  const gchar *path = ptq_model_get_path (model);

  return path != NULL ? path : "model";
}

static gboolean
check_float_model (PtqModel *model, GError **error)
{
  Onnx__GraphProto *graph = ptq_model_get_graph (model);

  for (gsize i = 0; i < graph->n_node; i++) {
    const gchar *op = graph->node[i]->op_type;

    if (g_str_has_prefix (op, "QLinear") || g_str_equal (op, "QuantizeLinear")
        || g_str_equal (op, "DequantizeLinear")
        || g_str_equal (op, "ConvInteger") || g_str_equal (op, "QGemm")
        || g_str_equal (op, "MatMulInteger")
        || g_str_equal (op, "DynamicQuantizeLinear")) {
      g_set_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED,
          "%s is quantized already: node '%s' is a %s. Start from the float32 "
          "model.",
          describe (model), graph->node[i]->name, op);
      return FALSE;
    }
  }
  return TRUE;
}

static void
set_name (Onnx__NodeProto *node, gchar *name)
{
  if (node->name != (gchar *) protobuf_c_empty_string)
    g_free (node->name);
  node->name = name;
}

/* Every node gets a name of its own, so that skip lists, reports and messages
 * can speak of it: "Conv_12" is the twelfth node, counted from 0. Of nodes
 * with one name the first keeps it. */
static void
name_nodes (Onnx__GraphProto *graph)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) nameless = g_ptr_array_new ();

  for (gsize i = 0; i < graph->n_node; i++) {
    gchar *name = graph->node[i]->name;

    if (name == NULL || name[0] == '\0' || g_hash_table_contains (names, name))
      g_ptr_array_add (nameless, GSIZE_TO_POINTER (i));
    else
      g_hash_table_add (names, name);
  }

  for (guint k = 0; k < nameless->len; k++) {
    gsize i = GPOINTER_TO_SIZE (nameless->pdata[k]);
    Onnx__NodeProto *node = graph->node[i];
    gchar *name;

    name = g_strdup_printf ("%s_%" G_GSIZE_FORMAT, node->op_type, i);
    while (g_hash_table_contains (names, name)) {
      gchar *longer = g_strconcat (name, "_", NULL);

      g_free (name);
      name = longer;
    }
    set_name (node, name);
    g_hash_table_add (names, name);
  }
}

static void
raise_ir_version (PtqModel *model)
{
  Onnx__ModelProto *proto = ptq_model_get_proto (model);

  proto->has_ir_version = TRUE;
  proto->ir_version = MAX (proto->ir_version, MIN_IR_VERSION);
}

PtqModel *
ptq_prepare_model (PtqModel *model, GError **error)
{
  g_autoptr (PtqModel) copy = NULL;
  PtqModel *prepared;

  if (!check_float_model (model, error))
    return NULL;
  copy = ptq_model_copy (model, error);
  if (copy == NULL)
    return NULL;

  ptq_graph_lift_constants (ptq_model_get_graph (copy));
  /* The optimizer folds nothing that a caller may replace. */
  ptq_graph_freeze_initializers (ptq_model_get_graph (copy));
  ptq_model_changed (copy);
  if (!ptq_model_widen_float16 (copy, error))
    return NULL;
  if (ptq_model_get_opset (copy) < MIN_OPSET
      && !ptq_model_upgrade (copy, MIN_OPSET, error))
    return NULL;
  raise_ir_version (copy);
  name_nodes (ptq_model_get_graph (copy));

  prepared = ptq_runtime_optimize (copy, PTQ_OPTIMIZE_BASIC, error);
  if (prepared == NULL)
    return NULL;
  ptq_optimizer_traces_remove (prepared);
  ptq_fold_batch_norms (prepared);
  ptq_fold_gemm_factors (prepared);
  name_nodes (ptq_model_get_graph (prepared));
  ptq_model_changed (prepared);
  return prepared;
}
