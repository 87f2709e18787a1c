/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Small graphs of all kinds through full quantization, for every target, and
 * graphs whose sums saturate on processors without 8-bit dot products. */

#include "../run-model.h"

#include <math.h>

/* ---- graphs of all kinds, for every target ---- */

typedef struct
{
  const gchar *name;
  const gchar *model;
} Row;

static const Row nets[] = {
  { "conv-1d",
      "input x 1x4x40\n weight W 8x4x3\n Conv x,W c\n Relu c r\n"
      "weight V 6x8x3\n Conv r,V y\n output y" },
  { "conv-3d",
      "input x 1x4x6x6x6\n weight W 8x4x3x3x3\n Conv x,W c\n"
      "Relu c r\n weight V 6x8x1x1x1\n Conv r,V y\n output y" },
  { "conv-transpose",
      "input x 1x4x6x6\n weight W 4x6x3x3\n"
      "floats b 1 -1 0.5 2 0 0.1\n ConvTranspose x,W,b c\n Relu c r\n"
      "weight V 6x6x1x1\n Conv r,V y\n output y" },
  { "grouped-transpose",
      "input x 1x4x6x6\n weight W 4x3x3x3\n"
      "floats b 1 -1 0.5 2 0 0.1\n ConvTranspose x,W,b c group:i=2\n"
      "weight V 6x6x1x1\n Conv c,V y\n output y" },
  { "vector-right", "input x 8x40\n weight W 40\n MatMul x,W y\n output y" },
  { "vector-left", "input x 40x8\n weight W 40\n MatMul W,x y\n output y" },
  { "constant-left",
      "input x 40x8\n weight W 12x40\n MatMul W,x y\n"
      "output y" },
  { "batched",
      "input x 3x4x16\n weight W 3x16x12\n MatMul x,W h\n Relu h r\n"
      "weight V 12x5\n MatMul r,V y\n output y" },
  { "with-itself",
      "input x 1x4x8x8\n weight W 6x4x3x3\n Conv x,W c\n"
      "Mul c,c p\n Add p,p m\n weight V 5x6x1x1\n Conv m,V y\n output y" },
  { "with-constants",
      "input x 1x4x8x8\n weight W 6x4x3x3\n Conv x,W c\n"
      "weight A 6x1x1\n Mul c,A p\n weight B 6x1x1\n Add B,p q\n"
      "weight C 1x2x6x6\n Concat q,C m axis:i=1\n weight V 5x8x1x1\n"
      "Conv m,V y\n output y" },
  { "squeeze-excite",
      "input x 1x4x8x8\n weight W 6x4x3x3\n Conv x,W c\n"
      "GlobalAveragePool c g\n weight S 3x6x1x1\n Conv g,S s\n Relu s t\n"
      "weight E 6x3x1x1\n Conv t,E e\n Sigmoid e f\n Mul c,f m\n"
      "weight V 5x6x1x1\n Conv m,V y\n output y" },
  { "channels-last",
      "input x 1x8x8x4\n Transpose x n perm=0,3,1,2\n"
      "weight W 6x4x3x3\n Conv n,W c\n Relu c r\n weight V 5x6x1x1\n"
      "Conv r,V d\n Transpose d y perm=0,2,3,1\n output y" },
  { "prepares-input",
      "input x 1x4x8x8\n floats s:m 0.5\n Add x,s:m a\n"
      "floats s:d 3\n Mul a,s:d n\n weight W 6x4x3x3\n Conv n,W y\n"
      "output y" },
  { "clip-above-zero",
      "input x 1x4x8x8\n weight W 6x4x3x3\n Conv x,W c\n"
      "floats s:lo 0.5\n floats s:hi 0.9\n Clip c,s:lo,s:hi r\n"
      "weight V 5x6x1x1\n Conv r,V y\n output y" },
  { "negative-clip",
      "input x 1x4x8x8\n weight W 6x4x3x3\n Conv x,W c\n"
      "floats s:lo -1\n floats s:hi -0.5\n Clip c,s:lo,s:hi r\n"
      "weight V 5x6x1x1\n Conv r,V y\n output y" },
  { "leaky-relu",
      "input x 1x4x8x8\n weight W 6x4x3x3\n Conv x,W c\n"
      "LeakyRelu c r alpha:f=0.1\n weight V 5x6x1x1\n Conv r,V y\n"
      "output y" },
  { "attention",
      "input x 1x6x16\n weight Q 16x8\n MatMul x,Q q\n"
      "weight K 16x8\n MatMul x,K k\n weight U 16x8\n MatMul x,U v\n"
      "Transpose k t perm=0,2,1\n MatMul q,t a\n Softmax a p axis:i=-1\n"
      "MatMul p,v o\n weight O 8x16\n MatMul o,O y\n output y" },
};

static void
test_net (gconstpointer data)
{
  const Row *row = data;
  g_autoptr (PtqModel) model = build_model (row->model);
  g_autoptr (Samples) samples = samples_new (model, -1, 1);

  for (guint target = 0; target <= PTQ_TARGET_MINDSPORE; target++)
    for (gint bits = 8; bits >= 6; bits -= 2) {
      g_autoptr (PtqSettings) settings = ptq_settings_new ();
      g_autoptr (PtqModel) quantized = NULL;
      gdouble sqnr;

      g_object_set (settings, "target", target, "bit-num", bits, NULL);
      quantized = quantize (model, settings, samples, NULL);
      sqnr = compare_exactly (model, quantized, samples);
      g_test_message ("target %u, %d bits: %.1f dB", target, bits, sqnr);
      g_assert_cmpfloat (sqnr, >, bits == 8 ? 27 : 15);
    }
}

/* ---- saturation ---- */

/* Every weight is near the largest, and every value of the data. */
static const Row rows[] = {
  { "conv", "input x 1x16x8x8\n weight W 8x16x3x3\n Conv x,W y\n output y" },
  { "pointwise",
      "input x 1x16x8x8\n weight W 8x16x1x1\n Conv x,W y\n"
      "output y" },
  { "one-dimension",
      "input x 1x16x40\n weight W 8x16x3\n Conv x,W y\n"
      "output y" },
  { "three-dimensions",
      "input x 1x5x5x5x5\n weight W 8x5x3x3x3\n"
      "Conv x,W y\n output y" },
  { "odd-channels",
      "input x 1x5x8x8\n weight W 7x5x3x3\n Conv x,W y\n"
      "output y" },
  { "grouped",
      "input x 1x16x8x8\n weight W 8x8x3x3\n Conv x,W y group:i=2\n"
      "output y" },
  { "depthwise",
      "input x 1x16x8x8\n weight W 16x1x3x3\n"
      "Conv x,W y group:i=16\n output y" },
  { "gemm", "input x 4x31\n weight W 31x9\n Gemm x,W y\n output y" },
  { "gemm-transposed",
      "input x 4x31\n weight W 9x31\n"
      "Gemm x,W y transB:i=1\n output y" },
  { "matmul", "input x 4x31\n weight W 31x9\n MatMul x,W y\n output y" },
  { "matmul-batched",
      "input x 2x4x31\n weight W 2x31x9\n MatMul x,W y\n"
      "output y" },
};

/* The largest difference that the runtime's exact products make */
static gdouble
measure_saturation (PtqModel *model, PtqReduceRange reduce, gdouble *sqnr)
{
  g_autoptr (Samples) samples = samples_new (model, 0.95, 1);
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (PtqModel) quantized = NULL;
  gsize n;
  g_autofree gfloat *exact = NULL, *fast = NULL;
  gdouble largest = 0;

  g_object_set (settings, "reduce-range", reduce, "bias-correction", FALSE,
      "equalization", FALSE, NULL);
  quantized = quantize (model, settings, samples, NULL);
  exact = run (quantized, &samples->tensors[0], TRUE, &n);
  fast = run (quantized, &samples->tensors[0], FALSE, &n);
  for (gsize i = 0; i < n; i++)
    largest = MAX (largest, fabs (exact[i] - fast[i]) / fabs (exact[i]));
  *sqnr = compare (model, quantized, samples);
  return largest;
}

static void
test_saturation (gconstpointer data)
{
  const Row *row = data;
  g_autoptr (PtqModel) model = build_model (row->model);
  Onnx__TensorProto *tensor =
      ptq_graph_find_initializer (ptq_model_get_graph (model), "W");
  gsize n = ptq_tensor_proto_count (tensor);
  g_autofree gfloat *weights = g_new (gfloat, n);
  gdouble sqnr;

  for (gsize i = 0; i < n; i++)
    weights[i] = 1 - (i * 37 % 101) / 2000.0f;
  set_weight (model, "W", weights);

  g_assert_cmpfloat (
      measure_saturation (model, PTQ_REDUCE_RANGE_AUTO, &sqnr), <, 1e-6);
  g_assert_cmpfloat (sqnr, >, 38);
  g_assert_cmpfloat (
      measure_saturation (model, PTQ_REDUCE_RANGE_ON, &sqnr), <, 1e-6);
  g_assert_cmpfloat (sqnr, >, 38);
  if (ptq_runtime_cpu_saturates () && !g_str_equal (row->name, "depthwise"))
    g_assert_cmpfloat (
        measure_saturation (model, PTQ_REDUCE_RANGE_OFF, &sqnr), >, 0.1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (nets); i++) {
    g_autofree gchar *path = g_strconcat ("/nets/", nets[i].name, NULL);

    g_test_add_data_func (path, &nets[i], test_net);
  }
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree gchar *path = g_strconcat ("/saturation/", rows[i].name, NULL);

    g_test_add_data_func (path, &rows[i], test_saturation);
  }
  return g_test_run ();
}
