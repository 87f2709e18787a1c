/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Preprocessing from configuration files: [data_preprocess_param].
 */
#include <string.h>
#include "config-private.h"
#include "ini-folder.h"

static PtqPreprocess *
load_preprocess_sample (const gchar *name)
{
  g_autofree gchar *path =
      g_test_build_filename (G_TEST_DIST, "data", "ini", name, NULL);
  g_autoptr (GError) error = NULL;
  PtqPreprocess *self = ptq_preprocess_new_from_file (path, &error);

  g_assert_no_error (error);
  return self;
}

static void
assert_sample_preprocess (PtqPreprocess *self)
{
  PtqResizeMethod method;
  guint width, height, n;

  g_assert_cmpuint (ptq_preprocess_get_n_inputs (self), ==, 2);
  g_assert_cmpstr (ptq_preprocess_get_input_name (self, 0), ==, "input_name_1");
  g_assert_cmpstr (
      ptq_preprocess_get_folder (self, 0), ==, "/mnt/image/input_1_dir");
  g_assert_cmpstr (ptq_preprocess_get_input_name (self, 1), ==, "input_name_2");
  g_assert_cmpstr (ptq_preprocess_get_folder (self, 1), ==, "input_2_dir");
  g_assert_cmpuint (ptq_preprocess_get_calibrate_size (self), ==, 100);
  g_assert_cmpint (
      ptq_preprocess_get_input_type (self), ==, PTQ_INPUT_TYPE_IMAGE);
  g_assert_cmpint (
      ptq_preprocess_get_image_to_format (self), ==, PTQ_IMAGE_FORMAT_RGB);
  g_assert_cmpfloat (
      ptq_preprocess_get_normalize_mean (self, &n)[2], ==, 127.5);
  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpfloat (ptq_preprocess_get_normalize_std (self, &n)[0], ==, 127.5);
  g_assert_cmpuint (n, ==, 3);
  g_assert_true (ptq_preprocess_get_resize (self, &method, &width, &height));
  g_assert_cmpint (method, ==, PTQ_RESIZE_LINEAR);
  g_assert_cmpuint (width, ==, 224);
  g_assert_cmpuint (height, ==, 224);
  g_assert_true (ptq_preprocess_get_center_crop (self, &width, &height));
  g_assert_cmpuint (width, ==, 224);
  g_assert_cmpuint (height, ==, 224);
}

static void
test_sample_preprocess (void)
{
  g_autoptr (PtqPreprocess) full = load_preprocess_sample ("full_quant.cfg");
  g_autoptr (PtqPreprocess) part =
      load_preprocess_sample ("data_preprocess_param.cfg");
  g_autoptr (PtqPreprocess) none =
      load_preprocess_sample ("fixed_bit_weight_quant.cfg");
  g_autoptr (GError) error = NULL;

  assert_sample_preprocess (full);
  assert_sample_preprocess (part);
  g_assert_true (ptq_preprocess_validate (part, NULL));
  g_assert_false (ptq_preprocess_validate (none, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS);
}

#define FULL_TYPE "[common_quant_param]\nquant_type=FULL_QUANT\n"

/* The settings speak of the file, the preprocessing of its own section. */
static void
test_sections_once (void)
{
  g_autofree gchar *path = ini_folder_write (
      FULL_TYPE "[data_preproces_param]\n"
                "[data_preprocess_param]\ncenter_crop_width=3\n");
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqPreprocess) self = ptq_preprocess_new_from_file (path, &error);
  const gchar *const *warnings = ptq_preprocess_get_warnings (self);

  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length ((gchar **) warnings), ==, 1);
  g_assert_nonnull (strstr (warnings[0], "center_crop_width"));
}

static PtqPreprocess *
preprocess (const gchar *text, GError **error)
{
  g_autofree gchar *whole =
      g_strconcat ("[data_preprocess_param]\n", text, NULL);
  g_autofree gchar *path = ini_folder_write (whole);

  return ptq_preprocess_new_from_file (path, error);
}

static void
test_calibrate_path (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqPreprocess) self =
      preprocess ("calibrate_path= input:0:/a/b "
                  ", in2 : '/with, comma:and colon' ,in3:/home/o'brien/x\n",
          &error);

  g_assert_no_error (error);
  g_assert_cmpuint (ptq_preprocess_get_n_inputs (self), ==, 3);
  g_assert_cmpstr (ptq_preprocess_get_input_name (self, 0), ==, "input:0");
  g_assert_cmpstr (ptq_preprocess_get_folder (self, 0), ==, "/a/b");
  g_assert_cmpstr (ptq_preprocess_get_input_name (self, 1), ==, "in2");
  g_assert_cmpstr (
      ptq_preprocess_get_folder (self, 1), ==, "/with, comma:and colon");
  g_assert_cmpstr (ptq_preprocess_get_folder (self, 2), ==, "/home/o'brien/x");
}

static void
assert_preprocess_refused (const gchar *text, const gchar *part)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (preprocess (text, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS);
  if (strstr (error->message, part) == NULL)
    g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, part));
}

static void
test_steps_together (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqPreprocess) gray = preprocess ("image_to_format=GRAY\n"
                                               "normalize_mean=[-1.5e1]\n",
      &error);
  g_autoptr (PtqPreprocess) half = preprocess ("resize_width=4\n"
                                               "center_crop_width=3\n",
      &error);
  g_autoptr (PtqPreprocess) bin = preprocess ("input_type=BIN\n"
                                              "normalize_mean=[1]\n",
      &error);
  PtqResizeMethod method;
  guint n, width, height;

  g_assert_no_error (error);
  g_assert_cmpfloat (
      ptq_preprocess_get_normalize_mean (gray, &n)[0], ==, -15.0);
  g_assert_null (ptq_preprocess_get_normalize_std (gray, &n));
  g_assert_cmpuint (n, ==, 0);
  g_assert_false (ptq_preprocess_get_resize (half, &method, &width, &height));
  g_assert_false (ptq_preprocess_get_center_crop (half, &width, &height));
  g_assert_cmpuint (
      g_strv_length ((gchar **) ptq_preprocess_get_warnings (half)), ==, 2);
  g_assert_cmpint (ptq_preprocess_get_input_type (bin), ==, PTQ_INPUT_TYPE_BIN);

  assert_preprocess_refused ("normalize_mean=[1]\n",
      "has 1 value, but colour pictures have 3 channels");
  assert_preprocess_refused ("image_to_format=GRAY\nnormalize_std=[1,2,3]\n",
      "has 3 values, but GRAY pictures have 1 channel");
  assert_preprocess_refused ("resize_method=CUBIC\nresize_height=3\n",
      "resize_width: is missing beside resize_method");
  assert_preprocess_refused ("resize_method=CUBIC\nresize_width=3\n",
      "resize_height: is missing beside resize_method");
}

static void
test_mandatory (void)
{
  static const gchar *const texts[] = { "calibrate_size=1\ninput_type=BIN\n",
    "calibrate_path", "calibrate_path=a:b\ninput_type=BIN\n", "calibrate_size",
    "calibrate_path=a:b\ncalibrate_size=1\n", "input_type" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i += 2) {
    g_autoptr (GError) error = NULL;
    g_autoptr (PtqPreprocess) self = preprocess (texts[i], &error);

    g_assert_no_error (error);
    g_assert_false (ptq_preprocess_validate (self, &error));
    g_assert_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS);
    g_assert_nonnull (strstr (error->message, texts[i + 1]));
  }
}

int
main (int argc, char **argv)
{
  gint result;

  g_test_init (&argc, &argv, NULL);
  ini_folder_make ();

  g_test_add_func ("/preprocess-ini/sample", test_sample_preprocess);
  g_test_add_func ("/preprocess-ini/sections-once", test_sections_once);
  g_test_add_func ("/preprocess-ini/calibrate-path", test_calibrate_path);
  g_test_add_func ("/preprocess-ini/steps-together", test_steps_together);
  g_test_add_func ("/preprocess-ini/mandatory", test_mandatory);
  result = g_test_run ();
  ini_folder_remove ();
  return result;
}
