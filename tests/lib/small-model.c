/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Models of a few nodes.
 */
#include <stdarg.h>
#include "small-model.h"

static void
add_opset (SmallModel *self, const gchar *domain, gint64 version)
{
  Onnx__OperatorSetIdProto *import = g_new (Onnx__OperatorSetIdProto, 1);

  onnx__operator_set_id_proto__init (import);
  import->domain = g_strdup (domain);
  import->has_version = TRUE;
  import->version = version;
  self->opset_import = g_renew (
      Onnx__OperatorSetIdProto *, self->opset_import, self->n_opset_import + 1);
  self->opset_import[self->n_opset_import++] = import;
}

SmallModel *
small_model_new (gint64 opset)
{
  SmallModel *self = g_new (SmallModel, 1);

  onnx__model_proto__init (self);
  self->has_ir_version = TRUE;
  self->ir_version = 8;
  self->graph = g_new (Onnx__GraphProto, 1);
  onnx__graph_proto__init (self->graph);
  self->graph->name = g_strdup ("small");
  add_opset (self, "", opset);
  return self;
}

static Onnx__TensorShapeProto__Dimension *
new_dimension (gint64 value, const gchar *name, gint index)
{
  Onnx__TensorShapeProto__Dimension *dim =
      g_new (Onnx__TensorShapeProto__Dimension, 1);

  onnx__tensor_shape_proto__dimension__init (dim);
  if (value >= 0) {
    dim->value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
    dim->dim_value = value;
  } else {
    dim->value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM;
    dim->dim_param = g_strdup_printf ("%s_%d", name, index);
  }
  return dim;
}

static Onnx__ValueInfoProto *
new_value (const gchar *name, PtqElementType type, gint rank, va_list dims)
{
  Onnx__ValueInfoProto *value = g_new (Onnx__ValueInfoProto, 1);
  Onnx__TypeProto__Tensor *tensor = g_new (Onnx__TypeProto__Tensor, 1);
  Onnx__TensorShapeProto *shape = g_new (Onnx__TensorShapeProto, 1);

  onnx__tensor_shape_proto__init (shape);
  shape->n_dim = rank;
  shape->dim = g_new (Onnx__TensorShapeProto__Dimension *, rank);
  for (gint i = 0; i < rank; i++)
    shape->dim[i] = new_dimension (va_arg (dims, int), name, i);
  onnx__type_proto__tensor__init (tensor);
  tensor->has_elem_type = TRUE;
  tensor->elem_type = type;
  tensor->shape = shape;
  onnx__value_info_proto__init (value);
  value->name = g_strdup (name);
  value->type = g_new (Onnx__TypeProto, 1);
  onnx__type_proto__init (value->type);
  value->type->value_case = ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE;
  value->type->tensor_type = tensor;
  return value;
}

static void
append_value (
    Onnx__ValueInfoProto ***values, size_t *n, Onnx__ValueInfoProto *value)
{
  *values = g_renew (Onnx__ValueInfoProto *, *values, *n + 1);
  (*values)[(*n)++] = value;
}

void
small_model_add_input (
    SmallModel *self, const gchar *name, PtqElementType type, gint rank, ...)
{
  va_list dims;

  va_start (dims, rank);
  append_value (&self->graph->input, &self->graph->n_input,
      new_value (name, type, rank, dims));
  va_end (dims);
}

void
small_model_add_output (
    SmallModel *self, const gchar *name, PtqElementType type, gint rank, ...)
{
  va_list dims;

  va_start (dims, rank);
  append_value (&self->graph->output, &self->graph->n_output,
      new_value (name, type, rank, dims));
  va_end (dims);
}

void
small_model_add_floats (
    SmallModel *self, const gchar *name, const gfloat *data, gint rank, ...)
{
  gint64 shape[PTQ_TENSOR_MAX_RANK];
  gsize count = 1;
  va_list dims;

  va_start (dims, rank);
  for (gint i = 0; i < rank; i++) {
    shape[i] = va_arg (dims, int);
    count *= shape[i];
  }
  va_end (dims);
  ptq_graph_add_initializer (self->graph,
      ptq_tensor_proto_new (
          name, PTQ_ELEMENT_FLOAT, shape, rank, data, count * sizeof *data));
}

Onnx__NodeProto *
small_model_add_node (SmallModel *self, const gchar *op_type,
    const gchar *inputs, const gchar *outputs)
{
  g_auto (GStrv) from = g_strsplit (inputs, ",", -1);
  g_auto (GStrv) to = g_strsplit (outputs, ",", -1);
  g_autofree gchar *name = g_strjoin ("_", op_type, inputs, outputs, NULL);
  Onnx__NodeProto *node = ptq_node_new (
      op_type, name, (const gchar *const *) from, (const gchar *const *) to);

  ptq_graph_append_node (self->graph, node);
  return node;
}

void
small_model_add_observe (SmallModel *self, const gchar *tensor, gint64 id)
{
  Onnx__NodeProto *node = small_model_add_node (self, "Observe", tensor, "");
  gboolean known = FALSE;

  node->domain = g_strdup ("ptq");
  ptq_node_set_int (node, "id", id);
  for (gsize i = 0; i < self->n_opset_import; i++)
    known |= g_str_equal (self->opset_import[i]->domain, "ptq");
  if (!known)
    add_opset (self, "ptq", 1);
}

PtqModel *
small_model_finish (SmallModel *self)
{
  gsize size = onnx__model_proto__get_packed_size (self);
  guint8 *data = g_malloc (size);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  PtqModel *model;

  onnx__model_proto__pack (self, data);
  onnx__model_proto__free_unpacked (self, NULL);
  bytes = g_bytes_new_take (data, size);
  model = ptq_model_new_from_bytes (bytes, NULL, &error);
  g_assert_no_error (error);
  return model;
}
