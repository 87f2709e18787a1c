/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Full quantization from end to end: targets, widths, models that are refused
 * or keep a part in float, and models at the edges of what is representable.
 * ONNX Runtime says whether the result is right. */

#include "run-model.h"

#include <math.h>
#include <string.h>

#define NET "input x 1x4x10x10\n weight W 8x4x3x3\n" \
    "floats b 0.1 -0.2 0.3 0 0.1 0.2 -0.1 0.05\n" \
    "Conv x,W,b stem pads=1,1,1,1\n Relu stem r\n weight V 6x8x3x3\n" \
    "Conv r,V head\n output head\n"

static gboolean
is_among (const gchar *const *warnings, const gchar *a, const gchar *b)
{
  for (guint i = 0; warnings[i] != NULL; i++)
    if (strstr (warnings[i], a) != NULL && strstr (warnings[i], b) != NULL)
      return TRUE;
  return FALSE;
}

static gboolean
has_warning (PtqQuantizer *quantizer, const gchar *a, const gchar *b)
{
  return is_among (ptq_quantizer_get_warnings (quantizer), a, b);
}

static void
refuse (PtqModel *model, PtqSettings *settings, gint code, const gchar *word)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ptq_calibrator_new (model, settings, &error));
  g_assert_error (error, PTQ_ERROR, code);
  g_assert_nonnull (strstr (error->message, word));
}

/* ---- targets and widths ---- */

/* Type and values of the zero points of all QuantizeLinear nodes */
static void
check_zero_points (PtqModel *model, PtqElementType type, gboolean zero)
{
  Onnx__GraphProto *graph = ptq_model_get_graph (model);
  guint n_checked = 0;

  for (gsize i = 0; i < graph->n_node; i++) {
    const Onnx__TensorProto *tensor;
    g_autofree gint64 *codes = NULL;
    gsize n;

    if (!ptq_node_is (graph->node[i], "QuantizeLinear"))
      continue;
    tensor = ptq_graph_find_initializer (graph,
        ptq_node_get_input (graph->node[i], 2));
    g_assert_cmpint (tensor->data_type, ==, type);
    codes = find_ints (model, tensor->name, &n);
    g_assert_cmpuint (n, ==, 1);
    if (zero)
      g_assert_cmpint (codes[0], ==, 0);
    n_checked++;
  }
  g_assert_cmpuint (n_checked, ==, 3);
}

static void
test_targets (void)
{
  const struct
  {
    PtqTarget target;
    PtqElementType type;
    gboolean zero;
    gint bits;
    gdouble least;
  } cases[] = {
    {PTQ_TARGET_ONNXRUNTIME, PTQ_ELEMENT_UINT8, FALSE, 8, 30},
    {PTQ_TARGET_MINDSPORE, PTQ_ELEMENT_INT8, FALSE, 8, 30},
    {PTQ_TARGET_TENSORRT, PTQ_ELEMENT_INT8, TRUE, 8, 30},
    {PTQ_TARGET_TENSORRT, PTQ_ELEMENT_INT8, TRUE, 4, 8},
    {PTQ_TARGET_TENSORRT, PTQ_ELEMENT_INT8, TRUE, 2, -10},
  };
  g_autoptr (PtqModel) model = build_model (NET);
  g_autoptr (Samples) samples = samples_new (model, -1, 1);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PtqSettings) settings = ptq_settings_new ();
    g_autoptr (PtqModel) quantized = NULL;

    g_object_set (settings, "target", cases[i].target, "bit-num",
        cases[i].bits, NULL);
    quantized = quantize (model, settings, samples, NULL);
    check_zero_points (quantized, cases[i].type, cases[i].zero);
    g_assert_cmpfloat (compare_exactly (model, quantized, samples), >,
        cases[i].least);
  }
}

static gint
compare_floats (gconstpointer a, gconstpointer b)
{
  gfloat x = *(const gfloat *) a, y = *(const gfloat *) b;

  return (x > y) - (x < y);
}

static guint
count_distinct (gfloat *values, gsize n)
{
  guint count = 1;

  qsort (values, n, sizeof (gfloat), compare_floats);
  for (gsize i = 1; i < n; i++)
    count += values[i] != values[i - 1];
  return count;
}

/* Codes stay in the width, also for values three times those that were
 * seen. */
static void
test_widths (void)
{
  g_autoptr (PtqModel) model = build_model (NET);
  g_autoptr (Samples) samples = samples_new (model, -1, 1);
  g_autoptr (Samples) large = samples_new (model, -3, 3);
  gdouble last = -100;

  for (gint bits = 1; bits <= 8; bits++) {
    g_autoptr (PtqSettings) settings = ptq_settings_new ();
    g_autoptr (PtqModel) quantized = NULL;
    g_autofree gint64 *codes = NULL;
    g_autofree gfloat *values = NULL;
    gint64 least = bits == 1 ? -1 : 1 - (1 << (bits - 1));
    gint64 most = (1 << (bits - 1)) - 1;
    gsize n;

    g_object_set (settings, "bit-num", bits, "reduce-range",
        PTQ_REDUCE_RANGE_OFF, NULL);
    quantized = quantize (model, settings, samples, NULL);
    codes = find_ints (quantized, "W_quantized", &n);
    g_assert_cmpuint (n, ==, 8 * 4 * 9);
    for (gsize i = 0; i < n; i++) {
      g_assert_cmpint (codes[i], >=, least);
      g_assert_cmpint (codes[i], <=, most);
    }
    values = run (quantized, &large->tensors[0], FALSE, &n);
    g_assert_cmpuint (count_distinct (values, n), <=, 1u << bits);
    if (bits < 3)
      continue;
    g_assert_cmpfloat (compare_exactly (model, quantized, samples), >,
        last + 2);
    last = compare_exactly (model, quantized, samples);
  }
  g_assert_cmpfloat (last, >, 30);
}

/* ---- what stays float ---- */

static void
test_skip (void)
{
  g_autoptr (PtqModel) model = build_model (NET);
  g_autoptr (Samples) samples = samples_new (model, -1, 1);
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (PtqQuantizer) quantizer = NULL;
  g_autoptr (PtqModel) quantized = NULL;

  g_object_set (settings, "skip-quant-node", "head, stam", NULL);
  quantized = quantize (model, settings, samples, &quantizer);
  g_assert_nonnull (ptq_graph_find_initializer (
          ptq_model_get_graph (quantized), "V"));
  g_assert_null (ptq_graph_find_initializer (
          ptq_model_get_graph (quantized), "W"));
  g_assert_cmpstr (ptq_node_get_input (find_node (quantized, "head"), 1), ==,
      "V");
}

/* Before the first sample, and only then */
static void
test_skip_misspelt (void)
{
  g_autoptr (PtqModel) model = build_model (NET);
  g_autoptr (Samples) samples = samples_new (model, -1, 1);
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (PtqQuantizer) quantizer = NULL;
  g_autoptr (PtqCalibrator) calibrator = NULL;
  g_autoptr (PtqModel) quantized = NULL;
  const gchar *const *warnings;

  g_object_set (settings, "skip-quant-node", "head, stam", NULL);
  calibrator = ptq_calibrator_new (model, settings, NULL);
  warnings = ptq_calibrator_get_warnings (calibrator);
  g_assert_cmpuint (g_strv_length ((gchar **) warnings), ==, 1);
  g_assert_true (is_among (warnings, "\"stam\"", "\"stem\"?"));

  quantized = quantize (model, settings, samples, &quantizer);
  g_assert_false (has_warning (quantizer, "stam", ""));
}

/* It is in the file, but not among the nodes that are quantized: neither
 * misspelt nor of any use. */
static void
test_skip_folded (void)
{
  g_autoptr (PtqModel) model = build_model ("input x 1x4x10x10\n"
      " weight W 4x4x3x3\n Conv x,W stem\n floats one 1 1 1 1\n"
      " floats zero 0 0 0 0\n BatchNormalization stem,one,zero,zero,one norm\n"
      " Identity norm copy\n weight V 6x4x3x3\n Conv copy,V head\n"
      " output head\n");
  static const PtqQuantType types[] = {
    PTQ_QUANT_TYPE_FULL, PTQ_QUANT_TYPE_WEIGHT
  };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    g_autoptr (PtqSettings) settings = ptq_settings_new ();
    g_autoptr (PtqCalibrator) calibrator = NULL;
    g_autoptr (PtqQuantizer) quantizer = NULL;
    const gchar *const *warnings;

    g_object_set (settings, "skip-quant-node", "norm, copy, head", "quant-type",
        types[i], "min-quant-weight-channel", 0, NULL);
    if (types[i] == PTQ_QUANT_TYPE_FULL) {
      calibrator = ptq_calibrator_new (model, settings, NULL);
      warnings = ptq_calibrator_get_warnings (calibrator);
    } else {
      quantizer = ptq_quantizer_new (model, settings, NULL);
      g_object_unref (ptq_quantizer_run (quantizer, NULL, NULL, NULL, NULL));
      warnings = ptq_quantizer_get_warnings (quantizer);
    }
    g_assert_cmpuint (g_strv_length ((gchar **) warnings), ==, 2);
    g_assert_true (is_among (warnings, "node \"norm\" is folded", "layer"));
    g_assert_true (is_among (warnings, "node \"copy\" is folded", "layer"));
  }
}

static void
test_skip_everything (void)
{
  g_autoptr (PtqModel) model = build_model (NET);
  g_autoptr (PtqSettings) settings = ptq_settings_new ();

  g_object_set (settings, "skip-quant-node", "head,stem", NULL);
  refuse (model, settings, PTQ_ERROR_UNSUPPORTED, "nothing to quantize");
}

/* The branch with the NaN is not of the rest's concern. */
static void
test_not_finite_weight (void)
{
  g_autoptr (PtqModel) model = build_model (NET
      "weight N 2x4x1x1\n Conv x,N side\n output side");
  g_autoptr (Samples) samples = samples_new (model, -1, 1);
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (PtqModel) quantized = NULL;
  const gfloat values[8] = { 1, NAN, 1, 1, 1, 1, 1, 1 };

  set_weight (model, "N", values);
  quantized = quantize (model, settings, samples, NULL);
  g_assert_cmpstr (ptq_node_get_input (find_node (quantized, "side"), 1), ==,
      "N");
  g_assert_cmpfloat (compare (model, quantized, samples), >, 30);
}

/* Added to scores before they go through a Sigmoid: infinity is no range. */
static void
test_infinite_mask (void)
{
  g_autoptr (PtqModel) model = build_model ("input x 1x4x6x6\n"
      "weight W 8x4x3x3\n Conv x,W c pads=1,1,1,1\n"
      "floats mask 0 0 0 0 -inf -inf\n Add c,mask m\n Sigmoid m s\n"
      "weight V 6x8x3x3\n Conv s,V y\n output y");
  g_autoptr (Samples) samples = samples_new (model, -1, 1);
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (PtqModel) quantized = quantize (model, settings, samples, NULL);

  g_assert_cmpstr (ptq_node_get_input (find_node (quantized, "m"), 1), ==,
      "mask");
  g_assert_cmpfloat (compare (model, quantized, samples), >, 30);
}

/* ---- refused ---- */

static void
test_bfloat16 (void)
{
  g_autoptr (PtqModel) model = build_model (NET);
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  Onnx__GraphProto *graph = ptq_model_get_graph (model);

  graph->input[0]->type->tensor_type->elem_type = PTQ_ELEMENT_BFLOAT16;
  graph->output[0]->type->tensor_type->elem_type = PTQ_ELEMENT_BFLOAT16;
  for (gsize i = 0; i < graph->n_initializer; i++) {
    Onnx__TensorProto *tensor = graph->initializer[i];
    gsize n = ptq_tensor_proto_count (tensor);
    g_autofree guint16 *zeros = g_new0 (guint16, n);
    g_autofree gint64 *dims =
        g_memdup2 (tensor->dims, tensor->n_dims * sizeof (gint64));

    ptq_tensor_proto_set_data (tensor, PTQ_ELEMENT_BFLOAT16, dims,
        tensor->n_dims, zeros, n * sizeof (guint16));
  }
  ptq_model_changed (model);
  /* float16 is widened, but this the runtime does not compute in. */
  refuse (model, settings, PTQ_ERROR_RUNTIME, "bfloat16");
}

static void
test_twice (void)
{
  g_autoptr (PtqModel) model = build_model (NET);
  g_autoptr (Samples) samples = samples_new (model, -1, 1);
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (PtqModel) quantized = quantize (model, settings, samples, NULL);

  refuse (quantized, settings, PTQ_ERROR_UNSUPPORTED, "quantized already");
}

static void
test_bad_settings (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqModel) model = build_model (NET);
  g_autoptr (Samples) samples = samples_new (model, -1, 1);
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (PtqCalibrator) calibrator = NULL;
  g_autoptr (PtqQuantizer) quantizer = NULL;

  calibrator = calibrate (model, settings, samples);
  g_object_set (settings, "bit-num", 12, NULL);
  quantizer = ptq_quantizer_new (model, settings, calibrator);
  g_assert_null (ptq_quantizer_run (quantizer, NULL, NULL, NULL, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS);
}

static void
test_no_samples (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqModel) model = build_model (NET);
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (PtqCalibrator) calibrator =
      ptq_calibrator_new (model, settings, NULL);
  g_autoptr (PtqQuantizer) quantizer =
      ptq_quantizer_new (model, settings, calibrator);

  g_assert_null (ptq_quantizer_run (quantizer, NULL, NULL, NULL, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_NO_SAMPLES);
}

/* ---- edges ---- */

static void
test_zeros (void)
{
  g_autoptr (PtqModel) model = build_model ("input x 1x4x6x6\n"
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
  g_autoptr (PtqModel) model = build_model ("input x 1x64\n weight W 2x64\n"
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
  g_autoptr (PtqModel) model = build_model ("input x 1x16\n weight W 16x16\n"
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
  g_autoptr (PtqModel) model = build_model ("input x 1x8x10x10\n"
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
  g_autoptr (PtqModel) model = build_model ("input x 1x16\n weight W 16x8\n"
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
  node->attribute = g_renew (Onnx__AttributeProto *, node->attribute,
      node->n_attribute + 1);
  node->attribute[node->n_attribute++] = attribute;
}

/* The branches read the graph input and the result of a convolution, both
 * quantized outside. */
static void
test_subgraphs (void)
{
  g_autoptr (PtqModel) model = build_model ("input x 1x4x8x8\n"
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
  g_autoptr (PtqModel) model = build_model ("input x 1x4x10x10\n"
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
  g_autofree gchar *path = g_test_build_filename (G_TEST_DIST, "data",
      "stream", name, NULL);
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

  g_object_set (settings, "quant-type", type, "min-quant-weight-channel", 0,
      NULL);
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
  static const PtqQuantType types[] = {
    PTQ_QUANT_TYPE_FULL, PTQ_QUANT_TYPE_WEIGHT
  };

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

/* ---- samples ---- */

/* Enough is twenty. */
static void
test_few_samples (void)
{
  g_autoptr (PtqModel) model = build_model (NET);
  g_autoptr (Samples) samples = samples_new (model, -1, 1);
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (PtqCalibrator) calibrator =
      ptq_calibrator_new (model, settings, NULL);
  g_autoptr (PtqQuantizer) quantizer =
      ptq_quantizer_new (model, settings, calibrator);

  for (guint n = 1; n <= 20; n++) {
    g_assert_true (ptq_calibrator_push (calibrator,
            &samples->tensors[n % N_SAMPLES], 1, NULL, NULL));
    if (n != 1 && n < 19)
      continue;
    g_object_unref (ptq_quantizer_run (quantizer, NULL, NULL, NULL, NULL));
    g_assert_cmpint (has_warning (quantizer, n == 1
            ? "only 1 calibration sample arrived"
            : "only 19 calibration samples arrived", "100"), ==, n < 20);
  }
  g_assert_cmpuint (g_strv_length ((gchar **)
          ptq_quantizer_get_warnings (quantizer)), ==, 0);
}

/* ---- progress ---- */

/* Steps come in order; one that is cancelled leaves no model. */
static void
note_progress (const gchar *stage, gdouble fraction, gpointer user_data)
{
  gdouble *last = user_data;

  g_assert_cmpstr (stage, !=, "");
  g_assert_cmpfloat (fraction, >=, *last);
  g_assert_cmpfloat (fraction, <=, 1);
  *last = fraction;
}

typedef struct
{
  GCancellable *cancellable;
  guint n;
  guint at;
} Cancel;

static void
cancel_at (const gchar *stage, gdouble fraction, gpointer user_data)
{
  Cancel *cancel = user_data;

  (void) stage;
  (void) fraction;
  if (cancel->n++ == cancel->at)
    g_cancellable_cancel (cancel->cancellable);
}

static void
test_progress (void)
{
  g_autoptr (PtqModel) model = build_model (NET);
  g_autoptr (Samples) samples = samples_new (model, -1, 1);
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (PtqCalibrator) calibrator = NULL;
  g_autoptr (PtqQuantizer) quantizer = NULL;
  gdouble last = 0;
  guint n_cancelled = 0;

  g_object_set (settings, "skip-quant-node", "nobody", NULL);
  calibrator = calibrate (model, settings, samples);
  quantizer = ptq_quantizer_new (model, settings, calibrator);
  for (guint at = 0;; at++) {
    g_autoptr (GError) error = NULL;
    Cancel cancel = { g_cancellable_new (), 0, at };
    g_autoptr (PtqModel) quantized = ptq_quantizer_run (quantizer, cancel_at,
        &cancel, cancel.cancellable, &error);

    g_object_unref (cancel.cancellable);
    if (cancel.n <= at) {
      g_assert_no_error (error);
      g_assert_nonnull (quantized);
      break;
    }
    g_assert_null (quantized);
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    n_cancelled++;
  }
  g_assert_cmpuint (n_cancelled, >=, 5);

  g_object_unref (ptq_quantizer_run (quantizer, note_progress, &last, NULL,
          NULL));
  g_assert_cmpfloat (last, ==, 1);
  /* Warnings are those of the last run alone. */
  g_assert_cmpuint (g_strv_length ((gchar **)
          ptq_quantizer_get_warnings (quantizer)), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/quantizer/targets", test_targets);
  g_test_add_func ("/quantizer/widths", test_widths);
  g_test_add_func ("/quantizer/float/skip", test_skip);
  g_test_add_func ("/quantizer/float/skip-misspelt", test_skip_misspelt);
  g_test_add_func ("/quantizer/float/skip-folded", test_skip_folded);
  g_test_add_func ("/quantizer/float/skip-everything", test_skip_everything);
  g_test_add_func ("/quantizer/float/nan", test_not_finite_weight);
  g_test_add_func ("/quantizer/float/infinite-mask", test_infinite_mask);
  g_test_add_func ("/quantizer/refused/bfloat16", test_bfloat16);
  g_test_add_func ("/quantizer/refused/twice", test_twice);
  g_test_add_func ("/quantizer/refused/settings", test_bad_settings);
  g_test_add_func ("/quantizer/refused/no-samples", test_no_samples);
  g_test_add_func ("/quantizer/edges/zeros", test_zeros);
  g_test_add_func ("/quantizer/edges/large-bias", test_large_bias);
  g_test_add_func ("/quantizer/edges/transposed", test_transposed_reader);
  g_test_add_func ("/quantizer/edges/shared", test_shared_constants);
  g_test_add_func ("/quantizer/edges/scalar-bias", test_scalar_bias);
  g_test_add_func ("/quantizer/edges/same-names", test_same_names);
  g_test_add_func ("/quantizer/graph/subgraphs", test_subgraphs);
  g_test_add_func ("/quantizer/graph/output-read-inside",
      test_output_read_inside);
  g_test_add_func ("/quantizer/graph/dynamic-batch", test_dynamic_batch);
  g_test_add_func ("/quantizer/graph/same-bytes", test_same_bytes);
  g_test_add_func ("/quantizer/graph/weights-outside", test_weights_outside);
  g_test_add_func ("/quantizer/few-samples", test_few_samples);
  g_test_add_func ("/quantizer/progress", test_progress);
  return g_test_run ();
}
