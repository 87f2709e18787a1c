/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ptqcompare: figures, labels, and streams that end too early.
 */
#include <glib/gstdio.h>
#include <math.h>
#include "gstptqsamplemeta.h"
#include "sink-harness.h"

static void
init (SinkHarness *h, const gchar *reference_name, const gchar *model_name)
{
  g_autofree gchar *reference = test_data (reference_name);
  g_autofree gchar *model = test_data (model_name);

  sink_harness_init (h, "ptqcompare");
  g_object_set (h->sink, "reference", reference, "model", model, NULL);
}

static void
init_same (SinkHarness *h)
{
  init (h, "stream/convnet.onnx", "stream/convnet.onnx");
}

static void
push_named (SinkHarness *h, const gchar *name)
{
  GstBuffer *buffer = new_image (1);

  gst_ptq_sample_meta_set (buffer, name);
  g_assert_cmpint (gst_harness_push (h->harness, buffer), ==, GST_FLOW_OK);
}

static void
set_labels (SinkHarness *h, const gchar *text)
{
  g_autofree gchar *path = sink_harness_path (h, "labels.csv");

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_object_set (h->sink, "labels", path, NULL);
}

static GstStructure *
pop_figures (SinkHarness *h)
{
  g_autoptr (GstMessage) message = sink_harness_pop (h, GST_MESSAGE_ELEMENT);

  g_assert_nonnull (message);
  g_assert_true (gst_message_has_name (message, "ptqcompare"));
  return gst_structure_copy (gst_message_get_structure (message));
}

static gdouble
get_double (const GstStructure *figures, const gchar *name)
{
  gdouble value = NAN;

  g_assert_true (gst_structure_get_double (figures, name, &value));
  return value;
}

static guint64
get_count (const GstStructure *figures, const gchar *name)
{
  guint64 value = 0;

  g_assert_true (gst_structure_get_uint64 (figures, name, &value));
  return value;
}

static void
test_same (void)
{
  g_autoptr (GstStructure) figures = NULL, stats = NULL;
  const GValue *outputs;
  SinkHarness h;

  init_same (&h);
  g_assert_true (sink_harness_play (&h));
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (sink_harness_push (&h, 1 + i), ==, GST_FLOW_OK);
  sink_harness_end (&h);

  figures = pop_figures (&h);
  g_assert_cmpuint (get_count (figures, "samples"), ==, 3);
  g_assert_cmpuint (get_count (figures, "labelled"), ==, 0);
  g_assert_cmpfloat (get_double (figures, "agreement"), ==, 1);
  g_assert_cmpfloat (get_double (figures, "cosine"), ==, 1);
  g_assert_cmpfloat (get_double (figures, "max-error"), ==, 0);
  g_assert_true (isinf (get_double (figures, "sqnr-db")));
  g_assert_cmpfloat (get_double (figures, "reference-top1"), ==, -1);
  g_assert_cmpfloat (get_double (figures, "model-ms"), >, 0);
  g_assert_true (gst_structure_has_field_typed (figures, "cpu", G_TYPE_STRING));
  outputs = gst_structure_get_value (figures, "outputs");
  g_assert_cmpuint (gst_value_array_get_size (outputs), ==, 1);

  g_object_get (h.sink, "stats", &stats, NULL);
  g_assert_true (gst_structure_is_equal (stats, figures));
  sink_harness_clear (&h);
}

/* The answer to a sample is always the same, whatever it is: of ten labels
 * that name each class once, one is right and five are among the best. */
static void
test_labels (void)
{
  g_autoptr (GstStructure) figures = NULL;
  g_autoptr (GString) labels = g_string_new ("file,class_index\n");
  SinkHarness h;

  init_same (&h);
  for (guint i = 0; i < 10; i++)
    g_string_append_printf (labels, "%u.jpg,%u\n", i, i);
  set_labels (&h, labels->str);
  g_assert_true (sink_harness_play (&h));
  for (guint i = 0; i < 10; i++) {
    g_autofree gchar *name = g_strdup_printf ("/some/folder/%u.jpg", i);

    push_named (&h, name);
  }
  sink_harness_end (&h);

  figures = pop_figures (&h);
  g_assert_cmpuint (get_count (figures, "labelled"), ==, 10);
  g_assert_cmpfloat_with_epsilon (
      get_double (figures, "reference-top1"), 0.1, 1e-12);
  g_assert_cmpfloat_with_epsilon (
      get_double (figures, "model-top1"), 0.1, 1e-12);
  g_assert_cmpfloat_with_epsilon (
      get_double (figures, "reference-top5"), 0.5, 1e-12);
  sink_harness_clear (&h);
}

static void
test_some_unlabelled (void)
{
  g_autoptr (GstMessage) warning = NULL;
  g_autoptr (GError) error = NULL;
  SinkHarness h;

  init_same (&h);
  set_labels (&h, "file,class_index\na.jpg,1\n");
  g_assert_true (sink_harness_play (&h));
  push_named (&h, "a.jpg");
  push_named (&h, "b.jpg");
  sink_harness_end (&h);
  warning = sink_harness_pop (&h, GST_MESSAGE_WARNING);
  g_assert_nonnull (warning);
  gst_message_parse_warning (warning, &error, NULL);
  g_assert_nonnull (strstr (error->message, "1 of 2 samples"));
  g_assert_nonnull (strstr (error->message, "b.jpg"));
  sink_harness_clear (&h);
}

static void
test_all_unlabelled (void)
{
  SinkHarness h;

  init_same (&h);
  set_labels (&h, "file,class_index\na.jpg,1\n");
  g_assert_true (sink_harness_play (&h));
  push_named (&h, "folder/b.jpg");
  sink_harness_end (&h);
  sink_harness_check_error (
      &h, GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE, "folder/b.jpg");
  g_assert_null (sink_harness_pop (&h, GST_MESSAGE_EOS));
  sink_harness_clear (&h);
}

static void
test_label_out_of_range (void)
{
  GstBuffer *buffer = new_image (1);
  SinkHarness h;

  init_same (&h);
  set_labels (&h, "file,class_index\na.jpg,10\n");
  g_assert_true (sink_harness_play (&h));
  gst_ptq_sample_meta_set (buffer, "a.jpg");
  g_assert_cmpint (gst_harness_push (h.harness, buffer), ==, GST_FLOW_ERROR);
  sink_harness_check_error (
      &h, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT, "a.jpg: ");
  sink_harness_clear (&h);
}

static void
test_no_samples (void)
{
  SinkHarness h;

  init_same (&h);
  g_assert_true (sink_harness_play (&h));
  sink_harness_end (&h);
  sink_harness_check_error (
      &h, GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED, "without a sample");
  sink_harness_clear (&h);
}

static void
check_not_opened (SinkHarness *h, GQuark domain, gint code, const gchar *text)
{
  g_assert_false (sink_harness_play (h));
  sink_harness_check_error (h, domain, code, text);
  sink_harness_clear (h);
}

static void
test_not_opened (void)
{
  SinkHarness h;

  init (&h, "stream/convnet.onnx", "stream/two-inputs.onnx");
  check_not_opened (
      &h, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT, "two-inputs.onnx has 2");

  init (&h, "stream/nowhere.onnx", "stream/convnet.onnx");
  check_not_opened (
      &h, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND, "nowhere.onnx");

  init_same (&h);
  g_object_set (h.sink, "reference", NULL, NULL);
  check_not_opened (
      &h, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS, "\"reference\"");

  init_same (&h);
  g_object_set (h.sink, "labels", "/nowhere/labels.csv", NULL);
  check_not_opened (&h, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND,
      "/nowhere/labels.csv");
}

static void
test_flush (void)
{
  g_autoptr (GstStructure) figures = NULL;
  GstSegment segment;
  SinkHarness h;

  init_same (&h);
  g_assert_true (sink_harness_play (&h));
  g_assert_cmpint (sink_harness_push (&h, 1), ==, GST_FLOW_OK);
  gst_harness_push_event (h.harness, gst_event_new_flush_start ());
  gst_harness_push_event (h.harness, gst_event_new_flush_stop (TRUE));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (h.harness, gst_event_new_segment (&segment));
  g_assert_cmpint (sink_harness_push (&h, 1), ==, GST_FLOW_OK);
  sink_harness_end (&h);
  figures = pop_figures (&h);
  g_assert_cmpuint (get_count (figures, "samples"), ==, 1);
  sink_harness_clear (&h);
}

int
main (int argc, char **argv)
{
  gint status;

  gst_init (&argc, &argv);
  gst_ptq_sample_meta_register ();
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ptqcompare/same", test_same);
  g_test_add_func ("/ptqcompare/labels", test_labels);
  g_test_add_func ("/ptqcompare/some-unlabelled", test_some_unlabelled);
  g_test_add_func ("/ptqcompare/all-unlabelled", test_all_unlabelled);
  g_test_add_func ("/ptqcompare/label-out-of-range", test_label_out_of_range);
  g_test_add_func ("/ptqcompare/no-samples", test_no_samples);
  g_test_add_func ("/ptqcompare/not-opened", test_not_opened);
  g_test_add_func ("/ptqcompare/flush", test_flush);

  status = g_test_run ();
  /* so that the leaks tracer looks */
  gst_deinit ();
  return status;
}
