/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Constants stored as float16: which are, what they hold, and that a runtime
 * computes as before. */

#include "half-float.h"
#include "../run-model.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define NET \
  "input x 1x8x10x10\n weight W 24x8x3x3\n weight b 24\n" \
  "Conv x,W,b stem pads=1,1,1,1\n Relu stem r\n weight V 40x24x1x1\n" \
  "weight c 40\n Conv r,V,c head\n output head\n"

static gchar **
store (PtqModel *model)
{
  g_autoptr (GError) error = NULL;
  gchar **warnings = NULL;
  gboolean stored = ptq_model_store_float16 (model, &warnings, &error);

  g_assert_no_error (error);
  g_assert_true (stored);
  return warnings;
}

static Onnx__TensorProto *
find_tensor (PtqModel *model, const gchar *name)
{
  return ptq_graph_find_initializer (ptq_model_get_graph (model), name);
}

/* Does @name come out of a Cast of a float16 constant? */
static gboolean
is_stored (PtqModel *model, const gchar *name)
{
  Onnx__GraphProto *graph = ptq_model_get_graph (model);

  for (gsize i = 0; i < graph->n_node; i++) {
    Onnx__NodeProto *node = graph->node[i];
    Onnx__TensorProto *tensor;

    if (!g_str_equal (node->output[0], name) || !ptq_node_is (node, "Cast"))
      continue;
    tensor = find_tensor (model, node->input[0]);
    return tensor != NULL && tensor->data_type == PTQ_ELEMENT_FLOAT16
        && ptq_node_get_int (node, "to", 0) == PTQ_ELEMENT_FLOAT
        && find_tensor (model, name) == NULL;
  }
  return FALSE;
}

static void
make_vector (PtqModel *model, const gchar *name, const gfloat *values, gsize n)
{
  gint64 dims[1] = { n };

  ptq_tensor_proto_set_data (find_tensor (model, name), PTQ_ELEMENT_FLOAT, dims,
      1, values, n * sizeof (gfloat));
}

/* Bits as numpy's astype (float16) gives them */
static void
test_bits (void)
{
  static const struct
  {
    gfloat value;
    guint16 bits;
  } rows[] = { { 1, 0x3c00 }, { -2, 0xc000 }, { 65504, 0x7bff },
    { 1 / 3.0f, 0x3555 }, { 0.1f, 0x2e66 }, { 0x1p-24f, 0x0001 },
    { 1e-8f, 0x0000 }, { 1 + 0x1p-11f, 0x3c00 }, { 1 + 3 * 0x1p-11f, 0x3c02 },
    { 0x1p-14f, 0x0400 }, { 0x1.8p-15f, 0x0300 }, { -0.0f, 0x8000 },
    { 1000.3f, 0x63d1 }, { INFINITY, 0x7c00 } };
  g_autoptr (PtqModel) model = build_model ("input x 1x60\n floats v 0\n"
                                            "Add x,v y\n output y\n");
  gfloat values[60] = { 0 };
  g_auto (GStrv) warnings = NULL;
  g_autoptr (GBytes) bytes = NULL;
  const guint16 *halves;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    values[i] = rows[i].value;
  make_vector (model, "v", values, 60);
  warnings = store (model);
  g_assert_null (warnings[0]);
  g_assert_true (is_stored (model, "v"));
  bytes =
      ptq_tensor_proto_read_raw (model, find_tensor (model, "v_fp16"), NULL);
  halves = g_bytes_get_data (bytes, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmphex (halves[i], ==, rows[i].bits);
}

static gboolean
is_nan (guint16 half)
{
  return (half & 0x7fff) > 0x7c00;
}

/* Every number comes back as it was; half way between two neighbours lies the
 * even one. */
static void
test_rounding (void)
{
  for (guint half = 0; half <= 0xffff; half++) {
    gfloat value = ptq_half_to_float (half);

    if (is_nan (half))
      g_assert_true (is_nan (ptq_half_from_float (value)));
    else
      g_assert_cmphex (ptq_half_from_float (value), ==, half);
    if ((half & 0x7fff) < 0x7bff) {
      gfloat next = ptq_half_to_float (half + 1);
      gfloat middle = value + (next - value) / 2;

      g_assert_cmphex (ptq_half_from_float (middle), ==, half + (half & 1));
      g_assert_cmphex (
          ptq_half_from_float (nextafterf (middle, value)), ==, half);
      g_assert_cmphex (
          ptq_half_from_float (nextafterf (middle, next)), ==, half + 1);
    }
  }
  g_assert_cmphex (ptq_half_from_float (65519.99f), ==, 0x7bff);
  g_assert_cmphex (ptq_half_from_float (65520), ==, 0x7c00);
  g_assert_cmphex (ptq_half_from_float (-1e30f), ==, 0xfc00);
}

/* What does not fit, or does not pay, stays float32. */
static void
test_left_alone (void)
{
  g_autoptr (PtqModel) model = build_model (
      "input x 1x80\n"
      "floats large 0\n floats tiny 0\n floats few 1 2 3 4\n floats s:one 3\n"
      "weight good 80\n Add x,large a\n Mul a,tiny b\n Mul b,s:one c\n"
      "Add c,good d\n Reshape d,sh e\n ints sh 20 4\n Add e,few f\n"
      "output f\n");
  gfloat large[80] = { 0 }, tiny[80];
  g_auto (GStrv) warnings = NULL;

  large[7] = -65505;
  for (guint i = 0; i < 80; i++)
    tiny[i] = i * 1e-9f;
  make_vector (model, "large", large, 80);
  make_vector (model, "tiny", tiny, 80);
  warnings = store (model);

  g_assert_cmpuint (g_strv_length (warnings), ==, 2);
  g_assert_nonnull (strstr (warnings[0], "'large'"));
  g_assert_nonnull (strstr (warnings[0], "65505"));
  g_assert_nonnull (strstr (warnings[1], "'tiny'"));
  g_assert_nonnull (find_tensor (model, "large"));
  g_assert_nonnull (find_tensor (model, "tiny"));
  g_assert_nonnull (find_tensor (model, "few"));
  g_assert_nonnull (find_tensor (model, "s:one"));
  g_assert_true (is_stored (model, "good"));
}

static void
test_nothing_to_store (void)
{
  g_autoptr (PtqModel) model = build_model ("input x 1x8\n Relu x y\n"
                                            "output y\n");
  g_auto (GStrv) warnings = store (model);

  g_assert_cmpuint (g_strv_length (warnings), ==, 1);
  g_assert_nonnull (strstr (warnings[0], "nothing is stored"));
}

/* A name that a constant would get is taken. */
static void
test_names (void)
{
  g_autoptr (PtqModel) model = build_model (
      "input x 1x80\n"
      "weight v 80\n Add x,v v_fp16\n weight w 80\n Add v_fp16,w y\n"
      "output y\n");
  g_auto (GStrv) warnings = store (model);

  g_assert_null (warnings[0]);
  g_assert_true (is_stored (model, "v"));
  g_assert_true (is_stored (model, "w"));
}

static void
assert_same_kernels (PtqModel *a, PtqModel *b)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqModel) x = ptq_runtime_optimize (a, PTQ_OPTIMIZE_ALL, &error);
  g_autoptr (PtqModel) y = ptq_runtime_optimize (b, PTQ_OPTIMIZE_ALL, &error);
  Onnx__GraphProto *p, *q;

  g_assert_no_error (error);
  p = ptq_model_get_graph (x);
  q = ptq_model_get_graph (y);
  g_assert_cmpuint (p->n_node, ==, q->n_node);
  for (gsize i = 0; i < p->n_node; i++)
    g_assert_cmpstr (p->node[i]->op_type, ==, q->node[i]->op_type);
}

/* The error is that of 11 bits: 20 * log10 (2^12) is 72 dB. */
static void
test_float_model (void)
{
  g_autoptr (PtqModel) model = build_model (NET);
  g_autoptr (PtqModel) stored = ptq_model_copy (model, NULL);
  g_autoptr (Samples) samples = samples_new (model, -1, 1);
  g_auto (GStrv) warnings = store (stored);
  gdouble sqnr = compare (model, stored, samples);
  g_autoptr (GBytes) before = ptq_model_to_bytes (model, NULL);
  g_autoptr (GBytes) after = ptq_model_to_bytes (stored, NULL);

  g_assert_null (warnings[0]);
  g_assert_true (is_stored (stored, "W"));
  g_assert_true (is_stored (stored, "V"));
  g_assert_cmpfloat (sqnr, >, 65);
  g_assert_cmpfloat (sqnr, <, 85);
  g_assert_cmpuint (
      g_bytes_get_size (after), <, g_bytes_get_size (before) * 0.55);
  assert_same_kernels (model, stored);
}

static PtqModel *
quantize_with (PtqModel *model, PtqSettings *settings, const Samples *samples,
    gboolean fp16)
{
  g_object_set (settings, "fp16", fp16, NULL);
  if (ptq_settings_get_quant_type (settings) == PTQ_QUANT_TYPE_FULL)
    return quantize (model, settings, samples, NULL);

  g_autoptr (PtqQuantizer) quantizer =
      ptq_quantizer_new (model, settings, NULL);
  g_autoptr (GError) error = NULL;
  PtqModel *quantized = ptq_quantizer_run (quantizer, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  return quantized;
}

/* All constants that both models have are of one type, but for @stored, which
 * are float16 in the second. */
static void
assert_only_stored (PtqModel *plain, PtqModel *fp16, const gchar *const *stored)
{
  Onnx__GraphProto *graph = ptq_model_get_graph (plain);

  for (gsize i = 0; i < graph->n_initializer; i++) {
    const Onnx__TensorProto *tensor = graph->initializer[i];
    Onnx__TensorProto *other = find_tensor (fp16, tensor->name);

    if (g_strv_contains (stored, tensor->name)) {
      g_assert_true (is_stored (fp16, tensor->name));
      continue;
    }
    g_assert_nonnull (other);
    g_assert_cmpint (other->data_type, ==, tensor->data_type);
  }
  g_assert_cmpuint (count_nodes (fp16, "Cast"), ==,
      count_nodes (plain, "Cast") + g_strv_length ((gchar **) stored));
}

/* Scales, zero points and biases of codes keep their types; the layer that is
 * skipped is stored. */
static void
test_full (void)
{
  static const PtqTarget targets[] = { PTQ_TARGET_ONNXRUNTIME,
    PTQ_TARGET_MINDSPORE };
  const gchar *const stored[] = { "V", "c", NULL };
  g_autoptr (PtqModel) model = build_model (NET);
  g_autoptr (Samples) samples = samples_new (model, -1, 1);

  for (guint i = 0; i < G_N_ELEMENTS (targets); i++) {
    g_autoptr (PtqSettings) settings = ptq_settings_new ();
    g_autoptr (PtqModel) plain = NULL;
    g_autoptr (PtqModel) fp16 = NULL;

    g_object_set (settings, "target", targets[i], "equalization", FALSE,
        "skip-quant-node", "head", NULL);
    plain = quantize_with (model, settings, samples, FALSE);
    fp16 = quantize_with (model, settings, samples, TRUE);
    g_assert_cmpuint (count_nodes (plain, "QuantizeLinear"), >, 0);
    assert_only_stored (plain, fp16, stored);
    assert_same_kernels (plain, fp16);
    /* 71 dB; 52 dB where ONNX Runtime (1.21) rounds the weights of a float
     * layer behind codes to 8 bits by itself. */
    g_assert_cmpfloat (compare (plain, fp16, samples), >, 45);
  }
}

/* However the codes are stored, what unpacks them is left alone: 64 scales
 * and offsets would be large enough. */
static void
test_weight (void)
{
  const gchar *const stored[] = { "b", NULL };
  g_autoptr (PtqModel) model =
      build_model ("input x 1x64\n"
                   "weight W 64x64\n MatMul x,W h\n weight b 64\n Add h,b y\n"
                   "output y\n");
  g_autoptr (Samples) samples = samples_new (model, -1, 1);

  for (gint storage = PTQ_WEIGHT_STORAGE_FOLDED;
       storage <= PTQ_WEIGHT_STORAGE_NATIVE; storage++) {
    for (gint bits = 3; bits <= 13; bits += 5) {
      g_autoptr (PtqSettings) settings = ptq_settings_new ();
      g_autoptr (PtqModel) plain = NULL;
      g_autoptr (PtqModel) fp16 = NULL;

      g_object_set (settings, "quant-type", PTQ_QUANT_TYPE_WEIGHT, "bit-num",
          bits, "weight-storage", storage, NULL);
      plain = quantize_with (model, settings, samples, FALSE);
      fp16 = quantize_with (model, settings, samples, TRUE);
      assert_only_stored (plain, fp16, stored);
      assert_same_kernels (plain, fp16);
    }
  }
}

/* The report is about what is quantized, not about what is stored. */
static void
test_report (void)
{
  g_autoptr (PtqModel) model = build_model (NET);
  g_autoptr (Samples) samples = samples_new (model, -1, 1);
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autofree gchar *folder = g_dir_make_tmp ("ptq-test-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (folder, "round_0.csv", NULL);
  g_autofree gchar *text = NULL;
  g_autoptr (PtqModel) quantized = NULL;
  g_autoptr (GDir) dir = NULL;
  const gchar *name;

  g_object_set (settings, "skip-quant-node", "head", "debug-info-save-path",
      folder, NULL);
  quantized = quantize_with (model, settings, samples, TRUE);
  g_assert_true (is_stored (quantized, "V"));
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, ",stem,Conv,"));
  g_assert_nonnull (strstr (text, ",W,Input,Dequant,Weight,"));
  g_assert_null (strstr (text, ",V,Input,"));

  dir = g_dir_open (folder, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree gchar *file = g_build_filename (folder, name, NULL);

    g_remove (file);
  }
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store-float16/bits", test_bits);
  g_test_add_func ("/store-float16/rounding", test_rounding);
  g_test_add_func ("/store-float16/left-alone", test_left_alone);
  g_test_add_func ("/store-float16/nothing", test_nothing_to_store);
  g_test_add_func ("/store-float16/names", test_names);
  g_test_add_func ("/store-float16/float-model", test_float_model);
  g_test_add_func ("/store-float16/full", test_full);
  g_test_add_func ("/store-float16/weight", test_weight);
  g_test_add_func ("/store-float16/report", test_report);
  return g_test_run ();
}
