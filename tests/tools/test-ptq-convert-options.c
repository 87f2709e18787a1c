/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ptq-convert as a user runs it: flags, keys and what they amount to.
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
  static const gchar *const names[] = { "TF", "tf2onnx", "TFLITE", "--tflite",
    "CAFFE", "caffe2onnx", "PYTORCH", "torch.onnx", "MINDIR",
    "mindspore.export", "MSLITE", "cannot be read back", "OM",
    "cannot be read back" };

  (void) data;
  for (guint i = 0; i < G_N_ELEMENTS (names); i += 2) {
    g_autofree gchar *flag = g_strconcat ("--fmk=", names[i], NULL);

    run (fixture, flag, "--modelFile=a", "--outputFile=out", NULL);
    assert_failed (fixture, STATUS_NOT_SUPPORTED, names[i + 1]);
    g_assert_null (strstr (fixture->err, " a OM"));
  }
  run (fixture, "--fmk=CNTK", "--modelFile=a", "--outputFile=out", NULL);
  assert_failed (fixture, STATUS_INVALID_INPUT, "--fmk=CNTK is not known");
}

static void
test_files (Fixture *fixture, gconstpointer data)
{
  (void) data;
  run (fixture, "--fmk=ONNX", "--modelFile=no.onnx", "--outputFile=out", NULL);
  assert_failed (fixture, STATUS_INVALID_INPUT, "no.onnx");
  write_file (fixture, "bad.onnx", "\xff\xff\xff", 3);
  run (fixture, "--fmk=ONNX", "--modelFile=bad.onnx", "--outputFile=out", NULL);
  assert_failed (fixture, STATUS_FAILED, "bad.onnx");
  run (fixture, "--fmk=ONNX", "--modelFile=bad.onnx", "--outputFile=out",
      "--configFile=no.cfg", NULL);
  assert_failed (fixture, STATUS_INVALID_INPUT, "no.cfg");
  run (fixture, "--fmk=ONNX", "--modelFile=bad.onnx", "--outputFile=out",
      "--configFile=.", NULL);
  assert_failed (fixture, STATUS_INVALID_INPUT,
      "configuration file . cannot be read: this is a folder");
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
  assert_failed (fixture, STATUS_INVALID_INPUT,
      "--quantType=FULL_QUANT, but "
      "test.cfg has quant_type=WEIGHT_QUANT");
  convert (fixture, "convnet.onnx", NULL, "--quantType=FULL_QUANT");
  assert_failed (fixture, STATUS_INVALID_INPUT, "needs calibration data");
  convert (fixture, "convnet.onnx", "[common_quant_param]\nbit_num=8\n", NULL);
  assert_failed (fixture, STATUS_INVALID_INPUT, "quant_type: is mandatory");
}

/* Pipelines */

static void
test_print_pipeline (Fixture *fixture, gconstpointer data)
{
  g_autofree gchar *model = model_path ("convnet.onnx");
  g_autofree gchar *expected = g_strdup_printf (
      "gst-launch-1.0 "
      "ptqimagesrc location=\"my pictures\" num-samples=4 ! ptqconvert ! "
      "video/x-raw,format=RGB ! "
      "ptqnormalize mean=\"<58.395,127.0,100.0>\" std=\"<127.5,127.5,127.5>\" "
      "! ptqresize width=18 height=17 method=cubic ! "
      "ptqcrop width=16 height=16 ! "
      "ptqsink model=%s location=out.onnx config=test.cfg\n",
      model);

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
  g_autofree gchar *expected = g_strdup_printf (
      "gst-launch-1.0 "
      "ptqmux name=mux ! "
      "ptqsink model=%s location=out.onnx config=test.cfg "
      "ptqbinsrc location=l num-samples=3 ! "
      "other/tensors,types=float32,dimensions=8:8:3:1 ! mux.sink_0 "
      "ptqbinsrc location=r num-samples=3 ! "
      "other/tensors,types=float32,dimensions=8:8:2:1 ! mux.sink_1\n",
      model);

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
  convert (fixture, "convnet.onnx", TUNE_CONFIG TUNE_DATA, "--print-pipeline");
  g_assert_cmpint (fixture->status, ==, 0);
  g_assert_true (g_str_has_prefix (fixture->out,
      "gst-launch-1.0 ptqbinsrc "
      "location=b num-samples=3 ! ptqsink model="));
  g_assert_true (
      g_str_has_suffix (fixture->out, " location=out.onnx config=test.cfg\n"));
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
  assert_failed (fixture, STATUS_INVALID_INPUT,
      "calibrate_size=4, but the "
      "folder my pictures holds only 3 files (those in sub-folders do not");
  convert (fixture, "two-inputs.onnx", IMAGE_CONFIG, NULL);
  assert_failed (fixture, STATUS_INVALID_INPUT,
      "calibrate_path must have one "
      "folder for each input of the model: \"left\", \"right\"");
  convert (
      fixture, "convnet.onnx", FULL_CONFIG "normalize_std=[1,0,1]\n", NULL);
  assert_failed (fixture, STATUS_INVALID_INPUT,
      "test.cfg:4: "
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
  convert (fixture, "convnet.onnx",
      TUNE_CONFIG "[data_preprocess_param]\n"
                  "calibrate_path=image:b\ninput_type=BIN\n",
      NULL);
  g_assert_cmpint (fixture->status, ==, STATUS_INVALID_INPUT);
  assert_contains (fixture->err, "calibrate_size is mandatory");
}

/* The same folder under a name that the model does not have */
static void
test_other_name (Fixture *fixture, gconstpointer data)
{
  (void) data;
  write_pictures (fixture, "p", 1);
  convert (fixture, "convnet.onnx",
      FULL_CONFIG "calibrate_path=picture:p\n"
                  "calibrate_size=1\ninput_type=IMAGE\n",
      "--print-pipeline");
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
  g_assert_cmpuint (
      count (fixture->err, "did you mean [full_quant_param]?"), ==, 1);
  assert_contains (fixture->err, "warning: test.cfg:15: section");

  /* what explains the error comes before it */
  convert (fixture, "convnet.onnx",
      "[common_quant_param]\n"
      "quant_type=FULL_QUANT\n[data_preproces_param]\n",
      NULL);
  g_assert_cmpint (fixture->status, ==, STATUS_INVALID_INPUT);
  assert_contains (fixture->err,
      "did you mean [data_preprocess_param]?\n"
      "ptq-convert: test.cfg: [data_preprocess_param] calibrate_path is ");

  convert (fixture, "convnet.onnx", WEIGHT_CONFIG "[ful_quant_param]\n", NULL);
  g_assert_cmpuint (
      count (fixture->err, "did you mean [full_quant_param]?"), ==, 1);
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

  convert (
      fixture, "convnet.onnx", WEIGHT_CONFIG "skip_quant_node=heat\n", NULL);
  g_assert_cmpuint (count (fixture->err, "did you mean \"head\"?"), ==, 1);
}

static void
test_few_samples (Fixture *fixture, gconstpointer data)
{
  (void) data;
  write_pictures (fixture, "my pictures", 4);
  convert (fixture, "convnet.onnx", IMAGE_CONFIG, NULL);
  g_assert_cmpuint (
      count (fixture->err,
          "warning: only 4 calibration samples arrived: 100 or so"),
      ==, 1);
}

static void
test_help (Fixture *fixture, gconstpointer data)
{
  static const gchar *const flags[] = { "fmk=ONNX",
    "modelFile=", "outputFile=", "configFile=", "inputShape=",
    "inputDataFormat=", "quantType=", "print-pipeline", "version",
    "trainModel=false", "infer=false", "optimize=general|none",
    "optimizeTransformer=false", "encryption=false" };

  (void) data;
  run (fixture, "--help", NULL);
  g_assert_cmpint (fixture->status, ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (flags); i++) {
    g_autofree gchar *flag = g_strconcat ("  --", flags[i], NULL);

    assert_contains (fixture->out, flag);
  }
}

#define ADD(name, func) \
  g_test_add ("/ptq-convert-options/" name, Fixture, NULL, fixture_set_up, \
      func, fixture_tear_down)

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
  return g_test_run ();
}
