/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ptq-convert as a user runs it: what becomes of data and files.
 */
#include <string.h>
#include <unistd.h>
#include <glib/gstdio.h>
#include "convert-fixture.h"

/* Runs */

static void
test_pictures (Fixture *fixture, gconstpointer data)
{
  (void) data;
  write_pictures (fixture, "my pictures", 4);
  assert_printed_line_agrees (fixture, "convnet.onnx", IMAGE_CONFIG);
  assert_contains (fixture->out, "Got EOS");
}

/* Every mark that a shell or the pipeline parser takes for its own */
static void
test_odd_folder (Fixture *fixture, gconstpointer data)
{
  (void) data;
  write_pictures (fixture, "a, b ! `c` $HOME \\ d:e", 1);
  assert_printed_line_agrees (fixture, "convnet.onnx",
      FULL_CONFIG "calibrate_size=1\n"
                  "calibrate_path=image:'a, b ! `c` $HOME \\ d:e'\n"
                  "input_type=IMAGE\nimage_to_format=RGB\n"
                  "resize_width=16\nresize_height=16\nresize_method=LINEAR\n");
}

static void
test_bins (Fixture *fixture, gconstpointer data)
{
  (void) data;
  write_bins (fixture, "b", 3, 3 * 16 * 16);
  assert_printed_line_agrees (fixture, "convnet.onnx",
      FULL_CONFIG "calibrate_path=image:b\ncalibrate_size=3\ninput_type=BIN\n");
}

static void
test_several_inputs (Fixture *fixture, gconstpointer data)
{
  (void) data;
  write_bins (fixture, "l", 4, 3 * 8 * 8);
  write_bins (fixture, "r", 3, 2 * 8 * 8);
  assert_printed_line_agrees (fixture, "two-inputs.onnx", TWO_CONFIG);
}

/* What is interleaved in one folder and planes in the other is the same. */
static void
test_layout_of_bins (Fixture *fixture, gconstpointer data)
{
  const gchar *config =
      FULL_CONFIG "calibrate_path=image:b\ncalibrate_size=1\ninput_type=BIN\n";
  gfloat planes[3 * 16 * 16], interleaved[3 * 16 * 16];
  g_autofree gchar *expected = NULL;
  g_autofree gchar *bytes = NULL;
  gsize length, expected_length;

  (void) data;
  for (guint i = 0; i < 16 * 16; i++) {
    for (guint c = 0; c < 3; c++)
      interleaved[i * 3 + c] = planes[c * 16 * 16 + i] =
          c * 2.0f + (i * 37 % 256) / 64.0f;
  }
  write_file (fixture, "b/0.bin", planes, sizeof (planes));
  convert (fixture, "convnet.onnx", config, "--inputDataFormat=NCHW");
  assert_succeeded (fixture);
  expected = read_output (fixture, &expected_length);
  write_file (fixture, "b/0.bin", interleaved, sizeof (interleaved));
  convert (fixture, "convnet.onnx", config, "--inputDataFormat=NHWC");
  assert_succeeded (fixture);
  bytes = read_output (fixture, &length);
  g_assert_cmpmem (bytes, length, expected, expected_length);
}

static void
test_wrong_bin (Fixture *fixture, gconstpointer data)
{
  (void) data;
  write_bins (fixture, "b", 3, 3 * 16 * 16);
  write_file (fixture, "b/01.bin", "abcd", 4);
  convert (fixture, "convnet.onnx",
      FULL_CONFIG "calibrate_path=image:b\ncalibrate_size=3\ninput_type=BIN\n",
      NULL);
  g_assert_cmpint (fixture->status, !=, 0);
  assert_contains (fixture->err, "01.bin");
  g_assert_false (exists (fixture, "out.onnx"));
}

/* Colour without normalize_mean and normalize_std */
static void
test_without_normalize (Fixture *fixture, gconstpointer data)
{
  (void) data;
  write_pictures (fixture, "p", 2);
  convert (fixture, "convnet.onnx",
      FULL_CONFIG "calibrate_path=image:p\n"
                  "calibrate_size=2\ninput_type=IMAGE\nimage_to_format=BGR\n"
                  "center_crop_width=16\ncenter_crop_height=16\n",
      NULL);
  assert_succeeded (fixture);
}

static void
test_input_shape (Fixture *fixture, gconstpointer data)
{
  (void) data;
  write_pictures (fixture, "my pictures", 4);
  convert (fixture, "convnet-open.onnx", IMAGE_CONFIG,
      "--inputShape=image:1,3,16,16");
  assert_succeeded (fixture);
}

static void
test_wrong_size (Fixture *fixture, gconstpointer data)
{
  (void) data;
  write_pictures (fixture, "p", 1);
  convert (fixture, "convnet.onnx",
      FULL_CONFIG "calibrate_path=image:p\n"
                  "calibrate_size=1\ninput_type=IMAGE\ncenter_crop_width=21\n"
                  "center_crop_height=16\n",
      NULL);
  g_assert_cmpint (fixture->status, !=, 0);
  g_assert_false (exists (fixture, "out.onnx"));
  assert_contains (fixture->err, "21");
}

/* Weights in a file beside the model, wherever the program is started: the
 * same bytes as from one file */
static void
test_weights_outside (Fixture *fixture, gconstpointer data)
{
  static const gchar *const configs[] = { IMAGE_CONFIG, WEIGHT_CONFIG };

  (void) data;
  write_pictures (fixture, "my pictures", 4);
  copy_model (fixture, "convnet-outside.onnx");
  copy_model (fixture, "convnet-outside.weights");
  for (guint i = 0; i < G_N_ELEMENTS (configs); i++) {
    g_autofree gchar *expected = NULL;
    g_autofree gchar *absolute = NULL;
    g_autofree gchar *relative = NULL;
    gsize expected_length, length;

    convert (fixture, "convnet.onnx", configs[i], NULL);
    assert_succeeded (fixture);
    expected = read_output (fixture, &expected_length);
    convert (fixture, "convnet-outside.onnx", configs[i], NULL);
    assert_succeeded (fixture);
    absolute = read_output (fixture, &length);
    g_assert_cmpmem (absolute, length, expected, expected_length);
    run (fixture, "--fmk=ONNX", "--modelFile=convnet-outside.onnx",
        "--outputFile=out", "--configFile=test.cfg", NULL);
    assert_succeeded (fixture);
    relative = read_output (fixture, &length);
    g_assert_cmpmem (relative, length, expected, expected_length);
    /* the model's 1177 bytes and 2472 beside it */
    if (g_str_equal (configs[i], IMAGE_CONFIG))
      assert_contains (fixture->err, "(from 3649)");
  }
}

static void
test_lost_weights (Fixture *fixture, gconstpointer data)
{
  (void) data;
  copy_model (fixture, "convnet-outside.onnx");
  write_file (fixture, "test.cfg", WEIGHT_CONFIG, -1);
  run (fixture, "--fmk=ONNX", "--modelFile=convnet-outside.onnx",
      "--outputFile=out", "--configFile=test.cfg", NULL);
  assert_failed (fixture, STATUS_INVALID_INPUT, "convnet-outside.weights");
  write_file (fixture, "convnet-outside.weights", "short", 5);
  run (fixture, "--fmk=ONNX", "--modelFile=convnet-outside.onnx",
      "--outputFile=out", "--configFile=test.cfg", NULL);
  assert_failed (fixture, STATUS_FAILED, "but the file has 5 bytes");
}

/* Known before the work, not after it */
static void
test_no_file_can_be_made (Fixture *fixture, gconstpointer data)
{
  g_autofree gchar *folder = path_in (fixture, "out.onnx");

  (void) data;
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  convert (fixture, "convnet.onnx", WEIGHT_CONFIG, NULL);
  g_assert_cmpint (fixture->status, ==, STATUS_FAILED);
  assert_contains (fixture->err, "out.onnx: this is a folder");
  g_assert_null (strstr (fixture->err, "quantizing"));
}

static void
test_over_the_model (Fixture *fixture, gconstpointer data)
{
  (void) data;
  copy_model (fixture, "convnet.onnx");
  write_file (fixture, "test.cfg", WEIGHT_CONFIG, -1);
  run (fixture, "--fmk=ONNX", "--modelFile=convnet.onnx",
      "--outputFile=./convnet", "--configFile=test.cfg", NULL);
  g_assert_cmpint (fixture->status, ==, STATUS_INVALID_INPUT);
  assert_contains (fixture->err, "is the model that is read");
  write_file (fixture, "test.cfg",
      WEIGHT_CONFIG "[ptq_param]\n"
                    "report_location=convnet.onnx\n",
      -1);
  run (fixture, "--fmk=ONNX", "--modelFile=convnet.onnx", "--outputFile=out",
      "--configFile=test.cfg", NULL);
  assert_failed (fixture, STATUS_INVALID_INPUT, "is the model that is read");
}

static void
convert_reporting (Fixture *fixture, const gchar *config, const gchar *table,
    const gchar *page)
{
  g_autofree gchar *text = g_strdup_printf (
      "%s[common_quant_param]\n"
      "debug_info_save_path=%s\n[ptq_param]\nreport_location=%s\n",
      config, table, page);

  convert (fixture, "convnet.onnx", text, NULL);
}

/* Of files that take each other's place only the last would be left. */
static void
test_over_the_report (Fixture *fixture, gconstpointer data)
{
  static const gchar *const configs[] = { IMAGE_CONFIG, WEIGHT_CONFIG };

  (void) data;
  write_pictures (fixture, "my pictures", 4);
  for (guint i = 0; i < G_N_ELEMENTS (configs); i++) {
    convert_reporting (fixture, configs[i], "d", "./d/../out.onnx");
    assert_failed (fixture, STATUS_INVALID_INPUT, "quantized model goes");
    convert_reporting (fixture, configs[i], "d", "./out.onnx");
    assert_failed (fixture, STATUS_INVALID_INPUT, "quantized model goes");
    convert_reporting (fixture, configs[i], "d/", "d/round_12.csv");
    assert_failed (fixture, STATUS_INVALID_INPUT, "is a table of");
    convert_reporting (fixture, configs[i], "d/", "./d");
    assert_failed (fixture, STATUS_INVALID_INPUT, "folder");
    g_assert_false (exists (fixture, "d"));
  }
}

/* Which is made for it */
static void
test_page_in_folder (Fixture *fixture, gconstpointer data)
{
  (void) data;
  convert_reporting (fixture, WEIGHT_CONFIG, "d", "d/page.html");
  assert_succeeded (fixture);
  g_assert_true (exists (fixture, "d/page.html"));
  g_assert_true (exists (fixture, "d/round_0.csv"));
}

/* The float weights are no place for the quantized ones. */
static void
test_over_the_weights (Fixture *fixture, gconstpointer data)
{
  g_autofree gchar *bytes = NULL;
  g_autofree gchar *weights = path_in (fixture, "weights.onnx");
  gsize length;

  (void) data;
  copy_model (fixture, "convnet-outside.onnx");
  copy_model (fixture, "convnet-outside.weights");
  write_file (fixture, "test.cfg", WEIGHT_CONFIG, -1);
  g_assert_cmpint (symlink ("convnet-outside.weights", weights), ==, 0);
  run (fixture, "--fmk=ONNX", "--modelFile=convnet-outside.onnx",
      "--outputFile=weights", "--configFile=test.cfg", NULL);
  g_assert_cmpint (fixture->status, ==, STATUS_INVALID_INPUT);
  assert_contains (fixture->err, "holds weights of the model");
  g_assert_true (g_file_get_contents (weights, &bytes, &length, NULL));
  g_assert_cmpuint (length, ==, 2472);
}

/* A picture in the middle that is none */
static void
test_corrupt_picture (Fixture *fixture, gconstpointer data)
{
  (void) data;
  write_pictures (fixture, "my pictures", 4);
  write_file (fixture, "my pictures/02.ppm", "P6 20 18 255\nabc", 16);
  convert (fixture, "convnet.onnx", IMAGE_CONFIG, NULL);
  assert_failed (fixture, STATUS_FAILED, "02.ppm");
}

/* The published example, with its folder and sizes filled in */
static void
test_sample_file (Fixture *fixture, gconstpointer data)
{
  g_autofree gchar *path = g_test_build_filename (
      G_TEST_DIST, "data", "ini", "full_quant.cfg", NULL);
  g_autofree gchar *text = NULL;
  g_autoptr (GString) config = NULL;

  (void) data;
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  config = g_string_new (text);
  g_assert_cmpuint (g_string_replace (config,
                        "calibrate_path=input_name_1:"
                        "/mnt/image/input_1_dir,input_name_2:input_2_dir",
                        "calibrate_path=image:p", 0),
      ==, 1);
  g_assert_cmpuint (
      g_string_replace (config, "calibrate_size=100", "calibrate_size=2", 0),
      ==, 1);
  g_assert_cmpuint (g_string_replace (config, "=224", "=16", 0), ==, 4);
  write_pictures (fixture, "p", 2);
  convert (fixture, "convnet.onnx", config->str, NULL);
  assert_succeeded (fixture);
}

/* The limits lowered, as the model is small */
static void
test_sample_weight_files (Fixture *fixture, gconstpointer data)
{
  static const gchar *const names[] = { "mixed_bit_weight_quant.cfg",
    "fixed_bit_weight_quant.cfg" };

  (void) data;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree gchar *path =
        g_test_build_filename (G_TEST_DIST, "data", "ini", names[i], NULL);
    g_autofree gchar *text = NULL;
    g_autoptr (GString) config = NULL;

    g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
    config = g_string_new (text);
    g_string_replace (config, "weight_size=5000", "weight_size=0", 0);
    g_string_replace (config, "weight_channel=16", "weight_channel=5", 0);
    convert (fixture, "convnet.onnx", config->str, NULL);
    assert_succeeded (fixture);
  }
}

/* The published examples on a real model, with only the folder filled in,
 * and no larger than a byte a weight and its scales take */
static void
test_sample_files_on_mobilenet (Fixture *fixture, gconstpointer data)
{
  static const gchar *const names[] = { "common_quant_param.cfg",
    "mixed_bit_weight_quant.cfg", "fixed_bit_weight_quant.cfg",
    "full_quant.cfg" };
  const gchar *folder = g_getenv ("PTQ_TEST_DATA");
  g_autofree gchar *model = g_build_filename (
      folder ? folder : "", "models", "mobilenet_v1_025_imagenet.onnx", NULL);
  g_autofree gchar *model_flag = g_strconcat ("--modelFile=", model, NULL);
  g_autofree gchar *replacement = g_strdup_printf (
      "calibrate_path=input:%s/imagenet-500", folder ? folder : "");

  (void) data;
  if (!g_file_test (model, G_FILE_TEST_EXISTS)) {
    g_test_skip ("PTQ_TEST_DATA has no mobilenet_v1_025_imagenet.onnx");
    return;
  }
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree gchar *path =
        g_test_build_filename (G_TEST_DIST, "data", "ini", names[i], NULL);
    g_autofree gchar *text = NULL;
    g_autofree gchar *bytes = NULL;
    g_autoptr (GString) config = NULL;
    gsize length;

    g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
    config = g_string_new (text);
    g_string_replace (config,
        "calibrate_path=input_name_1:"
        "/mnt/image/input_1_dir,input_name_2:input_2_dir",
        replacement, 0);
    g_string_replace (config, "/home/workspace/mindspore", ".", 0);
    write_file (fixture, "test.cfg", config->str, -1);
    run (fixture, "--fmk=ONNX", model_flag, "--outputFile=out",
        "--configFile=test.cfg", NULL);
    assert_succeeded (fixture);
    bytes = read_output (fixture, &length);
    g_assert_cmpuint (length, <, 1918462 / 4 * 13 / 10);
  }
}

#define ADD(name, func) \
  g_test_add ("/ptq-convert/" name, Fixture, NULL, fixture_set_up, func, \
      fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("pictures", test_pictures);
  ADD ("odd-folder", test_odd_folder);
  ADD ("bins", test_bins);
  ADD ("several-inputs", test_several_inputs);
  ADD ("layout-of-bins", test_layout_of_bins);
  ADD ("wrong-bin", test_wrong_bin);
  ADD ("without-normalize", test_without_normalize);
  ADD ("input-shape", test_input_shape);
  ADD ("wrong-size", test_wrong_size);
  ADD ("weights-outside", test_weights_outside);
  ADD ("lost-weights", test_lost_weights);
  ADD ("no-file-can-be-made", test_no_file_can_be_made);
  ADD ("over-the-model", test_over_the_model);
  ADD ("over-the-weights", test_over_the_weights);
  ADD ("over-the-report", test_over_the_report);
  ADD ("page-in-folder", test_page_in_folder);
  ADD ("corrupt-picture", test_corrupt_picture);
  ADD ("sample-file", test_sample_file);
  ADD ("sample-weight-files", test_sample_weight_files);
  ADD ("sample-files-on-mobilenet", test_sample_files_on_mobilenet);
  return g_test_run ();
}
