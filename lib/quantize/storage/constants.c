/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Makes the scales, zero points and codes that a quantized graph reads, each
 * once.
 */

#include "constants.h"
#include "fresh-names.h"
#include "rewrite.h"
#include "weight.h"

#include <math.h>

struct _PtqConstants
{
  PtqModel *model;
  PtqGraphIndex *index;
  PtqSettings *settings;
  GPtrArray *warnings;

  GStringChunk *strings;
  PtqFreshNames *names;
  GHashTable *cache; /* what was made of what -> Entry */
  GPtrArray *added;  /* new initializers */
};

/* A constant that was quantized already */
typedef struct
{
  const gchar *output; /* of its DequantizeLinear */
  gfloat *scales;      /* one a channel */
  guint n_scales;
} Entry;

static void
entry_free (Entry *entry)
{
  g_free (entry->scales);
  g_free (entry);
}

PtqConstants *
ptq_constants_new (PtqModel *model, PtqGraphIndex *index, PtqSettings *settings,
    GPtrArray *warnings)
{
  PtqConstants *self = g_new0 (PtqConstants, 1);

  self->model = model;
  self->index = index;
  self->settings = settings;
  self->warnings = warnings;
  self->strings = g_string_chunk_new (4096);
  self->names = ptq_fresh_names_new (ptq_model_get_proto (model));
  self->cache = g_hash_table_new_full (
      g_str_hash, g_str_equal, NULL, (GDestroyNotify) entry_free);
  self->added = g_ptr_array_new ();
  return self;
}

/* Call it after ptq_constants_flush (), which takes the initializers. */
void
ptq_constants_free (PtqConstants *self)
{
  g_ptr_array_unref (self->added);
  g_hash_table_unref (self->cache);
  ptq_fresh_names_free (self->names);
  g_string_chunk_free (self->strings);
  g_free (self);
}

void
ptq_constants_flush (PtqConstants *self)
{
  Onnx__GraphProto *graph = ptq_model_get_graph (self->model);

  for (guint i = 0; i < self->added->len; i++)
    ptq_graph_add_initializer (graph, self->added->pdata[i]);
  g_ptr_array_set_size (self->added, 0);
}

const gchar *
ptq_constants_take_name (
    PtqConstants *self, const gchar *base, const gchar *suffix)
{
  g_autofree gchar *name = ptq_fresh_names_take (self->names, base, suffix);

  return g_string_chunk_insert (self->strings, name);
}

static const gchar *
add_initializer (PtqConstants *self, const gchar *base, const gchar *suffix,
    PtqElementType type, const gint64 *dims, guint rank, gconstpointer data,
    gsize size)
{
  const gchar *name = ptq_constants_take_name (self, base, suffix);

  g_ptr_array_add (
      self->added, ptq_tensor_proto_new (name, type, dims, rank, data, size));
  return name;
}

const gchar *
ptq_constants_add_float (
    PtqConstants *self, const gchar *base, const gchar *suffix, gfloat value)
{
  return add_initializer (
      self, base, suffix, PTQ_ELEMENT_FLOAT, NULL, 0, &value, sizeof value);
}

/* The type of activation codes */
static PtqElementType
activation_type (PtqConstants *self)
{
  return ptq_settings_get_target (self->settings) == PTQ_TARGET_ONNXRUNTIME
      ? PTQ_ELEMENT_UINT8
      : PTQ_ELEMENT_INT8;
}

/* One scale and one zero point for all tensors of a root: operators that only
 * move data run on codes when both sides name the very same ones. */
void
ptq_constants_add_activation_scale (PtqConstants *self, const gchar *root,
    const PtqScale *scale, const gchar **scale_name,
    const gchar **zero_point_name)
{
  g_autofree gchar *key = g_strconcat (root, "\nzero point", NULL);
  Entry *made = g_hash_table_lookup (self->cache, root);
  Entry *zero = g_hash_table_lookup (self->cache, key);

  if (made == NULL) {
    gint8 code = (gint8) scale->zero_point;

    made = g_new0 (Entry, 1);
    made->output = ptq_constants_add_float (self, root, "_scale", scale->scale);
    zero = g_new0 (Entry, 1);
    zero->output = add_initializer (
        self, root, "_zero_point", activation_type (self), NULL, 0, &code, 1);
    g_hash_table_insert (
        self->cache, g_string_chunk_insert (self->strings, root), made);
    g_hash_table_insert (
        self->cache, g_string_chunk_insert (self->strings, key), zero);
  }
  *scale_name = made->output;
  *zero_point_name = zero->output;
}

static const gchar *
add_dequantize (PtqConstants *self, const gchar *base, const gchar *codes,
    const gchar *scale, const gchar *zero_point, gint axis, GPtrArray *nodes)
{
  const gchar *inputs[4] = { codes, scale, zero_point, NULL };
  const gchar *outputs[2] = { NULL, NULL };
  Onnx__NodeProto *node;

  outputs[0] = ptq_constants_take_name (self, base, "_dequantized");
  node = ptq_node_new ("DequantizeLinear",
      ptq_constants_take_name (self, base, "_DequantizeLinear"), inputs,
      outputs);
  if (axis >= 0)
    ptq_node_set_int (node, "axis", axis);
  g_ptr_array_add (nodes, node);
  return outputs[0];
}

static gint8 *
pack_codes (const gint *codes, gsize n)
{
  gint8 *bytes = g_new (gint8, n);

  for (gsize i = 0; i < n; i++)
    bytes[i] = (gint8) codes[i];
  return bytes;
}

/* Codes, scales and zero points of @weight as initializers */
static Entry *
add_codes (PtqConstants *self, const Onnx__TensorProto *tensor,
    const PtqWeight *weight, PtqElementType type, gint axis, GPtrArray *nodes)
{
  g_autofree gint8 *bytes = pack_codes (weight->codes, weight->n);
  g_autofree gint8 *zeros = g_new (gint8, weight->n_channels);
  gint64 dims[1] = { weight->n_channels };
  guint rank = axis >= 0 ? 1 : 0;
  const gchar *codes, *scale, *zero;
  Entry *entry = g_new0 (Entry, 1);

  entry->n_scales = weight->n_channels;
  entry->scales = g_new (gfloat, weight->n_channels);
  for (guint c = 0; c < weight->n_channels; c++) {
    entry->scales[c] = weight->scales[c].scale;
    zeros[c] = (gint8) weight->scales[c].zero_point;
  }
  codes = add_initializer (self, tensor->name, "_quantized", type, tensor->dims,
      tensor->n_dims, bytes, weight->n);
  scale = add_initializer (self, tensor->name, "_scale", PTQ_ELEMENT_FLOAT,
      dims, rank, entry->scales, entry->n_scales * sizeof (gfloat));
  zero = add_initializer (self, tensor->name, "_zero_point", type, dims, rank,
      zeros, weight->n_channels);
  entry->output =
      add_dequantize (self, tensor->name, codes, scale, zero, axis, nodes);
  return entry;
}

/* A constant operand, quantized like an activation: asymmetric, as a whole */
const gchar *
ptq_constants_add_tensor (
    PtqConstants *self, const gchar *name, GPtrArray *nodes)
{
  g_autofree gchar *key = g_strconcat (name, "\noperand", NULL);
  Entry *entry = g_hash_table_lookup (self->cache, key);
  PtqWeightOptions options = { 0 };
  g_autoptr (PtqWeight) weight = NULL;
  g_autofree gfloat *values = NULL;
  Onnx__TensorProto *tensor;
  gsize n;

  if (entry != NULL)
    return entry->output;
  tensor = ptq_graph_index_initializer (self->index, name);
  values = ptq_tensor_proto_read_floats (self->model, tensor, &n, NULL);
  if (values == NULL || n == 0)
    return name;

  options.bits = ptq_settings_get_bit_num (self->settings);
  options.symmetric =
      ptq_settings_get_target (self->settings) == PTQ_TARGET_TENSORRT;
  options.is_unsigned = activation_type (self) == PTQ_ELEMENT_UINT8;
  options.axis = -1;
  options.kernel_axis = -1;
  weight = ptq_weight_new (values, tensor->dims, tensor->n_dims, &options);
  entry = add_codes (self, tensor, weight, activation_type (self), -1, nodes);
  g_hash_table_insert (
      self->cache, g_string_chunk_insert (self->strings, key), entry);
  return entry->output;
}

/* ---- weights ---- */

static gint
find_channel_axis (PtqConstants *self, const Onnx__NodeProto *node,
    const Onnx__TensorProto *weight)
{
  if (!ptq_settings_get_weight_per_channel (self->settings))
    return -1;
  switch (ptq_operator_look_up (node)->weights.axis) {
    case PTQ_AXIS_FIRST:
      return 0;
    case PTQ_AXIS_SECOND:
      return 1;
    case PTQ_AXIS_GEMM:
      return ptq_node_get_int (node, "transB", 0) != 0 ? 0 : 1;
    default:
      return weight->n_dims == 2 ? 1 : -1;
  }
}

/* Depthwise kernels widen each product; they can not saturate. */
static gboolean
is_depthwise (const Onnx__NodeProto *node, const Onnx__TensorProto *weight)
{
  return ptq_node_is (node, "Conv") && weight->dims[1] == 1
      && ptq_node_get_int (node, "group", 1) == weight->dims[0];
}

static PtqPairRule
find_pair_rule (PtqConstants *self, const Onnx__NodeProto *node,
    const Onnx__TensorProto *weight, gint axis)
{
  switch (ptq_settings_get_reduce_range (self->settings)) {
    case PTQ_REDUCE_RANGE_ON:
      return PTQ_PAIRS_HALF;
    case PTQ_REDUCE_RANGE_OFF:
      return PTQ_PAIRS_ANY;
    default:
      break;
  }
  if (ptq_settings_get_target (self->settings) != PTQ_TARGET_ONNXRUNTIME
      || is_depthwise (node, weight))
    return PTQ_PAIRS_ANY;
  /* Without channels the pairs of the sum are not neighbours in storage. */
  return axis >= 0 ? PTQ_PAIRS_SAFE : PTQ_PAIRS_HALF;
}

/* The smallest weight scales with which the bias fits:
 * |bias| / (data scale * weight scale) <= PTQ_BIAS_LIMIT */
static gfloat *
find_min_scales (const gfloat *bias, gsize n_bias, guint n_channels,
    const PtqScale *data_scale)
{
  gfloat *scales = g_new0 (gfloat, n_channels);

  for (gsize i = 0; i < n_bias; i++) {
    gfloat least = (gfloat) (fabs ((gdouble) bias[i])
        / (data_scale->scale * PTQ_BIAS_LIMIT));

    scales[i % n_channels] = MAX (scales[i % n_channels], least);
  }
  return scales;
}

static void
warn_about_bias (PtqConstants *self, const Onnx__NodeProto *node,
    const PtqWeight *weight, const gfloat *min_scales)
{
  guint n = 0;

  for (guint c = 0; c < weight->n_channels; c++)
    n += min_scales[c] > 0 && weight->scales[c].scale == min_scales[c];
  if (n > 0)
    g_ptr_array_add (self->warnings,
        g_strdup_printf (
            "node '%s': the bias of "
            "%u channel(s) needs more than 32 bits at the scale of the data; "
            "their weights got a coarser scale",
            node->name, n));
}

static Entry *
quantize_weight (PtqConstants *self, const Onnx__NodeProto *node,
    const Onnx__TensorProto *tensor, const gfloat *bias, gsize n_bias,
    const PtqScale *data_scale, GPtrArray *nodes)
{
  PtqWeightOptions options = { 0 };
  g_autofree gfloat *values = NULL, *min_scales = NULL;
  g_autoptr (PtqWeight) weight = NULL;
  gsize n;
  guint n_channels = 1;

  values = ptq_tensor_proto_read_floats (self->model, tensor, &n, NULL);
  options.bits = ptq_settings_get_bit_num (self->settings);
  options.symmetric = TRUE;
  options.axis = find_channel_axis (self, node, tensor);
  options.kernel_axis =
      ptq_operator_look_up (node)->weights.axis == PTQ_AXIS_FIRST ? 2 : -1;
  options.pairs = find_pair_rule (self, node, tensor, options.axis);
  if (options.axis >= 0)
    n_channels = tensor->dims[options.axis];
  if (bias != NULL) {
    min_scales = find_min_scales (bias, n_bias, n_channels, data_scale);
    options.min_scales = min_scales;
  }
  weight = ptq_weight_new (values, tensor->dims, tensor->n_dims, &options);
  if (bias != NULL)
    warn_about_bias (self, node, weight, min_scales);
  return add_codes (
      self, tensor, weight, PTQ_ELEMENT_INT8, options.axis, nodes);
}

/* Biases are 32-bit codes of data scale * weight scale, zero point 0: what
 * the kernel's sum of products is in already. */
static const gchar *
quantize_bias (PtqConstants *self, const gchar *name, const gfloat *bias,
    gsize n, const Entry *weight, const PtqScale *data_scale, GPtrArray *nodes)
{
  g_autofree gint32 *codes = g_new (gint32, n);
  g_autofree gfloat *scales = g_new (gfloat, n);
  g_autofree gint32 *zeros = g_new0 (gint32, n);
  gint64 dims[1] = { n };
  const gchar *inputs[3];

  for (gsize i = 0; i < n; i++) {
    scales[i] = data_scale->scale * weight->scales[i % weight->n_scales];
    codes[i] = (gint32) CLAMP (
        round ((gdouble) bias[i] / scales[i]), -PTQ_BIAS_LIMIT, PTQ_BIAS_LIMIT);
  }
  inputs[0] = add_initializer (self, name, "_quantized", PTQ_ELEMENT_INT32,
      dims, 1, codes, n * sizeof (gint32));
  inputs[1] = add_initializer (self, name, "_scale", PTQ_ELEMENT_FLOAT, dims, 1,
      scales, n * sizeof (gfloat));
  inputs[2] = add_initializer (self, name, "_zero_point", PTQ_ELEMENT_INT32,
      dims, 1, zeros, n * sizeof (gint32));
  return add_dequantize (self, name, inputs[0], inputs[1], inputs[2], 0, nodes);
}

static gboolean
has_integer_bias (PtqConstants *self, const Onnx__NodeProto *node)
{
  return ptq_node_get_input (node, 2)[0] != '\0'
      && ptq_settings_get_target (self->settings) != PTQ_TARGET_TENSORRT;
}

void
ptq_constants_add_weight (PtqConstants *self, const Onnx__NodeProto *node,
    const PtqScale *data_scale, GPtrArray *nodes, const gchar **weight_name,
    const gchar **bias_name)
{
  Onnx__TensorProto *weight =
      ptq_graph_index_initializer (self->index, ptq_node_get_input (node, 1));
  const gchar *bias_input = ptq_node_get_input (node, 2);
  g_autofree gfloat *bias = NULL;
  g_autofree gchar *key = NULL;
  gsize n_bias = 0;
  gint axis = find_channel_axis (self, node, weight);
  Entry *entry;

  *bias_name = NULL;
  if (has_integer_bias (self, node))
    bias = ptq_tensor_proto_read_floats (self->model,
        ptq_graph_index_initializer (self->index, bias_input), &n_bias, NULL);

  /* Nodes that share a weight share its codes, unless biases, and with them
   * the least scales, differ, or one of them reads it transposed. */
  key = g_strdup_printf ("%s\n%d\n%s\n%.9g", weight->name, axis, bias_input,
      bias != NULL ? (gdouble) data_scale->scale : 0);
  entry = g_hash_table_lookup (self->cache, key);
  if (entry == NULL) {
    entry =
        quantize_weight (self, node, weight, bias, n_bias, data_scale, nodes);
    g_hash_table_insert (
        self->cache, g_string_chunk_insert (self->strings, key), entry);
  }
  *weight_name = entry->output;
  if (bias != NULL)
    *bias_name = quantize_bias (
        self, bias_input, bias, n_bias, entry, data_scale, nodes);
}
