/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Rules for attributes that became inputs.
 */
#include "half-float.h"
#include "opset-rules.h"

/* Nothing is done where @node does not have the attribute. */
static void
move_ints (
    PtqOpsetScope *scope, Onnx__NodeProto *node, const gchar *name, guint index)
{
  gsize n;
  const gint64 *values = ptq_node_get_ints (node, name, &n);
  const gint64 length = n;

  if (!values)
    return;
  ptq_opset_scope_set_constant (scope, node, index, name, PTQ_ELEMENT_INT64,
      &length, 1, values, n * sizeof *values);
  ptq_node_remove_attribute (node, name);
}

/* A scalar input of the type of the node's first input */
static gboolean
set_scalar (PtqOpsetScope *scope, Onnx__NodeProto *node, guint index,
    const gchar *what, gfloat value, GError **error)
{
  const PtqElementType type =
      ptq_opset_scope_get_type (scope, ptq_node_get_input (node, 0));
  const gdouble wide = value;
  const guint16 half = ptq_half_from_float (value);
  gconstpointer data;

  switch (type) {
    case PTQ_ELEMENT_FLOAT:
      data = &value;
      break;
    case PTQ_ELEMENT_DOUBLE:
      data = &wide;
      break;
    case PTQ_ELEMENT_FLOAT16:
      data = &half;
      break;
    default:
      return ptq_opset_scope_refuse (scope, node, error,
          "its input \"%s\" "
          "has elements of type %s, where floating point numbers are expected",
          ptq_node_get_input (node, 0), ptq_element_type_name (type));
  }
  ptq_opset_scope_set_constant (scope, node, index, what, type, NULL, 0, data,
      ptq_element_type_size (type));

  return TRUE;
}

/* An empty list meant what no list means: all axes. */
gboolean
ptq_opset_axes_to_input (
    PtqOpsetScope *scope, Onnx__NodeProto *node, GError **error G_GNUC_UNUSED)
{
  gsize n;

  ptq_node_get_ints (node, "axes", &n);
  if (n == 0)
    ptq_node_remove_attribute (node, "axes");
  else
    move_ints (scope, node, "axes", 1);

  return TRUE;
}

gboolean
ptq_opset_split_to_input (
    PtqOpsetScope *scope, Onnx__NodeProto *node, GError **error G_GNUC_UNUSED)
{
  move_ints (scope, node, "split", 1);

  return TRUE;
}

static gboolean
move_limit (PtqOpsetScope *scope, Onnx__NodeProto *node, const gchar *name,
    guint index, GError **error)
{
  const Onnx__AttributeProto *attribute = ptq_node_get_attribute (node, name);

  if (!attribute)
    return TRUE;
  if (!set_scalar (scope, node, index, name, attribute->f, error))
    return FALSE;
  ptq_node_remove_attribute (node, name);

  return TRUE;
}

gboolean
ptq_opset_clip_to_inputs (
    PtqOpsetScope *scope, Onnx__NodeProto *node, GError **error)
{
  return move_limit (scope, node, "min", 1, error)
      && move_limit (scope, node, "max", 2, error);
}

gboolean
ptq_opset_pad_to_inputs (
    PtqOpsetScope *scope, Onnx__NodeProto *node, GError **error)
{
  move_ints (scope, node, "pads", 1);

  return move_limit (scope, node, "value", 2, error);
}

gboolean
ptq_opset_slice_to_inputs (
    PtqOpsetScope *scope, Onnx__NodeProto *node, GError **error G_GNUC_UNUSED)
{
  move_ints (scope, node, "starts", 1);
  move_ints (scope, node, "ends", 2);
  move_ints (scope, node, "axes", 3);

  return TRUE;
}

gboolean
ptq_opset_scales_to_input (
    PtqOpsetScope *scope, Onnx__NodeProto *node, GError **error G_GNUC_UNUSED)
{
  const Onnx__AttributeProto *scales = ptq_node_get_attribute (node, "scales");
  gint64 length;

  if (!scales)
    return TRUE;
  length = scales->n_floats;
  ptq_opset_scope_set_constant (scope, node, 1, "scales", PTQ_ELEMENT_FLOAT,
      &length, 1, scales->floats, scales->n_floats * sizeof *scales->floats);
  ptq_node_remove_attribute (node, "scales");

  return TRUE;
}

gboolean
ptq_opset_k_to_input (
    PtqOpsetScope *scope, Onnx__NodeProto *node, GError **error G_GNUC_UNUSED)
{
  const gint64 k = ptq_node_get_int (node, "k", 0);
  const gint64 length = 1;

  ptq_opset_scope_set_constant (
      scope, node, 1, "k", PTQ_ELEMENT_INT64, &length, 1, &k, sizeof k);
  ptq_node_remove_attribute (node, "k");

  return TRUE;
}

/* The default changed too, from 1 to -2. */
gboolean
ptq_opset_dft_axis_to_input (
    PtqOpsetScope *scope, Onnx__NodeProto *node, GError **error G_GNUC_UNUSED)
{
  const gint64 axis = ptq_node_get_int (node, "axis", 1);

  ptq_opset_scope_set_constant (
      scope, node, 2, "axis", PTQ_ELEMENT_INT64, NULL, 0, &axis, sizeof axis);
  ptq_node_remove_attribute (node, "axis");

  return TRUE;
}
