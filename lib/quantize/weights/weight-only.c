/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Which constants are weights worth quantizing, and their quantization. */

#include "weight-only.h"
#include "finite.h"
#include "operators.h"
#include "weight-mixed.h"
#include "weight-store.h"
#include "skip-names.h"
#include "ptq-error.h"

#include <math.h>

/* Codes that a failed search for mixed bits falls back to */
#define FALLBACK_BITS 8
#define NEW_OPSET 21
/* Of the error of a layer of mean size, for the smallest */
#define MIN_SHARE (1.0 / 16)

/* A weight to quantize */
typedef struct
{
  const Onnx__TensorProto *tensor;
  gint axis;
  gsize kernel; /* elements that read one input channel */
} Candidate;

typedef struct
{
  PtqModel *model;
  PtqGraphIndex *index;
  PtqSettings *settings;
  gdouble init_scale;
  PtqWeightStore *store;
  GHashTable *seen; /* names of tensors looked at */
  GArray *candidates;
  PtqWeightOnlyResult *result;
} Run;

static gint
find_axis (const PtqWeightInputs *row, const Onnx__NodeProto *node, guint input,
    const Onnx__TensorProto *tensor)
{
  gint rank = tensor->n_dims;
  gint64 axis = 0;

  switch (row->axis) {
    case PTQ_AXIS_FIRST:
      return 0;
    case PTQ_AXIS_SECOND:
      /* One output channel a group: the channels are the first axis. */
      return tensor->dims[1] == 1 ? 0 : 1;
    case PTQ_AXIS_GEMM:
      if (input == 0)
        return ptq_node_get_int (node, "transA", 0) != 0 ? 1 : 0;
      return ptq_node_get_int (node, "transB", 0) != 0 ? 0 : 1;
    case PTQ_AXIS_MATMUL:
      return input == 0 ? rank - 2 : rank - 1;
    case PTQ_AXIS_GATHER:
      axis = ptq_node_get_int (node, "axis", 0);
      return axis < 0 ? axis + rank : axis;
  }
  return 0;
}

static gboolean
is_candidate (const Run *run, const PtqWeightInputs *row,
    const Onnx__TensorProto *tensor, gint axis)
{
  gsize n;

  if (tensor == NULL || tensor->data_type != PTQ_ELEMENT_FLOAT
      || tensor->n_dims < 2 || tensor->n_dims > PTQ_TENSOR_MAX_RANK)
    return FALSE;
  n = ptq_tensor_proto_count (tensor);
  if (n == 0 || n <= ptq_settings_get_min_quant_weight_size (run->settings))
    return FALSE;
  return !row->by_channels
      || tensor->dims[axis]
      > ptq_settings_get_min_quant_weight_channel (run->settings);
}

/* Does every result depend on all elements of a kernel? In a ConvTranspose with
 * a stride each one takes every second element or so, and the sum over the
 * kernel says nothing about it. */
static gboolean
reads_whole_kernels (const PtqWeightInputs *row, const Onnx__NodeProto *node)
{
  gsize n = 0;
  const gint64 *strides = ptq_node_get_ints (node, "strides", &n);

  if (!row->by_channels)
    return FALSE;
  for (gsize i = 0; row->axis == PTQ_AXIS_SECOND && i < n; i++)
    if (strides[i] != 1)
      return FALSE;
  return TRUE;
}

static gsize
find_kernel (const PtqWeightInputs *row, const Onnx__NodeProto *node,
    const Onnx__TensorProto *tensor)
{
  gsize size = 1;

  if (reads_whole_kernels (row, node))
    for (gsize i = 2; i < tensor->n_dims; i++)
      size *= tensor->dims[i];
  return size;
}

static gdouble
mean_count (const Run *run)
{
  gdouble sum = 0;

  for (guint i = 0; i < run->candidates->len; i++)
    sum += ptq_tensor_proto_count (
        g_array_index (run->candidates, Candidate, i).tensor);
  return sum / run->candidates->len;
}

/* The relative error that a weight of @n elements may have. The errors of all
 * layers add up in the result, and keeping one small costs bytes in proportion
 * to @n; the fewest bytes for the same sum are needed when errors go with the
 * square root of @n. An init-scale that the user gave is the most that any
 * layer gets; one that is searched for is what a layer of mean size gets. */
static gdouble
find_target (const Run *run, gsize n)
{
  gdouble share = sqrt (n / mean_count (run));

  if (!ptq_settings_get_auto_tune (run->settings))
    share = MIN (share, 1);
  return run->init_scale * CLAMP (share, MIN_SHARE, 1 / MIN_SHARE);
}

static PtqWeightCode *
code_weight (
    const Run *run, const Candidate *candidate, const gfloat *values, gsize n)
{
  gint bits = ptq_settings_get_bit_num (run->settings);
  PtqWeightCode *code = NULL;
  PtqWeightTask task = { 0 };

  task.values = values;
  task.dims = candidate->tensor->dims;
  task.rank = candidate->tensor->n_dims;
  task.axis = candidate->axis;
  task.kernel = candidate->kernel;
  task.per_channel = ptq_settings_get_weight_per_channel (run->settings);
  task.corrected = ptq_settings_get_weight_bias_correction (run->settings);
  task.keep_sums = ptq_settings_get_weight_kernel_sums (run->settings);
  task.outliers = ptq_settings_get_weight_storage (run->settings)
      == PTQ_WEIGHT_STORAGE_FOLDED;
  if (bits == 0)
    code = ptq_weight_code_new_mixed (&task, find_target (run, n));
  if (code == NULL)
    code = ptq_weight_code_new_fixed (&task, bits > 0 ? bits : FALLBACK_BITS);
  return code;
}

static gboolean
quantize_tensor (Run *run, const Candidate *candidate, GError **error)
{
  const Onnx__TensorProto *tensor = candidate->tensor;
  g_autofree gfloat *values = NULL;
  g_autoptr (PtqWeightCode) code = NULL;
  gsize n;

  values = ptq_tensor_proto_read_floats (run->model, tensor, &n, error);
  if (values == NULL)
    return FALSE;
  if (ptq_all_finite (values, n))
    code = code_weight (run, candidate, values, n);
  /* A scale for a handful of weights can be larger than the weights. */
  if (code == NULL || ptq_weight_code_get_size (code) >= n * sizeof (gfloat)) {
    run->result->n_float++;
    return TRUE;
  }
  ptq_weight_store_add (run->store, tensor, code->axis, code->bits, code->codes,
      code->scales, code->offsets, code->n_channels);
  run->result->n_quantized++;
  run->result->n_weights += n;
  run->result->n_bits += ptq_weight_code_get_code_bits (code);
  run->result->entropy_bits += ptq_weight_code_get_entropy (code);
  return TRUE;
}

static void
look_at_node (Run *run, const Onnx__NodeProto *node)
{
  const PtqWeightInputs *row = &ptq_operator_look_up (node)->weights;

  if (row->n == 0 || ptq_skip_names_match (run->settings, node->name))
    return;
  for (guint i = row->first; i < row->first + row->n; i++) {
    const gchar *name = ptq_node_get_input (node, i);
    Candidate candidate;

    candidate.tensor = ptq_graph_index_initializer (run->index, name);
    if (candidate.tensor == NULL || candidate.tensor->n_dims < 2
        || !g_hash_table_add (run->seen, candidate.tensor->name))
      continue;
    candidate.axis = find_axis (row, node, i, candidate.tensor);
    candidate.kernel = find_kernel (row, node, candidate.tensor);
    if (is_candidate (run, row, candidate.tensor, candidate.axis))
      g_array_append_val (run->candidates, candidate);
    else
      run->result->n_float++;
  }
}

static gboolean
quantize_nodes (Run *run, GCancellable *cancellable, GError **error)
{
  Onnx__GraphProto *graph = ptq_model_get_graph (run->model);

  for (gsize i = 0; i < graph->n_node; i++)
    look_at_node (run, graph->node[i]);
  for (guint i = 0; i < run->candidates->len; i++)
    if (g_cancellable_set_error_if_cancelled (cancellable, error)
        || !quantize_tensor (
            run, &g_array_index (run->candidates, Candidate, i), error))
      return FALSE;
  return TRUE;
}

static gboolean
quantize_model (PtqModel *model, PtqSettings *settings, gdouble init_scale,
    GCancellable *cancellable, PtqWeightOnlyResult *result, GError **error)
{
  g_autoptr (PtqGraphIndex) index =
      ptq_graph_index_new (ptq_model_get_graph (model));
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (PtqWeightStore) store =
      ptq_weight_store_new (model, ptq_settings_get_weight_storage (settings));
  g_autoptr (GArray) candidates =
      g_array_new (FALSE, FALSE, sizeof (Candidate));
  Run run = { model, index, settings, init_scale, store, seen, candidates,
    result };

  if (!quantize_nodes (&run, cancellable, error))
    return FALSE;
  if (result->n_quantized > 0)
    ptq_weight_store_write (store);
  return TRUE;
}

/* DequantizeLinear of 4 and 16 bits came with opset 21. */
static gboolean
needs_new_opset (PtqSettings *settings)
{
  gint bits = ptq_settings_get_bit_num (settings);

  switch (ptq_settings_get_weight_storage (settings)) {
    case PTQ_WEIGHT_STORAGE_QDQ:
      return bits == 0 || bits > 8;
    case PTQ_WEIGHT_STORAGE_NATIVE:
      return bits != 8;
    default:
      return FALSE;
  }
}

gboolean
ptq_weight_only_run (PtqModel *model, PtqSettings *settings, gdouble init_scale,
    GCancellable *cancellable, PtqWeightOnlyResult *result, GError **error)
{
  *result = (PtqWeightOnlyResult){ 0 };
  if (needs_new_opset (settings) && ptq_model_get_opset (model) < NEW_OPSET
      && !ptq_model_upgrade (model, NEW_OPSET, error))
    return FALSE;
  if (!quantize_model (model, settings, init_scale, cancellable, result, error))
    return FALSE;
  if (result->n_quantized > 0)
    return TRUE;
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED,
      "there is nothing "
      "to quantize: no weight is larger than min-quant-weight-size (%u) "
      "with more channels than min-quant-weight-channel (%u)",
      ptq_settings_get_min_quant_weight_size (settings),
      ptq_settings_get_min_quant_weight_channel (settings));
  return FALSE;
}
