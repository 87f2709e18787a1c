/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Settings from configuration files: every key, and what wrong files are
 * answered with.
 */
#include <string.h>
#include "config-private.h"
#include "ini-folder.h"

static PtqSettings *
load (const gchar *text)
{
  g_autofree gchar *path = ini_folder_write (text);
  PtqSettings *self = ptq_settings_new ();
  g_autoptr (GError) error = NULL;

  ptq_settings_load_from_file (self, path, &error);
  g_assert_no_error (error);
  return self;
}

static PtqSettings *
load_sample (const gchar *name)
{
  g_autofree gchar *path =
      g_test_build_filename (G_TEST_DIST, "data", "ini", name, NULL);
  PtqSettings *self = ptq_settings_new ();
  g_autoptr (GError) error = NULL;

  /* Some are single sections, that do not name the type. */
  if (!g_str_has_suffix (name, "quant.cfg")
      && !g_str_equal (name, "common_quant_param.cfg")
      && !g_str_equal (name, "skip_quant_node.cfg"))
    g_object_set (self, "quant-type", PTQ_QUANT_TYPE_FULL, NULL);
  ptq_settings_load_from_file (self, path, &error);
  g_assert_no_error (error);
  g_assert_null (ptq_settings_get_warnings (self)[0]);
  return self;
}

static void
test_sample_common (void)
{
  g_autoptr (PtqSettings) self = load_sample ("common_quant_param.cfg");
  const gchar *const *skip = ptq_settings_get_skip_quant_node (self);

  g_assert_cmpint (
      ptq_settings_get_quant_type (self), ==, PTQ_QUANT_TYPE_WEIGHT);
  g_assert_cmpint (ptq_settings_get_bit_num (self), ==, 8);
  g_assert_cmpuint (ptq_settings_get_min_quant_weight_size (self), ==, 0);
  g_assert_cmpuint (ptq_settings_get_min_quant_weight_channel (self), ==, 16);
  g_assert_cmpuint (g_strv_length ((gchar **) skip), ==, 3);
  g_assert_cmpstr (skip[2], ==, "node_name3");
  g_assert_cmpstr (ptq_settings_get_debug_info_save_path (self), ==,
      "/home/workspace/mindspore/debug_info_save_path");
}

static void
test_sample_weight (void)
{
  g_autoptr (PtqSettings) mixed = load_sample ("mixed_bit_weight_quant.cfg");
  g_autoptr (PtqSettings) fixed = load_sample ("fixed_bit_weight_quant.cfg");
  g_autoptr (PtqSettings) part =
      load_sample ("mixed_bit_weight_quant_param.cfg");

  g_assert_cmpint (
      ptq_settings_get_quant_type (mixed), ==, PTQ_QUANT_TYPE_WEIGHT);
  g_assert_cmpint (ptq_settings_get_bit_num (mixed), ==, 0);
  g_assert_cmpuint (ptq_settings_get_min_quant_weight_size (mixed), ==, 5000);
  g_assert_cmpuint (ptq_settings_get_min_quant_weight_channel (mixed), ==, 5);
  g_assert_cmpfloat (ptq_settings_get_init_scale (mixed), ==, 0.02);
  g_assert_cmpint (ptq_settings_get_bit_num (fixed), ==, 8);
  g_assert_cmpuint (ptq_settings_get_min_quant_weight_channel (fixed), ==, 16);
  g_assert_false (ptq_settings_get_auto_tune (part));
}

static void
test_sample_full (void)
{
  g_autoptr (PtqSettings) full = load_sample ("full_quant.cfg");
  g_autoptr (PtqSettings) part = load_sample ("full_quant_param.cfg");
  g_autoptr (PtqSettings) skip = load_sample ("skip_quant_node.cfg");
  g_autoptr (PtqSettings) debug = load_sample ("debug_info_save_path.cfg");
  g_autoptr (PtqSettings) data = load_sample ("data_preprocess_param.cfg");
  const gchar *const *names = ptq_settings_get_skip_quant_node (skip);

  g_assert_cmpint (ptq_settings_get_quant_type (full), ==, PTQ_QUANT_TYPE_FULL);
  g_assert_cmpint (ptq_settings_get_activation_quant_method (full), ==,
      PTQ_ACTIVATION_MAX_MIN);
  g_assert_true (ptq_settings_get_bias_correction (part));
  g_assert_cmpuint (g_strv_length ((gchar **) names), ==, 3);
  g_assert_cmpstr (names[0], ==, "conv2d_1");
  g_assert_cmpstr (ptq_settings_get_debug_info_save_path (debug), ==,
      "/home/workspace/mindspore/debug_info_save_path");
  g_assert_cmpint (ptq_settings_get_bit_num (data), ==, 8);
}

#define FULL_TYPE "[common_quant_param]\nquant_type=FULL_QUANT\n"
#define WEIGHT_TYPE "[common_quant_param]\nquant_type=WEIGHT_QUANT\n"

/* Every key with a value that is not its default */
static void
test_every_key (void)
{
  g_autoptr (PtqSettings) self =
      load ("\xef\xbb\xbf# a comment\r\n"
            "[common_quant_param]\r\n"
            "  # another\r\n"
            "quant_type = WEIGHT_QUANT\r\n"
            "bit_num=\"+5\"\r\n"
            "min_quant_weight_size=65535\r\n"
            "min_quant_weight_channel=0\r\n"
            "skip_quant_node= a , b \r\n"
            "debug_info_save_path=C:\\new\\table=1;2\r\n"
            "enable_encode=false\r\n"
            "[weight_quant_param]\r\n"
            "per_channel=False\r\n"
            "bias_correction=FALSE\r\n"
            "[mixed_bit_weight_quant_param]\r\n"
            "init_scale=5e-1\r\n"
            "auto_tune=True\r\n"
            "[full_quant_param]\r\n"
            "activation_quant_method=RemovalOutlier\r\n"
            "bias_correction=false\r\n"
            "target_device=NVGPU\r\n"
            "per_channel=true\r\n"
            "[ptq_param]\r\n"
            "reduce_range=on\r\n"
            "replay_samples=1\r\n"
            "kl_sides=two\r\n"
            "weight_kernel_sums=false\r\n"
            "min_sqnr=12.5\r\n"
            "fp16=True\r\n");

  g_assert_cmpint (
      ptq_settings_get_quant_type (self), ==, PTQ_QUANT_TYPE_WEIGHT);
  g_assert_cmpint (ptq_settings_get_bit_num (self), ==, 5);
  g_assert_cmpuint (ptq_settings_get_min_quant_weight_size (self), ==, 65535);
  g_assert_cmpuint (ptq_settings_get_min_quant_weight_channel (self), ==, 0);
  g_assert_cmpstr (ptq_settings_get_skip_quant_node (self)[0], ==, "a");
  g_assert_cmpstr (ptq_settings_get_skip_quant_node (self)[1], ==, "b");
  g_assert_cmpstr (
      ptq_settings_get_debug_info_save_path (self), ==, "C:\\new\\table=1;2");
  g_assert_cmpint (
      ptq_settings_get_weight_storage (self), ==, PTQ_WEIGHT_STORAGE_QDQ);
  g_assert_false (ptq_settings_get_weight_per_channel (self));
  g_assert_false (ptq_settings_get_weight_bias_correction (self));
  g_assert_cmpfloat (ptq_settings_get_init_scale (self), ==, 0.5);
  g_assert_true (ptq_settings_get_auto_tune (self));
  g_assert_cmpint (ptq_settings_get_activation_quant_method (self), ==,
      PTQ_ACTIVATION_REMOVAL_OUTLIER);
  g_assert_false (ptq_settings_get_bias_correction (self));
  g_assert_cmpint (ptq_settings_get_target (self), ==, PTQ_TARGET_TENSORRT);
  g_assert_cmpint (
      ptq_settings_get_reduce_range (self), ==, PTQ_REDUCE_RANGE_ON);
  g_assert_cmpuint (ptq_settings_get_replay_samples (self), ==, 1);
  g_assert_cmpint (ptq_settings_get_kl_sides (self), ==, PTQ_KL_SIDES_TWO);
  g_assert_true (ptq_settings_get_fp16 (self));
  g_assert_cmpfloat (ptq_settings_get_min_sqnr (self), ==, 12.5);
  g_assert_false (ptq_settings_get_weight_kernel_sums (self));
}

static void
test_words (void)
{
  static const struct
  {
    const gchar *word;
    PtqActivationMethod method;
  } methods[] = { { "MAX_MIN", PTQ_ACTIVATION_MAX_MIN },
    { "KL", PTQ_ACTIVATION_KL },
    { "REMOVAL_OUTLIER", PTQ_ACTIVATION_REMOVAL_OUTLIER },
    { "RemovalOutlier", PTQ_ACTIVATION_REMOVAL_OUTLIER } };

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++) {
    g_autofree gchar *text = g_strdup_printf (FULL_TYPE
        "[full_quant_param]\nactivation_quant_method=%s\n",
        methods[i].word);
    g_autoptr (PtqSettings) self = load (text);

    g_assert_cmpint (
        ptq_settings_get_activation_quant_method (self), ==, methods[i].method);
  }
}

/* A repeated key: the last counts. A repeated section: its keys add up. */
static void
test_repeated (void)
{
  g_autoptr (PtqSettings) self = load (FULL_TYPE "bit_num=7\n"
                                                 "[full_quant_param]\n"
                                                 "bias_correction=false\n"
                                                 "[common_quant_param]\n"
                                                 "bit_num=6\n");

  g_assert_cmpint (ptq_settings_get_bit_num (self), ==, 6);
  g_assert_false (ptq_settings_get_bias_correction (self));
}

static void
test_set_properties_win (void)
{
  g_autofree gchar *path =
      ini_folder_write (FULL_TYPE "bit_num=7\n"
                                  "min_quant_weight_size=3\n");
  g_autofree gchar *without_type = NULL;
  g_autoptr (PtqSettings) self = ptq_settings_new ();
  g_autoptr (GError) error = NULL;

  g_object_set (self, "bit-num", 8, NULL);
  g_assert_true (ptq_settings_load_from_file (self, path, &error));
  g_assert_cmpint (ptq_settings_get_bit_num (self), ==, 8);
  g_assert_cmpuint (ptq_settings_get_min_quant_weight_size (self), ==, 3);
  g_assert_true (ptq_settings_is_set (self, "bit-num"));
  g_assert_false (ptq_settings_is_set (self, "min-quant-weight-size"));

  without_type = ini_folder_write ("[common_quant_param]\nbit_num=2\n");
  g_object_set (self, "quant-type", PTQ_QUANT_TYPE_WEIGHT, NULL);
  g_assert_true (ptq_settings_load_from_file (self, without_type, &error));
}

static void
test_unknown_sections (void)
{
  g_autoptr (PtqSettings) self =
      load (FULL_TYPE "[registry]\nx=y\n"
                      "[ful_quant_param]\nbias_correction=false\n");
  const gchar *const *warnings = ptq_settings_get_warnings (self);

  g_assert_cmpuint (g_strv_length ((gchar **) warnings), ==, 2);
  g_assert_true (g_str_has_suffix (warnings[0],
      "test.cfg:3: section [registry] is not known and was left out"));
  g_assert_true (g_str_has_suffix (warnings[1],
      "test.cfg:5: section [ful_quant_param] is not known and was left "
      "out; did you mean [full_quant_param]?"));
  g_assert_true (ptq_settings_get_bias_correction (self));
}

/* Cut short, and beyond what a slip of the finger is */
static void
test_short_sections (void)
{
  g_autoptr (PtqSettings) self = load (FULL_TYPE "[full_quant]\n[mixed_bit]\n"
                                                 "[data]\n[dat]\n");
  const gchar *const *warnings = ptq_settings_get_warnings (self);

  g_assert_cmpuint (g_strv_length ((gchar **) warnings), ==, 4);
  g_assert_nonnull (strstr (warnings[0], "[full_quant_param]?"));
  g_assert_nonnull (strstr (warnings[1], "[mixed_bit_weight_quant_param]?"));
  g_assert_nonnull (strstr (warnings[2], "[data_preprocess_param]?"));
  g_assert_true (g_str_has_suffix (warnings[3], "left out"));
}

static void
test_report_location (void)
{
  g_autoptr (PtqSettings) self =
      load (FULL_TYPE "[ptq_param]\n"
                      "report_location=a folder/page.html\n");

  g_assert_cmpstr (
      ptq_settings_get_report_location (self), ==, "a folder/page.html");
}

/* Wrong files, and what the message has to say after the name of the file. */
static const struct
{
  const gchar *text;
  const gchar *message;
} wrong_files[] = {
  { "",
      ": [common_quant_param] quant_type: is mandatory: FULL_QUANT or "
      "WEIGHT_QUANT" },
  { "[common_quant_param]\nbit_num=8\n",
      ": [common_quant_param] quant_type: "
      "is mandatory: FULL_QUANT or WEIGHT_QUANT" },
  { "bit_num=8\n[common_quant_param]\n",
      ":1: \"bit_num=8\" stands before "
      "the first [section]" },
  { FULL_TYPE "\nbit_num 8\n",
      ":4: \"bit_num 8\" is none of [section], "
      "key=value and # comment" },
  { FULL_TYPE "=8\n",
      ":3: \"=8\" is none of [section], key=value and "
      "# comment" },
  { FULL_TYPE "[full_quant_param\n",
      ":3: \"[full_quant_param\" is none of "
      "[section], key=value and # comment" },
  { FULL_TYPE "; bit_num\n",
      ":3: \"; bit_num\" is none of [section], "
      "key=value and # comment" },
  { "[common_quant_param]\nquant_type=FULL_QUAN\n",
      ":2: "
      "[common_quant_param] quant_type=FULL_QUAN: must be one of FULL_QUANT, "
      "WEIGHT_QUANT; did you mean FULL_QUANT?" },
  { "[common_quant_param]\nquant_type=weight_quant\n",
      ":2: "
      "[common_quant_param] quant_type=weight_quant: must be one of "
      "FULL_QUANT, WEIGHT_QUANT; did you mean WEIGHT_QUANT?" },
  { "[common_quant_param]\nquant_type=\n",
      ":2: [common_quant_param] "
      "quant_type=: must be one of FULL_QUANT, WEIGHT_QUANT" },
  { FULL_TYPE "# a\n\nbit_nun=8\n",
      ":5: [common_quant_param] bit_nun=8: "
      "there is no such key; did you mean bit_num? The section has "
      "quant_type, bit_num, min_quant_weight_size, min_quant_weight_channel, "
      "skip_quant_node, debug_info_save_path, enable_encode" },
  { FULL_TYPE "[mixed_bit_weight_quant_param]\nsomething_else=8\n",
      ":4: "
      "[mixed_bit_weight_quant_param] something_else=8: there is no such "
      "key; the section has init_scale, auto_tune" },
  { FULL_TYPE "min_sqnr=12\n",
      ":3: [common_quant_param] min_sqnr=12: this "
      "section has no such key; it belongs into [ptq_param]" },
  { FULL_TYPE "[full_quant_param]\nbit_num=8\n",
      ":4: [full_quant_param] "
      "bit_num=8: this section has no such key; it belongs into "
      "[common_quant_param]" },
  { FULL_TYPE "bit_num[de]=8\n",
      ":3: [common_quant_param] bit_num[de]=8: "
      "there is no such key; did you mean bit_num? The section has "
      "quant_type, bit_num, min_quant_weight_size, min_quant_weight_channel, "
      "skip_quant_node, debug_info_save_path, enable_encode" },
  { FULL_TYPE "bit_num=9\n",
      ":3: [common_quant_param] bit_num=9: bit_num is "
      "9, but full quantization has 1 to 8 bits; 0 and 9 to 16 are for "
      "weight quantization" },
  { FULL_TYPE "bit_num=0\n",
      ":3: [common_quant_param] bit_num=0: bit_num is "
      "0, but full quantization has 1 to 8 bits; 0 and 9 to 16 are for "
      "weight quantization" },
  { WEIGHT_TYPE "bit_num=17\n",
      ":3: [common_quant_param] bit_num=17: must "
      "be an integer from 0 to 16" },
  { WEIGHT_TYPE "bit_num=-1\n",
      ":3: [common_quant_param] bit_num=-1: must "
      "be an integer from 0 to 16" },
  { WEIGHT_TYPE "bit_num=8.0\n",
      ":3: [common_quant_param] bit_num=8.0: must "
      "be an integer from 0 to 16" },
  { WEIGHT_TYPE "bit_num=4294967304\n",
      ":3: [common_quant_param] "
      "bit_num=4294967304: must be an integer from 0 to 16" },
  { WEIGHT_TYPE "bit_num=8 # bits\n",
      ":3: [common_quant_param] bit_num=8 # "
      "bits: must be an integer from 0 to 16; a comment needs a line of its "
      "own" },
  { WEIGHT_TYPE "bit_num=eight\nbit_num=ten\n",
      ":4: [common_quant_param] "
      "bit_num=ten: must be an integer from 0 to 16" },
  { WEIGHT_TYPE "min_quant_weight_size=65536\n",
      ":3: [common_quant_param] "
      "min_quant_weight_size=65536: must be an integer from 0 to 65535" },
  { WEIGHT_TYPE "min_quant_weight_channel=-1\n",
      ":3: [common_quant_param] "
      "min_quant_weight_channel=-1: must be an integer from 0 to 65535" },
  { WEIGHT_TYPE "[mixed_bit_weight_quant_param]\ninit_scale=0\n",
      ":4: "
      "[mixed_bit_weight_quant_param] init_scale=0: must be a number above 0 "
      "and below 1" },
  { WEIGHT_TYPE "[mixed_bit_weight_quant_param]\ninit_scale=1.0\n",
      ":4: "
      "[mixed_bit_weight_quant_param] init_scale=1.0: must be a number above "
      "0 and below 1" },
  { WEIGHT_TYPE "[mixed_bit_weight_quant_param]\ninit_scale=nan\n",
      ":4: "
      "[mixed_bit_weight_quant_param] init_scale=nan: must be a number above "
      "0 and below 1" },
  { WEIGHT_TYPE "[mixed_bit_weight_quant_param]\ninit_scale=0,5\n",
      ":4: "
      "[mixed_bit_weight_quant_param] init_scale=0,5: must be a number above "
      "0 and below 1" },
  { WEIGHT_TYPE "[mixed_bit_weight_quant_param]\nauto_tune=yes\n",
      ":4: "
      "[mixed_bit_weight_quant_param] auto_tune=yes: must be true or false" },
  { FULL_TYPE "[full_quant_param]\nbias_correction=1\n",
      ":4: "
      "[full_quant_param] bias_correction=1: must be true or false" },
  { FULL_TYPE "[ptq_param]\nmin_sqnr=101\n",
      ":4: "
      "[ptq_param] min_sqnr=101: must be a number from 0 to 100" },
  { FULL_TYPE "[ptq_param]\nfp16=on\n",
      ":4: "
      "[ptq_param] fp16=on: must be true or false" },
  { FULL_TYPE "[full_quant_param]\nactivation_quant_method=MINMAX\n",
      ":4: "
      "[full_quant_param] activation_quant_method=MINMAX: must be one of "
      "MAX_MIN, KL, REMOVAL_OUTLIER, RemovalOutlier" },
  { FULL_TYPE "[full_quant_param]\ntarget_device=GPU\n",
      ":4: "
      "[full_quant_param] target_device=GPU: must be one of CPU, KIRIN, "
      "NVGPU, DSP, ASCEND; did you mean CPU?" },
  { FULL_TYPE "[data_preprocess_param]\ncalibrate_size=0\n",
      ":4: "
      "[data_preprocess_param] calibrate_size=0: must be an integer from 1 "
      "to 65535" },
  { FULL_TYPE "[data_preprocess_param]\ninput_type=PNG\n",
      ":4: "
      "[data_preprocess_param] input_type=PNG: must be one of IMAGE, BIN" },
  { FULL_TYPE "[data_preprocess_param]\nimage_to_format=GREY\n",
      ":4: "
      "[data_preprocess_param] image_to_format=GREY: must be one of RGB, "
      "GRAY, BGR; did you mean GRAY?" },
  { FULL_TYPE "[data_preprocess_param]\nnormalize_mean=1,2,3\n",
      ":4: "
      "[data_preprocess_param] normalize_mean=1,2,3: must be [a, b, c] for "
      "three channels or [a] for one, decimal numbers" },
  { FULL_TYPE "[data_preprocess_param]\nnormalize_mean=[1,2]\n",
      ":4: "
      "[data_preprocess_param] normalize_mean=[1,2]: must be [a, b, c] for "
      "three channels or [a] for one, decimal numbers" },
  { FULL_TYPE "[data_preprocess_param]\nnormalize_mean=[1,,2]\n",
      ":4: "
      "[data_preprocess_param] normalize_mean=[1,,2]: must be [a, b, c] for "
      "three channels or [a] for one, decimal numbers" },
  { FULL_TYPE "[data_preprocess_param]\nnormalize_std=[1, 0, 1]\n",
      ":4: "
      "[data_preprocess_param] normalize_std=[1, 0, 1]: must be [a, b, c] "
      "for three channels or [a] for one, decimal numbers other than 0" },
  { FULL_TYPE "[data_preprocess_param]\nresize_method=LINEAL\n",
      ":4: "
      "[data_preprocess_param] resize_method=LINEAL: must be one of LINEAR, "
      "NEAREST, CUBIC; did you mean LINEAR?" },
  { FULL_TYPE "[data_preprocess_param]\nresize_width=65536\n",
      ":4: "
      "[data_preprocess_param] resize_width=65536: must be an integer from 1 "
      "to 65535" },
  { FULL_TYPE "[data_preprocess_param]\ncenter_crop_height=0\n",
      ":4: "
      "[data_preprocess_param] center_crop_height=0: must be an integer from "
      "1 to 65535" },
  { FULL_TYPE "[data_preprocess_param]\ncalibrate_path=/a/b\n",
      ":4: "
      "[data_preprocess_param] calibrate_path=/a/b: must be "
      "input_name:folder for each input of the model, separated by commas; "
      "a folder with a comma or a colon in it is put in single quotes" },
  { FULL_TYPE "[data_preprocess_param]\ncalibrate_path=a:b,a:c\n",
      ":4: "
      "[data_preprocess_param] calibrate_path=a:b,a:c: must be one folder "
      "for each input, but \"a\" has two" },
};

static void
test_wrong_file (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autofree gchar *path = ini_folder_write (wrong_files[i].text);
  g_autofree gchar *expected = g_strconcat (path, wrong_files[i].message, NULL);
  g_autoptr (PtqSettings) self = ptq_settings_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (ptq_settings_load_from_file (self, path, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS);
  g_assert_cmpstr (error->message, ==, expected);
  g_assert_cmpint (ptq_settings_get_bit_num (self), ==, 8);
}

static void
test_unreadable (void)
{
  g_autofree gchar *missing =
      g_build_filename (ini_folder_get (), "missing.cfg", NULL);
  g_autofree gchar *binary =
      g_build_filename (ini_folder_get (), "test.cfg", NULL);
  g_autofree gchar *large = g_strnfill ((1 << 20) + 1, '#');
  g_autofree gchar *large_path = NULL;
  g_autoptr (PtqSettings) self = ptq_settings_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (ptq_settings_load_from_file (self, missing, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, missing));
  g_clear_error (&error);

  g_assert_false (
      ptq_settings_load_from_file (self, ini_folder_get (), &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, ": this is a folder, "));
  g_clear_error (&error);

  g_assert_true (g_file_set_contents (binary, "[a]\0b=c", 8, NULL));
  g_assert_false (ptq_settings_load_from_file (self, binary, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS);
  g_clear_error (&error);

  large_path = ini_folder_write (large);
  g_assert_false (ptq_settings_load_from_file (self, large_path, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS);
}

int
main (int argc, char **argv)
{
  gint result;

  g_test_init (&argc, &argv, NULL);
  ini_folder_make ();

  g_test_add_func ("/settings-ini/sample/common", test_sample_common);
  g_test_add_func ("/settings-ini/sample/weight", test_sample_weight);
  g_test_add_func ("/settings-ini/sample/full", test_sample_full);
  g_test_add_func ("/settings-ini/every-key", test_every_key);
  g_test_add_func ("/settings-ini/words", test_words);
  g_test_add_func ("/settings-ini/repeated", test_repeated);
  g_test_add_func ("/settings-ini/set-properties-win", test_set_properties_win);
  g_test_add_func ("/settings-ini/unknown-sections", test_unknown_sections);
  g_test_add_func ("/settings-ini/short-sections", test_short_sections);
  g_test_add_func ("/settings-ini/report-location", test_report_location);
  g_test_add_func ("/settings-ini/unreadable", test_unreadable);
  for (guint i = 0; i < G_N_ELEMENTS (wrong_files); i++) {
    g_autofree gchar *name = g_strdup_printf ("/settings-ini/wrong/%02u", i);

    g_test_add_data_func (name, GUINT_TO_POINTER (i), test_wrong_file);
  }
  result = g_test_run ();
  ini_folder_remove ();
  return result;
}
