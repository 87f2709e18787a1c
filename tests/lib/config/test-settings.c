/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Settings as properties: defaults, copies and names.
 */
#include "config-private.h"

/* The defaults are those of the format's published tables. */
static void
test_defaults (void)
{
  g_autoptr (PtqSettings) self = ptq_settings_new ();

  g_assert_cmpint (ptq_settings_get_quant_type (self), ==, PTQ_QUANT_TYPE_FULL);
  g_assert_cmpint (ptq_settings_get_bit_num (self), ==, 8);
  g_assert_cmpuint (ptq_settings_get_min_quant_weight_size (self), ==, 0);
  g_assert_cmpuint (ptq_settings_get_min_quant_weight_channel (self), ==, 16);
  g_assert_null (ptq_settings_get_skip_quant_node (self)[0]);
  g_assert_null (ptq_settings_get_debug_info_save_path (self));
  g_assert_cmpfloat (ptq_settings_get_init_scale (self), ==, 0.02);
  g_assert_false (ptq_settings_get_auto_tune (self));
  g_assert_cmpint (ptq_settings_get_activation_quant_method (self), ==,
      PTQ_ACTIVATION_MAX_MIN);
  g_assert_true (ptq_settings_get_bias_correction (self));
  g_assert_cmpint (ptq_settings_get_target (self), ==, PTQ_TARGET_ONNXRUNTIME);
  g_assert_cmpuint (ptq_settings_get_replay_samples (self), ==, 128);
  g_assert_true (ptq_settings_get_weight_per_channel (self));
  g_assert_true (ptq_settings_get_weight_bias_correction (self));
  g_assert_true (ptq_settings_get_equalization (self));
  g_assert_true (ptq_settings_get_weight_kernel_sums (self));
  g_assert_null (ptq_settings_get_report_location (self));
  g_assert_false (ptq_settings_get_fp16 (self));
  g_assert_cmpfloat (ptq_settings_get_min_sqnr (self), ==, 0);
}

/* What an object starts with is what its properties say. */
static void
test_defaults_of_properties (void)
{
  g_autoptr (PtqSettings) self = ptq_settings_new ();
  g_autofree GParamSpec **pspecs = NULL;
  guint n;

  pspecs = g_object_class_list_properties (G_OBJECT_GET_CLASS (self), &n);
  g_assert_cmpuint (n, ==, 25);
  for (guint i = 0; i < n; i++) {
    GValue value = G_VALUE_INIT;

    g_object_get_property (G_OBJECT (self), pspecs[i]->name, &value);
    if (!g_param_value_defaults (pspecs[i], &value))
      g_test_message ("%s", pspecs[i]->name);
    g_assert_true (g_param_value_defaults (pspecs[i], &value));
    g_assert_false (ptq_settings_is_set (self, pspecs[i]->name));
    g_value_unset (&value);
  }
}

/* A value of each property that is not its default */
static void
set_everything (PtqSettings *self)
{
  g_object_set (self, "quant-type", PTQ_QUANT_TYPE_WEIGHT, "bit-num", 5,
      "min-quant-weight-size", 11u, "min-quant-weight-channel", 12u,
      "skip-quant-node", " a, b c ,,d", "debug-info-save-path", "/tmp/debug",
      "init-scale", 0.25, "auto-tune", TRUE, "activation-quant-method",
      PTQ_ACTIVATION_KL, "bias-correction", FALSE, "target",
      PTQ_TARGET_TENSORRT, "reduce-range", PTQ_REDUCE_RANGE_OFF,
      "replay-samples", 7u, "kl-sides", PTQ_KL_SIDES_TWO, "weight-storage",
      PTQ_WEIGHT_STORAGE_NATIVE, "weight-per-channel", FALSE,
      "weight-bias-correction", FALSE, "equalization", FALSE,
      "weight-kernel-sums", FALSE, "report-location", "/tmp/report.html",
      "fp16", TRUE, "min-sqnr", 12.5, "input-data-type", PTQ_DATA_TYPE_FLOAT16,
      "output-data-type", PTQ_DATA_TYPE_FLOAT32, "disable-passes",
      "verify,measure", NULL);
}

static void
assert_everything (PtqSettings *self)
{
  const gchar *const *skip = ptq_settings_get_skip_quant_node (self);

  g_assert_cmpint (
      ptq_settings_get_quant_type (self), ==, PTQ_QUANT_TYPE_WEIGHT);
  g_assert_cmpint (ptq_settings_get_bit_num (self), ==, 5);
  g_assert_cmpuint (ptq_settings_get_min_quant_weight_size (self), ==, 11);
  g_assert_cmpuint (ptq_settings_get_min_quant_weight_channel (self), ==, 12);
  g_assert_cmpuint (g_strv_length ((gchar **) skip), ==, 3);
  g_assert_cmpstr (skip[0], ==, "a");
  g_assert_cmpstr (skip[1], ==, "b c");
  g_assert_cmpstr (skip[2], ==, "d");
  g_assert_cmpstr (
      ptq_settings_get_debug_info_save_path (self), ==, "/tmp/debug");
  g_assert_cmpfloat (ptq_settings_get_init_scale (self), ==, 0.25);
  g_assert_true (ptq_settings_get_auto_tune (self));
  g_assert_cmpint (
      ptq_settings_get_activation_quant_method (self), ==, PTQ_ACTIVATION_KL);
  g_assert_false (ptq_settings_get_bias_correction (self));
  g_assert_cmpint (ptq_settings_get_target (self), ==, PTQ_TARGET_TENSORRT);
  g_assert_cmpint (
      ptq_settings_get_reduce_range (self), ==, PTQ_REDUCE_RANGE_OFF);
  g_assert_cmpuint (ptq_settings_get_replay_samples (self), ==, 7);
  g_assert_cmpint (ptq_settings_get_kl_sides (self), ==, PTQ_KL_SIDES_TWO);
  g_assert_cmpint (
      ptq_settings_get_weight_storage (self), ==, PTQ_WEIGHT_STORAGE_NATIVE);
  g_assert_false (ptq_settings_get_weight_per_channel (self));
  g_assert_false (ptq_settings_get_weight_bias_correction (self));
  g_assert_false (ptq_settings_get_equalization (self));
  g_assert_false (ptq_settings_get_weight_kernel_sums (self));
  g_assert_cmpstr (
      ptq_settings_get_report_location (self), ==, "/tmp/report.html");
  g_assert_true (ptq_settings_get_fp16 (self));
  g_assert_cmpfloat (ptq_settings_get_min_sqnr (self), ==, 12.5);
  g_assert_cmpint (
      ptq_settings_get_input_data_type (self), ==, PTQ_DATA_TYPE_FLOAT16);
  g_assert_cmpint (
      ptq_settings_get_output_data_type (self), ==, PTQ_DATA_TYPE_FLOAT32);
}

static void
test_copy (void)
{
  g_autoptr (PtqSettings) self = ptq_settings_new ();
  g_autoptr (PtqSettings) copy = NULL;
  g_autoptr (PtqSettings) fresh = ptq_settings_new ();

  set_everything (self);
  assert_everything (self);
  copy = ptq_settings_copy (self);
  assert_everything (copy);
  g_assert_true (ptq_settings_is_set (copy, "bit-num"));

  g_clear_object (&copy);
  copy = ptq_settings_copy (fresh);
  g_assert_false (ptq_settings_is_set (copy, "bit-num"));
}

/* All properties survive being read and written one by one. */
static void
test_round_trip (void)
{
  g_autoptr (PtqSettings) self = ptq_settings_new ();
  g_autoptr (PtqSettings) other = ptq_settings_new ();
  g_autofree GParamSpec **pspecs = NULL;
  guint n;

  set_everything (self);
  pspecs = g_object_class_list_properties (G_OBJECT_GET_CLASS (self), &n);
  for (guint i = 0; i < n; i++) {
    GValue value = G_VALUE_INIT;

    g_object_get_property (G_OBJECT (self), pspecs[i]->name, &value);
    g_assert_false (g_param_value_defaults (pspecs[i], &value));
    g_object_set_property (G_OBJECT (other), pspecs[i]->name, &value);
    g_assert_true (ptq_settings_is_set (other, pspecs[i]->name));
    g_value_unset (&value);
  }
  assert_everything (other);
}

static void
test_names_with_commas (void)
{
  g_autoptr (PtqSettings) self = ptq_settings_new ();
  const gchar *names[] = { "a,b", " c", NULL };

  ptq_settings_set_skip_quant_node (self, names);
  g_assert_cmpstr (ptq_settings_get_skip_quant_node (self)[0], ==, "a,b");
  g_assert_cmpstr (ptq_settings_get_skip_quant_node (self)[1], ==, " c");
  g_assert_true (ptq_settings_is_set (self, "skip-quant-node"));
  ptq_settings_set_skip_quant_node (self, NULL);
  g_assert_null (ptq_settings_get_skip_quant_node (self)[0]);
}

static void
assert_valid (
    PtqQuantType type, gint bits, gdouble init_scale, gboolean expected)
{
  g_autoptr (PtqSettings) self = ptq_settings_new ();
  g_autoptr (GError) error = NULL;

  g_object_set (self, "quant-type", type, "bit-num", bits, "init-scale",
      init_scale, NULL);
  g_assert_cmpint (ptq_settings_validate (self, &error), ==, expected);
  if (expected)
    g_assert_no_error (error);
  else
    g_assert_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS);
}

static void
test_validate (void)
{
  for (gint bits = 0; bits <= 16; bits++) {
    assert_valid (PTQ_QUANT_TYPE_FULL, bits, 0.02, bits >= 1 && bits <= 8);
    assert_valid (PTQ_QUANT_TYPE_WEIGHT, bits, 0.02, TRUE);
  }
  assert_valid (PTQ_QUANT_TYPE_WEIGHT, 0, 0.0, FALSE);
  assert_valid (PTQ_QUANT_TYPE_WEIGHT, 0, 1.0, FALSE);
  assert_valid (PTQ_QUANT_TYPE_WEIGHT, 0, 0.999, TRUE);
}

static void
test_nearest_name (void)
{
  const gchar *const names[] = { "Conv_0", "Conv_10", "add_8", NULL };

  g_assert_cmpstr (ptq_nearest_name ("conv_0", names), ==, "Conv_0");
  g_assert_cmpstr (ptq_nearest_name ("Conv_110", names), ==, "Conv_10");
  g_assert_cmpstr (ptq_nearest_name ("ad_8", names), ==, "add_8");
  g_assert_null (ptq_nearest_name ("MaxPool_17", names));
}

static void
test_skip_names (void)
{
  const gchar *const names[] = { "Conv_0", "Conv_10", "add_8", NULL };
  const gchar *const skip[] = { "add_8", "Add_8", "nothing_like_it", NULL };
  g_auto (GStrv) texts = ptq_skip_names_unmatched (skip, names);

  g_assert_cmpuint (g_strv_length (texts), ==, 2);
  g_assert_cmpstr (texts[0], ==,
      "skip_quant_node: the model has no node "
      "\"Add_8\"; did you mean \"add_8\"?");
  g_assert_cmpstr (texts[1], ==,
      "skip_quant_node: the model has no node "
      "\"nothing_like_it\"");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settings/defaults", test_defaults);
  g_test_add_func (
      "/settings/defaults-of-properties", test_defaults_of_properties);
  g_test_add_func ("/settings/copy", test_copy);
  g_test_add_func ("/settings/round-trip", test_round_trip);
  g_test_add_func ("/settings/names-with-commas", test_names_with_commas);
  g_test_add_func ("/settings/validate", test_validate);
  g_test_add_func ("/settings/nearest-name", test_nearest_name);
  g_test_add_func ("/settings/skip-names", test_skip_names);
  return g_test_run ();
}
