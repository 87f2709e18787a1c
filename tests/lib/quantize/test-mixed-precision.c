/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Layers left float for a wanted ratio of signal to noise, which is measured
 * here on the very outputs. */

#include "observe-private.h"
#include "../run-model.h"

#include <glib/gstdio.h>
#include <string.h>

#define NET \
  "input x 1x4x12x12\n weight A 8x4x3x3\n" \
  "Conv x,A a\n Relu a r\n weight B 8x8x3x3\n Conv r,B b\n Relu b s\n" \
  "weight C 5x8x1x1\n Conv s,C y\n output y"

static PtqSettings *
new_settings (gdouble min_sqnr)
{
  PtqSettings *settings = ptq_settings_new ();

  g_object_set (settings, "min-sqnr", min_sqnr, NULL);
  return settings;
}

static const gchar *
find_warning (PtqQuantizer *quantizer, const gchar *text)
{
  const gchar *const *warnings = ptq_quantizer_get_warnings (quantizer);

  for (guint i = 0; warnings[i] != NULL; i++) {
    if (strstr (warnings[i], text) != NULL)
      return warnings[i];
  }
  return NULL;
}

static gboolean
same_bytes (PtqModel *a, PtqModel *b)
{
  g_autoptr (GBytes) x = ptq_model_to_bytes (a, NULL);
  g_autoptr (GBytes) y = ptq_model_to_bytes (b, NULL);

  return g_bytes_equal (x, y);
}

/* The wanted ratio is there, some layers are quantized still, and the line of
 * the warning leaves as many float; it gives the same model, or less than was
 * wanted, and then the warning says so. */
static void
check_choice (gdouble gain)
{
  g_autoptr (PtqModel) model = build_model (NET);
  g_autoptr (Samples) samples = samples_new (model, -1, 1);
  g_autoptr (PtqSettings) plain = new_settings (0);
  g_autoptr (PtqSettings) settings = NULL;
  g_autoptr (PtqModel) all = quantize (model, plain, samples, NULL);
  g_autoptr (PtqModel) chosen = NULL, again = NULL;
  g_autoptr (PtqQuantizer) quantizer = NULL;
  gdouble before = compare (model, all, samples), wanted = before + gain;
  const gchar *names;

  settings = new_settings (wanted);
  chosen = quantize (model, settings, samples, &quantizer);
  g_assert_cmpfloat (compare (model, chosen, samples), >=, wanted);
  g_assert_cmpfloat_with_epsilon (ptq_quantizer_get_sqnr (quantizer),
      compare (model, chosen, samples), 1e-3);
  g_assert_cmpuint (count_nodes (chosen, "DequantizeLinear"), >, 0);
  g_assert_cmpuint (count_nodes (chosen, "DequantizeLinear"), <,
      count_nodes (all, "DequantizeLinear"));

  names =
      strstr (find_warning (quantizer, "layers stay float"), "skip_quant_node=")
      + strlen ("skip_quant_node=");
  g_object_set (plain, "skip-quant-node", names, NULL);
  again = quantize (model, plain, samples, NULL);
  g_assert_cmpuint (count_nodes (again, "DequantizeLinear"), ==,
      count_nodes (chosen, "DequantizeLinear"));
  if (find_warning (quantizer, "by itself gives") == NULL)
    g_assert_true (same_bytes (again, chosen));
  else
    g_assert_cmpfloat (compare (model, again, samples), <, wanted);
}

static void
test_little (void)
{
  check_choice (0.5);
}

static void
test_more (void)
{
  check_choice (3);
}

/* Nothing is left float where all quantized is good enough. */
static void
test_enough (void)
{
  g_autoptr (PtqModel) model = build_model (NET);
  g_autoptr (Samples) samples = samples_new (model, -1, 1);
  g_autoptr (PtqSettings) plain = new_settings (0);
  g_autoptr (PtqSettings) settings = new_settings (5);
  g_autoptr (PtqModel) all = quantize (model, plain, samples, NULL);
  g_autoptr (PtqModel) chosen = quantize (model, settings, samples, NULL);

  g_assert_cmpfloat (compare (model, all, samples), >, 5);
  g_assert_true (same_bytes (all, chosen));
}

/* Reaches more than all layers quantized do, with @settings as they are. */
static void
check_reached (PtqModel *model, PtqSettings *settings)
{
  g_autoptr (Samples) samples = samples_new (model, -1, 1);
  g_autoptr (PtqModel) all = quantize (model, settings, samples, NULL);
  g_autoptr (PtqModel) chosen = NULL;
  gdouble wanted = compare (model, all, samples) + 0.5;

  g_object_set (settings, "min-sqnr", wanted, NULL);
  chosen = quantize (model, settings, samples, NULL);
  g_assert_cmpfloat (compare (model, chosen, samples), >=, wanted);
}

/* What the last layer reads has no scale of its own until the layers before
 * it are float. */
static void
test_moved (void)
{
  g_autoptr (PtqModel) model =
      build_model ("input x 1x4x12x12\n"
                   "weight A 8x4x3x3\n Conv x,A a\n"
                   "MaxPool a m kernel_shape=2,2 strides=2,2\n Flatten m f\n"
                   "weight B 200x5\n MatMul f,B y\n output y");
  g_autoptr (PtqSettings) settings = new_settings (0);

  check_reached (model, settings);
}

/* A product of activations is quantized, but not alone. */
static void
test_product (void)
{
  g_autoptr (PtqModel) model =
      build_model ("input x 1x4x8\n"
                   "weight A 8x8\n MatMul x,A a\n weight B 8x4\n MatMul x,B b\n"
                   "MatMul b,a p\n weight C 8x8\n MatMul p,C y\n output y");
  g_autoptr (PtqSettings) settings = new_settings (0);

  check_reached (model, settings);
}

/* Samples are kept for it also where nothing else asks for them. */
static void
test_alone (void)
{
  g_autoptr (PtqModel) model = build_model (NET);
  g_autoptr (PtqSettings) settings = new_settings (0);

  g_object_set (
      settings, "bias-correction", FALSE, "equalization", FALSE, NULL);
  check_reached (model, settings);
}

/* The line that the warning proposes keeps the names of the one before. */
static void
test_own_names (void)
{
  g_autoptr (PtqModel) model = build_model (NET);
  g_autoptr (Samples) samples = samples_new (model, -1, 1);
  g_autoptr (PtqSettings) settings = new_settings (0);
  g_autoptr (PtqModel) all = NULL, chosen = NULL;
  g_autoptr (PtqQuantizer) quantizer = NULL;

  g_object_set (settings, "skip-quant-node", "y", NULL);
  all = quantize (model, settings, samples, NULL);
  g_object_set (
      settings, "min-sqnr", compare (model, all, samples) + 0.5, NULL);
  chosen = quantize (model, settings, samples, &quantizer);
  g_assert_nonnull (find_warning (quantizer, "1 of 2 layers"));
  g_assert_nonnull (find_warning (quantizer, "skip_quant_node=y,"));
}

static void
test_weights (void)
{
  g_autoptr (PtqModel) model = build_model (NET);
  g_autoptr (PtqSettings) settings = new_settings (30);
  g_autoptr (PtqQuantizer) quantizer = NULL;
  g_autoptr (PtqModel) quantized = NULL;

  g_object_set (settings, "quant-type", PTQ_QUANT_TYPE_WEIGHT,
      "min-quant-weight-channel", 0, NULL);
  quantizer = ptq_quantizer_new (model, settings, NULL);
  quantized = ptq_quantizer_run (quantizer, NULL, NULL, NULL, NULL);
  g_assert_nonnull (quantized);
  g_assert_nonnull (find_warning (quantizer, "min-sqnr has no effect"));
}

static void
test_out_of_reach (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqModel) model = build_model (NET);
  g_autoptr (Samples) samples = samples_new (model, -1, 1);
  g_autoptr (PtqSettings) settings = new_settings (100);
  g_autoptr (PtqCalibrator) calibrator = calibrate (model, settings, samples);
  g_autoptr (PtqQuantizer) quantizer =
      ptq_quantizer_new (model, settings, calibrator);

  g_assert_null (ptq_quantizer_run (quantizer, NULL, NULL, NULL, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message,
      "min-sqnr of 100 dB is out of "
      "reach"));
}

static void
cancel_at_trial (const gchar *stage, gdouble fraction, gpointer user_data)
{
  if (g_str_equal (stage, "measuring layers alone") && fraction > 0.1)
    g_cancellable_cancel (user_data);
}

static void
test_cancelled (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqModel) model = build_model (NET);
  g_autoptr (Samples) samples = samples_new (model, -1, 1);
  g_autoptr (PtqSettings) settings = new_settings (60);
  g_autoptr (PtqCalibrator) calibrator = calibrate (model, settings, samples);
  g_autoptr (PtqQuantizer) quantizer =
      ptq_quantizer_new (model, settings, calibrator);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_assert_null (ptq_quantizer_run (
      quantizer, cancel_at_trial, cancellable, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* A model that is hardly of use says so. */
static void
test_poor (void)
{
  g_autoptr (PtqModel) model = build_model (NET);
  g_autoptr (Samples) samples = samples_new (model, -1, 1);
  g_autoptr (PtqSettings) settings = new_settings (0);
  g_autoptr (PtqModel) quantized = NULL;
  g_autoptr (PtqQuantizer) quantizer = NULL;

  g_object_set (settings, "bit-num", 2, NULL);
  quantized = quantize (model, settings, samples, &quantizer);
  g_assert_cmpfloat (compare (model, quantized, samples), <, 10);
  g_assert_nonnull (find_warning (quantizer, "min-sqnr=12"));
}

/* Of a model this small little can be saved, and codes need company. */
static void
test_growth (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqModel) built = build_model (NET);
  g_autofree gchar *path = NULL;
  g_autoptr (PtqModel) model = NULL;
  g_autoptr (Samples) samples = NULL;
  g_autoptr (PtqSettings) settings = new_settings (0);
  g_autoptr (PtqModel) quantized = NULL;
  g_autoptr (PtqQuantizer) quantizer = NULL;

  g_close (g_file_open_tmp ("ptq-test-XXXXXX.onnx", &path, NULL), NULL);
  g_assert_true (
      ptq_model_save (built, path, PTQ_MODEL_SAVE_DEFAULT, NULL, &error));
  model = ptq_model_load (path, &error);
  g_assert_no_error (error);
  samples = samples_new (model, -1, 1);
  quantized = quantize (model, settings, samples, &quantizer);
  g_assert_false (has_warning (quantizer, "is not smaller", "min-sqnr"));

  g_object_set (settings, "min-sqnr", compare (model, quantized, samples) + 4,
      "bit-num", 8, NULL);
  g_clear_object (&quantized);
  g_clear_object (&quantizer);
  quantized = quantize (model, settings, samples, &quantizer);
  g_assert_true (has_warning (quantizer, "is not smaller", "min-sqnr"));
  g_unlink (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keep-float/little", test_little);
  g_test_add_func ("/keep-float/more", test_more);
  g_test_add_func ("/keep-float/enough", test_enough);
  g_test_add_func ("/keep-float/moved", test_moved);
  g_test_add_func ("/keep-float/product", test_product);
  g_test_add_func ("/keep-float/alone", test_alone);
  g_test_add_func ("/keep-float/own-names", test_own_names);
  g_test_add_func ("/keep-float/weights", test_weights);
  g_test_add_func ("/keep-float/out-of-reach", test_out_of_reach);
  g_test_add_func ("/keep-float/cancelled", test_cancelled);
  g_test_add_func ("/keep-float/poor", test_poor);
  g_test_add_func ("/keep-float/growth", test_growth);
  return g_test_run ();
}
