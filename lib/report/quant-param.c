/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The table quant_param.csv: scales and zero points.
 */
#include "quant-param.h"

static const gchar *const header[] = { "NodeName", "NodeType", "TensorName",
  "ElementsNum", "Dims", "Scale", "ZeroPoint", "Bits", "CorrectionVar",
  "CorrectionMean", NULL };

typedef struct
{
  PtqModel *model;
  PtqGraphIndex *index;
  PtqCsvWriter *writer;
  gint bits;
} ParamWriter;

/* Sizes with a blank behind each */
static gchar *
describe_dims (const PtqTensorFigures *figures)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < figures->rank; i++)
    g_string_append_printf (text, "%" G_GINT64_FORMAT " ", figures->dims[i]);
  return g_string_free (text, FALSE);
}

static gint64
count_elements (const PtqTensorFigures *figures)
{
  gint64 n = 1;

  for (guint i = 0; i < figures->rank; i++)
    n *= figures->dims[i];
  return n;
}

/* One channel: value = scale * (code - zero point) + mean */
typedef struct
{
  gdouble scale;
  gint64 zero_point;
  gint bits;
  gdouble mean;
} Param;

/* The correction of the variance is part of the scale. */
static void
write_row (const ParamWriter *self, const PtqTensorUse *use,
    const PtqTensorPair *pair, const PtqTensorFigures *figures,
    const Param *param)
{
  g_autofree gchar *dims = describe_dims (figures);

  ptq_csv_writer_text (self->writer, use->node->name);
  ptq_csv_writer_text (self->writer, use->node->op_type);
  ptq_csv_writer_text (
      self->writer, pair->origin != NULL ? pair->origin : pair->dequant);
  ptq_csv_writer_integer (self->writer, count_elements (figures));
  ptq_csv_writer_text (self->writer, dims);
  ptq_csv_writer_number (self->writer, param->scale);
  ptq_csv_writer_integer (self->writer, param->zero_point);
  ptq_csv_writer_integer (self->writer, param->bits);
  ptq_csv_writer_integer (self->writer, 1);
  ptq_csv_writer_number (self->writer, param->mean);
  ptq_csv_writer_end_row (self->writer);
}

/* Biases have 32 bits whatever the settings say. */
static gint
find_bits (const ParamWriter *self, const Onnx__TensorProto *zero_point)
{
  return zero_point != NULL && zero_point->data_type == PTQ_ELEMENT_INT32
      ? 32
      : self->bits;
}

static gboolean
write_use (const ParamWriter *self, const PtqTensorUse *use,
    const PtqTensorPair *pair, const PtqTensorFigures *figures, GError **error)
{
  Onnx__TensorProto *zero_point = ptq_graph_index_initializer (
      self->index, ptq_node_get_input (pair->dequantize, 2));
  Onnx__TensorProto *scale = ptq_graph_index_initializer (
      self->index, ptq_node_get_input (pair->dequantize, 1));
  g_autofree gfloat *scales = NULL;
  g_autofree gint64 *zeros = NULL;
  gsize n = 0, n_zeros = 0;

  if (scale == NULL)
    return TRUE;
  scales = ptq_tensor_proto_read_floats (self->model, scale, &n, error);
  if (scales == NULL)
    return FALSE;
  if (zero_point != NULL)
    zeros =
        ptq_tensor_proto_read_ints (self->model, zero_point, &n_zeros, error);
  if (zero_point != NULL && zeros == NULL)
    return FALSE;
  for (gsize c = 0; c < n; c++) {
    Param param = { scales[c], c < n_zeros ? zeros[c] : 0,
      find_bits (self, zero_point), 0 };

    write_row (self, use, pair, figures, &param);
  }
  return TRUE;
}

/* What the last two nodes that decode a weight read: codes * scale + offset */
static gboolean
find_decoder (const ParamWriter *self, const PtqTensorPair *pair,
    Onnx__TensorProto **scale, Onnx__TensorProto **offset)
{
  const Onnx__NodeProto *add =
      ptq_graph_index_producer (self->index, pair->dequant);
  const Onnx__NodeProto *multiply;

  if (!pair->is_constant || add == NULL || !ptq_node_is (add, "Add"))
    return FALSE;
  multiply =
      ptq_graph_index_producer (self->index, ptq_node_get_input (add, 0));
  if (multiply == NULL
      || (!ptq_node_is (multiply, "Mul")
          && !ptq_node_is (multiply, "DequantizeLinear")))
    return FALSE;
  *scale = ptq_graph_index_initializer (
      self->index, ptq_node_get_input (multiply, 1));
  *offset =
      ptq_graph_index_initializer (self->index, ptq_node_get_input (add, 1));
  return *scale != NULL && *offset != NULL;
}

/* Weight quantization: codes from 0 on, and a mean for each channel. Mixed
 * bits count as 0 bits, as the original has it. */
static gboolean
write_decoded (const ParamWriter *self, const PtqTensorUse *use,
    const PtqTensorPair *pair, const PtqTensorFigures *figures, GError **error)
{
  Onnx__TensorProto *scale, *offset;
  g_autofree gfloat *scales = NULL;
  g_autofree gfloat *offsets = NULL;
  gsize n, n_offsets;

  if (!find_decoder (self, pair, &scale, &offset))
    return TRUE;
  scales = ptq_tensor_proto_read_floats (self->model, scale, &n, error);
  if (scales == NULL)
    return FALSE;
  offsets =
      ptq_tensor_proto_read_floats (self->model, offset, &n_offsets, error);
  if (offsets == NULL)
    return FALSE;
  for (gsize c = 0; c < MIN (n, n_offsets); c++) {
    Param param = { scales[c], 0, self->bits, offsets[c] };

    write_row (self, use, pair, figures, &param);
  }
  return TRUE;
}

gboolean
ptq_quant_param_write (PtqCsvWriter *writer, PtqModel *quantized,
    const PtqTensorPairs *pairs, PtqRoundObserver *observer, gint bits,
    GError **error)
{
  ParamWriter self = { quantized, NULL, writer, bits };
  gboolean done = TRUE;

  self.index = ptq_graph_index_new (ptq_model_get_graph (quantized));
  ptq_csv_writer_texts (writer, header);
  for (guint i = 0; done && i < pairs->uses->len; i++) {
    const PtqTensorUse *use = &g_array_index (pairs->uses, PtqTensorUse, i);
    const PtqTensorPair *pair =
        &g_array_index (pairs->pairs, PtqTensorPair, use->pair);
    const PtqTensorFigures *figures =
        ptq_round_observer_get (observer, use->pair);

    if (figures->known)
      done = pair->dequantize != NULL
          ? write_use (&self, use, pair, figures, error)
          : write_decoded (&self, use, pair, figures, error);
  }
  ptq_graph_index_free (self.index);
  return done;
}
