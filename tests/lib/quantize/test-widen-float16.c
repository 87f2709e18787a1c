/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Models that hold or compute in float16. What they mean in float32 comes from
 * make-float16-models.py, which writes each model both ways. */

#include "half-float.h"
#include "model-tensors.h"
#include "plan.h"
#include "prepare.h"
#include "ptq-report.h"
#include "../run-model.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define N_VALUES (3 * 16 * 16)

static PtqModel *
load (const gchar *name)
{
  g_autofree gchar *path =
      g_test_build_filename (G_TEST_DIST, "data", "stream", name, NULL);
  g_autoptr (GError) error = NULL;
  PtqModel *model = ptq_model_load (path, &error);

  g_assert_no_error (error);
  return model;
}

static void
widen (PtqModel *model)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (ptq_model_widen_float16 (model, &error));
  g_assert_no_error (error);
}

static PtqSession *
open_session (PtqModel *model)
{
  PtqSessionOptions options = { PTQ_OPTIMIZE_ALL, FALSE, NULL, NULL };
  g_autoptr (GError) error = NULL;
  PtqSession *session = ptq_session_new (model, &options, &error);

  g_assert_no_error (error);
  return session;
}

/* Numbers that float16 holds, up to 2 where @seed is even, else up to 0.5: the
 * model looks at whether one is above 1. */
static void
make_sample (PtqTensor *tensor, gfloat *values, guint seed)
{
  for (guint i = 0; i < N_VALUES; i++)
    values[i] = ((i * 37 + seed * 101) % 256 / 64.0f - 2)
        * (seed % 2 == 0 ? -1 : 0.25f);
  *tensor = (PtqTensor){ PTQ_ELEMENT_FLOAT, 4, { 1, 3, 16, 16 }, values,
    N_VALUES * sizeof (gfloat) };
}

static const PtqTensor *
answer (PtqSession *session, const PtqTensor *sample)
{
  g_autoptr (GError) error = NULL;

  ptq_session_run (session, sample, 1, NULL, &error);
  g_assert_no_error (error);
  return ptq_session_get_output (session, 0);
}

static gboolean
is_not_half (Onnx__TensorProto *tensor, gpointer user_data, GError **error)
{
  (void) user_data;
  (void) error;
  g_assert_cmpint (tensor->data_type, !=, PTQ_ELEMENT_FLOAT16);
  return TRUE;
}

/* Element for element what the same net in float32 gives, rounded */
static void
test_meaning (void)
{
  g_autoptr (PtqModel) half = load ("half-convnet.onnx");
  g_autoptr (PtqModel) wide = load ("wide-convnet.onnx");
  g_autoptr (PtqSession) a = NULL, b = NULL;
  gboolean large[2] = { FALSE, FALSE };

  widen (half);
  ptq_model_foreach_tensor (
      ptq_model_get_proto (half), is_not_half, NULL, NULL);
  g_assert_cmpint (
      ptq_model_get_input (half, 0)->type, ==, PTQ_ELEMENT_FLOAT16);
  g_assert_cmpint (
      ptq_model_get_output (half, 0)->type, ==, PTQ_ELEMENT_FLOAT16);

  a = open_session (half);
  b = open_session (wide);
  for (guint seed = 0; seed < 20; seed++) {
    gfloat values[N_VALUES];
    PtqTensor sample;
    const PtqTensor *x, *y;
    gfloat largest = -G_MAXFLOAT;

    make_sample (&sample, values, seed);
    x = answer (a, &sample);
    y = answer (b, &sample);
    g_assert_cmpint (x->type, ==, PTQ_ELEMENT_FLOAT16);
    for (guint i = 0; i < 10; i++) {
      gfloat expected = ((const gfloat *) y->data)[i];

      g_assert_cmpfloat_with_epsilon (
          ptq_half_to_float (((const guint16 *) x->data)[i]), expected,
          1e-5 + fabsf (expected) * 0x1p-11);
      largest = MAX (largest, expected);
    }
    large[largest > 1] = TRUE;
  }
  /* Both branches of its If were there: one adds 1 and more. */
  g_assert_true (large[0]);
  g_assert_true (large[1]);
}

/* A model of float32 is left as it is. */
static void
test_nothing_to_widen (void)
{
  g_autoptr (PtqModel) model = load ("wide-convnet.onnx");
  g_autoptr (GBytes) before = ptq_model_to_bytes (model, NULL);
  g_autoptr (GBytes) after = NULL;

  widen (model);
  after = ptq_model_to_bytes (model, NULL);
  g_assert_true (g_bytes_equal (before, after));
}

/* Constants with a Cast behind them are weights like any after preparation. */
static void
test_prepared (void)
{
  static const gchar *const names[] = { "half-weights.onnx",
    "half-convnet.onnx" };
  g_autoptr (PtqSettings) settings = ptq_settings_new ();

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (PtqModel) model = load (names[i]);
    g_autoptr (GError) error = NULL;
    g_autoptr (PtqModel) prepared = ptq_prepare_model (model, &error);
    Onnx__NodeProto *node;

    g_assert_no_error (error);
    node = find_node (prepared, "first");
    for (guint input = 1; input <= 2; input++) {
      Onnx__TensorProto *tensor = ptq_graph_find_initializer (
          ptq_model_get_graph (prepared), node->input[input]);

      g_assert_nonnull (tensor);
      g_assert_cmpint (tensor->data_type, ==, PTQ_ELEMENT_FLOAT);
    }
    g_assert_cmpint (ptq_model_get_input (prepared, 0)->type, ==,
        ptq_model_get_input (model, 0)->type);
  }
}

static gdouble
find_sqnr (PtqModel *model, PtqModel *quantized)
{
  g_autoptr (PtqSession) a = open_session (model);
  g_autoptr (PtqSession) b = open_session (quantized);
  gdouble signal = 0, noise = 1e-30;

  for (guint seed = 0; seed < 10; seed++) {
    gfloat values[N_VALUES];
    PtqTensor sample;
    const PtqTensor *x, *y;

    make_sample (&sample, values, seed);
    x = answer (a, &sample);
    y = answer (b, &sample);
    for (guint i = 0; i < 10; i++) {
      gdouble p = x->type == PTQ_ELEMENT_FLOAT
          ? ((const gfloat *) x->data)[i]
          : ptq_half_to_float (((const guint16 *) x->data)[i]);
      gdouble q = y->type == PTQ_ELEMENT_FLOAT
          ? ((const gfloat *) y->data)[i]
          : ptq_half_to_float (((const guint16 *) y->data)[i]);

      signal += p * p;
      noise += (p - q) * (p - q);
    }
  }
  return 10 * log10 (signal / noise);
}

static PtqModel *
quantize_fully (PtqModel *model, PtqSettings *settings)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqCalibrator) calibrator =
      ptq_calibrator_new (model, settings, &error);
  g_autoptr (PtqQuantizer) quantizer = NULL;
  PtqModel *quantized;

  g_assert_no_error (error);
  for (guint seed = 0; seed < 10; seed++) {
    gfloat values[N_VALUES];
    PtqTensor sample;

    make_sample (&sample, values, seed);
    ptq_calibrator_push (calibrator, &sample, 1, NULL, &error);
    g_assert_no_error (error);
  }
  quantizer = ptq_quantizer_new (model, settings, calibrator);
  quantized = ptq_quantizer_run (quantizer, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  ptq_report_write (quantizer, quantized, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return quantized;
}

/* As many integer kernels as the same net in float32 gets, and the ends of
 * before */
static void
test_full (void)
{
  static const gchar *const names[] = { "half-convnet.onnx",
    "half-weights.onnx" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (PtqModel) model = load (names[i]);
    g_autoptr (PtqSettings) settings = ptq_settings_new ();
    g_autoptr (PtqModel) quantized = quantize_fully (model, settings);
    guint n_integer, n_float;

    g_assert_true (
        ptq_runtime_count_kernels (quantized, &n_integer, &n_float, NULL));
    g_assert_cmpuint (n_integer, ==, 4);
    g_assert_cmpuint (n_float, ==, 0);
    g_assert_cmpint (ptq_model_get_input (quantized, 0)->type, ==,
        ptq_model_get_input (model, 0)->type);
    g_assert_cmpint (ptq_model_get_output (quantized, 0)->type, ==,
        ptq_model_get_output (model, 0)->type);
    g_assert_cmpfloat (find_sqnr (model, quantized), >, 25);
  }
}

static void
test_weight (void)
{
  static const gchar *const names[] = { "half-convnet.onnx",
    "half-weights.onnx" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (PtqModel) model = load (names[i]);
    g_autoptr (PtqSettings) settings = ptq_settings_new ();
    g_autoptr (PtqQuantizer) quantizer = NULL;
    g_autoptr (PtqModel) quantized = NULL;
    g_autoptr (GError) error = NULL;

    g_object_set (settings, "quant-type", PTQ_QUANT_TYPE_WEIGHT,
        "min-quant-weight-channel", 0u, NULL);
    quantizer = ptq_quantizer_new (model, settings, NULL);
    quantized = ptq_quantizer_run (quantizer, NULL, NULL, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (ptq_quantizer_get_n_quantized (quantizer), ==, 4);
    g_assert_cmpfloat (find_sqnr (model, quantized), >, 40);
  }
}

static guint
count_lines (const gchar *text)
{
  guint n = 0;

  for (; *text != '\0'; text++)
    n += *text == '\n';
  return n;
}

static gchar *
read_round (const gchar *folder)
{
  g_autofree gchar *path = g_build_filename (folder, "round_0.csv", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  gchar *text = NULL;
  const gchar *name;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree gchar *file = g_build_filename (folder, name, NULL);

    g_remove (file);
  }
  return text;
}

/* Results of other types than the model has, and reports of them: the types
 * are ends alone, so that the reports have the same rows. */
static void
test_data_types (void)
{
  g_autoptr (PtqModel) model = load ("convnet.onnx");
  g_autofree gchar *folder = g_dir_make_tmp ("ptq-test-XXXXXX", NULL);

  for (guint i = 0; i < 2; i++) {
    g_autoptr (PtqSettings) settings = ptq_settings_new ();
    g_autoptr (PtqModel) plain = NULL;
    g_autoptr (PtqModel) changed = NULL;
    g_autofree gchar *plain_text = NULL;
    g_autofree gchar *changed_text = NULL;

    g_object_set (settings, "quant-type",
        i == 0 ? PTQ_QUANT_TYPE_FULL : PTQ_QUANT_TYPE_WEIGHT,
        "min-quant-weight-channel", 0u, "debug-info-save-path", folder, NULL);
    plain = quantize_fully (model, settings);
    plain_text = read_round (folder);
    g_object_set (settings, "input-data-type", PTQ_DATA_TYPE_FLOAT16,
        "output-data-type", PTQ_DATA_TYPE_FLOAT16, NULL);
    changed = quantize_fully (model, settings);
    changed_text = read_round (folder);

    g_assert_cmpint (
        ptq_model_get_input (changed, 0)->type, ==, PTQ_ELEMENT_FLOAT16);
    g_assert_cmpint (
        ptq_model_get_output (changed, 0)->type, ==, PTQ_ELEMENT_FLOAT16);
    g_assert_cmpuint (count_lines (changed_text), ==, count_lines (plain_text));
    g_assert_cmpuint (count_lines (plain_text), >, 8);
    g_assert_cmpfloat (find_sqnr (plain, changed), >, 50);
  }
  g_rmdir (folder);
}

/* The search sees outputs of float16, too: a target that is missed leaves a
 * smaller init-scale than one where nothing is compared. */
static void
test_auto_tune (void)
{
  g_autoptr (PtqModel) model = load ("half-convnet.onnx");
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (PtqQuantizer) quantizer = NULL;
  g_autoptr (PtqModel) quantized = NULL;
  g_autoptr (GError) error = NULL;

  g_object_set (settings, "quant-type", PTQ_QUANT_TYPE_WEIGHT, "bit-num", 0,
      "auto-tune", TRUE, "min-quant-weight-channel", 0u, NULL);
  quantizer = ptq_quantizer_new (model, settings, NULL);
  quantized = ptq_quantizer_run (quantizer, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (find_sqnr (model, quantized), >, 12);
}

/* float32 for an input of float16 is what its rounded numbers are. */
static void
test_session (void)
{
  g_autoptr (PtqModel) model = load ("half-convnet.onnx");
  g_autoptr (PtqSession) session = open_session (model);
  gfloat values[N_VALUES];
  guint16 halves[N_VALUES];
  g_autofree gpointer first = NULL;
  g_autoptr (GError) error = NULL;
  PtqTensor sample;
  const PtqTensor *output;

  make_sample (&sample, values, 3);
  for (guint i = 0; i < N_VALUES; i++) {
    values[i] += 1e-5f * i;
    halves[i] = ptq_half_from_float (values[i]);
  }
  output = answer (session, &sample);
  first = g_memdup2 (output->data, output->size);
  sample.type = PTQ_ELEMENT_FLOAT16;
  sample.data = halves;
  sample.size /= 2;
  output = answer (session, &sample);
  g_assert_cmpmem (first, output->size, output->data, output->size);

  sample.type = PTQ_ELEMENT_INT16;
  g_assert_false (ptq_session_run (session, &sample, 1, NULL, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE);
  g_assert_nonnull (strstr (error->message, "the model wants float16"));
}

/* ---- the ends ---- */

static void
set_types (PtqModel *model, PtqElementType input, PtqElementType output)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (ptq_model_set_input_type (model, 0, input, &error));
  g_assert_no_error (error);
  g_assert_true (ptq_model_set_output_type (model, 0, output, &error));
  g_assert_no_error (error);
  g_assert_cmpint (ptq_model_get_input (model, 0)->type, ==, input);
  g_assert_cmpint (ptq_model_get_output (model, 0)->type, ==, output);
}

/* There and back again leaves no Cast behind, and no rounding. */
static void
test_ends (void)
{
  g_autoptr (PtqModel) model = load ("convnet.onnx");
  g_autoptr (PtqModel) changed = ptq_model_copy (model, NULL);

  set_types (changed, PTQ_ELEMENT_FLOAT16, PTQ_ELEMENT_FLOAT);
  g_assert_cmpuint (count_nodes (changed, "Cast"), ==, 1);
  g_assert_cmpfloat (find_sqnr (model, changed), >, 100);
  set_types (changed, PTQ_ELEMENT_FLOAT, PTQ_ELEMENT_FLOAT);
  g_assert_cmpuint (count_nodes (changed, "Cast"), ==, 0);
  g_assert_cmpfloat (find_sqnr (model, changed), >, 100);
  set_types (changed, PTQ_ELEMENT_FLOAT, PTQ_ELEMENT_FLOAT16);
  set_types (changed, PTQ_ELEMENT_FLOAT, PTQ_ELEMENT_FLOAT16);
  g_assert_cmpuint (count_nodes (changed, "Cast"), ==, 1);
  set_types (changed, PTQ_ELEMENT_FLOAT, PTQ_ELEMENT_FLOAT);
  g_assert_cmpfloat (find_sqnr (model, changed), >, 100);
}

/* An output that is read inside as well, and one that is a constant */
static void
test_odd_outputs (void)
{
  g_autoptr (PtqModel) model =
      build_model ("input x 1x4\n Relu x y\n"
                   "Neg y z\n weight w 4\n output y\n output z\n output w\n");
  g_autoptr (PtqSession) session = NULL;
  gfloat values[4] = { 1, -2, 3, 0.5f };
  PtqTensor sample = { PTQ_ELEMENT_FLOAT, 2, { 1, 4 }, values, sizeof values };
  static const guint16 expected[4] = { 0x3c00, 0, 0x4200, 0x3800 };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 3; i += 2) {
    ptq_model_set_output_type (model, i, PTQ_ELEMENT_FLOAT16, &error);
    /* build_model () leaves the type of the others open */
    g_assert_no_error (error);
  }
  session = open_session (model);
  answer (session, &sample);
  g_assert_cmpmem (ptq_session_get_output (session, 0)->data, 8, expected, 8);
  g_assert_cmpint (
      ptq_session_get_output (session, 1)->type, ==, PTQ_ELEMENT_FLOAT);
  g_assert_cmpfloat (
      ((const gfloat *) ptq_session_get_output (session, 1)->data)[2], ==, -3);
  g_assert_cmpint (
      ptq_session_get_output (session, 2)->type, ==, PTQ_ELEMENT_FLOAT16);
}

static void
test_refused (void)
{
  g_autoptr (PtqModel) model = load ("convnet.onnx");
  g_autoptr (PtqModel) through = build_model ("input x 1x4\n Relu x y\n"
                                              "output y\n output x\n");
  g_autoptr (GError) error = NULL;

  g_assert_false (
      ptq_model_set_input_type (model, 0, PTQ_ELEMENT_UINT8, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "\"image\""));
  g_clear_error (&error);
  g_assert_false (
      ptq_model_set_output_type (model, 0, PTQ_ELEMENT_INT8, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_false (
      ptq_model_set_input_type (through, 0, PTQ_ELEMENT_FLOAT16, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "is an output as well"));
  g_clear_error (&error);
  g_assert_false (
      ptq_model_set_output_type (through, 1, PTQ_ELEMENT_FLOAT16, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/widen-float16/meaning", test_meaning);
  g_test_add_func ("/widen-float16/nothing", test_nothing_to_widen);
  g_test_add_func ("/widen-float16/prepared", test_prepared);
  g_test_add_func ("/widen-float16/full", test_full);
  g_test_add_func ("/widen-float16/weight", test_weight);
  g_test_add_func ("/widen-float16/data-types", test_data_types);
  g_test_add_func ("/widen-float16/auto-tune", test_auto_tune);
  g_test_add_func ("/widen-float16/session", test_session);
  g_test_add_func ("/widen-float16/ends", test_ends);
  g_test_add_func ("/widen-float16/odd-outputs", test_odd_outputs);
  g_test_add_func ("/widen-float16/refused", test_refused);
  return g_test_run ();
}
