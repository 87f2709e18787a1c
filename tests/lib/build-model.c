/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Builds models from code, for tests that need a certain graph.
 */

#include "build-model.h"

#include <math.h>
#include <string.h>

static guint
parse_ints (const gchar *text, const gchar *separator, gint64 *values)
{
  g_auto (GStrv) parts = g_strsplit (text, separator, -1);
  guint n = 0;

  for (; parts[n] != NULL && parts[n][0] != '\0'; n++)
    values[n] = g_ascii_strtoll (parts[n], NULL, 10);
  return n;
}

static Onnx__ValueInfoProto *
new_value_info (const gchar *name, const gint64 *dims, guint rank)
{
  Onnx__ValueInfoProto *info = g_new (Onnx__ValueInfoProto, 1);
  Onnx__TypeProto *type = g_new (Onnx__TypeProto, 1);
  Onnx__TypeProto__Tensor *tensor = g_new (Onnx__TypeProto__Tensor, 1);
  Onnx__TensorShapeProto *shape;

  onnx__value_info_proto__init (info);
  onnx__type_proto__init (type);
  onnx__type_proto__tensor__init (tensor);
  info->name = g_strdup (name);
  info->type = type;
  type->value_case = ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE;
  type->tensor_type = tensor;
  tensor->has_elem_type = TRUE;
  tensor->elem_type = PTQ_ELEMENT_FLOAT;
  if (dims == NULL)
    return info;

  shape = g_new (Onnx__TensorShapeProto, 1);
  onnx__tensor_shape_proto__init (shape);
  tensor->shape = shape;
  shape->n_dim = rank;
  shape->dim = g_new (Onnx__TensorShapeProto__Dimension *, rank);
  for (guint i = 0; i < rank; i++) {
    shape->dim[i] = g_new (Onnx__TensorShapeProto__Dimension, 1);
    onnx__tensor_shape_proto__dimension__init (shape->dim[i]);
    shape->dim[i]->value_case =
        ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
    shape->dim[i]->dim_value = dims[i];
  }
  return info;
}

static void
add_value_info (
    Onnx__ValueInfoProto ***array, gsize *n, Onnx__ValueInfoProto *info)
{
  *array = g_renew (Onnx__ValueInfoProto *, *array, *n + 1);
  (*array)[(*n)++] = info;
}

static Onnx__TensorProto *
new_weight (const gchar *name, const gchar *shape, GRand *rand)
{
  gint64 dims[PTQ_TENSOR_MAX_RANK];
  guint rank = parse_ints (shape, "x", dims);
  g_autofree gfloat *values = NULL;
  gsize n = 1;

  for (guint i = 0; i < rank; i++)
    n *= dims[i];
  values = g_new (gfloat, n);
  for (gsize i = 0; i < n; i++) {
    gdouble sum = 0;

    for (guint k = 0; k < 12; k++)
      sum += g_rand_double (rand) - 0.5;
    values[i] = (gfloat) (sum / sqrt ((gdouble) n / dims[0]));
  }
  return ptq_tensor_proto_new (
      name, PTQ_ELEMENT_FLOAT, dims, rank, values, n * sizeof (gfloat));
}

static Onnx__TensorProto *
new_floats (const gchar *name, gchar **words)
{
  gint64 dims[1] = { g_strv_length (words) };
  g_autofree gfloat *values = g_new (gfloat, dims[0]);
  gboolean scalar = g_str_has_prefix (name, "s:");

  for (gint64 i = 0; i < dims[0]; i++)
    values[i] = (gfloat) g_ascii_strtod (words[i], NULL);
  return ptq_tensor_proto_new (name, PTQ_ELEMENT_FLOAT, dims, scalar ? 0 : 1,
      values, dims[0] * sizeof (gfloat));
}

static Onnx__TensorProto *
new_ints (const gchar *name, gchar **words)
{
  gint64 dims[1] = { g_strv_length (words) };
  g_autofree gint64 *values = g_new (gint64, dims[0]);

  for (gint64 i = 0; i < dims[0]; i++)
    values[i] = g_ascii_strtoll (words[i], NULL, 10);
  return ptq_tensor_proto_new (
      name, PTQ_ELEMENT_INT64, dims, 1, values, dims[0] * sizeof (gint64));
}

static void
add_attribute (Onnx__NodeProto *node, const gchar *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "=", 2);
  gchar *kind = strchr (parts[0], ':');
  gint64 values[16];
  guint n;

  if (kind != NULL)
    *kind++ = '\0';
  if (kind != NULL && g_str_equal (kind, "f")) {
    ptq_node_set_float (
        node, parts[0], (gfloat) g_ascii_strtod (parts[1], NULL));
  } else if (kind != NULL && g_str_equal (kind, "s")) {
    ptq_node_set_string (node, parts[0], parts[1]);
  } else if (kind != NULL) {
    ptq_node_set_int (node, parts[0], g_ascii_strtoll (parts[1], NULL, 10));
  } else {
    n = parse_ints (parts[1], ",", values);
    ptq_node_set_ints (node, parts[0], values, n);
  }
}

static Onnx__NodeProto *
new_node (gchar **words)
{
  g_auto (GStrv) inputs = g_strsplit (words[1], ",", -1);
  g_auto (GStrv) outputs = g_strsplit (words[2], ",", -1);
  Onnx__NodeProto *node;

  for (guint i = 0; inputs[i] != NULL; i++)
    if (g_str_equal (inputs[i], "-"))
      inputs[i][0] = '\0';
  node = ptq_node_new (words[0], outputs[0], (const gchar *const *) inputs,
      (const gchar *const *) outputs);
  for (guint i = 3; words[i] != NULL; i++)
    add_attribute (node, words[i]);
  return node;
}

static void
add_line (Onnx__GraphProto *graph, const gchar *line, GRand *rand)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  gint64 dims[PTQ_TENSOR_MAX_RANK];

  if (g_str_equal (words[0], "input"))
    add_value_info (&graph->input, &graph->n_input,
        new_value_info (words[1], dims, parse_ints (words[2], "x", dims)));
  else if (g_str_equal (words[0], "output"))
    add_value_info (
        &graph->output, &graph->n_output, new_value_info (words[1], NULL, 0));
  else if (g_str_equal (words[0], "weight"))
    ptq_graph_add_initializer (graph, new_weight (words[1], words[2], rand));
  else if (g_str_equal (words[0], "floats"))
    ptq_graph_add_initializer (graph, new_floats (words[1], words + 2));
  else if (g_str_equal (words[0], "ints"))
    ptq_graph_add_initializer (graph, new_ints (words[1], words + 2));
  else
    ptq_graph_append_node (graph, new_node (words));
}

static GBytes *
empty_model (void)
{
  /* ir_version 8; graph { name "test" }; opset_import { version 13 } */
  static const guint8 bytes[] = { 0x08, 0x08, 0x3a, 0x06, 0x12, 0x04, 't', 'e',
    's', 't', 0x42, 0x02, 0x10, 0x0d };

  return g_bytes_new_static (bytes, sizeof bytes);
}

PtqModel *
build_model (const gchar *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GBytes) bytes = empty_model ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (42);
  g_autoptr (GError) error = NULL;
  PtqModel *model = ptq_model_new_from_bytes (bytes, NULL, &error);

  g_assert_no_error (error);
  for (guint i = 0; lines[i] != NULL; i++) {
    g_strstrip (lines[i]);
    if (lines[i][0] != '\0')
      add_line (ptq_model_get_graph (model), lines[i], rand);
  }
  ptq_model_changed (model);
  return model;
}

gfloat *
random_sample (GRand *rand, PtqModel *model, gdouble scale, PtqTensor *tensor)
{
  const PtqValueInfo *info = ptq_model_get_input (model, 0);
  gsize n = 1;
  gfloat *values;

  tensor->type = PTQ_ELEMENT_FLOAT;
  tensor->rank = info->rank;
  for (gint i = 0; i < info->rank; i++)
    n *= tensor->dims[i] = info->dims[i];
  values = g_new (gfloat, n);
  for (gsize i = 0; i < n; i++)
    values[i] = (gfloat) (scale * g_rand_double_range (rand, -1, 1));
  tensor->data = values;
  tensor->size = n * sizeof (gfloat);
  return values;
}

guint
count_nodes (PtqModel *model, const gchar *op_type)
{
  const Onnx__GraphProto *graph = ptq_model_get_graph (model);
  guint n = 0;

  for (gsize i = 0; i < graph->n_node; i++)
    n += g_str_equal (graph->node[i]->op_type, op_type);
  return n;
}
