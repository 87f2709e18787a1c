/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Every rule of a graph that runs on integer kernels, one row each. ONNX
 * Runtime is the judge: its fully optimized graph must hold the integer
 * operator, and no conversion other than those at the ends. */

#include "../build-model.h"
#include "ptq-calibrator.h"
#include "ptq-quantizer.h"
#include "runtime-private.h"

#include <math.h>

#define HEAD \
  "input x 1x4x12x12\n weight W 8x4x3x3\n" \
  "floats b 0.1 -0.2 0.3 0 0.1 0.2 -0.1 0.05\n" \
  "Conv x,W,b c pads=1,1,1,1\n"
#define TAIL "Conv m,V y\n output y\n"

typedef struct
{
  const gchar *name;
  const gchar *model;
  /* In the optimized graph: an operator and how often it stands there */
  const gchar *op_type;
  guint n;
  guint n_quantize;   /* QuantizeLinear */
  guint n_dequantize; /* DequantizeLinear */
} Row;

static const Row rows[] = {
  { "conv", HEAD "weight V 3x8x1x1\n Conv c,V y\n output y", "QLinearConv", 2,
      1, 1 },
  { "conv-without-bias",
      "input x 1x4x12x12\n weight W 8x4x3x3\n"
      "Conv x,W y\n output y",
      "QLinearConv", 1, 1, 1 },
  { "depthwise",
      HEAD "weight D 8x1x3x3\n Conv c,D m group:i=8\n"
           "weight V 3x8x1x1\n" TAIL,
      "QLinearConv", 3, 1, 1 },
  { "relu-absorbed", HEAD "Relu c m\n weight V 3x8x1x1\n" TAIL, "Relu", 0, 1,
      1 },
  { "clip-absorbed",
      HEAD "floats s:lo 0\n floats s:hi 6\n"
           "Clip c,s:lo,s:hi m\n weight V 3x8x1x1\n" TAIL,
      "Clip", 0, 1, 1 },
  { "relu-of-shared-result",
      HEAD "Relu c r\n Add c,r m\n"
           "weight V 3x8x1x1\n" TAIL,
      "QLinearAdd", 1, 2, 2 },
  { "gemm-last",
      HEAD "GlobalAveragePool c g\n Flatten g f\n weight G 5x8\n"
           "floats gb 1 2 3 4 5\n Gemm f,G,gb y transB:i=1\n output y",
      "QGemm", 1, 1, 0 },
  { "gemm-in-the-middle",
      HEAD "GlobalAveragePool c g\n Flatten g f\n"
           "weight G 6x8\n Gemm f,G h transB:i=1\n Relu h r\n weight H 5x6\n"
           "Gemm r,H y transB:i=1\n output y",
      "QGemm", 2, 1, 0 },
  { "gemm-with-factors",
      HEAD "GlobalAveragePool c g\n Flatten g f\n"
           "weight G 5x8\n floats gb 1 2 3 4 5\n"
           "Gemm f,G,gb y transB:i=1 alpha:f=0.5 beta:f=2\n output y",
      "QGemm", 1, 1, 0 },
  { "matmul-last",
      HEAD "GlobalAveragePool c g\n Flatten g f\n weight G 8x5\n"
           "MatMul f,G y\n output y",
      "MatMulIntegerToFloat", 1, 1, 0 },
  { "matmul-of-activations",
      HEAD "ints sh 1 8 144\n Reshape c,sh p\n"
           "Transpose p q perm=0,2,1\n MatMul p,q r\n ints sh2 1 8 8 1\n"
           "Reshape r,sh2 m\n weight V 3x8x1x1\n" TAIL,
      "QLinearMatMul", 1, 1, 1 },
  { "add",
      HEAD "weight U 8x4x3x3\n Conv x,U d pads=1,1,1,1\n Add c,d m\n"
           "weight V 3x8x1x1\n" TAIL,
      "QLinearAdd", 1, 1, 1 },
  { "add-relu",
      HEAD "weight U 8x4x3x3\n Conv x,U d pads=1,1,1,1\n Add c,d a\n"
           "Relu a m\n weight V 3x8x1x1\n" TAIL,
      "QLinearAdd", 1, 1, 1 },
  { "mul",
      HEAD "weight U 8x4x3x3\n Conv x,U d pads=1,1,1,1\n Mul c,d m\n"
           "weight V 3x8x1x1\n" TAIL,
      "QLinearMul", 1, 1, 1 },
  { "silu", HEAD "Sigmoid c s\n Mul c,s m\n weight V 3x8x1x1\n" TAIL,
      "QLinearSigmoid", 1, 1, 1 },
  { "leaky-relu", HEAD "LeakyRelu c m alpha:f=0.1\n weight V 3x8x1x1\n" TAIL,
      "QLinearLeakyRelu", 1, 1, 1 },
  { "softmax-between", HEAD "Softmax c m axis:i=3\n weight V 3x8x1x1\n" TAIL,
      "QLinearSoftmax", 1, 1, 1 },
  { "average-pool",
      HEAD "AveragePool c m kernel_shape=2,2 strides=2,2\n"
           "weight V 3x8x1x1\n" TAIL,
      "QLinearAveragePool", 1, 1, 1 },
  { "global-average-pool",
      HEAD "GlobalAveragePool c m\n weight V 3x8x1x1\n" TAIL,
      "QLinearGlobalAveragePool", 1, 1, 1 },
  { "concat",
      HEAD "weight U 8x4x3x3\n Conv x,U d pads=1,1,1,1\n"
           "Concat c,d m axis:i=1\n weight V 3x16x1x1\n" TAIL,
      "QLinearConcat", 1, 1, 1 },
  { "max-pool",
      HEAD "MaxPool c m kernel_shape=2,2 strides=2,2\n"
           "weight V 3x8x1x1\n" TAIL,
      "QLinearConv", 2, 1, 1 },
  { "resize-nearest",
      HEAD "floats sc 1 1 2 2\n Resize c,-,sc m mode:s=nearest"
           " coordinate_transformation_mode:s=asymmetric nearest_mode:s=floor\n"
           "weight V 3x8x1x1\n" TAIL,
      "QLinearConv", 2, 1, 1 },
  { "resize-linear-stays-float",
      HEAD "floats sc 1 1 2 2\n"
           "Resize c,-,sc m mode:s=linear\n weight V 3x8x1x1\n" TAIL,
      "QLinearConv", 2, 2, 2 },
  { "reshape-transpose",
      HEAD "ints sh 1 2 4 144\n Reshape c,sh r\n"
           "Transpose r t perm=0,2,1,3\n ints sh2 1 8 12 12\n Reshape t,sh2 m\n"
           "weight V 3x8x1x1\n" TAIL,
      "QLinearConv", 2, 1, 1 },
  { "slice",
      HEAD "ints st 0\n ints en 8\n ints ax 2\n Slice c,st,en,ax m\n"
           "weight V 3x8x1x1\n" TAIL,
      "QLinearConv", 2, 1, 1 },
  { "split",
      HEAD "Split c,- p,q axis:i=1\n weight U 4x4x1x1\n Conv p,U d\n"
           "Add d,q m\n weight V 3x4x1x1\n" TAIL,
      "QLinearConv", 3, 1, 1 },
  { "depth-to-space",
      HEAD "DepthToSpace c m blocksize:i=2\n"
           "weight V 3x2x1x1\n" TAIL,
      "QLinearConv", 2, 1, 1 },
  { "float-island", HEAD "Tanh c m\n weight V 3x8x1x1\n" TAIL, "Tanh", 1, 2,
      2 },
  { "tail-stays-float",
      HEAD "weight V 8x8x1x1\n Conv c,V d\n Sigmoid d s\n"
           "Mul d,s y\n output y",
      "QLinearMul", 0, 1, 2 },
  { "mixed-head-stays-float",
      HEAD "weight V 8x8x1x1\n weight U 4x8x1x1\n"
           "Conv c,V d\n Conv c,U e\n Sigmoid e s\n Concat d,s y axis:i=1\n"
           "output y",
      "QLinearConcat", 0, 1, 2 },
  { "result-read-twice-and-output",
      HEAD "weight V 8x8x1x1\n Conv c,V y\n"
           "output y\n weight U 3x8x1x1\n Conv y,U z\n output z",
      "QLinearConv", 3, 1, 2 },
};

static PtqModel *
quantize (PtqModel *model, PtqSettings *settings, PtqTensor *sample)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  g_autoptr (PtqCalibrator) calibrator = NULL;
  g_autoptr (PtqQuantizer) quantizer = NULL;
  PtqModel *quantized;

  calibrator = ptq_calibrator_new (model, settings, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 4; i++) {
    g_free ((gpointer) sample->data);
    random_sample (rand, model, 1, sample);
    g_assert_true (ptq_calibrator_push (calibrator, sample, 1, NULL, &error));
    g_assert_no_error (error);
  }
  quantizer = ptq_quantizer_new (model, settings, calibrator);
  quantized = ptq_quantizer_run (quantizer, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return quantized;
}

static PtqSession *
run (PtqModel *model, const PtqTensor *sample)
{
  g_autoptr (GError) error = NULL;
  PtqSessionOptions options = { PTQ_OPTIMIZE_ALL, FALSE, NULL, NULL };
  PtqSession *session = ptq_session_new (model, &options, &error);

  g_assert_no_error (error);
  ptq_session_run (session, sample, 1, NULL, &error);
  g_assert_no_error (error);
  return session;
}

/* Signal to noise ratio in dB between the first outputs */
static gdouble
compare (PtqModel *model, PtqModel *quantized, const PtqTensor *sample)
{
  g_autoptr (PtqSession) a = run (model, sample);
  g_autoptr (PtqSession) b = run (quantized, sample);
  const PtqTensor *left = ptq_session_get_output (a, 0);
  const PtqTensor *right = ptq_session_get_output (b, 0);
  const gfloat *x = left->data, *y = right->data;
  gdouble signal = 0, noise = 1e-30;

  g_assert_cmpuint (left->size, ==, right->size);
  for (gsize i = 0; i < left->size / sizeof (gfloat); i++) {
    signal += (gdouble) x[i] * x[i];
    noise += ((gdouble) x[i] - y[i]) * ((gdouble) x[i] - y[i]);
  }
  return 10 * log10 (signal / noise);
}

static void
test_rule (gconstpointer data)
{
  const Row *row = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqModel) model = build_model (row->model);
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (PtqModel) quantized = NULL;
  g_autoptr (PtqModel) optimized = NULL;
  PtqTensor sample = { 0 };
  guint n_integer, n_float;

  quantized = quantize (model, settings, &sample);
  optimized = ptq_runtime_optimize (quantized, PTQ_OPTIMIZE_ALL, &error);
  g_assert_no_error (error);

  g_assert_cmpuint (count_nodes (optimized, row->op_type), ==, row->n);
  g_assert_cmpuint (
      count_nodes (optimized, "QuantizeLinear"), ==, row->n_quantize);
  g_assert_cmpuint (
      count_nodes (optimized, "DequantizeLinear"), ==, row->n_dequantize);
  g_assert_true (
      ptq_runtime_count_kernels (quantized, &n_integer, &n_float, &error));
  g_assert_cmpuint (n_float, ==, 0);
  g_assert_cmpuint (n_integer, >, 0);
  g_assert_cmpfloat (compare (model, quantized, &sample), >, 20);
  g_free ((gpointer) sample.data);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree gchar *path = g_strconcat ("/rules/", rows[i].name, NULL);

    g_test_add_data_func (path, &rows[i], test_rule);
  }
  return g_test_run ();
}
