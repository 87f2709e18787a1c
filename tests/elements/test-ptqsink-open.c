/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What ptqsink says to its settings before the first sample.
 */
#include <glib/gstdio.h>
#include <ptq.h>
#include "ptqsink-fixture.h"

/* Opening */

static void
check_not_opened (SinkHarness *h, GQuark domain, gint code, const gchar *text)
{
  g_assert_false (sink_harness_play (h));
  sink_harness_check_error (h, domain, code, text);
  check_no_file (h);
  sink_harness_clear (h);
}

static void
test_missing_model (void)
{
  SinkHarness h;

  init (&h);
  g_object_set (h.sink, "model", "/nowhere/net.onnx", NULL);
  check_not_opened (&h, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND,
      "/nowhere/net.onnx");
}

static void
test_corrupt_model (void)
{
  g_autofree gchar *good = test_data ("stream/convnet.onnx");
  g_autofree gchar *content = NULL, *path = NULL;
  gsize size;
  SinkHarness h;

  init (&h);
  g_assert_true (g_file_get_contents (good, &content, &size, NULL));
  path = g_strconcat (h.folder, ".cut.onnx", NULL);
  g_assert_true (g_file_set_contents (path, content, size / 2, NULL));
  g_object_set (h.sink, "model", path, NULL);
  check_not_opened (
      &h, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_READ, "cut.onnx");
  g_unlink (path);
}

static void
test_nothing_set (void)
{
  SinkHarness h;

  init (&h);
  g_object_set (h.sink, "model", NULL, NULL);
  check_not_opened (
      &h, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS, "\"model\"");
  init (&h);
  g_object_set (h.sink, "location", NULL, NULL);
  check_not_opened (
      &h, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS, "\"location\"");
}

static void
test_no_folder (void)
{
  SinkHarness h;

  init (&h);
  g_object_set (h.sink, "location", "/nowhere/out.onnx", NULL);
  check_not_opened (
      &h, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND, "/nowhere");
  init (&h);
  g_object_set (h.sink, "location", h.folder, NULL);
  check_not_opened (
      &h, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_WRITE, "is a folder");
}

static void
test_over_the_model (void)
{
  g_autofree gchar *model = test_data ("stream/../stream/convnet.onnx");
  SinkHarness h;

  init (&h);
  g_object_set (h.sink, "location", model, NULL);
  check_not_opened (&h, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
      "it is the model that is read");

  init_with (&h, "convnet-outside.onnx");
  g_free (model);
  model = test_data ("stream/convnet-outside.weights");
  g_object_set (h.sink, "location", model, NULL);
  check_not_opened (&h, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
      "it holds weights of the model");

  init (&h);
  g_free (model);
  model = test_data ("stream/convnet.onnx");
  g_object_set (h.sink, "report-location", model, NULL);
  check_not_opened (
      &h, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS, "report-location: ");
}

/* Under another name, and where neither file is there yet */
static void
test_over_the_report (void)
{
  g_autofree gchar *page = NULL;
  g_autofree gchar *table = NULL;
  SinkHarness h;

  init (&h);
  page = g_build_filename (h.folder, ".", "out.onnx", NULL);
  g_object_set (h.sink, "report-location", page, NULL);
  check_not_opened (
      &h, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS, "report-location: ");

  init (&h);
  table = g_build_filename (h.folder, "quant_param.csv", NULL);
  g_object_set (
      h.sink, "debug-info-save-path", h.folder, "location", table, NULL);
  check_not_opened (&h, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
      "a table of the debug reports");
}

/* Not at the end of a stream that may take hours */
static void
test_wrong_pass (void)
{
  SinkHarness h;

  init (&h);
  g_object_set (h.sink, "disable-passes", "equalise", NULL);
  check_not_opened (&h, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
      "there is no pass \"equalise\"");
  init (&h);
  g_object_set (h.sink, "disable-passes", "equalize,rewrite", NULL);
  check_not_opened (&h, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
      "without the pass \"rewrite\"");
}

/* Settings */

static void
test_proxies (void)
{
  GObjectClass *settings_class = g_type_class_ref (PTQ_TYPE_SETTINGS);
  g_autofree GParamSpec **pspecs = NULL;
  guint n;
  SinkHarness h;

  init (&h);
  pspecs = g_object_class_list_properties (settings_class, &n);
  g_assert_cmpuint (n, >, 5);
  for (guint i = 0; i < n; i++) {
    GParamSpec *mine = g_object_class_find_property (
        G_OBJECT_GET_CLASS (h.sink), pspecs[i]->name);
    GValue value = G_VALUE_INIT;

    g_assert_nonnull (mine);
    g_assert_true (mine->value_type == pspecs[i]->value_type);
    g_value_init (&value, mine->value_type);
    g_object_get_property (G_OBJECT (h.sink), mine->name, &value);
    g_assert_true (g_param_value_defaults (pspecs[i], &value));
    g_value_unset (&value);
  }
  sink_harness_clear (&h);
  g_type_class_unref (settings_class);
}

static void
test_settings (void)
{
  gint bits;
  SinkHarness h;

  init (&h);
  gst_util_set_object_arg (G_OBJECT (h.sink), "bit-num", "12");
  g_object_get (h.sink, "bit-num", &bits, NULL);
  g_assert_cmpint (bits, ==, 12);
  check_not_opened (
      &h, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS, "bit_num is 12");
}

static void
test_config (void)
{
  g_autofree gchar *path = NULL;
  SinkHarness h;

  init (&h);
  path = g_strconcat (h.folder, ".cfg", NULL);
  g_assert_true (g_file_set_contents (path,
      "[common_quant_param]\n"
      "quant_type=FULL_QUANT\nbit_num=eight\n",
      -1, NULL));
  g_object_set (h.sink, "config", path, NULL);
  check_not_opened (
      &h, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS, "bit_num");

  /* the file is right, the property that goes before it is not */
  init (&h);
  g_assert_true (g_file_set_contents (path,
      "[common_quant_param]\n"
      "quant_type=FULL_QUANT\nbit_num=8\n",
      -1, NULL));
  g_object_set (h.sink, "config", path, "bit-num", 16, NULL);
  check_not_opened (
      &h, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS, "bit_num is 16");

  init (&h);
  g_object_set (h.sink, "config", path, NULL);
  g_assert_true (sink_harness_play (&h));
  sink_harness_clear (&h);

  init (&h);
  g_object_set (h.sink, "config", "/nowhere/full.cfg", NULL);
  check_not_opened (&h, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND,
      "/nowhere/full.cfg");
  g_unlink (path);
}

/* Told when there is still time to do something about it, and not again */
static void
test_misspelt_name (void)
{
  SinkHarness h;

  init (&h);
  g_object_set (h.sink, "skip-quant-node", "pointwise, depthwice", NULL);
  play (&h);
  g_assert_cmpuint (count_warnings (&h,
                        "no node \"depthwice\"; did you mean "
                        "\"depthwise\"?"),
      ==, 1);
  push_good (&h, 20);
  sink_harness_end (&h);
  g_assert_cmpuint (count_warnings (&h, ""), ==, 0);
  sink_harness_clear (&h);
}

static void
test_misspelt_name_in_file (void)
{
  g_autofree gchar *path = NULL;
  SinkHarness h;

  init (&h);
  path = g_strconcat (h.folder, ".cfg", NULL);
  g_assert_true (g_file_set_contents (path,
      "[common_quant_param]\n"
      "quant_type=FULL_QUANT\nskip_quant_node=heat\n",
      -1, NULL));
  g_object_set (h.sink, "config", path, NULL);
  play (&h);
  g_assert_cmpuint (count_warnings (&h, "did you mean \"head\"?"), ==, 1);
  g_unlink (path);
  sink_harness_clear (&h);
}

static void
add (const gchar *name, void (*test) (void))
{
  g_autofree gchar *path = g_strconcat ("/ptqsink-open/", name, NULL);

  g_test_add_func (path, test);
}

int
main (int argc, char **argv)
{
  gint status;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);

  add ("open/missing-model", test_missing_model);
  add ("open/corrupt-model", test_corrupt_model);
  add ("open/nothing-set", test_nothing_set);
  add ("open/no-folder", test_no_folder);
  add ("open/over-the-model", test_over_the_model);
  add ("open/over-the-report", test_over_the_report);
  add ("open/wrong-pass", test_wrong_pass);
  add ("settings/proxies", test_proxies);
  add ("settings/invalid", test_settings);
  add ("settings/config", test_config);
  add ("settings/misspelt-name", test_misspelt_name);
  add ("settings/misspelt-name-in-file", test_misspelt_name_in_file);

  status = g_test_run ();
  /* so that the leaks tracer looks */
  gst_deinit ();
  return status;
}
