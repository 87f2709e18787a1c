/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Rounding weights shifts the mean of a layer's result. The shift is measured
 * a layer at a time on float inputs, after the fused activation, and taken
 * out through the bias (the data-driven correction of MindSpore Lite's
 * converter; Nagel et al. 2019, section 4.2, for the idea):
 *
 *   diff[c] = mean of float result[c] - mean of quantized result[c]
 *   code[c] += round (diff[c] / bias scale[c])
 */

#include "bias-correction.h"
#include "fresh-names.h"
#include "replay.h"
#include "scale.h"
#include "reference-model.h"

#include <math.h>

/* Sums of one result by channel; the channels are axis 1. */
typedef struct
{
  guint n_channels;
  gsize n; /* values a channel */
  gdouble *sums;
} ChannelSums;

typedef struct
{
  GPtrArray *layers;  /* PtqReferenceLayer */
  GPtrArray *tensors; /* float, quantized, float, quantized, … */
  ChannelSums *sums;  /* one a tensor */
  PtqSettings *settings;
} Correction;

/* ---- measuring ---- */

static gboolean
observe (gint64 id, const PtqTensor *tensor, PtqParallel *parallel,
    gpointer user_data, GError **error)
{
  Correction *self = user_data;
  ChannelSums *sums = &self->sums[id];
  const gfloat *data = tensor->data;
  gsize inner = 1, outer, n = ptq_tensor_count (tensor);

  (void) parallel;
  (void) error;
  if (tensor->type != PTQ_ELEMENT_FLOAT || tensor->rank < 2)
    return TRUE;
  if (sums->sums == NULL) {
    sums->n_channels = tensor->dims[1];
    sums->sums = g_new0 (gdouble, sums->n_channels);
  }
  for (guint i = 2; i < tensor->rank; i++)
    inner *= tensor->dims[i];
  outer = n / (inner * sums->n_channels);
  for (gsize o = 0; o < outer; o++) {
    for (guint c = 0; c < sums->n_channels; c++) {
      gdouble sum = 0;

      for (gsize i = 0; i < inner; i++)
        sum += *data++;
      sums->sums[c] += sum;
    }
  }
  sums->n += outer * inner;
  return TRUE;
}

/* Weights that are not kept from it saturate on some processors. That is
 * theirs: the model must not be corrected for it. */
static gboolean
may_saturate (PtqSettings *settings)
{
  PtqReduceRange reduce = ptq_settings_get_reduce_range (settings);

  return reduce == PTQ_REDUCE_RANGE_OFF
      || (reduce == PTQ_REDUCE_RANGE_AUTO
          && ptq_settings_get_target (settings) != PTQ_TARGET_ONNXRUNTIME);
}

/* ---- applying ---- */

typedef struct
{
  PtqModel *model;
  PtqGraphIndex *index;
  GHashTable *by_name; /* nodes */
  PtqFreshNames *names;
  GPtrArray *added; /* DequantizeLinear of new biases */
  GPtrArray *warnings;
  gboolean float_biases; /* the target wants them so */
} Apply;

static gfloat *
read_scales (const Apply *apply, const Onnx__NodeProto *dequantize, gsize *n)
{
  return ptq_tensor_proto_read_floats (apply->model,
      ptq_graph_index_initializer (
          apply->index, ptq_node_get_input (dequantize, 1)),
      n, NULL);
}

static void
warn_about_overflow (const Apply *apply, const gchar *layer, guint n)
{
  if (n > 0)
    g_ptr_array_add (apply->warnings,
        g_strdup_printf (
            "node '%s': the "
            "correction of %u bias(es) does not fit 32 bits and was left out",
            layer, n));
}

/* Adds round (diff / scale) to each code it fits. */
static void
shift_codes (const Apply *apply, const gchar *layer, gint32 *codes,
    const gfloat *scales, gsize n_scales, const gdouble *diff, gsize n)
{
  guint n_overflows = 0;

  for (gsize c = 0; c < n; c++) {
    gdouble code = codes[c] + round (diff[c] / scales[c % n_scales]);

    if (fabs (code) > PTQ_BIAS_LIMIT)
      n_overflows++;
    else
      codes[c] = (gint32) code;
  }
  warn_about_overflow (apply, layer, n_overflows);
}

static void
correct_codes (const Apply *apply, const gchar *layer,
    const Onnx__NodeProto *dequantize, const gdouble *diff, gsize n)
{
  Onnx__TensorProto *bias = ptq_graph_index_initializer (
      apply->index, ptq_node_get_input (dequantize, 0));
  g_autofree gfloat *scales = NULL;
  g_autofree gint64 *old = NULL;
  g_autofree gint32 *codes = g_new (gint32, n);
  gsize n_scales, n_codes;
  gint64 dims[1] = { n };

  scales = read_scales (apply, dequantize, &n_scales);
  old = ptq_tensor_proto_read_ints (apply->model, bias, &n_codes, NULL);
  if (scales == NULL || old == NULL || n_codes != n)
    return;
  for (gsize c = 0; c < n; c++)
    codes[c] = (gint32) old[c];
  shift_codes (apply, layer, codes, scales, n_scales, diff, n);
  ptq_tensor_proto_set_data (
      bias, PTQ_ELEMENT_INT32, dims, 1, codes, n * sizeof (gint32));
}

static const gchar *
add_initializer (const Apply *apply, const gchar *layer, const gchar *suffix,
    PtqElementType type, gconstpointer data, gsize n)
{
  Onnx__GraphProto *graph = ptq_model_get_graph (apply->model);
  g_autofree gchar *name = ptq_fresh_names_take (apply->names, layer, suffix);
  gint64 dims[1] = { n };

  ptq_graph_add_initializer (graph,
      ptq_tensor_proto_new (
          name, type, dims, 1, data, n * ptq_element_type_size (type)));
  return graph->initializer[graph->n_initializer - 1]->name;
}

/* The layer reads a copy: other layers may read the bias as it was. */
static void
correct_floats (const Apply *apply, Onnx__NodeProto *layer,
    const Onnx__TensorProto *bias, const gdouble *diff, gsize n)
{
  g_autofree gfloat *values = NULL;
  gsize n_values;

  values = ptq_tensor_proto_read_floats (apply->model, bias, &n_values, NULL);
  if (values == NULL || n_values != n)
    return;
  for (gsize c = 0; c < n; c++)
    values[c] += (gfloat) diff[c];
  ptq_node_set_input (layer, 2,
      add_initializer (
          apply, layer->name, "_bias", PTQ_ELEMENT_FLOAT, values, n));
}

static void
add_float_bias (
    const Apply *apply, Onnx__NodeProto *layer, const gdouble *diff, gsize n)
{
  g_autofree gfloat *values = g_new (gfloat, n);

  for (gsize c = 0; c < n; c++)
    values[c] = (gfloat) diff[c];
  ptq_node_set_input (layer, 2,
      add_initializer (
          apply, layer->name, "_bias", PTQ_ELEMENT_FLOAT, values, n));
}

/* A bias of codes like those of other layers */
static void
add_integer_bias (
    const Apply *apply, Onnx__NodeProto *layer, const gdouble *diff, gsize n)
{
  const Onnx__NodeProto *data =
      ptq_graph_index_producer (apply->index, ptq_node_get_input (layer, 0));
  const Onnx__NodeProto *weight =
      ptq_graph_index_producer (apply->index, ptq_node_get_input (layer, 1));
  g_autofree gfloat *data_scale = NULL, *scales = NULL;
  g_autofree gfloat *bias_scales = g_new (gfloat, n);
  g_autofree gint32 *codes = g_new0 (gint32, n);
  g_autofree gint32 *zeros = g_new0 (gint32, n);
  g_autofree gchar *output =
      ptq_fresh_names_take (apply->names, layer->name, "_bias");
  const gchar *inputs[4] = { NULL, NULL, NULL, NULL };
  const gchar *outputs[2] = { output, NULL };
  Onnx__NodeProto *dequantize;
  gsize n_data, n_scales;

  data_scale = read_scales (apply, data, &n_data);
  scales = read_scales (apply, weight, &n_scales);
  if (data_scale == NULL || scales == NULL)
    return;
  for (gsize c = 0; c < n; c++)
    bias_scales[c] = data_scale[0] * scales[c % n_scales];
  shift_codes (apply, layer->name, codes, bias_scales, n, diff, n);
  inputs[0] = add_initializer (
      apply, layer->name, "_bias_quantized", PTQ_ELEMENT_INT32, codes, n);
  inputs[1] = add_initializer (
      apply, layer->name, "_bias_scale", PTQ_ELEMENT_FLOAT, bias_scales, n);
  inputs[2] = add_initializer (
      apply, layer->name, "_bias_zero_point", PTQ_ELEMENT_INT32, zeros, n);
  dequantize = ptq_node_new ("DequantizeLinear", output, inputs, outputs);
  ptq_node_set_int (dequantize, "axis", 0);
  g_ptr_array_add (apply->added, dequantize);
  ptq_node_set_input (layer, 2, output);
}

static void
correct_layer (
    const Apply *apply, Onnx__NodeProto *layer, const gdouble *diff, gsize n)
{
  const gchar *name = ptq_node_get_input (layer, 2);
  Onnx__NodeProto *dequantize;
  Onnx__TensorProto *bias;

  if (name[0] == '\0') {
    if (apply->float_biases)
      add_float_bias (apply, layer, diff, n);
    else
      add_integer_bias (apply, layer, diff, n);
    return;
  }
  dequantize = ptq_graph_index_producer (apply->index, name);
  bias = ptq_graph_index_initializer (apply->index, name);
  if (dequantize != NULL)
    correct_codes (apply, layer->name, dequantize, diff, n);
  else if (bias != NULL)
    correct_floats (apply, layer, bias, diff, n);
}

static void
apply_layer (const Correction *self, const Apply *apply, guint i)
{
  const PtqReferenceLayer *layer = self->layers->pdata[i];
  const ChannelSums *a = &self->sums[2 * i], *b = &self->sums[2 * i + 1];
  Onnx__NodeProto *node = g_hash_table_lookup (apply->by_name, layer->name);
  g_autofree gdouble *diff = NULL;

  if (a->n == 0 || a->n != b->n || a->n_channels != b->n_channels)
    return;
  diff = g_new (gdouble, a->n_channels);
  for (guint c = 0; c < a->n_channels; c++)
    diff[c] = (a->sums[c] - b->sums[c]) / a->n;
  correct_layer (apply, node, diff, a->n_channels);
}

/* New DequantizeLinear nodes read constants only: they may stand first. */
static void
prepend_nodes (PtqModel *model, GPtrArray *added)
{
  Onnx__GraphProto *graph = ptq_model_get_graph (model);
  GPtrArray *nodes = g_ptr_array_new ();

  g_ptr_array_extend (nodes, added, NULL, NULL);
  for (gsize i = 0; i < graph->n_node; i++)
    g_ptr_array_add (nodes, graph->node[i]);
  ptq_graph_set_nodes (graph, nodes);
}

static void
apply (const Correction *self, PtqModel *quantized, GPtrArray *warnings)
{
  Onnx__GraphProto *graph = ptq_model_get_graph (quantized);
  g_autoptr (GHashTable) by_name = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) added = g_ptr_array_new ();
  g_autoptr (PtqFreshNames) names =
      ptq_fresh_names_new (ptq_model_get_proto (quantized));
  Apply apply = { quantized, ptq_graph_index_new (graph), by_name, names, added,
    warnings, ptq_settings_get_target (self->settings) == PTQ_TARGET_TENSORRT };

  for (gsize i = 0; i < graph->n_node; i++)
    g_hash_table_insert (by_name, graph->node[i]->name, graph->node[i]);
  for (guint i = 0; i < self->layers->len; i++)
    apply_layer (self, &apply, i);
  ptq_graph_index_free (apply.index);
  if (added->len > 0)
    prepend_nodes (quantized, added);
  ptq_graph_drop_unused_initializers (graph);
  ptq_model_changed (quantized);
}

static void
correction_clear (Correction *self)
{
  for (guint i = 0; self->sums != NULL && i < self->tensors->len; i++)
    g_free (self->sums[i].sums);
  g_free (self->sums);
  g_ptr_array_unref (self->tensors);
  g_ptr_array_unref (self->layers);
}

gboolean
ptq_bias_correct (PtqPlan *plan, PtqModel *quantized, PtqSettings *settings,
    PtqCalibrator *calibrator, GPtrArray *warnings, const PtqRun *run,
    GError **error)
{
  Correction self = { .settings = settings };
  PtqReplay replay = { .precise_int8 = may_saturate (settings),
    .observe = observe,
    .user_data = &self,
    .stage = "correcting biases" };
  PtqReferenceModel reference;
  gboolean done;

  self.layers = g_ptr_array_new_with_free_func (
      (GDestroyNotify) ptq_reference_layer_free);
  self.tensors = g_ptr_array_new ();
  ptq_reference_model_add (&reference, plan, quantized, self.layers);
  for (guint i = 0; i < self.layers->len; i++) {
    PtqReferenceLayer *layer = self.layers->pdata[i];

    g_ptr_array_add (self.tensors, layer->float_result);
    g_ptr_array_add (self.tensors, layer->quantized_result);
  }
  self.sums = g_new0 (ChannelSums, self.tensors->len);
  replay.model = reference.model;
  replay.tensors = self.tensors;
  done = ptq_replay_run (&replay, calibrator, run, error);
  ptq_reference_model_remove (&reference);
  if (done)
    apply (&self, quantized, warnings);
  correction_clear (&self);
  return done;
}
