/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Types and shapes of inputs and outputs, and fixing those of an input.
 */
#include "value-info.h"

#include <string.h>

static Onnx__TypeProto__Tensor *
get_tensor_type (const Onnx__ValueInfoProto *value)
{
  if (!value->type
      || value->type->value_case != ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE)
    return NULL;

  return value->type->tensor_type;
}

static gint64
get_dim (const Onnx__TensorShapeProto__Dimension *dim)
{
  if (dim->value_case == ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE
      && dim->dim_value > 0)
    return dim->dim_value;

  /* Some exporters write 0 or -1 where they do not know. */
  return -1;
}

static const gchar *
get_symbol (const Onnx__TensorShapeProto__Dimension *dim)
{
  if (dim->value_case == ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM
      && dim->dim_param && *dim->dim_param)
    return dim->dim_param;

  return NULL;
}

static void
fill_info (PtqValueInfo *info, const Onnx__ValueInfoProto *value)
{
  const Onnx__TypeProto__Tensor *tensor = get_tensor_type (value);
  gsize i;

  info->name = value->name ? value->name : "";
  info->type =
      tensor ? (PtqElementType) tensor->elem_type : PTQ_ELEMENT_UNDEFINED;
  info->rank = -1;
  if (!tensor || !tensor->shape || tensor->shape->n_dim > PTQ_TENSOR_MAX_RANK)
    return;

  info->rank = tensor->shape->n_dim;
  for (i = 0; i < tensor->shape->n_dim; i++)
    info->dims[i] = get_dim (tensor->shape->dim[i]);
}

static void
append_info (GArray *infos, const Onnx__ValueInfoProto *value)
{
  PtqValueInfo info = { NULL, PTQ_ELEMENT_UNDEFINED, -1, { 0 } };

  fill_info (&info, value);
  g_array_append_val (infos, info);
}

/* Names of tensors that come with a value, dense or sparse */
static GHashTable *
initializer_names (const Onnx__GraphProto *graph)
{
  GHashTable *names = g_hash_table_new (g_str_hash, g_str_equal);
  gsize i;

  for (i = 0; i < graph->n_initializer; i++) {
    if (graph->initializer[i]->name)
      g_hash_table_add (names, graph->initializer[i]->name);
  }
  for (i = 0; i < graph->n_sparse_initializer; i++) {
    const Onnx__TensorProto *values = graph->sparse_initializer[i]->values;

    if (values && values->name)
      g_hash_table_add (names, values->name);
  }

  return names;
}

/* Inputs that a caller has to feed: before IR version 4, weights had to be
 * listed as inputs too. */
static GPtrArray *
list_fed_inputs (const Onnx__GraphProto *graph)
{
  g_autoptr (GHashTable) initialized = initializer_names (graph);
  GPtrArray *inputs = g_ptr_array_new ();
  gsize i;

  for (i = 0; i < graph->n_input; i++) {
    if (!graph->input[i]->name
        || !g_hash_table_contains (initialized, graph->input[i]->name))
      g_ptr_array_add (inputs, graph->input[i]);
  }

  return inputs;
}

GArray *
ptq_value_info_list_inputs (const Onnx__GraphProto *graph)
{
  g_autoptr (GPtrArray) inputs = list_fed_inputs (graph);
  GArray *infos = g_array_new (FALSE, FALSE, sizeof (PtqValueInfo));
  guint i;

  for (i = 0; i < inputs->len; i++)
    append_info (infos, inputs->pdata[i]);

  return infos;
}

GArray *
ptq_value_info_list_outputs (const Onnx__GraphProto *graph)
{
  GArray *infos = g_array_new (FALSE, FALSE, sizeof (PtqValueInfo));
  gsize i;

  for (i = 0; i < graph->n_output; i++)
    append_info (infos, graph->output[i]);

  return infos;
}

static void
fix_dim (Onnx__TensorShapeProto__Dimension *dim, gint64 value)
{
  if (dim->value_case == ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM)
    g_free (dim->dim_param);
  dim->value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
  dim->dim_value = value;
}

static void
fix_symbols_in_values (
    Onnx__ValueInfoProto **values, gsize n, GHashTable *symbols)
{
  gsize i, j;

  for (i = 0; i < n; i++) {
    Onnx__TypeProto__Tensor *tensor = get_tensor_type (values[i]);

    for (j = 0; tensor && tensor->shape && j < tensor->shape->n_dim; j++) {
      Onnx__TensorShapeProto__Dimension *dim = tensor->shape->dim[j];
      const gchar *symbol = get_symbol (dim);
      gint64 *value = symbol ? g_hash_table_lookup (symbols, symbol) : NULL;

      if (value)
        fix_dim (dim, *value);
    }
  }
}

static void
fix_symbols (Onnx__GraphProto *graph, gpointer symbols)
{
  gsize i;

  fix_symbols_in_values (graph->input, graph->n_input, symbols);
  fix_symbols_in_values (graph->output, graph->n_output, symbols);
  fix_symbols_in_values (graph->value_info, graph->n_value_info, symbols);
  for (i = 0; i < graph->n_node; i++)
    ptq_node_foreach_subgraph (graph->node[i], fix_symbols, symbols);
}

static gboolean
check_shape (
    const PtqValueInfo *input, const gint64 *dims, guint rank, GError **error)
{
  g_autofree gchar *wanted = ptq_dims_to_string (dims, rank);
  g_autofree gchar *found = ptq_dims_to_string (input->dims, input->rank);
  guint i;

  if (input->rank >= 0 && input->rank != (gint) rank)
    goto mismatch;
  for (i = 0; i < rank; i++) {
    if (dims[i] != -1 && dims[i] < 1)
      goto bad_dim;
    if (input->rank >= 0 && input->dims[i] != -1 && dims[i] != -1
        && input->dims[i] != dims[i])
      goto mismatch;
  }

  return TRUE;

mismatch:
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
      "input \"%s\" has the shape %s in the model, it cannot become %s",
      input->name, found, wanted);
  return FALSE;

bad_dim:
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
      "input \"%s\": dimension %u of the shape asked for is %" G_GINT64_FORMAT
      ", it must be 1 or more, or -1 to stay as it is",
      input->name, i, dims[i]);
  return FALSE;
}

/* The value of each symbol that @dims settles; NULL if two disagree */
static GHashTable *
settle_symbols (const PtqValueInfo *input, const Onnx__TensorShapeProto *shape,
    const gint64 *dims, GError **error)
{
  g_autoptr (GHashTable) symbols =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gsize i;

  for (i = 0; i < shape->n_dim; i++) {
    const gchar *symbol = get_symbol (shape->dim[i]);
    const gint64 *known;

    if (!symbol || dims[i] == -1)
      continue;
    known = g_hash_table_lookup (symbols, symbol);
    if (known && *known != dims[i]) {
      g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
          "input \"%s\": \"%s\" cannot be %" G_GINT64_FORMAT
          " and %" G_GINT64_FORMAT " at once",
          input->name, symbol, *known, dims[i]);
      return NULL;
    }
    g_hash_table_insert (symbols, g_strdup (symbol), (gpointer) &dims[i]);
  }

  return g_steal_pointer (&symbols);
}

static Onnx__TensorShapeProto *
new_open_shape (guint rank)
{
  Onnx__TensorShapeProto *shape = g_new (Onnx__TensorShapeProto, 1);
  guint i;

  onnx__tensor_shape_proto__init (shape);
  shape->n_dim = rank;
  shape->dim = g_new (Onnx__TensorShapeProto__Dimension *, rank);
  for (i = 0; i < rank; i++) {
    shape->dim[i] = g_new (Onnx__TensorShapeProto__Dimension, 1);
    onnx__tensor_shape_proto__dimension__init (shape->dim[i]);
  }

  return shape;
}

/**
 * ptq_model_set_input_shape:
 * @self: a model
 * @index: which input
 * @dims: (array length=rank): the shape; -1 leaves a dimension as it is
 * @rank: how many dimensions, at most %PTQ_TENSOR_MAX_RANK
 * @error: return location for an error
 *
 * Gives open dimensions of an input a value. Where the model names an open
 * dimension ("batch", "height"), every dimension of that name gets the value,
 * in other inputs, in outputs and inside.
 *
 * Returns: %TRUE, or %FALSE with %PTQ_ERROR_SHAPE where the model says
 *   otherwise; the model is unchanged then
 *
 * Since: 0.1
 */
gboolean
ptq_model_set_input_shape (
    PtqModel *self, guint index, const gint64 *dims, guint rank, GError **error)
{
  g_autoptr (GPtrArray) inputs = NULL;
  g_autoptr (GHashTable) symbols = NULL;
  const PtqValueInfo *info;
  Onnx__TypeProto__Tensor *tensor;
  guint i;

  g_return_val_if_fail (PTQ_IS_MODEL (self), FALSE);
  g_return_val_if_fail (rank <= PTQ_TENSOR_MAX_RANK, FALSE);
  g_return_val_if_fail (index < ptq_model_get_n_inputs (self), FALSE);

  info = ptq_model_get_input (self, index);
  inputs = list_fed_inputs (ptq_model_get_graph (self));
  tensor = get_tensor_type (inputs->pdata[index]);
  if (!tensor) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
        "input \"%s\" is not a tensor, it has no shape", info->name);
    return FALSE;
  }
  if (!check_shape (info, dims, rank, error))
    return FALSE;
  if (tensor->shape && tensor->shape->n_dim != rank)
    goto too_deep;

  if (!tensor->shape)
    tensor->shape = new_open_shape (rank);
  symbols = settle_symbols (info, tensor->shape, dims, error);
  if (!symbols)
    return FALSE;

  for (i = 0; i < rank; i++) {
    if (dims[i] != -1)
      fix_dim (tensor->shape->dim[i], dims[i]);
  }
  fix_symbols (ptq_model_get_graph (self), symbols);
  ptq_model_changed (self);

  return TRUE;

too_deep:
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
      "input \"%s\" has %" G_GSIZE_FORMAT " dimensions in the model, %u were "
      "given",
      info->name, tensor->shape->n_dim, rank);
  return FALSE;
}
