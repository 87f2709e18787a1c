/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Which constants weight quantization takes, and what the whole quantizer
 * makes of a model with them. A weight that was taken is no initializer any
 * more: a node computes it. */

#include "../build-model.h"
#include "ptq-quantizer.h"
#include "runtime-private.h"
#include "weight-only.h"

#include <math.h>
#include <string.h>

static PtqSettings *
new_settings (gint bits, guint min_size, guint min_channel)
{
  PtqSettings *settings = ptq_settings_new ();

  g_object_set (settings, "quant-type", PTQ_QUANT_TYPE_WEIGHT, "bit-num", bits,
      "min-quant-weight-size", min_size, "min-quant-weight-channel",
      min_channel, NULL);
  return settings;
}

static gboolean
is_taken (PtqModel *model, const gchar *name)
{
  return ptq_graph_find_initializer (ptq_model_get_graph (model), name) == NULL;
}

/* Channels of the scale that @name was stored with: the node that writes it
 * adds the offsets. */
static guint
count_scales (PtqModel *model, const gchar *name)
{
  Onnx__GraphProto *graph = ptq_model_get_graph (model);

  for (gsize i = 0; i < graph->n_node; i++)
    if (g_str_equal (graph->node[i]->output[0], name))
      return ptq_tensor_proto_count (
          ptq_graph_find_initializer (graph, graph->node[i]->input[1]));
  g_assert_not_reached ();
}

typedef struct
{
  const gchar *name;
  const gchar *model;
  guint n_scales; /* of the weight "W"; 0: left alone */
} Row;

static const Row rows[] = {
  { "conv", "input x 1x4x8x8\n weight W 6x4x3x3\n Conv x,W y\n output y", 6 },
  { "depthwise",
      "input x 1x4x8x8\n weight W 4x1x3x3\n"
      "Conv x,W y group:i=4\n output y",
      4 },
  { "conv-transpose",
      "input x 1x4x8x8\n weight W 4x6x3x3\n"
      "ConvTranspose x,W y\n output y",
      6 },
  { "depthwise-transpose",
      "input x 1x4x8x8\n weight W 4x1x3x3\n"
      "ConvTranspose x,W y group:i=4\n output y",
      4 },
  { "gemm", "input x 2x40\n weight W 40x12\n Gemm x,W y\n output y", 12 },
  { "gemm-transposed",
      "input x 2x40\n weight W 12x40\n"
      "Gemm x,W y transB:i=1\n output y",
      12 },
  { "gemm-left", "input x 40x3\n weight W 12x40\n Gemm W,x y\n output y", 12 },
  { "matmul", "input x 2x40\n weight W 40x12\n MatMul x,W y\n output y", 12 },
  { "matmul-left", "input x 40x3\n weight W 12x40\n MatMul W,x y\n output y",
      12 },
  { "matmul-batched",
      "input x 3x2x40\n weight W 3x40x12\n MatMul x,W y\n"
      "output y",
      12 },
  { "add-is-no-weight",
      "input x 6x40\n weight W 6x40\n weight V 40x12\n"
      "Add x,W z\n MatMul z,V y\n output y",
      0 },
  { "vector-is-no-weight",
      "input x 2x40\n weight W 40\n weight V 40x12\n"
      "MatMul x,W z\n MatMul x,V y\n output y\n output z",
      0 },
};

static void
test_axis (gconstpointer data)
{
  const Row *row = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqModel) model = build_model (row->model);
  g_autoptr (PtqSettings) settings = new_settings (8, 0, 0);
  PtqWeightOnlyResult result;

  ptq_weight_only_run (model, settings, 0.02, NULL, &result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (result.n_quantized, ==, 1);
  g_assert_cmpint (is_taken (model, "W"), ==, row->n_scales > 0);
  if (row->n_scales > 0)
    g_assert_cmpuint (count_scales (model, "W"), ==, row->n_scales);
}

static GBytes *
quantize_to_bytes (const gchar *text, gboolean sums)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqModel) model = build_model (text);
  g_autoptr (PtqSettings) settings = new_settings (3, 0, 0);
  PtqWeightOnlyResult result;
  GBytes *bytes;

  g_object_set (settings, "weight-kernel-sums", sums, NULL);
  ptq_weight_only_run (model, settings, 0.02, NULL, &result, &error);
  g_assert_no_error (error);
  bytes = ptq_model_to_bytes (model, &error);
  g_assert_no_error (error);
  return bytes;
}

static gboolean
depends_on_sums (const gchar *text)
{
  g_autoptr (GBytes) kept = quantize_to_bytes (text, TRUE);
  g_autoptr (GBytes) nearest = quantize_to_bytes (text, FALSE);

  return !g_bytes_equal (kept, nearest);
}

/* Kernels are what a result reads as a whole: not where there are strides in
 * the way back, nor in matrix products; and a depthwise kernel is a channel,
 * whose mean is right without. */
static void
test_kernels (void)
{
  g_assert_true (depends_on_sums ("input x 1x4x8x8\n weight W 6x4x3x3\n"
                                  "Conv x,W y strides=2,2\n output y"));
  g_assert_true (depends_on_sums ("input x 1x4x8\n weight W 6x4x5\n"
                                  "Conv x,W y\n output y"));
  g_assert_true (
      depends_on_sums ("input x 1x4x8x8\n weight W 4x6x3x3\n"
                       "ConvTranspose x,W y strides=1,1\n output y"));
  g_assert_false (
      depends_on_sums ("input x 1x4x8x8\n weight W 4x6x3x3\n"
                       "ConvTranspose x,W y strides=2,2\n output y"));
  g_assert_false (depends_on_sums ("input x 1x40x8x8\n weight W 6x40x1x1\n"
                                   "Conv x,W y\n output y"));
  g_assert_false (depends_on_sums ("input x 1x6x8x8\n weight W 6x1x5x5\n"
                                   "Conv x,W y group:i=6\n output y"));
  g_assert_false (depends_on_sums ("input x 3x2x40\n weight W 3x40x12\n"
                                   "MatMul x,W y\n output y"));
}

/* W [1, 4 * 5, 7] and R [1, 20, 5]: a scale a gate row; the bias stays. */
static void
test_lstm (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqModel) model =
      build_model ("input x 3x1x7\n"
                   "weight W 1x20x7\n weight R 1x20x5\n weight B 1x40\n"
                   "LSTM x,W,R,B y hidden_size:i=5\n output y");
  g_autoptr (PtqSettings) settings = new_settings (8, 0, 0);
  PtqWeightOnlyResult result;

  ptq_weight_only_run (model, settings, 0.02, NULL, &result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (result.n_quantized, ==, 2);
  g_assert_cmpuint (count_scales (model, "W"), ==, 20);
  g_assert_cmpuint (count_scales (model, "R"), ==, 20);
  g_assert_false (is_taken (model, "B"));
}

/* A table of 30 rows, read along each axis */
static void
test_gather (void)
{
  const gchar *texts[] = { "weight W 30x16\n ints i 1 3\n Gather W,i g\n"
                           "input x 2x16\n Add x,g y\n output y",
    "weight W 16x30\n ints i 1 3\n Gather W,i g axis:i=-1\n"
    "input x 16x2\n Add x,g y\n output y" };

  for (guint i = 0; i < 2; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (PtqModel) model = build_model (texts[i]);
    g_autoptr (PtqSettings) settings = new_settings (8, 0, 0);
    PtqWeightOnlyResult result;

    ptq_weight_only_run (model, settings, 0.02, NULL, &result, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (count_scales (model, "W"), ==, 30);
  }
}

/* More than, not as many as; channels count for convolutions alone. */
static void
test_least_sizes (void)
{
  static const gchar text[] =
      "input x 1x4x6x6\n weight W 6x4x3x3\n"
      "Conv x,W a pads=1,1,1,1\n weight V 17x6x3x3\n"
      "Conv a,V b pads=1,1,1,1\n ints sh 17 36\n Reshape b,sh c\n"
      "weight U 36x8\n MatMul c,U y\n output y";
  const struct
  {
    guint size, channel;
    gboolean w, v, u;
  } cases[] = {
    { 0, 0, TRUE, TRUE, TRUE },
    { 215, 0, TRUE, TRUE, TRUE },
    { 216, 0, FALSE, TRUE, TRUE },
    { 288, 0, FALSE, TRUE, FALSE },
    { 0, 5, TRUE, TRUE, TRUE },
    { 0, 6, FALSE, TRUE, TRUE },
    { 0, 17, FALSE, FALSE, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (PtqModel) model = build_model (text);
    g_autoptr (PtqSettings) settings =
        new_settings (8, cases[i].size, cases[i].channel);
    PtqWeightOnlyResult result;

    ptq_weight_only_run (model, settings, 0.02, NULL, &result, &error);
    g_assert_no_error (error);
    g_assert_cmpint (is_taken (model, "W"), ==, cases[i].w);
    g_assert_cmpint (is_taken (model, "V"), ==, cases[i].v);
    g_assert_cmpint (is_taken (model, "U"), ==, cases[i].u);
    g_assert_cmpuint (result.n_quantized + result.n_float, ==, 3);
  }
}

static void
test_nothing (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqModel) model =
      build_model ("input x 1x4x8x8\n"
                   "weight W 6x4x3x3\n Conv x,W y\n output y");
  g_autoptr (PtqSettings) settings = new_settings (8, 216, 0);
  g_autoptr (PtqQuantizer) quantizer =
      ptq_quantizer_new (model, settings, NULL);

  g_assert_null (ptq_quantizer_run (quantizer, NULL, NULL, NULL, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "min-quant-weight-size (216)"));
}

static void
test_skipped (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqModel) model = build_model (
      "input x 1x4x8x8\n"
      "weight W 6x4x3x3\n Conv x,W c\n weight V 5x6x3x3\n Conv c,V y\n"
      "output y");
  g_autoptr (PtqSettings) settings = new_settings (8, 0, 0);
  g_autoptr (PtqQuantizer) quantizer = NULL;
  g_autoptr (PtqModel) quantized = NULL;
  const gchar *const *warnings;

  /* Nodes are named after their results. */
  g_object_set (settings, "skip-quant-node", "y, cc", NULL);
  quantizer = ptq_quantizer_new (model, settings, NULL);
  quantized = ptq_quantizer_run (quantizer, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ptq_quantizer_get_n_quantized (quantizer), ==, 1);
  g_assert_true (is_taken (quantized, "W"));
  g_assert_false (is_taken (quantized, "V"));
  warnings = ptq_quantizer_get_warnings (quantizer);
  g_assert_cmpuint (g_strv_length ((gchar **) warnings), ==, 1);
  g_assert_nonnull (strstr (warnings[0], "cc"));
}

/* Read twice, quantized once; both readers get it. */
static void
test_shared (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqModel) model =
      build_model ("input x 1x6x8x8\n"
                   "weight W 6x6x3x3\n Conv x,W c pads=1,1,1,1\n"
                   "Conv c,W y pads=1,1,1,1\n output y");
  g_autoptr (PtqSettings) settings = new_settings (8, 0, 0);
  PtqWeightOnlyResult result;

  ptq_weight_only_run (model, settings, 0.02, NULL, &result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (result.n_quantized, ==, 1);
  g_assert_cmpuint (result.n_weights, ==, 6 * 6 * 9);
  g_assert_cmpuint (result.n_bits, ==, 6 * 6 * 9 * 8);
  g_assert_true (is_taken (model, "W"));
}

static void
test_not_finite (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqModel) model =
      build_model ("input x 2x40\n weight W 40x12\n"
                   "MatMul x,W z\n weight V 12x40\n MatMul z,V y\n output y");
  g_autoptr (PtqSettings) settings = new_settings (8, 0, 0);
  Onnx__TensorProto *tensor =
      ptq_graph_find_initializer (ptq_model_get_graph (model), "W");
  const gint64 dims[] = { 40, 12 };
  gfloat values[480] = { 0 };
  PtqWeightOnlyResult result;

  values[7] = NAN;
  ptq_tensor_proto_set_data (
      tensor, PTQ_ELEMENT_FLOAT, dims, 2, values, sizeof values);
  ptq_weight_only_run (model, settings, 0.02, NULL, &result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (result.n_quantized, ==, 1);
  g_assert_cmpuint (result.n_float, ==, 1);
  g_assert_false (is_taken (model, "W"));
}

/* ---- whole runs ---- */

static const gchar net[] =
    "input x 1x3x12x12\n weight W 24x3x3x3\n"
    "floats b 0.1 -0.2 0.3 0 0.1 0.2 -0.1 0.05 0.1 -0.2 0.3 0 0.1 0.2 -0.1 "
    "0.05 0.1 -0.2 0.3 0 0.1 0.2 -0.1 0.05\n Conv x,W,b c pads=1,1,1,1\n"
    "Relu c r\n weight V 20x24x3x3\n Conv r,V d pads=1,1,1,1\n Relu d e\n"
    "GlobalAveragePool e g\n Flatten g f\n weight G 20x30\n Gemm f,G y\n"
    "output y";

static void
run (PtqModel *model, const PtqTensor *sample, gfloat *outputs, gsize n)
{
  g_autoptr (GError) error = NULL;
  PtqSessionOptions options = { PTQ_OPTIMIZE_ALL, FALSE, NULL, NULL };
  g_autoptr (PtqSession) session = ptq_session_new (model, &options, &error);
  const PtqTensor *output;

  g_assert_no_error (error);
  ptq_session_run (session, sample, 1, NULL, &error);
  g_assert_no_error (error);
  output = ptq_session_get_output (session, 0);
  g_assert_cmpuint (output->size, ==, n * sizeof (gfloat));
  memcpy (outputs, output->data, output->size);
}

static gdouble
cosine_of (PtqModel *a, PtqModel *b, guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  PtqTensor sample = { 0 };
  g_autofree gfloat *data = random_sample (rand, a, 1, &sample);
  gfloat x[30], y[30];
  gdouble xy = 0, xx = 0, yy = 0;

  g_assert_true (sample.data == data);
  run (a, &sample, x, 30);
  run (b, &sample, y, 30);
  for (guint i = 0; i < 30; i++) {
    xy += (gdouble) x[i] * y[i];
    xx += (gdouble) x[i] * x[i];
    yy += (gdouble) y[i] * y[i];
  }
  return xy / sqrt (xx * yy);
}

static PtqModel *
quantize (PtqModel *model, PtqSettings *settings, gdouble *mean_bits)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqQuantizer) quantizer =
      ptq_quantizer_new (model, settings, NULL);
  PtqModel *quantized = ptq_quantizer_run (quantizer, NULL, NULL, NULL, &error);
  gdouble entropy;

  g_assert_no_error (error);
  *mean_bits = ptq_quantizer_get_mean_bits (quantizer, &entropy);
  g_assert_cmpfloat (entropy, >, 0);
  g_assert_cmpfloat (entropy, <=, *mean_bits);
  return quantized;
}

static void
test_fixed_run (void)
{
  const struct
  {
    gint bits;
    gdouble angle; /* 1 - cosine at most */
  } cases[] = { { 4, 2e-2 }, { 6, 1e-3 }, { 8, 1e-4 }, { 12, 1e-6 },
    { 16, 1e-8 } };
  g_autoptr (PtqModel) model = build_model (net);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PtqSettings) settings = new_settings (cases[i].bits, 0, 0);
    g_autoptr (PtqModel) quantized = NULL;
    gdouble mean_bits;

    quantized = quantize (model, settings, &mean_bits);
    g_assert_cmpfloat (mean_bits, ==, cases[i].bits);
    g_assert_cmpfloat (1 - cosine_of (model, quantized, 5), <, cases[i].angle);
  }
}

static void
test_mixed_run (void)
{
  g_autoptr (PtqModel) model = build_model (net);
  g_autoptr (PtqSettings) settings = new_settings (0, 0, 0);
  g_autoptr (PtqModel) fine = NULL;
  g_autoptr (PtqModel) coarse = NULL;
  gdouble fine_bits, coarse_bits;

  g_object_set (settings, "init-scale", 0.02, NULL);
  fine = quantize (model, settings, &fine_bits);
  g_object_set (settings, "init-scale", 0.2, NULL);
  coarse = quantize (model, settings, &coarse_bits);
  g_assert_cmpfloat (fine_bits, <, 8);
  g_assert_cmpfloat (coarse_bits, <, fine_bits - 2);
  g_assert_cmpfloat (cosine_of (model, fine, 5), >, 0.999);
  g_assert_cmpfloat (cosine_of (model, coarse, 5), >, 0.9);
}

/* The weights that a model of "MatMul x,…" with x 40x40 computes with */
static void
read_products (PtqModel *model, guint output, gfloat *values, gsize n)
{
  g_autoptr (GError) error = NULL;
  PtqSessionOptions options = { PTQ_OPTIMIZE_ALL, FALSE, NULL, NULL };
  g_autoptr (PtqSession) session = ptq_session_new (model, &options, &error);
  gfloat identity[1600] = { 0 };
  PtqTensor input = { 0 };

  for (guint i = 0; i < 40; i++)
    identity[41 * i] = 1;
  input.type = PTQ_ELEMENT_FLOAT;
  input.rank = 2;
  input.dims[0] = input.dims[1] = 40;
  input.data = identity;
  input.size = sizeof identity;
  g_assert_no_error (error);
  ptq_session_run (session, &input, 1, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (
      ptq_session_get_output (session, output)->size, ==, n * sizeof (gfloat));
  memcpy (values, ptq_session_get_output (session, output)->data,
      n * sizeof (gfloat));
}

/* Root of the mean over the columns of their relative squared errors */
static gdouble
find_column_error (PtqModel *a, PtqModel *b, guint output, guint n_columns)
{
  g_autofree gfloat *x = g_new (gfloat, 40 * n_columns);
  g_autofree gfloat *y = g_new (gfloat, 40 * n_columns);
  gdouble sum = 0;

  read_products (a, output, x, 40 * n_columns);
  read_products (b, output, y, 40 * n_columns);
  for (guint c = 0; c < n_columns; c++) {
    gdouble noise = 0, signal = 0;

    for (guint i = c; i < 40 * n_columns; i += n_columns) {
      noise += pow ((gdouble) x[i] - y[i], 2);
      signal += pow (x[i], 2);
    }
    sum += noise / signal;
  }
  return sqrt (sum / n_columns);
}

/* 8000 and 2000 weights, 5000 on the average: a small layer has the square
 * root of 2000 / 5000 of the error, a large one all of it and not more, unless
 * the error is searched for. */
static void
test_shares (void)
{
  static const gchar text[] =
      "input x 40x40\n weight W 40x200\n"
      "MatMul x,W y\n weight V 40x50\n MatMul x,V z\n output y\n output z";
  const gdouble large[] = { 0.05, 0.05 * sqrt (1.6) };

  for (guint tuned = 0; tuned < 2; tuned++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (PtqModel) model = build_model (text);
    g_autoptr (PtqModel) quantized = ptq_model_copy (model, &error);
    g_autoptr (PtqSettings) settings = new_settings (0, 0, 0);
    PtqWeightOnlyResult result;
    gdouble found;

    g_object_set (
        settings, "auto-tune", tuned, "weight-kernel-sums", FALSE, NULL);
    ptq_weight_only_run (quantized, settings, 0.05, NULL, &result, &error);
    g_assert_no_error (error);
    found = find_column_error (model, quantized, 0, 200);
    g_assert_cmpfloat (fabs (found / large[tuned] - 1), <, 0.03);
    found = find_column_error (model, quantized, 1, 50);
    g_assert_cmpfloat (fabs (found / (0.05 * sqrt (0.4)) - 1), <, 0.03);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree gchar *path = g_strconcat ("/weight-only/", rows[i].name, NULL);

    g_test_add_data_func (path, &rows[i], test_axis);
  }
  g_test_add_func ("/weight-only/kernels", test_kernels);
  g_test_add_func ("/weight-only/lstm", test_lstm);
  g_test_add_func ("/weight-only/gather", test_gather);
  g_test_add_func ("/weight-only/least-sizes", test_least_sizes);
  g_test_add_func ("/weight-only/nothing", test_nothing);
  g_test_add_func ("/weight-only/skipped", test_skipped);
  g_test_add_func ("/weight-only/shared", test_shared);
  g_test_add_func ("/weight-only/not-finite", test_not_finite);
  g_test_add_func ("/weight-only/run/fixed", test_fixed_run);
  g_test_add_func ("/weight-only/run/mixed", test_mixed_run);
  g_test_add_func ("/weight-only/run/shares", test_shares);
  return g_test_run ();
}
