/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Full quantization from end to end: targets, widths, models that are refused
 * or keep a part in float. ONNX Runtime says whether the result is right. */

#include "../run-model.h"

#include <math.h>
#include <string.h>

#define NET \
  "input x 1x4x10x10\n weight W 8x4x3x3\n" \
  "floats b 0.1 -0.2 0.3 0 0.1 0.2 -0.1 0.05\n" \
  "Conv x,W,b stem pads=1,1,1,1\n Relu stem r\n weight V 6x8x3x3\n" \
  "Conv r,V head\n output head\n"

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
    tensor = ptq_graph_find_initializer (
        graph, ptq_node_get_input (graph->node[i], 2));
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
    { PTQ_TARGET_ONNXRUNTIME, PTQ_ELEMENT_UINT8, FALSE, 8, 30 },
    { PTQ_TARGET_MINDSPORE, PTQ_ELEMENT_INT8, FALSE, 8, 30 },
    { PTQ_TARGET_TENSORRT, PTQ_ELEMENT_INT8, TRUE, 8, 30 },
    { PTQ_TARGET_TENSORRT, PTQ_ELEMENT_INT8, TRUE, 4, 8 },
    { PTQ_TARGET_TENSORRT, PTQ_ELEMENT_INT8, TRUE, 2, -10 },
  };
  g_autoptr (PtqModel) model = build_model (NET);
  g_autoptr (Samples) samples = samples_new (model, -1, 1);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PtqSettings) settings = ptq_settings_new ();
    g_autoptr (PtqModel) quantized = NULL;

    g_object_set (
        settings, "target", cases[i].target, "bit-num", cases[i].bits, NULL);
    quantized = quantize (model, settings, samples, NULL);
    check_zero_points (quantized, cases[i].type, cases[i].zero);
    g_assert_cmpfloat (
        compare_exactly (model, quantized, samples), >, cases[i].least);
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

    g_object_set (
        settings, "bit-num", bits, "reduce-range", PTQ_REDUCE_RANGE_OFF, NULL);
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
    g_assert_cmpfloat (
        compare_exactly (model, quantized, samples), >, last + 2);
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
  g_assert_nonnull (
      ptq_graph_find_initializer (ptq_model_get_graph (quantized), "V"));
  g_assert_null (
      ptq_graph_find_initializer (ptq_model_get_graph (quantized), "W"));
  g_assert_cmpstr (
      ptq_node_get_input (find_node (quantized, "head"), 1), ==, "V");
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
  g_autoptr (PtqModel) model = build_model (
      "input x 1x4x10x10\n"
      " weight W 4x4x3x3\n Conv x,W stem\n floats one 1 1 1 1\n"
      " floats zero 0 0 0 0\n BatchNormalization stem,one,zero,zero,one norm\n"
      " Identity norm copy\n weight V 6x4x3x3\n Conv copy,V head\n"
      " output head\n");
  static const PtqQuantType types[] = { PTQ_QUANT_TYPE_FULL,
    PTQ_QUANT_TYPE_WEIGHT };

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
  g_autoptr (PtqModel) model =
      build_model (NET "weight N 2x4x1x1\n Conv x,N side\n output side");
  g_autoptr (Samples) samples = samples_new (model, -1, 1);
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (PtqModel) quantized = NULL;
  const gfloat values[8] = { 1, NAN, 1, 1, 1, 1, 1, 1 };

  set_weight (model, "N", values);
  quantized = quantize (model, settings, samples, NULL);
  g_assert_cmpstr (
      ptq_node_get_input (find_node (quantized, "side"), 1), ==, "N");
  g_assert_cmpfloat (compare (model, quantized, samples), >, 30);
}

/* Added to scores before they go through a Sigmoid: infinity is no range. */
static void
test_infinite_mask (void)
{
  g_autoptr (PtqModel) model = build_model (
      "input x 1x4x6x6\n"
      "weight W 8x4x3x3\n Conv x,W c pads=1,1,1,1\n"
      "floats mask 0 0 0 0 -inf -inf\n Add c,mask m\n Sigmoid m s\n"
      "weight V 6x8x3x3\n Conv s,V y\n output y");
  g_autoptr (Samples) samples = samples_new (model, -1, 1);
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (PtqModel) quantized = quantize (model, settings, samples, NULL);

  g_assert_cmpstr (
      ptq_node_get_input (find_node (quantized, "m"), 1), ==, "mask");
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
    g_assert_true (ptq_calibrator_push (
        calibrator, &samples->tensors[n % N_SAMPLES], 1, NULL, NULL));
    if (n != 1 && n < 19)
      continue;
    g_object_unref (ptq_quantizer_run (quantizer, NULL, NULL, NULL, NULL));
    g_assert_cmpint (has_warning (quantizer,
                         n == 1 ? "only 1 calibration sample arrived"
                                : "only 19 calibration samples arrived",
                         "100"),
        ==, n < 20);
  }
  g_assert_cmpuint (
      g_strv_length ((gchar **) ptq_quantizer_get_warnings (quantizer)), ==, 0);
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
    g_autoptr (PtqModel) quantized = ptq_quantizer_run (
        quantizer, cancel_at, &cancel, cancel.cancellable, &error);

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

  g_object_unref (
      ptq_quantizer_run (quantizer, note_progress, &last, NULL, NULL));
  g_assert_cmpfloat (last, ==, 1);
  /* Warnings are those of the last run alone. */
  g_assert_cmpuint (
      g_strv_length ((gchar **) ptq_quantizer_get_warnings (quantizer)), ==, 1);
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
  g_test_add_func ("/quantizer/few-samples", test_few_samples);
  g_test_add_func ("/quantizer/progress", test_progress);
  return g_test_run ();
}
