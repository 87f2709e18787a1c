/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ptq-convert as a user runs it.
 */
#include <string.h>
#include <unistd.h>
#include <glib/gstdio.h>
#include "convert-fixture.h"

/* Flags */

static void
test_flags (Fixture *fixture, gconstpointer data)
{
  (void) data;
  run (fixture, NULL);
  assert_failed (fixture, STATUS_INVALID_INPUT, "--fmk=ONNX is mandatory");
  run (fixture, "--fmk=ONNX", NULL);
  assert_failed (fixture, STATUS_INVALID_INPUT, "--modelFile=FILE is ");
  run (fixture, "--fmk=ONNX", "--modelFile=a.onnx", NULL);
  assert_failed (fixture, STATUS_INVALID_INPUT, "--outputFile=FILE is ");
  run (fixture, "--modleFile=a.onnx", NULL);
  assert_failed (fixture, STATUS_INVALID_INPUT, "--modleFile=a.onnx");
  run (fixture, "a.onnx", NULL);
  assert_failed (fixture, STATUS_INVALID_INPUT, "\"a.onnx\" is no flag");
  run (fixture, "--fmk=ONNX", "--fmk=ONNX", NULL);
  assert_failed (fixture, STATUS_INVALID_INPUT, "--fmk is given twice");
  run (fixture, "--fmk=ONNX", "--modelFile=", "--outputFile=out", NULL);
  assert_failed (fixture, STATUS_INVALID_INPUT, "--modelFile has no value");
  run (fixture, "--fmk=ONNX", "--modelFile=a", "--outputFile=out/", NULL);
  assert_failed (fixture, STATUS_INVALID_INPUT, "--outputFile=out/ is a ");
  run (fixture, "--fmk=ONNX", "--modelFile=a", "--outputFile=no/out", NULL);
  assert_failed (fixture, STATUS_INVALID_INPUT, "there is no folder no");
  run (fixture, "--device=GPU", NULL);
  assert_failed (fixture, STATUS_INVALID_INPUT, "--device=GPU has no ");
}

static void
test_words (Fixture *fixture, gconstpointer data)
{
  (void) data;
  convert (fixture, "convnet.onnx", NULL, "--inputDataFormat=HWC");
  assert_failed (fixture, STATUS_INVALID_INPUT, "must be NHWC or NCHW");
  convert (fixture, "convnet.onnx", NULL, "--quantType=Full");
  assert_failed (fixture, STATUS_INVALID_INPUT, "--quantType=Full must be");
  convert (fixture, "convnet.onnx", NULL, "--fp16=true");
  assert_failed (fixture, STATUS_INVALID_INPUT, "--fp16=true must be on or ");
  convert (fixture, "convnet.onnx", NULL, "--inputShape=image");
  assert_failed (fixture, STATUS_INVALID_INPUT, "--inputShape=image: ");
  convert (fixture, "convnet.onnx", NULL, "--inputShape=picture:1,3,8,8");
  assert_failed (fixture, STATUS_INVALID_INPUT, "no input \"picture\"");
}

static void
test_frameworks (Fixture *fixture, gconstpointer data)
{
  static const gchar *const names[] = {
    "TF", "tf2onnx", "TFLITE", "--tflite", "CAFFE", "caffe2onnx",
    "PYTORCH", "torch.onnx", "MINDIR", "mindspore.export", "MSLITE",
    "cannot be read back", "OM", "cannot be read back"
  };

  (void) data;
  for (guint i = 0; i < G_N_ELEMENTS (names); i += 2) {
    g_autofree gchar *flag = g_strconcat ("--fmk=", names[i], NULL);

    run (fixture, flag, "--modelFile=a", "--outputFile=out", NULL);
    assert_failed (fixture, STATUS_NOT_SUPPORTED, names[i + 1]);
  }
  run (fixture, "--fmk=CNTK", "--modelFile=a", "--outputFile=out", NULL);
  assert_failed (fixture, STATUS_INVALID_INPUT, "--fmk=CNTK is not known");
}

static void
test_files (Fixture *fixture, gconstpointer data)
{
  (void) data;
  run (fixture, "--fmk=ONNX", "--modelFile=no.onnx", "--outputFile=out",
      NULL);
  assert_failed (fixture, STATUS_INVALID_INPUT, "no.onnx");
  write_file (fixture, "bad.onnx", "\xff\xff\xff", 3);
  run (fixture, "--fmk=ONNX", "--modelFile=bad.onnx", "--outputFile=out",
      NULL);
  assert_failed (fixture, STATUS_FAILED, "bad.onnx");
  run (fixture, "--fmk=ONNX", "--modelFile=bad.onnx", "--outputFile=out",
      "--configFile=no.cfg", NULL);
  assert_failed (fixture, STATUS_INVALID_INPUT, "no.cfg");
}

/* No configuration file, no quantization */
static void
test_written_anew (Fixture *fixture, gconstpointer data)
{
  (void) data;
  convert (fixture, "convnet.onnx", NULL, "--optimize=none");
  assert_succeeded (fixture);
  g_assert_cmpstr (fixture->out, ==, "CONVERT RESULT SUCCESS:0\n");
}

/* Weights */

#define WEIGHT_CONFIG "[common_quant_param]\nquant_type=WEIGHT_QUANT\n" \
  "bit_num=8\nmin_quant_weight_channel=0\n"

static void
test_weights (Fixture *fixture, gconstpointer data)
{
  (void) data;
  convert (fixture, "convnet.onnx", WEIGHT_CONFIG, "--quantType=WeightQuant");
  assert_succeeded (fixture);
}

static void
test_weights_without_file (Fixture *fixture, gconstpointer data)
{
  (void) data;
  convert (fixture, "convnet.onnx", NULL, "--quantType=WEIGHT_QUANT");
  assert_succeeded (fixture);
}

static void
test_types_differ (Fixture *fixture, gconstpointer data)
{
  (void) data;
  convert (fixture, "convnet.onnx", WEIGHT_CONFIG, "--quantType=FULL_QUANT");
  assert_failed (fixture, STATUS_INVALID_INPUT, "--quantType=FULL_QUANT, but "
      "test.cfg has quant_type=WEIGHT_QUANT");
  convert (fixture, "convnet.onnx", NULL, "--quantType=FULL_QUANT");
  assert_failed (fixture, STATUS_INVALID_INPUT, "needs calibration data");
  convert (fixture, "convnet.onnx", "[common_quant_param]\nbit_num=8\n",
      NULL);
  assert_failed (fixture, STATUS_INVALID_INPUT, "quant_type: is mandatory");
}

/* Pipelines */

#define FULL_CONFIG "[common_quant_param]\nquant_type=FULL_QUANT\n" \
  "[data_preprocess_param]\n"
#define IMAGE_CONFIG FULL_CONFIG \
  "calibrate_path=image:my pictures\ncalibrate_size=4\ninput_type=IMAGE\n" \
  "image_to_format=RGB\nnormalize_mean=[58.395, 127, 1e2]\n" \
  "normalize_std=[127.5, 127.5, 127.5]\n" \
  "resize_width=18\nresize_height=17\nresize_method=CUBIC\n" \
  "center_crop_width=16\ncenter_crop_height=16\n"
#define TWO_CONFIG FULL_CONFIG \
  "calibrate_path=right:r,left:l\ncalibrate_size=3\ninput_type=BIN\n"
#define TUNE_CONFIG "[common_quant_param]\nquant_type=WEIGHT_QUANT\n" \
  "bit_num=0\nmin_quant_weight_channel=0\n" \
  "[mixed_bit_weight_quant_param]\nauto_tune=true\n"
#define TUNE_DATA "[data_preprocess_param]\ncalibrate_path=image:b\n" \
  "calibrate_size=3\ninput_type=BIN\n"

static void
test_print_pipeline (Fixture *fixture, gconstpointer data)
{
  g_autofree gchar *model = model_path ("convnet.onnx");
  g_autofree gchar *expected = g_strdup_printf ("gst-launch-1.0 "
      "ptqimagesrc location=\"my pictures\" num-samples=4 ! ptqconvert ! "
      "video/x-raw,format=RGB ! "
      "ptqnormalize mean=\"<58.395,127.0,100.0>\" std=\"<127.5,127.5,127.5>\" "
      "! ptqresize width=18 height=17 method=cubic ! "
      "ptqcrop width=16 height=16 ! "
      "ptqsink model=%s location=out.onnx config=test.cfg\n", model);

  (void) data;
  write_pictures (fixture, "my pictures", 4);
  convert (fixture, "convnet.onnx", IMAGE_CONFIG, "--print-pipeline");
  g_assert_cmpint (fixture->status, ==, 0);
  g_assert_cmpstr (fixture->out, ==, expected);
  g_assert_false (exists (fixture, "out.onnx"));
}

static void
test_print_several_inputs (Fixture *fixture, gconstpointer data)
{
  g_autofree gchar *model = model_path ("two-inputs.onnx");
  g_autofree gchar *expected = g_strdup_printf ("gst-launch-1.0 "
      "ptqmux name=mux ! "
      "ptqsink model=%s location=out.onnx config=test.cfg "
      "ptqbinsrc location=l num-samples=3 ! "
      "other/tensors,types=float32,dimensions=8:8:3:1 ! mux.sink_0 "
      "ptqbinsrc location=r num-samples=3 ! "
      "other/tensors,types=float32,dimensions=8:8:2:1 ! mux.sink_1\n", model);

  (void) data;
  write_bins (fixture, "l", 3, 3 * 8 * 8);
  write_bins (fixture, "r", 3, 2 * 8 * 8);
  convert (fixture, "two-inputs.onnx", TWO_CONFIG, "--print-pipeline");
  g_assert_cmpint (fixture->status, ==, 0);
  g_assert_cmpstr (fixture->out, ==, expected);
}

static void
test_print_without_pipeline (Fixture *fixture, gconstpointer data)
{
  (void) data;
  convert (fixture, "convnet.onnx", WEIGHT_CONFIG, "--print-pipeline");
  g_assert_cmpint (fixture->status, ==, 0);
  g_assert_true (g_str_has_prefix (fixture->out, "# WEIGHT_QUANT needs no"));
  g_assert_false (exists (fixture, "out.onnx"));
  write_bins (fixture, "b", 3, 3 * 16 * 16);
  convert (fixture, "convnet.onnx", TUNE_CONFIG TUNE_DATA,
      "--print-pipeline");
  g_assert_cmpint (fixture->status, ==, 0);
  g_assert_true (g_str_has_prefix (fixture->out, "gst-launch-1.0 ptqbinsrc "
          "location=b num-samples=3 ! ptqsink model="));
  g_assert_true (g_str_has_suffix (fixture->out,
          " location=out.onnx config=test.cfg\n"));
}

static void
test_wrong_data (Fixture *fixture, gconstpointer data)
{
  (void) data;
  convert (fixture, "convnet.onnx", IMAGE_CONFIG, NULL);
  assert_failed (fixture, STATUS_INVALID_INPUT,
      "calibrate_path: there is no folder my pictures");
  write_pictures (fixture, "my pictures", 3);
  convert (fixture, "convnet.onnx", IMAGE_CONFIG, NULL);
  assert_failed (fixture, STATUS_INVALID_INPUT, "calibrate_size=4, but the "
      "folder my pictures holds only 3 files (those in sub-folders do not");
  convert (fixture, "two-inputs.onnx", IMAGE_CONFIG, NULL);
  assert_failed (fixture, STATUS_INVALID_INPUT, "calibrate_path must have one "
      "folder for each input of the model: \"left\", \"right\"");
  convert (fixture, "convnet.onnx", FULL_CONFIG "normalize_std=[1,0,1]\n",
      NULL);
  assert_failed (fixture, STATUS_INVALID_INPUT, "test.cfg:4: "
      "[data_preprocess_param] normalize_std=[1,0,1]: must be ");
  convert (fixture, "convnet.onnx", FULL_CONFIG "input_type=BIN\n", NULL);
  assert_failed (fixture, STATUS_INVALID_INPUT,
      "calibrate_path is mandatory for calibration");
}

/* Trials are scored on the data that the file names, or on random inputs. */
static void
test_auto_tune (Fixture *fixture, gconstpointer data)
{
  (void) data;
  convert (fixture, "convnet.onnx", TUNE_CONFIG, NULL);
  assert_succeeded (fixture);
  assert_contains (fixture->err, "\ntrial 1: init_scale 0.32000, lowest ");
  assert_contains (fixture->err, "\ntrial 2: init_scale 0.16000, lowest ");
  assert_contains (fixture->err, " on random inputs: ");

  convert (fixture, "convnet.onnx", TUNE_CONFIG TUNE_DATA, NULL);
  g_assert_cmpint (fixture->status, ==, STATUS_INVALID_INPUT);
  assert_contains (fixture->err, "calibrate_path: there is no folder b");
  write_bins (fixture, "b", 5, 3 * 16 * 16);
  convert (fixture, "convnet.onnx", TUNE_CONFIG TUNE_DATA, NULL);
  assert_succeeded (fixture);
  assert_contains (fixture->err, "\ntrial 1: init_scale 0.32000, mean cosine");
  assert_contains (fixture->err, "\ntrial 2: init_scale 0.16000, mean cosine");
  assert_contains (fixture->err, " on 3 samples: ");
}

/* Where nothing looks at data, it need not be there. */
static void
test_weights_and_data (Fixture *fixture, gconstpointer data)
{
  (void) data;
  convert (fixture, "convnet.onnx", WEIGHT_CONFIG TUNE_DATA, NULL);
  assert_succeeded (fixture);
  convert (fixture, "convnet.onnx", TUNE_CONFIG "[data_preprocess_param]\n"
      "calibrate_path=image:b\ninput_type=BIN\n", NULL);
  g_assert_cmpint (fixture->status, ==, STATUS_INVALID_INPUT);
  assert_contains (fixture->err, "calibrate_size is mandatory");
}

/* The same folder under a name that the model does not have */
static void
test_other_name (Fixture *fixture, gconstpointer data)
{
  (void) data;
  write_pictures (fixture, "p", 1);
  convert (fixture, "convnet.onnx", FULL_CONFIG "calibrate_path=picture:p\n"
      "calibrate_size=1\ninput_type=IMAGE\n", "--print-pipeline");
  g_assert_cmpint (fixture->status, ==, 0);
  assert_contains (fixture->err, "calibrate_path names the input \"picture\"");
}

/* Warnings */

static void
test_misspelt_section (Fixture *fixture, gconstpointer data)
{
  (void) data;
  write_pictures (fixture, "my pictures", 4);
  convert (fixture, "convnet.onnx", IMAGE_CONFIG "[ful_quant_param]\n", NULL);
  assert_succeeded (fixture);
  g_assert_cmpuint (count (fixture->err, "did you mean [full_quant_param]?"),
      ==, 1);
  assert_contains (fixture->err, "warning: test.cfg:15: section");

  /* what explains the error comes before it */
  convert (fixture, "convnet.onnx", "[common_quant_param]\n"
      "quant_type=FULL_QUANT\n[data_preproces_param]\n", NULL);
  g_assert_cmpint (fixture->status, ==, STATUS_INVALID_INPUT);
  assert_contains (fixture->err, "did you mean [data_preprocess_param]?\n"
      "ptq-convert: test.cfg: [data_preprocess_param] calibrate_path is ");

  convert (fixture, "convnet.onnx", WEIGHT_CONFIG "[ful_quant_param]\n",
      NULL);
  g_assert_cmpuint (count (fixture->err, "did you mean [full_quant_param]?"),
      ==, 1);
}

/* Before the work, once */
static void
test_misspelt_name (Fixture *fixture, gconstpointer data)
{
  g_autofree gchar *config = g_strdup (IMAGE_CONFIG);
  g_autoptr (GString) full = g_string_new (config);

  (void) data;
  g_string_replace (full, "quant_type=FULL_QUANT\n",
      "quant_type=FULL_QUANT\nskip_quant_node=heat\n", 0);
  write_pictures (fixture, "my pictures", 4);
  convert (fixture, "convnet.onnx", full->str, NULL);
  assert_succeeded (fixture);
  g_assert_cmpuint (count (fixture->err, "did you mean \"head\"?"), ==, 1);
  g_assert_cmpuint (count (fixture->err, "quantizing weights"), >, 0);
  g_assert_true (strstr (fixture->err, "did you mean")
      < strstr (fixture->err, "quantizing weights"));

  convert (fixture, "convnet.onnx", WEIGHT_CONFIG "skip_quant_node=heat\n",
      NULL);
  g_assert_cmpuint (count (fixture->err, "did you mean \"head\"?"), ==, 1);
}

static void
test_few_samples (Fixture *fixture, gconstpointer data)
{
  (void) data;
  write_pictures (fixture, "my pictures", 4);
  convert (fixture, "convnet.onnx", IMAGE_CONFIG, NULL);
  g_assert_cmpuint (count (fixture->err,
          "warning: only 4 calibration samples arrived: 100 or so"), ==, 1);
}

static void
test_help (Fixture *fixture, gconstpointer data)
{
  static const gchar *const flags[] = {
    "fmk=ONNX", "modelFile=", "outputFile=", "configFile=", "inputShape=",
    "inputDataFormat=", "quantType=", "print-pipeline", "version",
    "trainModel=false", "infer=false", "optimize=general|none",
    "optimizeTransformer=false", "encryption=false"
  };

  (void) data;
  run (fixture, "--help", NULL);
  g_assert_cmpint (fixture->status, ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (flags); i++) {
    g_autofree gchar *flag = g_strconcat ("  --", flags[i], NULL);

    assert_contains (fixture->out, flag);
  }
}

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
  assert_printed_line_agrees (fixture, "convnet.onnx", FULL_CONFIG
      "calibrate_size=1\n"
      "calibrate_path=image:'a, b ! `c` $HOME \\ d:e'\n"
      "input_type=IMAGE\nimage_to_format=RGB\n"
      "resize_width=16\nresize_height=16\nresize_method=LINEAR\n");
}

static void
test_bins (Fixture *fixture, gconstpointer data)
{
  (void) data;
  write_bins (fixture, "b", 3, 3 * 16 * 16);
  assert_printed_line_agrees (fixture, "convnet.onnx", FULL_CONFIG
      "calibrate_path=image:b\ncalibrate_size=3\ninput_type=BIN\n");
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
  const gchar *config = FULL_CONFIG
      "calibrate_path=image:b\ncalibrate_size=1\ninput_type=BIN\n";
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
  convert (fixture, "convnet.onnx", FULL_CONFIG
      "calibrate_path=image:b\ncalibrate_size=3\ninput_type=BIN\n", NULL);
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
  convert (fixture, "convnet.onnx", FULL_CONFIG "calibrate_path=image:p\n"
      "calibrate_size=2\ninput_type=IMAGE\nimage_to_format=BGR\n"
      "center_crop_width=16\ncenter_crop_height=16\n", NULL);
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
  convert (fixture, "convnet.onnx", FULL_CONFIG "calibrate_path=image:p\n"
      "calibrate_size=1\ninput_type=IMAGE\ncenter_crop_width=21\n"
      "center_crop_height=16\n", NULL);
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
  write_file (fixture, "test.cfg", WEIGHT_CONFIG "[ptq_param]\n"
      "report_location=convnet.onnx\n", -1);
  run (fixture, "--fmk=ONNX", "--modelFile=convnet.onnx",
      "--outputFile=out", "--configFile=test.cfg", NULL);
  assert_failed (fixture, STATUS_INVALID_INPUT, "is the model that is read");
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
  g_autofree gchar *path = g_test_build_filename (G_TEST_DIST, "data", "ini",
      "full_quant.cfg", NULL);
  g_autofree gchar *text = NULL;
  g_autoptr (GString) config = NULL;

  (void) data;
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  config = g_string_new (text);
  g_assert_cmpuint (g_string_replace (config, "calibrate_path=input_name_1:"
          "/mnt/image/input_1_dir,input_name_2:input_2_dir",
          "calibrate_path=image:p", 0), ==, 1);
  g_assert_cmpuint (g_string_replace (config, "calibrate_size=100",
          "calibrate_size=2", 0), ==, 1);
  g_assert_cmpuint (g_string_replace (config, "=224", "=16", 0), ==, 4);
  write_pictures (fixture, "p", 2);
  convert (fixture, "convnet.onnx", config->str, NULL);
  assert_succeeded (fixture);
}

/* The limits lowered, as the model is small */
static void
test_sample_weight_files (Fixture *fixture, gconstpointer data)
{
  static const gchar *const names[] = {
    "mixed_bit_weight_quant.cfg", "fixed_bit_weight_quant.cfg"
  };

  (void) data;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree gchar *path = g_test_build_filename (G_TEST_DIST, "data",
        "ini", names[i], NULL);
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
  static const gchar *const names[] = {
    "common_quant_param.cfg", "mixed_bit_weight_quant.cfg",
    "fixed_bit_weight_quant.cfg", "full_quant.cfg"
  };
  const gchar *folder = g_getenv ("PTQ_TEST_DATA");
  g_autofree gchar *model = g_build_filename (folder ? folder : "", "models",
      "mobilenet_v1_025_imagenet.onnx", NULL);
  g_autofree gchar *model_flag = g_strconcat ("--modelFile=", model, NULL);
  g_autofree gchar *replacement = g_strdup_printf (
      "calibrate_path=input:%s/imagenet-500", folder ? folder : "");

  (void) data;
  if (!g_file_test (model, G_FILE_TEST_EXISTS)) {
    g_test_skip ("PTQ_TEST_DATA has no mobilenet_v1_025_imagenet.onnx");
    return;
  }
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree gchar *path = g_test_build_filename (G_TEST_DIST, "data",
        "ini", names[i], NULL);
    g_autofree gchar *text = NULL;
    g_autofree gchar *bytes = NULL;
    g_autoptr (GString) config = NULL;
    gsize length;

    g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
    config = g_string_new (text);
    g_string_replace (config, "calibrate_path=input_name_1:"
        "/mnt/image/input_1_dir,input_name_2:input_2_dir", replacement, 0);
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
  ADD ("flags", test_flags);
  ADD ("words", test_words);
  ADD ("frameworks", test_frameworks);
  ADD ("files", test_files);
  ADD ("written-anew", test_written_anew);
  ADD ("weights", test_weights);
  ADD ("weights-without-file", test_weights_without_file);
  ADD ("types-differ", test_types_differ);
  ADD ("print-pipeline", test_print_pipeline);
  ADD ("print-several-inputs", test_print_several_inputs);
  ADD ("print-without-pipeline", test_print_without_pipeline);
  ADD ("wrong-data", test_wrong_data);
  ADD ("auto-tune", test_auto_tune);
  ADD ("weights-and-data", test_weights_and_data);
  ADD ("other-name", test_other_name);
  ADD ("misspelt-section", test_misspelt_section);
  ADD ("misspelt-name", test_misspelt_name);
  ADD ("few-samples", test_few_samples);
  ADD ("help", test_help);
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
  ADD ("corrupt-picture", test_corrupt_picture);
  ADD ("sample-file", test_sample_file);
  ADD ("sample-weight-files", test_sample_weight_files);
  ADD ("sample-files-on-mobilenet", test_sample_files_on_mobilenet);
  return g_test_run ();
}
