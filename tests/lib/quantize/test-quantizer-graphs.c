/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Full quantization of models at the edges of what is representable, and of
 * graphs that are no plain chain. ONNX Runtime says whether the result is
 * right. */

#include "../run-model.h"

#include <math.h>
#include <string.h>

#define NET \
  "input x 1x4x10x10\n weight W 8x4x3x3\n" \
  "floats b 0.1 -0.2 0.3 0 0.1 0.2 -0.1 0.05\n" \
  "Conv x,W,b stem pads=1,1,1,1\n Relu stem r\n weight V 6x8x3x3\n" \
  "Conv r,V head\n output head\n"

/* ---- edges ---- */

static void
test_zeros (void)
{
  g_autoptr (PtqModel) model =
      build_model ("input x 1x4x6x6\n"
                   "weight W 8x4x3x3\n Conv x,W y\n output y");
  g_autoptr (Samples) samples = samples_new (model, 0, 0);
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (PtqQuantizer) quantizer = NULL;
  g_autoptr (PtqModel) quantized = NULL;
  g_autofree gfloat *values = NULL;
  gsize n;

  quantized = quantize (model, settings, samples, &quantizer);
  g_assert_true (has_warning (quantizer, "'x'", "was 0 in every sample"));
  values = run (quantized, &samples->tensors[0], FALSE, &n);
  for (gsize i = 0; i < n; i++)
    g_assert_cmpfloat (values[i], ==, 0);
}

/* Data near 1e-6 and a bias of 1000: codes of 32 bits are too few at the scale
 * of the products. The other column is none the worse. */
static void
test_large_bias (void)
{
  g_autoptr (PtqModel) model =
      build_model ("input x 1x64\n weight W 2x64\n"
                   "floats b 1000 0\n Gemm x,W,b y transB:i=1\n output y");
  g_autoptr (Samples) samples = samples_new (model, 0, 1e-6);
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (PtqQuantizer) quantizer = NULL;
  g_autoptr (PtqModel) quantized = NULL;
  gfloat weights[128];

  for (guint i = 0; i < 128; i++)
    weights[i] = 0.5f + (i * 37 % 64) / 64.0f;
  set_weight (model, "W", weights);
  quantized = quantize (model, settings, samples, &quantizer);
  g_assert_true (has_warning (quantizer, "'y'", "more than 32 bits"));
  for (guint i = 0; i < N_SAMPLES; i++) {
    gsize n;
    g_autofree gfloat *x = run (model, &samples->tensors[i], FALSE, &n);
    g_autofree gfloat *y = run (quantized, &samples->tensors[i], FALSE, &n);

    g_assert_cmpfloat_with_epsilon (y[0], x[0], 1e-3);
    g_assert_cmpfloat_with_epsilon (y[1], x[1], 0.02 * x[1]);
  }
}

/* The second reads the weight transposed. Its rows are of unlike size, its
 * columns are not. */
static void
test_transposed_reader (void)
{
  g_autoptr (PtqModel) model =
      build_model ("input x 1x16\n weight W 16x16\n"
                   "Gemm x,W h\n Relu h r\n Gemm r,W y transB:i=1\n output y");
  g_autoptr (Samples) samples = samples_new (model, -1, 1);
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (PtqModel) quantized = NULL;
  gfloat weights[256];

  for (guint i = 0; i < 256; i++)
    weights[i] = ((gint) (i * 37 % 101) - 50) / 50.0f
        * (gfloat) pow (2, -(gdouble) (i / 32));
  set_weight (model, "W", weights);
  quantized = quantize (model, settings, samples, NULL);
  g_assert_cmpfloat (compare (model, quantized, samples), >, 30);
}

/* Layers that share a weight or a bias, and a node that has the name which a
 * new one would get */
static void
test_shared_constants (void)
{
  g_autoptr (PtqModel) model = build_model (
      "input x 1x8x10x10\n"
      "weight W 8x8x3x3\n floats b 0.1 -0.2 0.3 0 0.1 0.2 -0.1 0.05\n"
      "floats a 1 1 1 1 -1 -1 -1 -1\n Conv x,W,b c pads=1,1,1,1\n"
      "Conv c,W,a d pads=1,1,1,1\n Relu d W_DequantizeLinear\n"
      "weight V 8x8x1x1\n Conv W_DequantizeLinear,V,b e\n Conv e,V y_bias\n"
      "weight U 4x8x1x1\n Conv y_bias,U y\n output y");
  g_autoptr (Samples) samples = samples_new (model, -1, 1);
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (PtqModel) quantized = NULL;

  g_object_set (settings, "bias-correction", TRUE, NULL);
  quantized = quantize (model, settings, samples, NULL);
  g_assert_cmpfloat (compare (model, quantized, samples), >, 25);
}

/* One value for all columns */
static void
test_scalar_bias (void)
{
  g_autoptr (PtqModel) model =
      build_model ("input x 1x16\n weight W 16x8\n"
                   "floats b 3\n Gemm x,W,b h\n Relu h r\n weight V 8x5\n"
                   "Gemm r,V y\n output y");
  g_autoptr (Samples) samples = samples_new (model, -1, 1);
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (PtqQuantizer) quantizer = NULL;
  g_autoptr (PtqModel) quantized = NULL;

  quantized = quantize (model, settings, samples, &quantizer);
  g_assert_cmpfloat (compare (model, quantized, samples), >, 30);
  g_assert_cmpuint (ptq_quantizer_get_n_float (quantizer), ==, 0);
}

static void
rename_node (PtqModel *model, const gchar *from, const gchar *to)
{
  Onnx__NodeProto *node = find_node (model, from);

  g_free (node->name);
  node->name = g_strdup (to);
}

/* Names do not decide about values. */
static void
test_same_names (void)
{
  g_autoptr (PtqModel) model = build_model (NET);
  g_autoptr (PtqModel) same = build_model (NET);
  g_autoptr (Samples) samples = samples_new (model, 0, 1);
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (PtqModel) a = NULL;
  g_autoptr (PtqModel) b = NULL;

  rename_node (same, "head", "stem");
  g_object_set (settings, "bias-correction", TRUE, NULL);
  a = quantize (model, settings, samples, NULL);
  b = quantize (same, settings, samples, NULL);
  g_assert_cmpfloat (compare (a, b, samples), >, 200);
}

/* ---- shape of the graph ---- */

/* The graph of a model of text, as an attribute */
static void
add_branch (Onnx__NodeProto *node, const gchar *name, const gchar *text)
{
  g_autoptr (PtqModel) model = build_model (text);
  Onnx__GraphProto *graph = ptq_model_get_graph (model);
  gsize size = onnx__graph_proto__get_packed_size (graph);
  g_autofree guint8 *bytes = g_malloc (size);
  Onnx__AttributeProto *attribute = g_new (Onnx__AttributeProto, 1);

  onnx__graph_proto__pack (graph, bytes);
  onnx__attribute_proto__init (attribute);
  attribute->name = g_strdup (name);
  attribute->has_type = TRUE;
  attribute->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__GRAPH;
  attribute->g = onnx__graph_proto__unpack (NULL, size, bytes);
  node->attribute =
      g_renew (Onnx__AttributeProto *, node->attribute, node->n_attribute + 1);
  node->attribute[node->n_attribute++] = attribute;
}

/* The branches read the graph input and the result of a convolution, both
 * quantized outside. */
static void
test_subgraphs (void)
{
  g_autoptr (PtqModel) model = build_model (
      "input x 1x4x8x8\n"
      "weight W 4x4x3x3\n Conv x,W c pads=1,1,1,1\n"
      "ReduceMax x largest keepdims:i=0\n floats s:zero 0\n"
      "Greater largest,s:zero k\n If k o\n weight U 4x4x1x1\n Conv c,U d\n"
      "Add o,d m\n weight V 3x4x3x3\n Conv m,V y\n output y");
  g_autoptr (Samples) samples = NULL;
  g_autoptr (Samples) negative = NULL;
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (PtqModel) quantized = NULL;
  Onnx__NodeProto *node = find_node (model, "o");

  add_branch (node, "then_branch", "Add x,c t\n output t");
  add_branch (node, "else_branch", "Sub c,x e\n output e");
  ptq_model_changed (model);
  samples = samples_new (model, -1, 1);
  negative = samples_new (model, -1, -0.1);
  quantized = quantize (model, settings, samples, NULL);
  g_assert_cmpfloat (compare (model, quantized, samples), >, 30);
  g_assert_cmpfloat (compare (model, quantized, negative), >, 15);
}

/* A graph input that is handed through as well */
static void
test_output_read_inside (void)
{
  g_autoptr (PtqModel) model = build_model (
      "input x 1x4x10x10\n"
      "weight W 8x4x3x3\n Conv x,W y\n output y\n weight V 6x8x3x3\n"
      "Conv y,V z\n output z");
  g_autoptr (Samples) samples = samples_new (model, -1, 1);
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (PtqModel) quantized = quantize (model, settings, samples, NULL);

  g_assert_cmpuint (ptq_model_get_n_outputs (quantized), ==, 2);
  g_assert_cmpstr (ptq_model_get_output (quantized, 0)->name, ==, "y");
  g_assert_cmpstr (ptq_model_get_output (quantized, 1)->name, ==, "z");
  g_assert_cmpfloat (compare (model, quantized, samples), >, 30);
}

static void
test_dynamic_batch (void)
{
  g_autoptr (PtqModel) model = build_model (NET);
  g_autoptr (PtqModel) three = build_model ("input x 3x4x10x10");
  g_autoptr (Samples) samples = samples_new (model, -1, 1);
  g_autoptr (Samples) batches = samples_new (three, -1, 1);
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (PtqModel) quantized = NULL;
  Onnx__TensorShapeProto__Dimension *dim =
      ptq_model_get_graph (model)->input[0]->type->tensor_type->shape->dim[0];
  const PtqValueInfo *info;

  dim->value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM;
  dim->dim_param = g_strdup ("batch");
  ptq_model_changed (model);
  quantized = quantize (model, settings, samples, NULL);
  info = ptq_model_get_input (quantized, 0);
  g_assert_cmpint (info->dims[0], ==, -1);
  g_assert_cmpint (info->dims[1], ==, 4);
  g_assert_cmpfloat (compare (model, quantized, batches), >, 25);
}

static void
test_same_bytes (void)
{
  g_autoptr (PtqModel) model = build_model (NET);
  g_autoptr (Samples) samples = samples_new (model, -1, 1);
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (PtqModel) a = NULL;
  g_autoptr (PtqModel) b = NULL;
  g_autoptr (GBytes) left = NULL;
  g_autoptr (GBytes) right = NULL;

  g_object_set (settings, "bias-correction", TRUE, NULL);
  a = quantize (model, settings, samples, NULL);
  b = quantize (model, settings, samples, NULL);
  left = ptq_model_to_bytes (a, NULL);
  right = ptq_model_to_bytes (b, NULL);
  g_assert_true (g_bytes_equal (left, right));
}

static PtqModel *
load_model (const gchar *name)
{
  g_autofree gchar *path =
      g_test_build_filename (G_TEST_DIST, "data", "stream", name, NULL);
  g_autoptr (GError) error = NULL;
  PtqModel *model = ptq_model_load (path, &error);

  g_assert_no_error (error);
  return model;
}

static PtqModel *
quantize_as (PtqModel *model, PtqQuantType type)
{
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (Samples) samples = samples_new (model, -1, 1);
  g_autoptr (PtqQuantizer) quantizer = NULL;
  g_autoptr (GError) error = NULL;
  PtqModel *quantized;

  g_object_set (
      settings, "quant-type", type, "min-quant-weight-channel", 0, NULL);
  if (type == PTQ_QUANT_TYPE_FULL)
    return quantize (model, settings, samples, NULL);
  quantizer = ptq_quantizer_new (model, settings, NULL);
  quantized = ptq_quantizer_run (quantizer, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return quantized;
}

/* Where the weights lie makes no difference, and nothing of the result refers
 * to the file of the float ones. */
static void
test_weights_outside (void)
{
  static const PtqQuantType types[] = { PTQ_QUANT_TYPE_FULL,
    PTQ_QUANT_TYPE_WEIGHT };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    g_autoptr (PtqModel) inside = load_model ("convnet.onnx");
    g_autoptr (PtqModel) outside = load_model ("convnet-outside.onnx");
    g_autoptr (PtqModel) a = quantize_as (inside, types[i]);
    g_autoptr (PtqModel) b = quantize_as (outside, types[i]);
    g_autoptr (GBytes) left = ptq_model_to_bytes (a, NULL);
    g_autoptr (GBytes) right = ptq_model_to_bytes (b, NULL);

    g_assert_true (g_bytes_equal (left, right));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/quantizer-graphs/edges/zeros", test_zeros);
  g_test_add_func ("/quantizer-graphs/edges/large-bias", test_large_bias);
  g_test_add_func (
      "/quantizer-graphs/edges/transposed", test_transposed_reader);
  g_test_add_func ("/quantizer-graphs/edges/shared", test_shared_constants);
  g_test_add_func ("/quantizer-graphs/edges/scalar-bias", test_scalar_bias);
  g_test_add_func ("/quantizer-graphs/edges/same-names", test_same_names);
  g_test_add_func ("/quantizer-graphs/graph/subgraphs", test_subgraphs);
  g_test_add_func (
      "/quantizer-graphs/graph/output-read-inside", test_output_read_inside);
  g_test_add_func ("/quantizer-graphs/graph/dynamic-batch", test_dynamic_batch);
  g_test_add_func ("/quantizer-graphs/graph/same-bytes", test_same_bytes);
  g_test_add_func (
      "/quantizer-graphs/graph/weights-outside", test_weights_outside);
  return g_test_run ();
}
