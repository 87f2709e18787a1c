/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Rules for operators that mean something else than before.
 */
#include "opset-rules.h"

#include <string.h>

static void
rename_operator (Onnx__NodeProto *node, const gchar *op_type)
{
  g_free (node->op_type);
  node->op_type = g_strdup (op_type);
}

/* Leaves the first output only. FALSE where another one is read. */
static gboolean
drop_other_outputs (PtqOpsetScope *scope, Onnx__NodeProto *node)
{
  gsize i;

  for (i = 1; i < node->n_output; i++) {
    if (ptq_opset_scope_is_read (scope, node, i))
      return FALSE;
  }
  while (node->n_output > 1)
    g_free (node->output[--node->n_output]);

  return TRUE;
}

gboolean
ptq_opset_batch_normalization_9 (
    PtqOpsetScope *scope, Onnx__NodeProto *node, GError **error)
{
  if (ptq_node_get_int (node, "spatial", 1) == 0)
    return ptq_opset_scope_refuse (scope, node, error,
        "it has spatial=0, statistics for each position, which was removed");
  ptq_node_remove_attribute (node, "spatial");

  return TRUE;
}

/* Further outputs meant training; there is an attribute for it now. */
gboolean
ptq_opset_batch_normalization_14 (
    PtqOpsetScope *scope, Onnx__NodeProto *node, GError **error)
{
  if (!drop_other_outputs (scope, node))
    return ptq_opset_scope_refuse (scope, node, error,
        "it is used for training, its running statistics are read");

  return TRUE;
}

/* The mask was of the type of the data and became one of booleans. */
gboolean
ptq_opset_dropout_10 (
    PtqOpsetScope *scope, Onnx__NodeProto *node, GError **error)
{
  if (!drop_other_outputs (scope, node))
    return ptq_opset_scope_refuse (scope, node, error,
        "its mask is read, and has another element type now");

  return TRUE;
}

/* The ratio matters in training only. */
gboolean
ptq_opset_dropout_12 (PtqOpsetScope *scope G_GNUC_UNUSED, Onnx__NodeProto *node,
    GError **error G_GNUC_UNUSED)
{
  ptq_node_remove_attribute (node, "ratio");

  return TRUE;
}

gboolean
ptq_opset_grid_sample_20 (PtqOpsetScope *scope G_GNUC_UNUSED,
    Onnx__NodeProto *node, GError **error G_GNUC_UNUSED)
{
  const gchar *mode = ptq_node_get_string (node, "mode");

  if (!g_strcmp0 (mode, "bilinear"))
    ptq_node_set_string (node, "mode", "linear");
  else if (!g_strcmp0 (mode, "bicubic"))
    ptq_node_set_string (node, "mode", "cubic");

  return TRUE;
}

gboolean
ptq_opset_upsample_10 (PtqOpsetScope *scope G_GNUC_UNUSED,
    Onnx__NodeProto *node, GError **error G_GNUC_UNUSED)
{
  rename_operator (node, "Resize");

  return TRUE;
}

/* Up to version 10 the nearest pixel was the one before when enlarging, and
 * the one after when reducing. */
static const gchar *
old_nearest_mode (PtqOpsetScope *scope, const Onnx__NodeProto *node)
{
  g_autofree gfloat *scales = NULL;
  const Onnx__TensorProto *tensor =
      ptq_opset_scope_get_initializer (scope, ptq_node_get_input (node, 1));
  gboolean enlarges = FALSE, reduces = FALSE;
  gsize i, n = 0;

  if (tensor)
    scales = ptq_tensor_proto_read_floats (scope->model, tensor, &n, NULL);
  for (i = 0; scales && i < n; i++) {
    enlarges |= scales[i] > 1;
    reduces |= scales[i] < 1;
  }
  if (enlarges && reduces)
    return NULL;

  return reduces ? "ceil" : "floor";
}

gboolean
ptq_opset_resize_11 (
    PtqOpsetScope *scope, Onnx__NodeProto *node, GError **error)
{
  const gchar *mode = ptq_node_get_string (node, "mode");
  const gchar *nearest = "floor";
  g_autofree gchar *scales = g_strdup (ptq_node_get_input (node, 1));

  if (!mode || !strcmp (mode, "nearest"))
    nearest = old_nearest_mode (scope, node);
  if (!nearest)
    return ptq_opset_scope_refuse (scope, node, error,
        "it enlarges one side and reduces another, both to the nearest pixel");

  ptq_node_set_input (node, 1, "");
  ptq_node_set_input (node, 2, scales);
  ptq_node_set_string (node, "coordinate_transformation_mode", "asymmetric");
  ptq_node_set_string (node, "nearest_mode", nearest);

  return TRUE;
}

/* tf_half_pixel_for_nn, removed in 13, is (x + 0.5) / scale, which is half a
 * pixel more than half_pixel: rounding down becomes rounding half up, rounding
 * half down becomes rounding up. */
gboolean
ptq_opset_resize_13 (
    PtqOpsetScope *scope, Onnx__NodeProto *node, GError **error)
{
  const gchar *mode = ptq_node_get_string (node, "mode");
  const gchar *nearest = ptq_node_get_string (node, "nearest_mode");
  const gchar *replacement = NULL;

  if (g_strcmp0 (ptq_node_get_string (node, "coordinate_transformation_mode"),
          "tf_half_pixel_for_nn"))
    return TRUE;

  if (mode && strcmp (mode, "nearest"))
    replacement = NULL;
  else if (!nearest || !strcmp (nearest, "round_prefer_floor"))
    replacement = "ceil";
  else if (!strcmp (nearest, "floor"))
    replacement = "round_prefer_ceil";
  if (!replacement)
    return ptq_opset_scope_refuse (scope, node, error,
        "its coordinate_transformation_mode tf_half_pixel_for_nn was removed");

  ptq_node_set_string (node, "coordinate_transformation_mode", "half_pixel");
  ptq_node_set_string (node, "nearest_mode", replacement);

  return TRUE;
}

gboolean
ptq_opset_roi_align_16 (PtqOpsetScope *scope G_GNUC_UNUSED,
    Onnx__NodeProto *node, GError **error G_GNUC_UNUSED)
{
  ptq_node_set_string (
      node, "coordinate_transformation_mode", "output_half_pixel");

  return TRUE;
}

gboolean
ptq_opset_scatter_11 (PtqOpsetScope *scope G_GNUC_UNUSED, Onnx__NodeProto *node,
    GError **error G_GNUC_UNUSED)
{
  rename_operator (node, "ScatterElements");

  return TRUE;
}

/* Puts Flatten before @node and Reshape, to the shape of before, after it. */
static void
wrap_in_matrix (PtqOpsetScope *scope, Onnx__NodeProto *node, gint64 axis)
{
  g_autofree gchar *input = g_strdup (ptq_node_get_input (node, 0));
  g_autofree gchar *output = g_strdup (node->output[0]);
  g_autofree gchar *shape = ptq_opset_scope_new_name (scope, node, "shape");
  g_autofree gchar *matrix = ptq_opset_scope_new_name (scope, node, "matrix");
  g_autofree gchar *result = ptq_opset_scope_new_name (scope, node, "result");
  const gchar *from_input[] = { input, NULL };
  const gchar *to_shape[] = { shape, NULL };
  const gchar *to_matrix[] = { matrix, NULL };
  const gchar *reshaped[] = { result, shape, NULL };
  const gchar *to_output[] = { output, NULL };
  Onnx__NodeProto *flatten;

  flatten = ptq_node_new ("Flatten", matrix, from_input, to_matrix);
  ptq_node_set_int (flatten, "axis", axis);
  g_ptr_array_add (scope->nodes, flatten);
  g_ptr_array_add (
      scope->nodes, ptq_node_new ("Shape", shape, from_input, to_shape));
  g_ptr_array_add (
      scope->after, ptq_node_new ("Reshape", result, reshaped, to_output));
  ptq_node_set_input (node, 0, matrix);
  ptq_node_set_output (node, 0, result);
}

/* Up to version 12 the axes from @axis on were taken as one. */
gboolean
ptq_opset_softmax_13 (
    PtqOpsetScope *scope, Onnx__NodeProto *node, GError **error G_GNUC_UNUSED)
{
  const gint64 axis = ptq_node_get_int (node, "axis", 1);
  const gint rank =
      ptq_opset_scope_get_rank (scope, ptq_node_get_input (node, 0));

  if (node->n_output > 0 && axis != -1 && (rank < 1 || axis != rank - 1))
    wrap_in_matrix (scope, node, axis);
  ptq_node_set_int (node, "axis", -1);

  return TRUE;
}

/* How many parts there are was told by the outputs alone. */
gboolean
ptq_opset_split_18 (PtqOpsetScope *scope G_GNUC_UNUSED, Onnx__NodeProto *node,
    GError **error G_GNUC_UNUSED)
{
  if (!*ptq_node_get_input (node, 1))
    ptq_node_set_int (node, "num_outputs", node->n_output);

  return TRUE;
}
