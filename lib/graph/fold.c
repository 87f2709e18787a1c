/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Constants that can be multiplied into weights: BatchNormalization behind a
 * Conv or ConvTranspose, alpha and beta of a Gemm. */

#include "fold.h"
#include "fresh-names.h"
#include "model-private.h"

#include <math.h>
#include <string.h>

typedef struct
{
  PtqModel *model;
  PtqGraphIndex *index;
  PtqFreshNames *names;
} Fold;

static gfloat *
read_constant (const Fold *fold, const gchar *name, gsize *n)
{
  Onnx__TensorProto *tensor = ptq_graph_index_initializer (fold->index, name);

  if (tensor == NULL || tensor->data_type != PTQ_ELEMENT_FLOAT)
    return NULL;
  return ptq_tensor_proto_read_floats (fold->model, tensor, n, NULL);
}

/* A changed copy under a new name: other nodes may read the old one. */
static void
replace_input (const Fold *fold, Onnx__NodeProto *node, guint input,
    const gchar *suffix, const gint64 *dims, guint rank, const gfloat *values,
    gsize n)
{
  g_autofree gchar *ending = g_strconcat ("_", node->name, "_", suffix, NULL);
  g_autofree gchar *name = ptq_fresh_names_take (
      fold->names, ptq_node_get_input (node, input), ending);

  ptq_graph_add_initializer (ptq_model_get_graph (fold->model),
      ptq_tensor_proto_new (
          name, PTQ_ELEMENT_FLOAT, dims, rank, values, n * sizeof (gfloat)));
  ptq_node_set_input (node, input, name);
}

/* factor[m] = gamma / sqrt (var + epsilon), offset[m] = beta - mean * factor
 * (Ioffe and Szegedy 2015, inference form) */
static gboolean
read_batch_norm (const Fold *fold, const Onnx__NodeProto *node, gfloat **factor,
    gfloat **offset, gsize *n)
{
  g_autofree gfloat *gamma = NULL, *beta = NULL, *mean = NULL, *var = NULL;
  gdouble epsilon = ptq_node_get_float (node, "epsilon", 1e-5f);
  gsize counts[4] = { 0 };

  gamma = read_constant (fold, ptq_node_get_input (node, 1), &counts[0]);
  beta = read_constant (fold, ptq_node_get_input (node, 2), &counts[1]);
  mean = read_constant (fold, ptq_node_get_input (node, 3), &counts[2]);
  var = read_constant (fold, ptq_node_get_input (node, 4), &counts[3]);
  if (gamma == NULL || beta == NULL || mean == NULL || var == NULL
      || counts[0] != counts[1] || counts[0] != counts[2]
      || counts[0] != counts[3])
    return FALSE;

  *n = counts[0];
  *factor = g_new (gfloat, *n);
  *offset = g_new (gfloat, *n);
  for (gsize i = 0; i < *n; i++) {
    gdouble f = gamma[i] / sqrt (var[i] + epsilon);

    (*factor)[i] = (gfloat) f;
    (*offset)[i] = (gfloat) (beta[i] - mean[i] * f);
  }
  return TRUE;
}

/* Output channel of the weight element at @i. Conv stores [M, C/g, k…],
 * ConvTranspose [C, M/g, k…]. */
static gsize
output_channel (const Onnx__NodeProto *conv, const Onnx__TensorProto *weight,
    gsize i, gsize positions)
{
  gsize row = i / positions / weight->dims[1];
  gsize group = ptq_node_get_int (conv, "group", 1);

  if (ptq_node_is (conv, "Conv"))
    return row;
  return row / (weight->dims[0] / group) * weight->dims[1]
      + i / positions % weight->dims[1];
}

static gsize
count_channels (const Onnx__NodeProto *conv, const Onnx__TensorProto *weight)
{
  gint64 group = ptq_node_get_int (conv, "group", 1);

  if (ptq_node_is (conv, "Conv"))
    return weight->dims[0];
  return group > 0 && weight->dims[0] % group == 0 ? weight->dims[1] * group
                                                   : 0;
}

static gboolean
fold_into (const Fold *fold, Onnx__NodeProto *conv, const Onnx__NodeProto *norm)
{
  const gchar *bias_name = ptq_node_get_input (conv, 2);
  Onnx__TensorProto *weight =
      ptq_graph_index_initializer (fold->index, ptq_node_get_input (conv, 1));
  g_autofree gfloat *values = NULL, *bias = NULL, *factor = NULL;
  g_autofree gfloat *offset = NULL;
  gsize n, n_bias = 0, n_channels, positions = 1;
  gint64 bias_dims[1];

  if (weight == NULL || weight->n_dims < 3
      || !read_batch_norm (fold, norm, &factor, &offset, &n_channels))
    return FALSE;
  values = read_constant (fold, weight->name, &n);
  if (bias_name[0] != '\0')
    bias = read_constant (fold, bias_name, &n_bias);
  if (values == NULL || n_channels != count_channels (conv, weight)
      || (bias_name[0] != '\0' && (bias == NULL || n_bias != n_channels)))
    return FALSE;

  for (gsize d = 2; d < weight->n_dims; d++)
    positions *= weight->dims[d];
  for (gsize i = 0; i < n; i++)
    values[i] *= factor[output_channel (conv, weight, i, positions)];
  for (gsize c = 0; bias != NULL && c < n_channels; c++)
    offset[c] += bias[c] * factor[c];

  bias_dims[0] = n_channels;
  replace_input (
      fold, conv, 1, "folded", weight->dims, weight->n_dims, values, n);
  replace_input (fold, conv, 2, "folded", bias_dims, 1, offset, n_channels);
  ptq_node_set_output (conv, 0, norm->output[0]);
  return TRUE;
}

static gboolean
is_foldable (
    const Fold *fold, const Onnx__NodeProto *norm, const Onnx__NodeProto *conv)
{
  const gchar *between = ptq_node_get_input (norm, 0);

  return conv != NULL
      && (ptq_node_is (conv, "Conv") || ptq_node_is (conv, "ConvTranspose"))
      && ptq_node_get_int (norm, "training_mode", 0) == 0 && norm->n_output == 1
      && ptq_graph_index_consumers (fold->index, between)->len == 1
      && !ptq_graph_index_is_output (fold->index, between);
}

void
ptq_fold_batch_norms (PtqModel *model)
{
  Onnx__GraphProto *graph = ptq_model_get_graph (model);
  g_autoptr (PtqGraphIndex) index = ptq_graph_index_new (graph);
  GPtrArray *nodes = g_ptr_array_new ();
  g_autoptr (PtqFreshNames) names =
      ptq_fresh_names_new (ptq_model_get_proto (model));
  Fold fold = { model, index, names };

  for (gsize i = 0; i < graph->n_node; i++) {
    Onnx__NodeProto *node = graph->node[i];
    Onnx__NodeProto *conv = NULL;

    if (ptq_node_is (node, "BatchNormalization"))
      conv = ptq_graph_index_producer (index, ptq_node_get_input (node, 0));
    if (!is_foldable (&fold, node, conv) || !fold_into (&fold, conv, node))
      g_ptr_array_add (nodes, node);
  }
  ptq_graph_set_nodes (graph, nodes);
  ptq_graph_drop_unused_initializers (graph);
}

static void
fold_factor (
    const Fold *fold, Onnx__NodeProto *gemm, const gchar *name, guint input)
{
  gfloat factor = ptq_node_get_float (gemm, name, 1);
  Onnx__TensorProto *tensor;
  g_autofree gfloat *values = NULL;
  gsize n;

  if (factor == 1)
    return;
  if (ptq_node_get_input (gemm, input)[0] == '\0') {
    ptq_node_remove_attribute (gemm, name);
    return;
  }
  tensor = ptq_graph_index_initializer (
      fold->index, ptq_node_get_input (gemm, input));
  values = read_constant (fold, ptq_node_get_input (gemm, input), &n);
  if (values == NULL)
    return;
  for (gsize i = 0; i < n; i++)
    values[i] *= factor;
  replace_input (
      fold, gemm, input, name, tensor->dims, tensor->n_dims, values, n);
  ptq_node_remove_attribute (gemm, name);
}

/* Columns of a Gemm's result, or 0 */
static gsize
count_columns (const Fold *fold, const Onnx__NodeProto *gemm)
{
  const Onnx__TensorProto *weight =
      ptq_graph_index_initializer (fold->index, ptq_node_get_input (gemm, 1));

  if (weight == NULL || weight->n_dims != 2)
    return 0;
  return weight->dims[ptq_node_get_int (gemm, "transB", 0) != 0 ? 0 : 1];
}

/* C as a vector of a value a column, the only form that the integer kernel
 * takes. What has a row for each sample stays as it is. */
static void
flatten_bias (const Fold *fold, Onnx__NodeProto *gemm)
{
  const gchar *name = ptq_node_get_input (gemm, 2);
  Onnx__TensorProto *bias = ptq_graph_index_initializer (fold->index, name);
  gsize n_columns = count_columns (fold, gemm);
  g_autofree gfloat *values = NULL;
  gsize n;
  gint64 dims[1] = { n_columns };

  if (bias == NULL || bias->n_dims > 2
      || (bias->n_dims == 2 && bias->dims[0] != 1))
    return;
  values = read_constant (fold, name, &n);
  if (values == NULL || (n != 1 && n != n_columns)
      || (bias->n_dims == 1 && n == n_columns))
    return;
  values = g_renew (gfloat, values, n_columns);
  for (gsize i = n; i < n_columns; i++)
    values[i] = values[0];
  replace_input (fold, gemm, 2, "vector", dims, 1, values, n_columns);
}

/* Factors first, then the shape, each on an index that knows the other's
 * result. */
void
ptq_fold_gemm_factors (PtqModel *model)
{
  Onnx__GraphProto *graph = ptq_model_get_graph (model);

  for (guint pass = 0; pass < 2; pass++) {
    g_autoptr (PtqGraphIndex) index = ptq_graph_index_new (graph);
    g_autoptr (PtqFreshNames) names =
        ptq_fresh_names_new (ptq_model_get_proto (model));
    Fold fold = { model, index, names };

    for (gsize i = 0; i < graph->n_node; i++) {
      if (!ptq_node_is (graph->node[i], "Gemm"))
        continue;
      if (pass == 0) {
        fold_factor (&fold, graph->node[i], "alpha", 1);
        fold_factor (&fold, graph->node[i], "beta", 2);
      } else {
        flatten_bias (&fold, graph->node[i]);
      }
    }
  }
  ptq_graph_drop_unused_initializers (graph);
}
