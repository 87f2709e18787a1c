/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Fuzz target: ONNX files. What is accepted can be walked, read, changed and
 * written, and what is written can be read again.
 */
#include <string.h>
#include "fuzz.h"
#include "model-private.h"

static void
check_round_trip (PtqModel *model)
{
  g_autoptr (GBytes) bytes = ptq_model_to_bytes (model, NULL);
  g_autofree gchar *before = ptq_model_get_checksum (model);
  g_autofree gchar *after = NULL;
  g_autoptr (PtqModel) again = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (bytes);
  again = ptq_model_new_from_bytes (bytes, NULL, &error);
  g_assert_no_error (error);
  after = ptq_model_get_checksum (again);
  g_assert_cmpstr (after, ==, before);
}

static void
read_tensors (PtqModel *model)
{
  const Onnx__GraphProto *graph = ptq_model_get_graph (model);

  for (gsize i = 0; i < graph->n_initializer; i++) {
    g_autoptr (GError) error = NULL;
    g_autofree gfloat *floats = NULL;
    g_autofree gint64 *ints = NULL;
    gsize n;

    floats =
        ptq_tensor_proto_read_floats (model, graph->initializer[i], &n, &error);
    g_assert_true ((floats != NULL) == (error == NULL));
    ints = ptq_tensor_proto_read_ints (model, graph->initializer[i], &n, NULL);
  }
}

static void
read_node (PtqGraphIndex *index, const Onnx__NodeProto *node)
{
  gsize n, total = 0;

  for (gsize i = 0; i < node->n_input; i++) {
    total += ptq_graph_index_consumers (index, node->input[i])->len;
    ptq_graph_index_producer (index, node->input[i]);
    ptq_graph_index_initializer (index, node->input[i]);
  }
  for (gsize i = 0; i < node->n_attribute; i++) {
    const gchar *name = node->attribute[i]->name;
    const gchar *text = name ? ptq_node_get_string (node, name) : NULL;

    total += text ? strlen (text) : 0;
    if (name && ptq_node_get_ints (node, name, &n))
      total += n;
  }
  g_assert_cmpuint (total, <, G_MAXSIZE);
}

static void
walk (PtqModel *model)
{
  const Onnx__GraphProto *graph = ptq_model_get_graph (model);
  g_autoptr (PtqGraphIndex) index = ptq_graph_index_new (graph);

  for (gsize i = 0; i < graph->n_node; i++)
    read_node (index, graph->node[i]);
}

static void
fix_shapes (PtqModel *model)
{
  const guint n = MIN (ptq_model_get_n_inputs (model), 16);

  for (guint i = 0; i < n; i++) {
    const PtqValueInfo *info = ptq_model_get_input (model, i);
    gint64 dims[PTQ_TENSOR_MAX_RANK];
    const guint rank = info->rank >= 0 ? info->rank : 2;

    for (guint j = 0; j < rank; j++)
      dims[j] = info->rank >= 0 && info->dims[j] > 0 ? info->dims[j] : 4;
    ptq_model_set_input_shape (model, i, dims, rank, NULL);
  }
}

/* Each on a copy, since one leaves little to the other */
static void
change_types (PtqModel *model)
{
  g_autoptr (PtqModel) stored = ptq_model_copy (model, NULL);
  g_autoptr (PtqModel) widened = ptq_model_copy (model, NULL);
  g_auto (GStrv) warnings = NULL;

  if (ptq_model_store_float16 (stored, &warnings, NULL)) {
    g_assert_nonnull (warnings);
    walk (stored);
    check_round_trip (stored);
  }
  if (ptq_model_widen_float16 (widened, NULL)) {
    walk (widened);
    check_round_trip (widened);
  }
  if (ptq_model_set_data_types (
          widened, PTQ_ELEMENT_FLOAT16, PTQ_ELEMENT_FLOAT16, NULL)
      && ptq_model_set_data_types (
          widened, PTQ_ELEMENT_FLOAT, PTQ_ELEMENT_FLOAT, NULL))
    check_round_trip (widened);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqModel) model = ptq_model_new_from_bytes (bytes, NULL, &error);

  if (!model) {
    g_assert_nonnull (error);
    return 0;
  }
  read_tensors (model);
  walk (model);
  check_round_trip (model);
  fix_shapes (model);
  change_types (model);
  if (ptq_model_upgrade (model, 13, NULL))
    ptq_model_upgrade (model, 21, NULL);
  ptq_graph_lift_constants (ptq_model_get_graph (model));
  ptq_graph_drop_unused_initializers (ptq_model_get_graph (model));
  walk (model);
  check_round_trip (model);

  return 0;
}
