/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Means of a layer's result before and after the correction, both as ONNX
 * Runtime computes them. */

#include "../run-model.h"

#include <math.h>
#include <string.h>

#define N_CHANNELS 8

/* Few bits and inputs that are all positive: the mean of each channel is off
 * by the sum of its weights' errors. */
static PtqSettings *
new_settings (gboolean corrected)
{
  PtqSettings *settings = ptq_settings_new ();

  g_object_set (settings, "bit-num", 5, "equalization", FALSE,
      "bias-correction", corrected, NULL);
  return settings;
}

static void
sum_channels (
    PtqModel *model, const Samples *samples, gdouble sign, gdouble *sums)
{
  for (guint i = 0; i < N_SAMPLES; i++) {
    gsize n;
    g_autofree gfloat *values = run (model, &samples->tensors[i], FALSE, &n);

    for (gsize k = 0; k < n; k++)
      sums[k / (n / N_CHANNELS)] +=
          sign * values[k] / (n / N_CHANNELS) / N_SAMPLES;
  }
}

/* Sum over the channels of how far the mean is off */
static gdouble
measure_shift (PtqModel *model, PtqModel *quantized, const Samples *samples)
{
  gdouble sums[N_CHANNELS] = { 0 };
  gdouble shift = 0;

  sum_channels (model, samples, 1, sums);
  sum_channels (quantized, samples, -1, sums);
  for (guint c = 0; c < N_CHANNELS; c++)
    shift += fabs (sums[c]);
  return shift;
}

typedef struct
{
  const gchar *name;
  const gchar *model;
} Row;

static const Row rows[] = {
  { "conv",
      "input x 1x4x16x16\n weight W 8x4x3x3\n"
      "floats b 0.1 -0.2 0.3 0 0.1 0.2 -0.1 0.05\n Conv x,W,b y\n output y" },
  { "without-bias",
      "input x 1x4x16x16\n weight W 8x4x3x3\n Conv x,W y\n"
      "output y" },
  { "relu",
      "input x 1x4x16x16\n weight W 8x4x3x3\n"
      "floats b 0.1 -0.2 0.3 0 0.1 0.2 -0.1 0.05\n Conv x,W,b c\n Relu c y\n"
      "output y" },
  { "depthwise",
      "input x 1x8x16x16\n weight W 8x1x3x3\n"
      "Conv x,W y group:i=8\n output y" },
  { "gemm",
      "input x 1x64\n weight W 8x64\n Gemm x,W y transB:i=1\n"
      "output y" },
};

static void
check_row (const Row *row, PtqTarget target)
{
  g_autoptr (PtqModel) model = build_model (row->model);
  g_autoptr (PtqSettings) plain = new_settings (FALSE);
  g_autoptr (PtqSettings) corrected = new_settings (TRUE);
  g_autoptr (Samples) samples = samples_new (model, 0, 1);
  g_autoptr (PtqModel) before = NULL;
  g_autoptr (PtqModel) after = NULL;

  g_object_set (plain, "target", target, NULL);
  g_object_set (corrected, "target", target, NULL);
  before = quantize (model, plain, samples, NULL);
  after = quantize (model, corrected, samples, NULL);
  g_assert_cmpfloat (measure_shift (model, after, samples), <,
      0.5 * measure_shift (model, before, samples));
}

static void
test_onnxruntime (gconstpointer data)
{
  check_row (data, PTQ_TARGET_ONNXRUNTIME);
}

static void
test_tensorrt (gconstpointer data)
{
  check_row (data, PTQ_TARGET_TENSORRT);
}

static void
test_mindspore (gconstpointer data)
{
  check_row (data, PTQ_TARGET_MINDSPORE);
}

static PtqModel *
correct_for (const gchar *text, PtqTarget target, PtqQuantizer **quantizer)
{
  g_autoptr (PtqModel) model = build_model (text);
  g_autoptr (PtqSettings) settings = new_settings (TRUE);
  g_autoptr (Samples) samples = samples_new (model, 0, 1);

  g_object_set (settings, "target", target, NULL);
  return quantize (model, settings, samples, quantizer);
}

/* The new bias is what biases are for the target. */
static void
test_new_bias (void)
{
  g_autoptr (PtqModel) codes =
      correct_for (rows[1].model, PTQ_TARGET_ONNXRUNTIME, NULL);
  g_autoptr (PtqModel) floats =
      correct_for (rows[1].model, PTQ_TARGET_TENSORRT, NULL);
  const gchar *name = ptq_node_get_input (find_node (codes, "y"), 2);
  g_autoptr (PtqGraphIndex) index =
      ptq_graph_index_new (ptq_model_get_graph (codes));
  const Onnx__NodeProto *dequantize = ptq_graph_index_producer (index, name);
  const Onnx__TensorProto *bias;

  g_assert_nonnull (dequantize);
  g_assert_true (ptq_node_is (dequantize, "DequantizeLinear"));
  bias =
      ptq_graph_index_initializer (index, ptq_node_get_input (dequantize, 0));
  g_assert_cmpint (bias->data_type, ==, PTQ_ELEMENT_INT32);
  g_assert_cmpint (bias->dims[0], ==, N_CHANNELS);

  bias = ptq_graph_find_initializer (ptq_model_get_graph (floats),
      ptq_node_get_input (find_node (floats, "y"), 2));
  g_assert_nonnull (bias);
  g_assert_cmpint (bias->data_type, ==, PTQ_ELEMENT_FLOAT);
  g_assert_cmpint (bias->dims[0], ==, N_CHANNELS);
}

/* Its name is taken by another tensor. */
static void
test_name_taken (void)
{
  g_autoptr (PtqModel) model = correct_for (
      "input x 1x4x16x16\n"
      "weight W 8x4x3x3\n Conv x,W y\n output y\n weight y_bias 8x8x1x1\n"
      "Conv y,y_bias y_bias_scale\n output y_bias_scale",
      PTQ_TARGET_ONNXRUNTIME, NULL);

  g_assert_cmpuint (find_node (model, "y")->n_input, ==, 3);
  g_assert_cmpuint (find_node (model, "y_bias_scale")->n_input, ==, 3);
}

/* Two layers of one float bias: each is corrected for itself. W and V differ
 * in sign, so that the sum of both corrections would be right for none. */
static void
test_shared_float_bias (void)
{
  g_autoptr (PtqModel) model =
      correct_for ("input x 1x4x16x16\n"
                   "weight W 8x4x3x3\n weight V 8x4x3x3\n"
                   "floats b 0.1 -0.2 0.3 0 0.1 0.2 -0.1 0.05\n Conv x,W,b y\n"
                   "Conv x,V,b z\n output y\n output z",
          PTQ_TARGET_TENSORRT, NULL);
  g_autoptr (PtqModel) alone =
      correct_for (rows[0].model, PTQ_TARGET_TENSORRT, NULL);
  const gchar *a = ptq_node_get_input (find_node (model, "y"), 2);
  const gchar *b = ptq_node_get_input (find_node (model, "z"), 2);
  const gchar *c = ptq_node_get_input (find_node (alone, "y"), 2);
  g_autofree gfloat *shared = NULL, *own = NULL;
  gsize n;

  g_assert_cmpstr (a, !=, b);
  shared = ptq_tensor_proto_read_floats (model,
      ptq_graph_find_initializer (ptq_model_get_graph (model), a), &n, NULL);
  own = ptq_tensor_proto_read_floats (alone,
      ptq_graph_find_initializer (ptq_model_get_graph (alone), c), &n, NULL);
  for (guint i = 0; i < N_CHANNELS; i++)
    g_assert_cmpfloat_with_epsilon (shared[i], own[i], 1e-6);
}

/* Channel 0: its weights are below half a step of the scale that its bias of
 * 1000 forces on them, so the float mean is above 1000 by their sum, and the
 * bias stands at the end of its range already. Channel 1 gives the range of
 * the result; 1000 is a code of it. */
static void
test_overflow (void)
{
  static const gfloat weights[8] = { 1e-4f, 1e-4f, 1e-4f, 1e-4f, 0, 0, 0, 0 };
  g_autoptr (PtqModel) model = build_model (
      "input x 1x4x8x8\n"
      "weight W 2x4x1x1\n floats b 1000 1500\n Conv x,W,b y\n output y");
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (Samples) samples = samples_new (model, 0, 1);
  g_autoptr (PtqQuantizer) quantizer = NULL;
  g_autoptr (PtqModel) quantized = NULL;
  const gchar *const *warnings;
  gboolean warned = FALSE;
  gsize n;
  g_autofree gfloat *values = NULL;

  g_object_set (settings, "equalization", FALSE, "bias-correction", TRUE, NULL);
  set_weight (model, "W", weights);
  quantized = quantize (model, settings, samples, &quantizer);
  warnings = ptq_quantizer_get_warnings (quantizer);
  for (guint i = 0; warnings[i] != NULL; i++)
    warned |= strstr (warnings[i], "'y'") != NULL
        && strstr (warnings[i], "does not fit 32 bits") != NULL;
  g_assert_true (warned);

  values = run (quantized, &samples->tensors[0], FALSE, &n);
  for (gsize i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (values[i], i < n / 2 ? 1000 : 1500, 0.01);
}

static void
read_bias (PtqModel *model, const gchar *layer, gint64 *codes)
{
  g_autoptr (PtqGraphIndex) index =
      ptq_graph_index_new (ptq_model_get_graph (model));
  const Onnx__NodeProto *dequantize = ptq_graph_index_producer (
      index, ptq_node_get_input (find_node (model, layer), 2));
  gsize n;
  g_autofree gint64 *read =
      find_ints (model, ptq_node_get_input (dequantize, 0), &n);

  g_assert_cmpuint (n, ==, N_CHANNELS);
  memcpy (codes, read, N_CHANNELS * sizeof (gint64));
}

/* A Relu that is left float is none of the layer's: the correction is that of
 * the layer alone. */
static void
test_skipped_relu (void)
{
  g_autoptr (PtqModel) model =
      build_model ("input x 1x64\n weight W 8x64\n"
                   "Gemm x,W g transB:i=1\n Relu g y\n output y");
  g_autoptr (PtqModel) alone = build_model ("input x 1x64\n weight W 8x64\n"
                                            "Gemm x,W g transB:i=1\n output g");
  g_autoptr (PtqSettings) settings = new_settings (TRUE);
  g_autoptr (Samples) samples = samples_new (model, 0, 1);
  g_autoptr (PtqModel) a = NULL;
  g_autoptr (PtqModel) b = NULL;
  gint64 left[N_CHANNELS], right[N_CHANNELS];

  b = quantize (alone, settings, samples, NULL);
  g_object_set (settings, "skip-quant-node", "y", NULL);
  a = quantize (model, settings, samples, NULL);
  read_bias (a, "g", left);
  read_bias (b, "g", right);
  for (guint c = 0; c < N_CHANNELS; c++)
    g_assert_cmpint (left[c], ==, right[c]);
}

/* Nothing that has a bias: nothing to do, and no error */
static void
test_no_layer (void)
{
  g_autoptr (PtqModel) model = correct_for ("input x 1x8x64\n weight W 64x5\n"
                                            "MatMul x,W y\n output y",
      PTQ_TARGET_ONNXRUNTIME, NULL);

  g_assert_cmpuint (find_node (model, "y")->n_input, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree gchar *ort =
        g_strconcat ("/bias-correction/onnxruntime/", rows[i].name, NULL);
    g_autofree gchar *trt =
        g_strconcat ("/bias-correction/tensorrt/", rows[i].name, NULL);
    g_autofree gchar *msl =
        g_strconcat ("/bias-correction/mindspore/", rows[i].name, NULL);

    g_test_add_data_func (ort, &rows[i], test_onnxruntime);
    g_test_add_data_func (trt, &rows[i], test_tensorrt);
    g_test_add_data_func (msl, &rows[i], test_mindspore);
  }
  g_test_add_func ("/bias-correction/new-bias", test_new_bias);
  g_test_add_func ("/bias-correction/name-taken", test_name_taken);
  g_test_add_func (
      "/bias-correction/shared-float-bias", test_shared_float_bias);
  g_test_add_func ("/bias-correction/overflow", test_overflow);
  g_test_add_func ("/bias-correction/skipped-relu", test_skipped_relu);
  g_test_add_func ("/bias-correction/no-layer", test_no_layer);
  return g_test_run ();
}
