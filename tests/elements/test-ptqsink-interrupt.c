/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Pause, stop and flush while the model is quantized. The streaming thread is
 * held in its first progress message until the other thread has called
 * unlock (), so that nothing depends on who is faster.
 */
#include <glib/gstdio.h>
#include <gst/base/gstbasesink.h>
#include <math.h>
#include <ptq.h>
#include "sink-harness.h"

typedef struct
{
  SinkHarness h;
  GThread *stream;

  GMutex mutex;
  GCond cond;
  gboolean hold; /* stop at the next progress message */
  gboolean held;
  gboolean unlocked;
} Fixture;

static Fixture *current;
static gboolean (*original_unlock) (GstBaseSink *sink);

static gboolean
hooked_unlock (GstBaseSink *sink)
{
  gboolean done = original_unlock (sink);

  g_mutex_lock (&current->mutex);
  current->unlocked = TRUE;
  g_cond_broadcast (&current->cond);
  g_mutex_unlock (&current->mutex);
  return done;
}

static void
wait_for (Fixture *f, gboolean *what)
{
  gint64 end = g_get_monotonic_time () + 60 * G_TIME_SPAN_SECOND;

  while (!*what) {
    if (!g_cond_wait_until (&f->cond, &f->mutex, end))
      g_error ("nothing happened within a minute");
  }
}

static GstBusSyncReply
on_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  Fixture *f = user_data;
  GstProgressType type;

  (void) bus;
  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_PROGRESS)
    return GST_BUS_PASS;
  gst_message_parse_progress (message, &type, NULL, NULL);
  if (type != GST_PROGRESS_TYPE_CONTINUE)
    return GST_BUS_PASS;

  g_mutex_lock (&f->mutex);
  if (f->hold) {
    f->hold = FALSE;
    f->unlocked = FALSE;
    f->held = TRUE;
    g_cond_broadcast (&f->cond);
    wait_for (f, &f->unlocked);
  }
  g_mutex_unlock (&f->mutex);
  return GST_BUS_PASS;
}

static void
fixture_init (Fixture *f)
{
  g_autofree gchar *model = test_data ("stream/convnet.onnx");
  g_autofree gchar *location = NULL;
  GstBaseSinkClass *klass;

  memset (f, 0, sizeof (*f));
  sink_harness_init (&f->h, "ptqsink");
  location = sink_harness_path (&f->h, "out.onnx");
  g_object_set (f->h.sink, "model", model, "location", location, NULL);
  gst_bus_set_sync_handler (f->h.bus, on_message, f, NULL);

  current = f;
  klass = GST_BASE_SINK_GET_CLASS (f->h.sink);
  if (original_unlock == NULL)
    original_unlock = klass->unlock;
  klass->unlock = hooked_unlock;

  g_assert_true (sink_harness_play (&f->h));
}

static void
fixture_clear (Fixture *f)
{
  gst_bus_set_sync_handler (f->h.bus, NULL, NULL, NULL);
  sink_harness_clear (&f->h);
}

static gpointer
send_end (gpointer user_data)
{
  Fixture *f = user_data;

  sink_harness_end (&f->h);
  return NULL;
}

/* Returns with the streaming thread in the middle of the quantization. */
static void
start_quantizing (Fixture *f)
{
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (sink_harness_push (&f->h, 1 + i), ==, GST_FLOW_OK);
  f->hold = TRUE;
  f->stream = g_thread_new ("stream", send_end, f);
  g_mutex_lock (&f->mutex);
  wait_for (f, &f->held);
  g_mutex_unlock (&f->mutex);
}

static void
join (Fixture *f)
{
  g_thread_join (f->stream);
}

static GstProgressType
last_progress (Fixture *f)
{
  GstProgressType type = GST_PROGRESS_TYPE_START;
  GstMessage *message;

  while ((message = sink_harness_pop (&f->h, GST_MESSAGE_PROGRESS)) != NULL) {
    gst_message_parse_progress (message, &type, NULL, NULL);
    gst_message_unref (message);
  }
  return type;
}

static void
check_nothing_written (Fixture *f)
{
  g_assert_cmpuint (sink_harness_n_files (&f->h), ==, 0);
}

static void
test_stop (void)
{
  Fixture f;

  fixture_init (&f);
  start_quantizing (&f);
  gst_element_set_state (f.h.sink, GST_STATE_NULL);
  join (&f);

  check_nothing_written (&f);
  g_assert_cmpint (last_progress (&f), ==, GST_PROGRESS_TYPE_CANCELED);
  fixture_clear (&f);
}

static void
test_stop_is_quiet (void)
{
  Fixture f;

  fixture_init (&f);
  start_quantizing (&f);
  gst_element_set_state (f.h.sink, GST_STATE_NULL);
  join (&f);
  g_assert_null (sink_harness_pop (
      &f.h, GST_MESSAGE_EOS | GST_MESSAGE_ELEMENT | GST_MESSAGE_ERROR));
  fixture_clear (&f);
}

static void
test_pause (void)
{
  Fixture f;

  fixture_init (&f);
  start_quantizing (&f);
  gst_element_set_state (f.h.sink, GST_STATE_PAUSED);
  gst_element_get_state (f.h.sink, NULL, NULL, GST_CLOCK_TIME_NONE);
  check_nothing_written (&f);
  g_assert_null (sink_harness_pop (&f.h, GST_MESSAGE_EOS));

  gst_element_set_state (f.h.sink, GST_STATE_PLAYING);
  join (&f);
  g_assert_cmpuint (sink_harness_n_files (&f.h), ==, 1);
  g_assert_cmpint (last_progress (&f), ==, GST_PROGRESS_TYPE_COMPLETE);
  fixture_clear (&f);
}

static void
test_pause_then_stop (void)
{
  Fixture f;

  fixture_init (&f);
  start_quantizing (&f);
  gst_element_set_state (f.h.sink, GST_STATE_PAUSED);
  gst_element_get_state (f.h.sink, NULL, NULL, GST_CLOCK_TIME_NONE);
  gst_element_set_state (f.h.sink, GST_STATE_NULL);
  join (&f);
  check_nothing_written (&f);
  g_assert_cmpint (last_progress (&f), ==, GST_PROGRESS_TYPE_CANCELED);
  fixture_clear (&f);
}

static void
start_again (Fixture *f)
{
  GstSegment segment;

  gst_harness_push_event (f->h.harness, gst_event_new_flush_stop (TRUE));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (f->h.harness, gst_event_new_segment (&segment));
}

/* A flushing seek: the samples are forgotten and others come. */
static void
test_flush (void)
{
  g_autoptr (GstMessage) result = NULL;
  guint64 samples;
  Fixture f;

  fixture_init (&f);
  start_quantizing (&f);
  gst_harness_push_event (f.h.harness, gst_event_new_flush_start ());
  join (&f);
  check_nothing_written (&f);
  g_assert_cmpint (last_progress (&f), ==, GST_PROGRESS_TYPE_CANCELED);

  start_again (&f);
  g_object_get (f.h.sink, "samples", &samples, NULL);
  g_assert_cmpuint (samples, ==, 0);
  g_assert_cmpint (sink_harness_push (&f.h, 1), ==, GST_FLOW_OK);
  g_assert_cmpint (sink_harness_push (&f.h, 2), ==, GST_FLOW_OK);
  sink_harness_end (&f.h);

  result = sink_harness_pop (&f.h, GST_MESSAGE_ELEMENT);
  g_assert_nonnull (result);
  gst_structure_get_uint64 (
      gst_message_get_structure (result), "samples", &samples);
  g_assert_cmpuint (samples, ==, 2);
  g_assert_cmpuint (sink_harness_n_files (&f.h), ==, 1);
  fixture_clear (&f);
}

/* The stream that failed is over; the one after the flush has a result. */
static void
test_flush_after_failure (void)
{
  guint64 samples;
  Fixture f;

  fixture_init (&f);
  g_assert_cmpint (sink_harness_push (&f.h, NAN), ==, GST_FLOW_ERROR);
  sink_harness_check_error (
      &f.h, GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE, "NaN");
  gst_harness_push_event (f.h.harness, gst_event_new_flush_start ());
  start_again (&f);
  g_object_get (f.h.sink, "samples", &samples, NULL);
  g_assert_cmpuint (samples, ==, 0);
  g_assert_cmpint (sink_harness_push (&f.h, 1), ==, GST_FLOW_OK);
  sink_harness_end (&f.h);
  gst_message_unref (sink_harness_pop (&f.h, GST_MESSAGE_EOS));
  g_assert_cmpuint (sink_harness_n_files (&f.h), ==, 1);
  fixture_clear (&f);
}

static void
test_flush_between_samples (void)
{
  guint64 samples;
  Fixture f;

  fixture_init (&f);
  g_assert_cmpint (sink_harness_push (&f.h, 1), ==, GST_FLOW_OK);
  gst_harness_push_event (f.h.harness, gst_event_new_flush_start ());
  start_again (&f);
  g_object_get (f.h.sink, "samples", &samples, NULL);
  g_assert_cmpuint (samples, ==, 0);
  sink_harness_end (&f.h);
  sink_harness_check_error (
      &f.h, GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED, "without a sample");
  fixture_clear (&f);
}

static gpointer
push_one (gpointer user_data)
{
  Fixture *f = user_data;

  return GINT_TO_POINTER (sink_harness_push (&f->h, 1));
}

static void
wait_for_preroll (GstBaseSink *sink)
{
  gboolean waits = FALSE;

  for (guint i = 0; !waits; i++) {
    g_assert_cmpuint (i, <, 60000);
    g_usleep (1000);
    GST_BASE_SINK_PREROLL_LOCK (sink);
    waits = sink->have_preroll;
    GST_BASE_SINK_PREROLL_UNLOCK (sink);
  }
}

/* A run that the state change interrupts is made again, and counts once. */
static void
test_pause_in_run (void)
{
  GThread *thread;
  guint64 samples;
  Fixture f;

  fixture_init (&f);
  /* as a state change does before it asks for the lock */
  hooked_unlock (GST_BASE_SINK (f.h.sink));
  thread = g_thread_new ("push", push_one, &f);
  wait_for_preroll (GST_BASE_SINK (f.h.sink));
  gst_element_set_state (f.h.sink, GST_STATE_PAUSED);
  g_object_get (f.h.sink, "samples", &samples, NULL);
  g_assert_cmpuint (samples, ==, 0);
  gst_element_set_state (f.h.sink, GST_STATE_PLAYING);
  g_assert_cmpint (GPOINTER_TO_INT (g_thread_join (thread)), ==, GST_FLOW_OK);
  g_object_get (f.h.sink, "samples", &samples, NULL);
  g_assert_cmpuint (samples, ==, 1);
  fixture_clear (&f);
}

/* Nothing of one stream is left in the next. */
static void
test_state_loop (void)
{
  g_autoptr (GstMessage) result = NULL;
  guint64 samples;
  Fixture f;

  fixture_init (&f);
  for (guint i = 0; i < 5; i++) {
    g_assert_cmpint (sink_harness_push (&f.h, 1), ==, GST_FLOW_OK);
    gst_element_set_state (f.h.sink, i % 2 ? GST_STATE_NULL : GST_STATE_READY);
    check_nothing_written (&f);
    gst_harness_teardown (f.h.harness);
    f.h.harness = NULL;
    g_assert_true (sink_harness_play (&f.h));
    g_object_get (f.h.sink, "samples", &samples, NULL);
    g_assert_cmpuint (samples, ==, 0);
  }
  g_assert_cmpint (sink_harness_push (&f.h, 1), ==, GST_FLOW_OK);
  sink_harness_end (&f.h);
  result = sink_harness_pop (&f.h, GST_MESSAGE_ELEMENT);
  g_assert_nonnull (result);
  gst_structure_get_uint64 (
      gst_message_get_structure (result), "samples", &samples);
  g_assert_cmpuint (samples, ==, 1);
  fixture_clear (&f);
}

/* A source that fails ends the stream as one that is through does. */
static void
test_failed_pipeline (void)
{
  Fixture f;

  fixture_init (&f);
  g_assert_cmpint (sink_harness_push (&f.h, 1), ==, GST_FLOW_OK);
  GST_ELEMENT_ERROR (f.h.sink, RESOURCE, READ, ("a picture is broken"), (NULL));
  sink_harness_end (&f.h);
  sink_harness_check_error (
      &f.h, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ, "a picture is broken");
  g_assert_null (sink_harness_pop (&f.h, GST_MESSAGE_EOS));
  check_nothing_written (&f);
  fixture_clear (&f);
}

static void
add (const gchar *name, void (*test) (void))
{
  g_autofree gchar *path = g_strconcat ("/ptqsink/interrupt/", name, NULL);

  g_test_add_func (path, test);
}

int
main (int argc, char **argv)
{
  gint status;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);

  add ("stop", test_stop);
  add ("stop-is-quiet", test_stop_is_quiet);
  add ("pause", test_pause);
  add ("pause-then-stop", test_pause_then_stop);
  add ("flush", test_flush);
  add ("flush-after-failure", test_flush_after_failure);
  add ("flush-between-samples", test_flush_between_samples);
  add ("pause-in-run", test_pause_in_run);
  add ("state-loop", test_state_loop);
  add ("failed-pipeline", test_failed_pipeline);

  status = g_test_run ();
  /* so that the leaks tracer looks */
  gst_deinit ();
  return status;
}
