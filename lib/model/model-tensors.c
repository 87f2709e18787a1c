/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A walk over all the tensors of a model.
 */
#include "model-tensors.h"

typedef struct
{
  PtqTensorFunc func;
  gpointer user_data;
  GError **error;
} Walk;

static gboolean walk_graph (const Walk *walk, const Onnx__GraphProto *graph);

static gboolean
walk_tensor (const Walk *walk, Onnx__TensorProto *tensor)
{
  return !tensor || walk->func (tensor, walk->user_data, walk->error);
}

static gboolean
walk_sparse (const Walk *walk, const Onnx__SparseTensorProto *tensor)
{
  return !tensor
      || (walk_tensor (walk, tensor->values)
          && walk_tensor (walk, tensor->indices));
}

static gboolean
walk_attribute (const Walk *walk, const Onnx__AttributeProto *attribute)
{
  gsize i;

  if (!walk_tensor (walk, attribute->t)
      || !walk_sparse (walk, attribute->sparse_tensor)
      || !walk_graph (walk, attribute->g))
    return FALSE;

  for (i = 0; i < attribute->n_tensors; i++) {
    if (!walk_tensor (walk, attribute->tensors[i]))
      return FALSE;
  }
  for (i = 0; i < attribute->n_sparse_tensors; i++) {
    if (!walk_sparse (walk, attribute->sparse_tensors[i]))
      return FALSE;
  }
  for (i = 0; i < attribute->n_graphs; i++) {
    if (!walk_graph (walk, attribute->graphs[i]))
      return FALSE;
  }

  return TRUE;
}

static gboolean
walk_nodes (const Walk *walk, Onnx__NodeProto **nodes, gsize n)
{
  gsize i, j;

  for (i = 0; i < n; i++) {
    for (j = 0; j < nodes[i]->n_attribute; j++) {
      if (!walk_attribute (walk, nodes[i]->attribute[j]))
        return FALSE;
    }
  }

  return TRUE;
}

static gboolean
walk_graph (const Walk *walk, const Onnx__GraphProto *graph)
{
  gsize i;

  if (!graph)
    return TRUE;

  for (i = 0; i < graph->n_initializer; i++) {
    if (!walk_tensor (walk, graph->initializer[i]))
      return FALSE;
  }
  for (i = 0; i < graph->n_sparse_initializer; i++) {
    if (!walk_sparse (walk, graph->sparse_initializer[i]))
      return FALSE;
  }

  return walk_nodes (walk, graph->node, graph->n_node);
}

gboolean
ptq_model_foreach_tensor (const Onnx__ModelProto *model, PtqTensorFunc func,
    gpointer user_data, GError **error)
{
  const Walk walk = { func, user_data, error };
  gsize i;

  if (!walk_graph (&walk, model->graph))
    return FALSE;
  for (i = 0; i < model->n_functions; i++) {
    if (!walk_nodes (
            &walk, model->functions[i]->node, model->functions[i]->n_node))
      return FALSE;
  }
  for (i = 0; i < model->n_training_info; i++) {
    if (!walk_graph (&walk, model->training_info[i]->initialization)
        || !walk_graph (&walk, model->training_info[i]->algorithm))
      return FALSE;
  }

  return TRUE;
}
