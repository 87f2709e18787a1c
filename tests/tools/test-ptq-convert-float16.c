/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ptq-convert and float16: constants that are stored as float16, models that
 * compute in it, and results that take or give it.
 */
#define _GNU_SOURCE /* memmem () */
#include <string.h>
#include <glib/gstdio.h>
#include "convert-fixture.h"

#define CROP_CONFIG \
  FULL_CONFIG \
  "calibrate_path=image:p\ncalibrate_size=4\ninput_type=IMAGE\n" \
  "image_to_format=RGB\ncenter_crop_width=16\ncenter_crop_height=16\n"
#define BIN_CONFIG \
  FULL_CONFIG \
  "calibrate_path=image:b\ncalibrate_size=3\ninput_type=BIN\n"

/* Constants */

static gsize
output_size (Fixture *fixture)
{
  g_autofree gchar *bytes = NULL;
  gsize length;

  assert_succeeded (fixture);
  bytes = read_output (fixture, &length);
  return length;
}

/* The weights of convnet.onnx are 626 numbers, those of its layers that are
 * large enough for a Cast to pay 576. */
static void
test_fp16_alone (Fixture *fixture, gconstpointer data)
{
  gsize plain;

  (void) data;
  convert (fixture, "convnet.onnx", NULL, "--fp16=off");
  plain = output_size (fixture);
  convert (fixture, "convnet.onnx", NULL, "--fp16=on");
  g_assert_cmpuint (output_size (fixture), <, plain - 2 * 576 + 4 * 40);
  g_assert_cmpstr (fixture->err, ==, "");
}

/* The flag goes before the file; what is quantized is not stored again. */
static void
test_fp16_with_weights (Fixture *fixture, gconstpointer data)
{
  static const gchar on[] = WEIGHT_CONFIG "min_quant_weight_size=200\n"
                                          "[ptq_param]\nfp16=true\n";
  gsize plain, fp16;

  (void) data;
  convert (fixture, "convnet.onnx", on, "--fp16=off");
  plain = output_size (fixture);
  convert (fixture, "convnet.onnx", on, NULL);
  fp16 = output_size (fixture);
  g_assert_cmpuint (fp16, <, plain - 2 * 360 + 3 * 40);
  convert (fixture, "convnet.onnx", WEIGHT_CONFIG "min_quant_weight_size=200\n",
      "--fp16=on");
  g_assert_cmpuint (output_size (fixture), ==, fp16);
}

static void
test_fp16_with_data (Fixture *fixture, gconstpointer data)
{
  static const gchar config[] =
      "[common_quant_param]\n"
      "quant_type=FULL_QUANT\nskip_quant_node=head,pointwise\n"
      "[data_preprocess_param]\n"
      "calibrate_path=image:b\ncalibrate_size=2\ninput_type=BIN\n";
  gsize plain;

  (void) data;
  write_bins (fixture, "b", 2, 3 * 16 * 16);
  convert (fixture, "convnet.onnx", config, NULL);
  plain = output_size (fixture);
  convert (fixture, "convnet.onnx", config, "--fp16=on");
  g_assert_cmpuint (output_size (fixture), <, plain - 2 * 288 + 2 * 40);
  assert_printed_line_agrees (fixture, "convnet.onnx", config);
  convert (fixture, "convnet.onnx", config, "--print-pipeline");
  g_assert_null (strstr (fixture->out, "fp16"));
}

/* As write_bins(), in float16: 1 and -2 in turn */
static void
write_half_bins (Fixture *fixture, const gchar *folder, guint n, guint size)
{
  g_autofree guint16 *values = g_new (guint16, size);

  for (guint i = 0; i < n; i++) {
    g_autofree gchar *name = g_strdup_printf ("%s/%02u.bin", folder, i);

    for (guint k = 0; k < size; k++)
      values[k] = (k + i) % 3 == 0 ? 0x3c00 : 0xc000;
    write_file (fixture, name, values, size * sizeof (guint16));
  }
}

/* Pictures become float32, which an input of float16 takes; raw samples are
 * of the input's own type. */
static void
test_half_pictures (Fixture *fixture, gconstpointer data)
{
  (void) data;
  write_pictures (fixture, "p", 4);
  assert_printed_line_agrees (fixture, "half-convnet.onnx", CROP_CONFIG);
}

static void
test_half_bins (Fixture *fixture, gconstpointer data)
{
  g_autofree gchar *output = path_in (fixture, "out.onnx");

  (void) data;
  write_half_bins (fixture, "b", 3, 3 * 16 * 16);
  convert (fixture, "half-convnet.onnx", BIN_CONFIG, NULL);
  assert_succeeded (fixture);
  g_assert_cmpint (g_remove (output), ==, 0);
  write_bins (fixture, "b", 3, 3 * 16 * 16);
  convert (fixture, "half-convnet.onnx", BIN_CONFIG, NULL);
  assert_failed (fixture, STATUS_INVALID_INPUT,
      "00.bin\" has 3072 bytes; "
      "float16 [1,3,16,16] has 1536");
}

static void
test_half_inputs (Fixture *fixture, gconstpointer data)
{
  (void) data;
  write_half_bins (fixture, "l", 3, 3 * 8 * 8);
  write_half_bins (fixture, "r", 3, 2 * 8 * 8);
  assert_printed_line_agrees (fixture, "half-two-inputs.onnx", TWO_CONFIG);
}

static void
test_half_weights (Fixture *fixture, gconstpointer data)
{
  (void) data;
  convert (fixture, "half-convnet.onnx", WEIGHT_CONFIG, NULL);
  assert_succeeded (fixture);
  convert (fixture, "half-convnet.onnx", NULL, "--fp16=on");
  assert_succeeded (fixture);
  assert_contains (fixture->err, "nothing is stored as float16");
}

static void
run_with_print (Fixture *fixture, gchar *flag, const gchar *expected)
{
  g_autofree gchar *path = model_path ("convnet.onnx");
  g_autofree gchar *model_flag = g_strconcat ("--modelFile=", path, NULL);

  write_file (fixture, "test.cfg", CROP_CONFIG, -1);
  run (fixture, "--fmk=ONNX", model_flag, "--outputFile=out",
      "--configFile=test.cfg", "--print-pipeline", flag, NULL);
  g_assert_cmpint (fixture->status, ==, 0);
  g_assert_true (g_str_has_suffix (fixture->out, expected));
}

static void
test_fp16_printed (Fixture *fixture, gconstpointer data)
{
  (void) data;
  write_pictures (fixture, "p", 4);
  run_with_print (fixture, "--fp16=on", " fp16=true\n");
  run_with_print (fixture, "--fp16=off", " fp16=false\n");
}

/* Types and layouts of the ends */

static gboolean
output_has (Fixture *fixture, const gchar *name)
{
  g_autofree gchar *bytes = NULL;
  gsize length;

  assert_succeeded (fixture);
  bytes = read_output (fixture, &length);
  return memmem (bytes, length, name, strlen (name)) != NULL;
}

/* The Casts get names that speak of the type behind or before them. */
static void
test_data_types (Fixture *fixture, gconstpointer data)
{
  static const gchar *const configs[] = { NULL, WEIGHT_CONFIG, BIN_CONFIG };

  (void) data;
  write_bins (fixture, "b", 3, 3 * 16 * 16);
  for (guint i = 0; i < G_N_ELEMENTS (configs); i++) {
    convert (fixture, "convnet.onnx", configs[i], "--inputDataType=FLOAT16");
    g_assert_true (output_has (fixture, "image_float32"));
    g_assert_false (output_has (fixture, "classes_float32"));
    convert (fixture, "convnet.onnx", configs[i], "--outputDataType=FLOAT16");
    g_assert_false (output_has (fixture, "image_float32"));
    g_assert_true (output_has (fixture, "classes_float32"));
    convert (fixture, "convnet.onnx", configs[i], "--inputDataType=FLOAT");
    g_assert_false (output_has (fixture, "_float32"));
    convert (fixture, "convnet.onnx", configs[i], "--outputDataType=DEFAULT");
    g_assert_false (output_has (fixture, "_float32"));
  }
}

static void
test_data_types_of_file (Fixture *fixture, gconstpointer data)
{
  static const gchar config[] =
      WEIGHT_CONFIG "[ptq_param]\ninput_data_type=FLOAT16\n";

  (void) data;
  convert (fixture, "convnet.onnx", config, NULL);
  g_assert_true (output_has (fixture, "image_float32"));
  convert (fixture, "convnet.onnx", config, "--inputDataType=DEFAULT");
  g_assert_false (output_has (fixture, "image_float32"));
}

static void
test_data_types_printed (Fixture *fixture, gconstpointer data)
{
  (void) data;
  write_pictures (fixture, "p", 4);
  run_with_print (
      fixture, "--inputDataType=FLOAT16", " input-data-type=float16\n");
  run_with_print (
      fixture, "--outputDataType=FLOAT32", " output-data-type=float32\n");
  run_with_print (
      fixture, "--outputDataType=DEFAULT", " output-data-type=default\n");
}

static void
test_wrong_data_types (Fixture *fixture, gconstpointer data)
{
  (void) data;
  convert (fixture, "convnet.onnx", NULL, "--inputDataType=UINT8");
  assert_failed (fixture, STATUS_INVALID_INPUT,
      "--inputDataType=UINT8 is "
      "not supported: a quantized model takes and gives the numbers of the ");
  convert (fixture, "convnet.onnx", NULL, "--outputDataType=INT8");
  assert_failed (fixture, STATUS_INVALID_INPUT, "holds scales and zero ");
  convert (fixture, "convnet.onnx", NULL, "--inputDataType=INT64");
  assert_failed (fixture, STATUS_INVALID_INPUT, "integers keep their type");
  convert (fixture, "convnet.onnx", NULL, "--outputDataType=float");
  assert_failed (fixture, STATUS_INVALID_INPUT,
      "--outputDataType=float must be FLOAT, FLOAT16 or DEFAULT");
  convert (fixture, "convnet.onnx",
      WEIGHT_CONFIG "[ptq_param]\noutput_data_type=UINT8\n", NULL);
  assert_failed (fixture, STATUS_INVALID_INPUT,
      "output_data_type=UINT8: must "
      "be one of DEFAULT, FLOAT, FLOAT16");
}

/* The map of square-root.onnx has four dimensions, the classes of convnet.onnx
 * have two. */
static void
test_output_format (Fixture *fixture, gconstpointer data)
{
  (void) data;
  convert (fixture, "square-root.onnx", NULL, "--outputDataFormat=NCHW");
  assert_succeeded (fixture);
  convert (fixture, "convnet.onnx", NULL, "--outputDataFormat=NHWC");
  assert_succeeded (fixture);
}

static void
test_wrong_output_format (Fixture *fixture, gconstpointer data)
{
  (void) data;
  convert (fixture, "square-root.onnx", NULL, "--outputDataFormat=NHWC");
  assert_failed (fixture, STATUS_INVALID_INPUT,
      "it works on NCHW, and output "
      "\"map\" stays as it is");
  convert (fixture, "square-root.onnx", NULL, "--outputDataFormat=HWC");
  assert_failed (fixture, STATUS_INVALID_INPUT, "must be NHWC or NCHW");
}

/* Every flag that is taken is in the help. */
static void
test_help (Fixture *fixture, gconstpointer data)
{
  static const gchar *const names[] = { "fmk", "modelFile", "outputFile",
    "configFile", "inputShape", "inputDataFormat", "quantType", "fp16",
    "inputDataType", "outputDataType", "outputDataFormat", "trainModel",
    "infer", "optimize", "optimizeTransformer", "encryption", "print-pipeline",
    "list-passes", "version" };

  (void) data;
  run (fixture, "--help", NULL);
  g_assert_cmpint (fixture->status, ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree gchar *flag = g_strconcat ("  --", names[i], NULL);

    assert_contains (fixture->out, flag);
  }
}

#define ADD(name, func) \
  g_test_add ("/ptq-convert-float16/" name, Fixture, NULL, fixture_set_up, \
      func, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("fp16-alone", test_fp16_alone);
  ADD ("fp16-with-weights", test_fp16_with_weights);
  ADD ("fp16-with-data", test_fp16_with_data);
  ADD ("fp16-printed", test_fp16_printed);
  ADD ("half-pictures", test_half_pictures);
  ADD ("half-bins", test_half_bins);
  ADD ("half-inputs", test_half_inputs);
  ADD ("half-weights", test_half_weights);
  ADD ("data-types", test_data_types);
  ADD ("data-types-of-file", test_data_types_of_file);
  ADD ("data-types-printed", test_data_types_printed);
  ADD ("wrong-data-types", test_wrong_data_types);
  ADD ("output-format", test_output_format);
  ADD ("wrong-output-format", test_wrong_output_format);
  ADD ("help", test_help);
  return g_test_run ();
}
