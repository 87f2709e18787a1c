/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Other types for inputs and outputs, by a Cast at the ends of the graph.
 */
#include "fresh-names.h"

#include <string.h>

static gboolean
is_float (PtqElementType type)
{
  return type == PTQ_ELEMENT_FLOAT || type == PTQ_ELEMENT_FLOAT16;
}

static gboolean
check_types (const PtqValueInfo *info, PtqElementType type, const gchar *what,
    GError **error)
{
  if (is_float (info->type) && is_float (type))
    return TRUE;
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED,
      "%s \"%s\" is of %s and cannot become %s: only float32 and float16 can "
      "stand for each other",
      what, info->name, ptq_element_type_name (info->type),
      ptq_element_type_name (type));

  return FALSE;
}

/* All of them, as a graph that is not valid may list one twice */
static void
set_type (Onnx__ValueInfoProto **values, gsize n, const gchar *name,
    PtqElementType type)
{
  gsize i;

  for (i = 0; i < n; i++) {
    const Onnx__TypeProto *declared = values[i]->type;

    if (g_str_equal (values[i]->name ? values[i]->name : "", name) && declared
        && declared->value_case == ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE) {
      declared->tensor_type->has_elem_type = TRUE;
      declared->tensor_type->elem_type = type;
    }
  }
}

/* Returns (transfer full) a name that is free and speaks of the type. */
static gchar *
new_name (PtqModel *self, const gchar *base, PtqElementType type)
{
  g_autoptr (PtqFreshNames) names =
      ptq_fresh_names_new (ptq_model_get_proto (self));
  g_autofree gchar *suffix =
      g_strconcat ("_", ptq_element_type_name (type), NULL);

  return ptq_fresh_names_take (names, base, suffix);
}

static Onnx__NodeProto *
new_cast (const gchar *from, const gchar *to, PtqElementType type)
{
  const gchar *inputs[] = { from, NULL };
  const gchar *outputs[] = { to, NULL };
  Onnx__NodeProto *node = ptq_node_new ("Cast", "", inputs, outputs);

  ptq_node_set_int (node, "to", type);

  return node;
}

static void
prepend_node (Onnx__GraphProto *graph, Onnx__NodeProto *node)
{
  ptq_graph_append_node (graph, node);
  memmove (
      graph->node + 1, graph->node, (graph->n_node - 1) * sizeof *graph->node);
  graph->node[0] = node;
}

/* ---- inputs ---- */

/* Takes the Casts to @type that read @name off the graph. Returns (transfer
 * full) them. */
static GPtrArray *
take_casts (Onnx__GraphProto *graph, const gchar *name, PtqElementType type)
{
  g_autoptr (PtqGraphIndex) index = ptq_graph_index_new (graph);
  GPtrArray *casts =
      g_ptr_array_new_with_free_func ((GDestroyNotify) ptq_node_free);
  gsize i, kept = 0;

  for (i = 0; i < graph->n_node; i++) {
    Onnx__NodeProto *node = graph->node[i];

    if (ptq_node_is (node, "Cast") && node->n_output == 1
        && !strcmp (ptq_node_get_input (node, 0), name)
        && ptq_node_get_int (node, "to", 0) == type
        && !ptq_graph_index_is_output (index, node->output[0]))
      g_ptr_array_add (casts, node);
    else
      graph->node[kept++] = node;
  }
  graph->n_node = kept;

  return casts;
}

/**
 * ptq_model_set_input_type:
 * @self: a model
 * @index: which input
 * @type: %PTQ_ELEMENT_FLOAT or %PTQ_ELEMENT_FLOAT16
 * @error: return location for an error
 *
 * Makes a float32 input one of float16, or the other way round. The graph
 * behind it stays as it is, since a Cast gives it what it had; a Cast that
 * would only undo this one goes instead.
 *
 * Returns: %TRUE, or %FALSE with %PTQ_ERROR_UNSUPPORTED where the input is of
 *   another type, or is an output as well; the model is unchanged then
 *
 * Since: 0.1
 */
gboolean
ptq_model_set_input_type (
    PtqModel *self, guint index, PtqElementType type, GError **error)
{
  Onnx__GraphProto *graph;
  g_autoptr (GPtrArray) casts = NULL;
  g_autofree gchar *name = NULL;
  g_autofree gchar *inner = NULL;
  PtqElementType old;
  gsize i;

  g_return_val_if_fail (PTQ_IS_MODEL (self), FALSE);
  g_return_val_if_fail (index < ptq_model_get_n_inputs (self), FALSE);

  old = ptq_model_get_input (self, index)->type;
  name = g_strdup (ptq_model_get_input (self, index)->name);
  if (!check_types (ptq_model_get_input (self, index), type, "input", error))
    return FALSE;
  if (old == type)
    return TRUE;
  graph = ptq_model_get_graph (self);
  for (i = 0; i < graph->n_output; i++) {
    if (!g_strcmp0 (graph->output[i]->name, name))
      goto is_output;
  }

  inner = new_name (self, name, old);
  set_type (graph->input, graph->n_input, name, type);
  casts = take_casts (graph, name, type);
  if (ptq_graph_rename_reads (graph, name, inner) > 0)
    prepend_node (graph, new_cast (name, inner, old));
  for (i = 0; i < casts->len; i++)
    ptq_graph_rename_reads (
        graph, ((Onnx__NodeProto *) casts->pdata[i])->output[0], name);
  ptq_model_changed (self);

  return TRUE;

is_output:
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED,
      "input \"%s\" cannot become %s: it is an output as well", name,
      ptq_element_type_name (type));
  return FALSE;
}

/* ---- outputs ---- */

/* The Cast that @name comes from, if nobody else reads the result */
static Onnx__NodeProto *
find_last_cast (Onnx__GraphProto *graph, const gchar *name)
{
  g_autoptr (PtqGraphIndex) index = ptq_graph_index_new (graph);
  Onnx__NodeProto *node = ptq_graph_index_producer (index, name);

  return node && ptq_node_is (node, "Cast")
          && ptq_graph_index_consumers (index, name)->len == 0
      ? node
      : NULL;
}

/* @name comes from an initializer where no node writes it. */
static void
rename_source (Onnx__GraphProto *graph, const gchar *name, const gchar *inner)
{
  g_autoptr (PtqGraphIndex) index = ptq_graph_index_new (graph);
  Onnx__NodeProto *node = ptq_graph_index_producer (index, name);
  Onnx__TensorProto *tensor = ptq_graph_index_initializer (index, name);
  guint i;

  for (i = 0; node && i < node->n_output; i++) {
    if (!strcmp (node->output[i], name))
      ptq_node_set_output (node, i, inner);
  }
  if (tensor) {
    g_free (tensor->name);
    tensor->name = g_strdup (inner);
  }
}

/**
 * ptq_model_set_output_type:
 * @self: a model
 * @index: which output
 * @type: %PTQ_ELEMENT_FLOAT or %PTQ_ELEMENT_FLOAT16
 * @error: return location for an error
 *
 * Makes a float32 output one of float16, or the other way round, by a Cast
 * before it; a Cast that is there already is changed.
 *
 * Returns: %TRUE, or %FALSE with %PTQ_ERROR_UNSUPPORTED where the output is
 *   of another type, or is an input as well; the model is unchanged then
 *
 * Since: 0.1
 */
gboolean
ptq_model_set_output_type (
    PtqModel *self, guint index, PtqElementType type, GError **error)
{
  Onnx__GraphProto *graph;
  Onnx__NodeProto *cast;
  g_autofree gchar *name = NULL;
  g_autofree gchar *inner = NULL;
  PtqElementType old;
  gsize i;

  g_return_val_if_fail (PTQ_IS_MODEL (self), FALSE);
  g_return_val_if_fail (index < ptq_model_get_n_outputs (self), FALSE);

  old = ptq_model_get_output (self, index)->type;
  name = g_strdup (ptq_model_get_output (self, index)->name);
  if (!check_types (ptq_model_get_output (self, index), type, "output", error))
    return FALSE;
  if (old == type)
    return TRUE;
  graph = ptq_model_get_graph (self);
  for (i = 0; i < graph->n_input; i++) {
    if (!g_strcmp0 (graph->input[i]->name, name))
      goto is_input;
  }

  set_type (graph->output, graph->n_output, name, type);
  cast = find_last_cast (graph, name);
  if (cast) {
    ptq_node_set_int (cast, "to", type);
  } else {
    inner = new_name (self, name, old);
    rename_source (graph, name, inner);
    ptq_graph_rename_reads (graph, name, inner);
    ptq_graph_append_node (graph, new_cast (inner, name, type));
  }
  ptq_model_changed (self);

  return TRUE;

is_input:
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED,
      "output \"%s\" cannot become %s: it is an input as well", name,
      ptq_element_type_name (type));
  return FALSE;
}

static gboolean
set_float_types (PtqModel *self, guint n,
    const PtqValueInfo *(*get) (PtqModel *, guint),
    gboolean (*set) (PtqModel *, guint, PtqElementType, GError **),
    PtqElementType type, GError **error)
{
  guint i;

  for (i = 0; i < n; i++) {
    if (is_float (get (self, i)->type) && !set (self, i, type, error))
      return FALSE;
  }

  return TRUE;
}

/**
 * ptq_model_set_data_types:
 * @self: a model
 * @inputs: %PTQ_ELEMENT_FLOAT, %PTQ_ELEMENT_FLOAT16, or
 *   %PTQ_ELEMENT_UNDEFINED to leave the inputs as they are
 * @outputs: likewise for the outputs
 * @error: return location for an error
 *
 * ptq_model_set_input_type() and ptq_model_set_output_type() for all inputs
 * and outputs of float32 and float16. Others keep their types.
 *
 * Returns: %TRUE, or %FALSE with %PTQ_ERROR_UNSUPPORTED where an input is an
 *   output as well
 *
 * Since: 0.1
 */
gboolean
ptq_model_set_data_types (PtqModel *self, PtqElementType inputs,
    PtqElementType outputs, GError **error)
{
  g_return_val_if_fail (PTQ_IS_MODEL (self), FALSE);

  return (inputs == PTQ_ELEMENT_UNDEFINED
             || set_float_types (self, ptq_model_get_n_inputs (self),
                 ptq_model_get_input, ptq_model_set_input_type, inputs, error))
      && (outputs == PTQ_ELEMENT_UNDEFINED
          || set_float_types (self, ptq_model_get_n_outputs (self),
              ptq_model_get_output, ptq_model_set_output_type, outputs, error));
}
