/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Runs a pipeline and keeps its buffers, caps and messages.
 */
#include <gst/check/gstharness.h>
#include "stream.h"

#include <string.h>
#include <gst/video/video.h>

#include "gstptqsamplemeta.h"

#define PATIENCE (100 * GST_SECOND)

static void
take_buffer (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer data)
{
  Stream *self = data;
  (void) sink;

  g_ptr_array_add (self->buffers, gst_buffer_ref (buffer));
  g_ptr_array_add (self->caps, gst_pad_get_current_caps (pad));
}

static GstElement *
make_pipeline (const gchar *description, Stream *self)
{
  g_autofree gchar *whole = g_strconcat (description,
      " ! fakesink name=end signal-handoffs=true sync=false", NULL);
  g_autoptr (GError) error = NULL;
  GstElement *pipeline = gst_parse_launch (whole, &error);
  g_autoptr (GstElement) end = NULL;

  g_assert_no_error (error);
  end = gst_bin_get_by_name (GST_BIN (pipeline), "end");
  g_signal_connect (end, "handoff", G_CALLBACK (take_buffer), self);
  return pipeline;
}

/* Returns whether the stream goes on. */
static gboolean
take_message (Stream *self, GstMessage *message)
{
  g_autoptr (GError) error = NULL;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_WARNING:
      gst_message_parse_warning (message, &error, NULL);
      g_ptr_array_add (self->warnings, g_strdup (error->message));
      return TRUE;
    case GST_MESSAGE_ERROR:
      gst_message_parse_error (message, &error, NULL);
      g_ptr_array_add (self->errors, g_strdup (error->message));
      return FALSE;
    default:
      return FALSE;
  }
}

static void
listen (Stream *self, GstBus *bus)
{
  gboolean goes_on = TRUE;

  while (goes_on) {
    GstMessage *message = gst_bus_timed_pop_filtered (bus, PATIENCE,
        GST_MESSAGE_EOS | GST_MESSAGE_ERROR | GST_MESSAGE_WARNING);

    g_assert_nonnull (message);
    goes_on = take_message (self, message);
    gst_message_unref (message);
  }
}

static void
unref_caps (gpointer caps)
{
  if (caps != NULL)
    gst_caps_unref (caps);
}

Stream *
stream_run (const gchar *format, ...)
{
  Stream *self = g_new0 (Stream, 1);
  g_autofree gchar *description = NULL;
  g_autoptr (GstElement) pipeline = NULL;
  g_autoptr (GstBus) bus = NULL;
  va_list args;

  self->buffers =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);
  self->caps = g_ptr_array_new_with_free_func (unref_caps);
  self->errors = g_ptr_array_new_with_free_func (g_free);
  self->warnings = g_ptr_array_new_with_free_func (g_free);

  va_start (args, format);
  description = g_strdup_vprintf (format, args);
  va_end (args);
  g_test_message ("%s", description);
  pipeline = make_pipeline (description, self);
  bus = gst_element_get_bus (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  listen (self, bus);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return self;
}

void
stream_free (Stream *self)
{
  g_ptr_array_unref (self->buffers);
  g_ptr_array_unref (self->caps);
  g_ptr_array_unref (self->errors);
  g_ptr_array_unref (self->warnings);
  g_free (self);
}

void
stream_check (Stream *self, guint n_buffers)
{
  guint i;

  for (i = 0; i < self->errors->len; i++)
    g_test_message ("%s", (gchar *) self->errors->pdata[i]);
  for (i = 0; i < self->warnings->len; i++)
    g_test_message ("%s", (gchar *) self->warnings->pdata[i]);
  g_assert_cmpuint (self->errors->len, ==, 0);
  g_assert_cmpuint (self->warnings->len, ==, 0);
  g_assert_cmpuint (self->buffers->len, ==, n_buffers);
}

void
stream_check_error (Stream *self, ...)
{
  const gchar *message, *text;
  va_list args;

  g_assert_cmpuint (self->buffers->len, ==, 0);
  g_assert_cmpuint (self->errors->len, ==, 1);
  message = self->errors->pdata[0];
  va_start (args, self);
  while ((text = va_arg (args, const gchar *)) != NULL) {
    if (strstr (message, text) == NULL)
      g_error ("\"%s\" does not hold \"%s\"", message, text);
  }
  va_end (args);
}

void
stream_check_caps (Stream *self, guint index, const gchar *caps)
{
  g_autoptr (GstCaps) expected = gst_caps_from_string (caps);

  g_assert_nonnull (expected);
  if (!gst_caps_is_subset (self->caps->pdata[index], expected)) {
    g_autofree gchar *have = gst_caps_to_string (self->caps->pdata[index]);

    g_error ("%s is not %s", have, caps);
  }
}

gchar *
stream_rgb_sha1 (Stream *self, guint index)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA1);
  GstVideoInfo info;
  GstVideoFrame frame;
  gint y;

  g_assert_true (gst_video_info_from_caps (&info, self->caps->pdata[index]));
  g_assert_cmpint (GST_VIDEO_INFO_FORMAT (&info), ==, GST_VIDEO_FORMAT_RGB);
  g_assert_true (gst_video_frame_map (
      &frame, &info, self->buffers->pdata[index], GST_MAP_READ));
  for (y = 0; y < GST_VIDEO_FRAME_HEIGHT (&frame); y++)
    g_checksum_update (sum,
        (guint8 *) GST_VIDEO_FRAME_PLANE_DATA (&frame, 0)
            + y * GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0),
        3 * GST_VIDEO_FRAME_WIDTH (&frame));
  gst_video_frame_unmap (&frame);
  return g_strdup (g_checksum_get_string (sum));
}

gchar *
stream_file_name (Stream *self, guint index)
{
  const gchar *path =
      gst_ptq_sample_meta_get_file_name (self->buffers->pdata[index]);

  g_assert_nonnull (path);
  return g_path_get_basename (path);
}

void
stream_check_one_error (const gchar *element)
{
  GstHarness *harness = gst_harness_new_parse (element);
  g_autoptr (GstBus) bus = gst_bus_new ();
  guint n = 0;

  gst_element_set_bus (harness->element, bus);
  for (guint start = 1; start <= 2; start++) {
    GstMessage *message;

    gst_harness_set_src_caps_str (
        harness, "video/x-raw,format=RGB,width=2,height=1,framerate=0/1");
    for (guint i = 0; i < 3; i++)
      g_assert_cmpint (
          gst_harness_push (harness, gst_buffer_new_allocate (NULL, 8, NULL)),
          ==, GST_FLOW_NOT_NEGOTIATED);
    while ((message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR)) != NULL) {
      gst_message_unref (message);
      n++;
    }
    g_assert_cmpuint (n, ==, start);
    gst_element_set_state (harness->element, GST_STATE_NULL);
    gst_element_set_state (harness->element, GST_STATE_PLAYING);
  }
  gst_element_set_bus (harness->element, NULL);
  gst_harness_teardown (harness);
}
