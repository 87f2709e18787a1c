/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A model on its way to the runtime. Nothing is copied: the messages made here
 * point into those of the model, and only what differs is new.
 */
#include "model-serializer.h"
#include "weight-file.h"

struct _PtqModelSerializer
{
  PtqModel *model;
  Onnx__ModelProto proto;
  Onnx__GraphProto graph;
  PtqWeightFile *weights; /* NULL where they stay where they are */
  /* Arrays that replace those of the model */
  GPtrArray *initializers;
  GPtrArray *nodes;
  GPtrArray *opsets;
  GPtrArray *inputs;
  /* What is new in them */
  GPtrArray *new_nodes;
  Onnx__OperatorSetIdProto *new_opset;
  GPtrArray *new_inputs;
};

/* A protobuf message ends at 2 GB. */
#define MAX_PACKED_SIZE ((gsize) G_MAXINT32)

static gboolean
has_external_data (const Onnx__GraphProto *graph)
{
  for (gsize i = 0; i < graph->n_initializer; i++) {
    if (graph->initializer[i]->data_location
        == ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL)
      return TRUE;
  }
  return FALSE;
}

static gboolean
move_weights (PtqModelSerializer *self, GError **error)
{
  const Onnx__GraphProto *graph = ptq_model_get_graph (self->model);

  self->weights = ptq_weight_file_new (error);
  if (self->weights == NULL)
    return FALSE;
  self->initializers = g_ptr_array_new ();
  for (gsize i = 0; i < graph->n_initializer; i++) {
    Onnx__TensorProto *tensor = ptq_weight_file_add (
        self->weights, self->model, graph->initializer[i], error);

    if (tensor == NULL)
      return FALSE;
    g_ptr_array_add (self->initializers, tensor);
  }
  self->graph.initializer = (Onnx__TensorProto **) self->initializers->pdata;
  return ptq_weight_file_finish (self->weights, error);
}

PtqModelSerializer *
ptq_model_serializer_new (PtqModel *model, GError **error)
{
  g_autoptr (PtqModelSerializer) self = g_new0 (PtqModelSerializer, 1);

  self->model = g_object_ref (model);
  self->proto = *ptq_model_get_proto (model);
  self->graph = *ptq_model_get_graph (model);
  self->proto.graph = &self->graph;
  /* The runtime looks for external data in one folder. Where the model has
   * some and the rest is small enough to be handed over in memory, that is the
   * folder of the model; else all weights go into a file of ours. */
  if (has_external_data (&self->graph)
      && onnx__model_proto__get_packed_size (&self->proto) < MAX_PACKED_SIZE)
    return g_steal_pointer (&self);
  return move_weights (self, error) ? g_steal_pointer (&self) : NULL;
}

static void
free_array (GPtrArray **array)
{
  if (*array != NULL)
    g_ptr_array_unref (*array);
  *array = NULL;
}

void
ptq_model_serializer_free (PtqModelSerializer *self)
{
  free_array (&self->initializers);
  free_array (&self->nodes);
  free_array (&self->opsets);
  free_array (&self->inputs);
  free_array (&self->new_nodes);
  free_array (&self->new_inputs);
  if (self->new_opset != NULL)
    onnx__operator_set_id_proto__free_unpacked (self->new_opset, NULL);
  g_clear_pointer (&self->weights, ptq_weight_file_free);
  g_object_unref (self->model);
  g_free (self);
}

static void
free_value_info (gpointer value)
{
  onnx__value_info_proto__free_unpacked (value, NULL);
}

static Onnx__TensorShapeProto *
new_shape (const PtqTensor *sample)
{
  Onnx__TensorShapeProto *shape = g_new (Onnx__TensorShapeProto, 1);

  onnx__tensor_shape_proto__init (shape);
  shape->n_dim = sample->rank;
  shape->dim = g_new (Onnx__TensorShapeProto__Dimension *, sample->rank);
  for (guint i = 0; i < sample->rank; i++) {
    Onnx__TensorShapeProto__Dimension *dim =
        g_new (Onnx__TensorShapeProto__Dimension, 1);

    onnx__tensor_shape_proto__dimension__init (dim);
    dim->value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
    dim->dim_value = sample->dims[i];
    shape->dim[i] = dim;
  }
  return shape;
}

static Onnx__ValueInfoProto *
new_value_info (const PtqValueInfo *info, const PtqTensor *sample)
{
  Onnx__ValueInfoProto *value = g_new (Onnx__ValueInfoProto, 1);
  Onnx__TypeProto__Tensor *tensor = g_new (Onnx__TypeProto__Tensor, 1);

  onnx__type_proto__tensor__init (tensor);
  tensor->has_elem_type = TRUE;
  tensor->elem_type = info->type;
  tensor->shape = new_shape (sample);
  onnx__value_info_proto__init (value);
  value->name = g_strdup (info->name);
  value->type = g_new (Onnx__TypeProto, 1);
  onnx__type_proto__init (value->type);
  value->type->value_case = ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE;
  value->type->tensor_type = tensor;
  return value;
}

/* Inputs that have an initializer stay as they are: NULL. */
static Onnx__ValueInfoProto *
fix_input (
    PtqModelSerializer *self, const PtqTensor *samples, const gchar *name)
{
  for (guint i = 0; i < ptq_model_get_n_inputs (self->model); i++) {
    const PtqValueInfo *info = ptq_model_get_input (self->model, i);

    if (g_str_equal (info->name, name))
      return new_value_info (info, &samples[i]);
  }
  return NULL;
}

void
ptq_model_serializer_fix_shapes (
    PtqModelSerializer *self, const PtqTensor *samples)
{
  const Onnx__GraphProto *graph = ptq_model_get_graph (self->model);

  self->inputs = g_ptr_array_new ();
  self->new_inputs = g_ptr_array_new_with_free_func (free_value_info);
  for (gsize i = 0; i < graph->n_input; i++) {
    Onnx__ValueInfoProto *input = graph->input[i];
    Onnx__ValueInfoProto *fixed = fix_input (self, samples, input->name);

    if (fixed != NULL)
      g_ptr_array_add (self->new_inputs, fixed);
    g_ptr_array_add (self->inputs, fixed != NULL ? fixed : input);
  }
  self->graph.input = (Onnx__ValueInfoProto **) self->inputs->pdata;
}

static Onnx__NodeProto *
observe_node_new (const gchar *tensor, gint64 id)
{
  const gchar *const inputs[] = { tensor, NULL };
  const gchar *const outputs[] = { NULL };
  Onnx__NodeProto *node = ptq_node_new (PTQ_OBSERVE_OP, NULL, inputs, outputs);

  node->domain = g_strdup (PTQ_OBSERVE_DOMAIN);
  ptq_node_set_int (node, "id", id);
  return node;
}

static void
import_domain (PtqModelSerializer *self)
{
  Onnx__OperatorSetIdProto *opset = g_new (Onnx__OperatorSetIdProto, 1);

  onnx__operator_set_id_proto__init (opset);
  opset->domain = g_strdup (PTQ_OBSERVE_DOMAIN);
  opset->has_version = TRUE;
  opset->version = 1;
  self->new_opset = opset;
  self->opsets = g_ptr_array_new ();
  for (gsize i = 0; i < self->proto.n_opset_import; i++)
    g_ptr_array_add (self->opsets, self->proto.opset_import[i]);
  g_ptr_array_add (self->opsets, opset);
  self->proto.n_opset_import = self->opsets->len;
  self->proto.opset_import = (Onnx__OperatorSetIdProto **) self->opsets->pdata;
}

/* The runtime goes through the graph from its last leaf upwards. Only when
 * these nodes stand after all others, the last tensor first, does each of
 * them run right after the node that makes its tensor, which is then freed as
 * early as ever. */
void
ptq_model_serializer_observe (
    PtqModelSerializer *self, const gchar *const *tensors, guint n_tensors)
{
  self->nodes = g_ptr_array_new ();
  self->new_nodes =
      g_ptr_array_new_with_free_func ((GDestroyNotify) ptq_node_free);
  for (gsize i = 0; i < self->graph.n_node; i++)
    g_ptr_array_add (self->nodes, self->graph.node[i]);
  for (guint i = n_tensors; i > 0; i--) {
    Onnx__NodeProto *node = observe_node_new (tensors[i - 1], i - 1);

    g_ptr_array_add (self->nodes, node);
    g_ptr_array_add (self->new_nodes, node);
  }
  self->graph.n_node = self->nodes->len;
  self->graph.node = (Onnx__NodeProto **) self->nodes->pdata;
  import_domain (self);
}

const gchar *
ptq_model_serializer_get_folder (PtqModelSerializer *self)
{
  if (self->weights != NULL)
    return ptq_weight_file_get_folder (self->weights);
  return ptq_model_get_folder (self->model);
}

GBytes *
ptq_model_serializer_pack (PtqModelSerializer *self, GError **error)
{
  gsize size = onnx__model_proto__get_packed_size (&self->proto);
  guint8 *data;

  if (size > MAX_PACKED_SIZE) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED,
        "The graph of the "
        "model has %" G_GSIZE_FORMAT
        " bytes without its weights, at most %" G_GSIZE_FORMAT " can be run",
        size, MAX_PACKED_SIZE);
    return NULL;
  }
  data = g_malloc (size);
  onnx__model_proto__pack (&self->proto, data);
  return g_bytes_new_take (data, size);
}

gboolean
ptq_model_serializer_restore (
    PtqModelSerializer *self, Onnx__ModelProto *result, GError **error)
{
  Onnx__GraphProto *graph = result->graph;

  if (self->weights == NULL || graph == NULL)
    return TRUE;
  for (gsize i = 0; i < graph->n_initializer; i++) {
    Onnx__TensorProto *tensor = graph->initializer[i];
    const Onnx__TensorProto *original =
        ptq_weight_file_find (self->weights, tensor);
    g_autoptr (GBytes) bytes = NULL;

    if (original == NULL)
      continue;
    bytes = ptq_tensor_proto_read_raw (self->model, original, error);
    if (bytes == NULL)
      return FALSE;
    ptq_tensor_proto_set_data (tensor, tensor->data_type, tensor->dims,
        tensor->n_dims, g_bytes_get_data (bytes, NULL),
        g_bytes_get_size (bytes));
  }
  return TRUE;
}
