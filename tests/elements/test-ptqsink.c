/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ptqsink from the first caps to the model.
 */
#include <glib/gstdio.h>
#include <math.h>
#include <ptq.h>
#include "ptqsink-fixture.h"

static guint64
get_samples (SinkHarness *h)
{
  guint64 samples;

  g_object_get (h->sink, "samples", &samples, NULL);
  return samples;
}

static void
check_result (SinkHarness *h, guint64 samples, guint64 skipped)
{
  g_autoptr (GstMessage) message = sink_harness_pop (h, GST_MESSAGE_ELEMENT);
  const GstStructure *s;
  guint64 value, after;
  guint quantized;

  g_assert_nonnull (message);
  s = gst_message_get_structure (message);
  g_assert_true (gst_structure_has_name (s, "ptqsink"));
  g_assert_true (gst_structure_get_uint64 (s, "samples", &value));
  g_assert_cmpuint (value, ==, samples);
  g_assert_true (gst_structure_get_uint64 (s, "skipped", &value));
  g_assert_cmpuint (value, ==, skipped);
  g_assert_true (gst_structure_get_uint (s, "nodes-quantized", &quantized));
  g_assert_cmpuint (quantized, >, 0);
  g_assert_true (gst_structure_has_field (s, "nodes-float"));
  g_assert_true (gst_structure_get_uint64 (s, "bytes-before", &value));
  g_assert_true (gst_structure_get_uint64 (s, "bytes-after", &after));
  g_assert_cmpuint (value, >, 0);
  g_assert_cmpuint (after, >, 0);
  g_assert_null (sink_harness_pop (h, GST_MESSAGE_ELEMENT));
}

/* START, any number of CONTINUE with percents that do not fall, then @last */
static void
check_progress (SinkHarness *h, GstProgressType last)
{
  GstMessage *message;
  GstProgressType type = 0;
  gint before = 0, n = 0;

  while ((message = sink_harness_pop (h, GST_MESSAGE_PROGRESS)) != NULL) {
    g_autofree gchar *code = NULL;
    gint percent;

    if (n > 0)
      g_assert_cmpint (type, !=, last);
    gst_message_parse_progress (message, &type, &code, NULL);
    g_assert_cmpstr (code, ==, "quantize");
    g_assert_true ((n == 0) == (type == GST_PROGRESS_TYPE_START));
    g_assert_true (gst_structure_get_int (
        gst_message_get_structure (message), "percent", &percent));
    g_assert_cmpint (percent, >=, before);
    before = percent;
    n++;
    gst_message_unref (message);
  }
  g_assert_cmpint (type, ==, last);
}

/* Caps */

static void
test_template_caps (void)
{
  g_autoptr (GstCaps) template = NULL, caps = NULL;
  g_autoptr (GstPad) pad = NULL;
  SinkHarness h;

  init (&h);
  pad = gst_element_get_static_pad (h.sink, "sink");
  template = gst_pad_get_pad_template_caps (pad);
  caps = gst_pad_query_caps (pad, NULL);
  g_assert_true (gst_caps_is_equal (caps, template));
  sink_harness_clear (&h);
}

static void
check_first_caps (GstPad *pad, const gchar *expected)
{
  g_autoptr (GstCaps) caps = gst_pad_query_caps (pad, NULL);
  g_autoptr (GstCaps) wanted = gst_caps_from_string (expected);

  caps = gst_caps_truncate (g_steal_pointer (&caps));
  g_assert_true (gst_caps_can_intersect (caps, wanted));
}

static void
test_model_caps (void)
{
  g_autoptr (GstPad) pad = NULL;
  g_autoptr (GstCaps) caps = NULL, other = NULL;
  SinkHarness h;

  init (&h);
  play (&h);
  pad = gst_element_get_static_pad (h.sink, "sink");
  check_first_caps (pad, IMAGE_CAPS);

  /* every spelling, with the best first; then anything, to be refused in
   * words */
  caps = gst_pad_query_caps (pad, NULL);
  other = gst_caps_from_string (TENSOR_CAPS ("float32", "16:16:3"));
  g_assert_true (gst_caps_can_intersect (caps, other));
  gst_caps_unref (other);
  other = gst_caps_from_string (TENSOR_CAPS ("float32", "5:5:5"));
  g_assert_true (gst_caps_can_intersect (caps, other));
  caps = gst_caps_truncate (caps);
  g_assert_false (gst_caps_can_intersect (caps, other));
  sink_harness_clear (&h);
}

static void
test_filter_caps (void)
{
  g_autoptr (GstPad) pad = NULL;
  g_autoptr (GstCaps) filter = NULL, caps = NULL;
  SinkHarness h;

  init (&h);
  play (&h);
  pad = gst_element_get_static_pad (h.sink, "sink");
  filter = gst_caps_from_string ("other/tensors, format=static; video/x-raw");
  caps = gst_pad_query_caps (pad, filter);
  g_assert_true (gst_caps_is_subset (caps, filter));
  g_assert_false (gst_caps_is_empty (caps));
  sink_harness_clear (&h);
}

static void
check_caps_refused (const gchar *caps, const gchar *text)
{
  SinkHarness h;

  init (&h);
  play (&h);
  gst_harness_set_src_caps_str (h.harness, caps);
  g_assert_cmpint (sink_harness_push (&h, 1), ==, GST_FLOW_NOT_NEGOTIATED);
  g_assert_cmpint (sink_harness_push (&h, 1), ==, GST_FLOW_NOT_NEGOTIATED);
  sink_harness_check_error (
      &h, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT, text);
  sink_harness_end (&h);
  g_assert_null (sink_harness_pop (&h, GST_MESSAGE_ERROR | GST_MESSAGE_EOS));
  check_no_file (&h);
  sink_harness_clear (&h);
}

static void
test_wrong_shape (void)
{
  check_caps_refused (TENSOR_CAPS ("float32", "16:8:3:1"), "[1,3,8,16]");
  check_caps_refused (TENSOR_CAPS ("float32", "16:8:3:1"), "[1,3,16,16]");
}

static void
test_wrong_channels (void)
{
  check_caps_refused (TENSOR_CAPS ("float32", "16:16:1:1"), "[1,1,16,16]");
}

static void
test_wrong_type (void)
{
  check_caps_refused (TENSOR_CAPS ("uint8", "16:16:3:1"), "uint8");
}

static void
test_wrong_count (void)
{
  check_caps_refused (
      "other/tensors, format=(string)static, "
      "num_tensors=(int)2, types=(string)\"float32,float32\", "
      "dimensions=(string)\"16:16:3:1,16:16:3:1\", framerate=(fraction)0/1",
      "2 tensors");
}

/* The end of a stream */

static void
test_quantize (void)
{
  g_autoptr (PtqModel) model = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *path = NULL;
  g_autoptr (GstMessage) first = NULL, second = NULL;
  gdouble progress;
  SinkHarness h;

  init (&h);
  play (&h);
  push_good (&h, 5);
  g_assert_cmpuint (get_samples (&h), ==, 5);
  check_no_file (&h);
  sink_harness_end (&h);

  /* the result is there before the end is announced */
  first = gst_bus_timed_pop_filtered (
      h.bus, 0, GST_MESSAGE_ELEMENT | GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  second = gst_bus_timed_pop_filtered (
      h.bus, 0, GST_MESSAGE_ELEMENT | GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert_nonnull (first);
  g_assert_nonnull (second);
  g_assert_cmpint (GST_MESSAGE_TYPE (first), ==, GST_MESSAGE_ELEMENT);
  g_assert_cmpint (GST_MESSAGE_TYPE (second), ==, GST_MESSAGE_EOS);

  g_object_get (h.sink, "progress", &progress, NULL);
  g_assert_cmpfloat (progress, ==, 1);
  g_assert_cmpuint (sink_harness_n_files (&h), ==, 1);
  path = sink_harness_path (&h, "out.onnx");
  model = ptq_model_load (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ptq_model_get_n_inputs (model), ==, 1);
  sink_harness_clear (&h);
}

static void
test_messages (void)
{
  SinkHarness h;

  init (&h);
  play (&h);
  push_good (&h, 3);
  sink_harness_end (&h);
  check_result (&h, 3, 0);
  sink_harness_clear (&h);

  init (&h);
  play (&h);
  push_good (&h, 3);
  sink_harness_end (&h);
  check_progress (&h, GST_PROGRESS_TYPE_COMPLETE);
  sink_harness_clear (&h);
}

static void
test_no_samples (void)
{
  SinkHarness h;

  init (&h);
  play (&h);
  sink_harness_end (&h);
  sink_harness_check_error (
      &h, GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED, "without a sample");
  check_no_file (&h);
  sink_harness_clear (&h);
}

static void
test_min_samples (void)
{
  SinkHarness h;

  init (&h);
  g_object_set (h.sink, "min-samples", (guint64) 3, NULL);
  play (&h);
  push_good (&h, 2);
  sink_harness_end (&h);
  sink_harness_check_error (&h, GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED,
      "after 2 samples, but min-samples is 3");
  check_no_file (&h);
  sink_harness_clear (&h);
}

static void
test_max_samples (void)
{
  SinkHarness h;

  init (&h);
  g_object_set (h.sink, "max-samples", (guint64) 3, NULL);
  play (&h);
  push_good (&h, 2);
  g_assert_cmpint (sink_harness_push (&h, 1), ==, GST_FLOW_EOS);
  g_assert_cmpint (sink_harness_push (&h, 1), ==, GST_FLOW_EOS);
  sink_harness_end (&h);
  check_result (&h, 3, 0);
  sink_harness_clear (&h);
}

static void
test_old_file_stays (void)
{
  g_autofree gchar *path = NULL, *text = NULL;
  SinkHarness h;

  init (&h);
  path = sink_harness_path (&h, "out.onnx");
  g_assert_true (g_file_set_contents (path, "old", -1, NULL));
  play (&h);
  push_good (&h, 1);
  g_assert_cmpint (sink_harness_push (&h, NAN), ==, GST_FLOW_ERROR);
  sink_harness_end (&h);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "old");
  g_assert_cmpuint (sink_harness_n_files (&h), ==, 1);
  sink_harness_clear (&h);
}

/* Samples */

static void
test_wrong_size (void)
{
  SinkHarness h;

  init (&h);
  play (&h);
  g_assert_cmpint (
      gst_harness_push (h.harness, gst_buffer_new_allocate (NULL, 100, NULL)),
      ==, GST_FLOW_ERROR);
  sink_harness_check_error (
      &h, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT, "100 bytes");
  sink_harness_end (&h);
  g_assert_null (sink_harness_pop (&h, GST_MESSAGE_ERROR | GST_MESSAGE_EOS));
  check_no_file (&h);
  sink_harness_clear (&h);
}

static void
test_nan_fails (void)
{
  SinkHarness h;

  init (&h);
  play (&h);
  push_good (&h, 2);
  g_assert_cmpint (sink_harness_push (&h, NAN), ==, GST_FLOW_ERROR);
  sink_harness_check_error (
      &h, GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE, "NaN");
  sink_harness_end (&h);
  g_assert_null (sink_harness_pop (&h, GST_MESSAGE_ERROR | GST_MESSAGE_EOS));
  check_no_file (&h);
  sink_harness_clear (&h);
}

/* The sample is fine, what the model makes of it is not. */
static void
test_nan_inside (void)
{
  SinkHarness h;

  init_with (&h, "square-root.onnx");
  play (&h);
  push_good (&h, 2);
  g_assert_cmpint (sink_harness_push (&h, -1), ==, GST_FLOW_ERROR);
  sink_harness_check_error (
      &h, GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE, "root");
  check_no_file (&h);
  sink_harness_clear (&h);
}

static void
test_nan_skipped (void)
{
  SinkHarness h;
  GstMessage *warning;
  guint n_warnings = 0;

  init (&h);
  gst_util_set_object_arg (G_OBJECT (h.sink), "on-error", "skip");
  play (&h);
  push_good (&h, 2);
  g_assert_cmpint (sink_harness_push (&h, NAN), ==, GST_FLOW_OK);
  g_assert_cmpint (sink_harness_push (&h, NAN), ==, GST_FLOW_OK);
  push_good (&h, 1);
  sink_harness_end (&h);
  while ((warning = gst_bus_pop_filtered (
              h.bus, GST_MESSAGE_WARNING | GST_MESSAGE_ELEMENT))
      != NULL) {
    if (GST_MESSAGE_TYPE (warning) == GST_MESSAGE_ELEMENT) {
      gst_bus_post (h.bus, warning);
      break;
    }
    n_warnings++;
    gst_message_unref (warning);
  }
  /* the first one, and how many it were */
  g_assert_cmpuint (n_warnings, >=, 2);
  check_result (&h, 3, 2);
  sink_harness_clear (&h);
}

static void
test_all_skipped (void)
{
  SinkHarness h;

  init (&h);
  gst_util_set_object_arg (G_OBJECT (h.sink), "on-error", "skip");
  play (&h);
  g_assert_cmpint (sink_harness_push (&h, NAN), ==, GST_FLOW_OK);
  sink_harness_end (&h);
  sink_harness_check_error (
      &h, GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED, "All 1 samples");
  check_no_file (&h);
  sink_harness_clear (&h);
}

static GstBuffer *
new_pair (gboolean one_memory)
{
  gsize left = 3 * 8 * 8 * sizeof (gfloat), right = 2 * 8 * 8 * sizeof (gfloat);
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, left, NULL);

  gst_buffer_append_memory (buffer, gst_allocator_alloc (NULL, right, NULL));
  gst_buffer_memset (buffer, 0, 0x3f, left + right);
  if (one_memory)
    gst_buffer_replace_all_memory (buffer, gst_buffer_get_all_memory (buffer));
  return buffer;
}

static void
test_two_inputs (void)
{
  SinkHarness h;

  init_with (&h, "two-inputs.onnx");
  play (&h);
  gst_harness_set_src_caps_str (h.harness,
      "other/tensors, format=(string)static, num_tensors=(int)2, "
      "types=(string)\"float32,float32\", "
      "dimensions=(string)\"8:8:3:1,8:8:2:1\", framerate=(fraction)0/1");
  /* the caps of play () did not fit */
  gst_message_unref (sink_harness_pop (&h, GST_MESSAGE_ERROR));
  g_assert_cmpint (
      gst_harness_push (h.harness, new_pair (FALSE)), ==, GST_FLOW_OK);
  g_assert_cmpint (
      gst_harness_push (h.harness, new_pair (TRUE)), ==, GST_FLOW_OK);
  g_assert_cmpuint (get_samples (&h), ==, 2);
  sink_harness_clear (&h);
}

static void
test_open_shape (void)
{
  SinkHarness h;

  init_with (&h, "convnet-open.onnx");
  play (&h);
  push_good (&h, 2);
  sink_harness_end (&h);
  check_result (&h, 2, 0);
  sink_harness_clear (&h);
}

static GBytes *
quantize_file (const gchar *model, const gchar *type)
{
  g_autofree gchar *path = NULL;
  g_autoptr (GError) error = NULL;
  gchar *bytes;
  gsize size;
  SinkHarness h;

  init_with (&h, model);
  gst_util_set_object_arg (G_OBJECT (h.sink), "quant-type", type);
  g_object_set (h.sink, "min-quant-weight-channel", 0, NULL);
  play (&h);
  push_good (&h, 3);
  sink_harness_end (&h);
  path = sink_harness_path (&h, "out.onnx");
  g_file_get_contents (path, &bytes, &size, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sink_harness_n_files (&h), ==, 1);
  sink_harness_clear (&h);
  return g_bytes_new_take (bytes, size);
}

static void
test_weights_outside (void)
{
  static const gchar *const types[] = { "full", "weight" };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    g_autoptr (GBytes) inside = quantize_file ("convnet.onnx", types[i]);
    g_autoptr (GBytes) outside =
        quantize_file ("convnet-outside.onnx", types[i]);

    g_assert_true (g_bytes_equal (inside, outside));
  }
}

static void
test_few_samples (void)
{
  SinkHarness h;

  init (&h);
  play (&h);
  push_good (&h, 19);
  sink_harness_end (&h);
  g_assert_cmpuint (count_warnings (&h, "only 19 calibration samples"), ==, 1);
  sink_harness_clear (&h);
}

/* As gst-launch-1.0 does that hears of no error while it is on the way to
 * PAUSED: the failure does not count as the end of preroll, and is said again
 * until somebody stops the pipeline. */
static void
test_unheard_failure (void)
{
  g_autofree gchar *model = test_data ("stream/convnet.onnx");
  /* The last one stops without an end of stream. */
  const gchar *const heads[] = {
    "videotestsrc num-buffers=3 ! ptqconvert ! ptqresize width=20 height=20 "
    "! ptqnormalize",
    "videotestsrc num-buffers=3 ! ptqconvert ! ptqresize "
    "! ptqnormalize std=\"<0>\"",
    "ptqbinsrc name=source"
  };

  for (guint i = 0; i < G_N_ELEMENTS (heads); i++) {
    g_autofree gchar *description =
        g_strdup_printf ("%s ! ptqsink name=sink "
                         "model=%s location=/tmp/never.onnx",
            heads[i], model);
    g_autoptr (GError) error = NULL;
    g_autoptr (GstElement) pipeline = gst_parse_launch (description, &error);
    g_autoptr (GstElement) source = NULL;
    g_autoptr (GstBus) bus = NULL;
    gint64 start;

    g_assert_no_error (error);
    bus = gst_element_get_bus (pipeline);
    source = gst_bin_get_by_name (GST_BIN (pipeline), "source");
    if (source != NULL) /* a file of the wrong size */
      g_object_set (source, "location", model, NULL);
    gst_element_set_state (pipeline, GST_STATE_PAUSED);
    /* all at once, and a second later again */
    start = g_get_monotonic_time ();
    while (g_get_monotonic_time () < start + G_TIME_SPAN_SECOND / 2)
      gst_message_unref (
          gst_bus_timed_pop_filtered (bus, 60 * GST_SECOND, GST_MESSAGE_ERROR));
    g_assert_cmpint (gst_element_get_state (pipeline, NULL, NULL, 0), !=,
        GST_STATE_CHANGE_SUCCESS);
    gst_element_set_state (pipeline, GST_STATE_NULL);
  }
}

static void
add (const gchar *name, void (*test) (void))
{
  g_autofree gchar *path = g_strconcat ("/ptqsink/", name, NULL);

  g_test_add_func (path, test);
}

int
main (int argc, char **argv)
{
  gint status;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);

  add ("caps/template", test_template_caps);
  add ("caps/model", test_model_caps);
  add ("caps/filter", test_filter_caps);
  add ("caps/wrong-shape", test_wrong_shape);
  add ("caps/wrong-channels", test_wrong_channels);
  add ("caps/wrong-type", test_wrong_type);
  add ("caps/wrong-count", test_wrong_count);
  add ("end/quantize", test_quantize);
  add ("end/messages", test_messages);
  add ("end/no-samples", test_no_samples);
  add ("end/min-samples", test_min_samples);
  add ("end/max-samples", test_max_samples);
  add ("end/old-file-stays", test_old_file_stays);
  add ("samples/wrong-size", test_wrong_size);
  add ("samples/nan-fails", test_nan_fails);
  add ("samples/nan-inside", test_nan_inside);
  add ("samples/nan-skipped", test_nan_skipped);
  add ("samples/all-skipped", test_all_skipped);
  add ("samples/two-inputs", test_two_inputs);
  add ("samples/open-shape", test_open_shape);
  add ("samples/weights-outside", test_weights_outside);
  add ("end/unheard-failure", test_unheard_failure);
  add ("settings/few-samples", test_few_samples);

  status = g_test_run ();
  /* so that the leaks tracer looks */
  gst_deinit ();
  return status;
}
