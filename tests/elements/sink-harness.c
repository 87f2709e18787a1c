/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Drives a sink that feeds a model, and keeps a folder for what it writes.
 */
#include "sink-harness.h"

#include <glib/gstdio.h>

gchar *
test_data (const gchar *name)
{
  return g_test_build_filename (G_TEST_DIST, "data", name, NULL);
}

void
sink_harness_init (SinkHarness *self, const gchar *element)
{
  self->sink = gst_element_factory_make (element, NULL);
  g_assert_nonnull (self->sink);
  gst_object_ref_sink (self->sink);
  /* a harness wants to be in PLAYING before the first buffer */
  g_object_set (self->sink, "async", FALSE, NULL);
  self->bus = gst_bus_new ();
  gst_element_set_bus (self->sink, self->bus);
  self->harness = NULL;
  self->folder = g_dir_make_tmp ("ptq-sink-XXXXXX", NULL);
}

static void
remove_folder (const gchar *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const gchar *name;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree gchar *path = g_build_filename (folder, name, NULL);

    g_unlink (path);
  }
  g_rmdir (folder);
}

void
sink_harness_clear (SinkHarness *self)
{
  gst_element_set_state (self->sink, GST_STATE_NULL);
  if (self->harness != NULL)
    gst_harness_teardown (self->harness);
  gst_element_set_bus (self->sink, NULL);
  gst_object_unref (self->sink);
  gst_object_unref (self->bus);
  remove_folder (self->folder);
  g_free (self->folder);
}

gchar *
sink_harness_path (SinkHarness *self, const gchar *name)
{
  return g_build_filename (self->folder, name, NULL);
}

gboolean
sink_harness_exists (SinkHarness *self, const gchar *name)
{
  g_autofree gchar *path = sink_harness_path (self, name);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

guint
sink_harness_n_files (SinkHarness *self)
{
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

gboolean
sink_harness_play (SinkHarness *self)
{
  if (gst_element_set_state (self->sink, GST_STATE_PLAYING)
      == GST_STATE_CHANGE_FAILURE)
    return FALSE;

  if (self->harness == NULL)
    self->harness = gst_harness_new_with_element (self->sink, "sink", NULL);
  gst_harness_set_src_caps_str (self->harness, IMAGE_CAPS);
  return TRUE;
}

/* A ramp, so that channels differ */
GstBuffer *
new_image (gfloat level)
{
  gfloat *pixels = g_new (gfloat, IMAGE_SIZE);

  for (guint i = 0; i < IMAGE_SIZE; i++)
    pixels[i] = level * i / IMAGE_SIZE;
  return gst_buffer_new_wrapped (pixels, IMAGE_SIZE * sizeof (gfloat));
}

GstFlowReturn
sink_harness_push (SinkHarness *self, gfloat level)
{
  return gst_harness_push (self->harness, new_image (level));
}

void
sink_harness_end (SinkHarness *self)
{
  gst_harness_push_event (self->harness, gst_event_new_eos ());
}

GstMessage *
sink_harness_pop (SinkHarness *self, GstMessageType types)
{
  return gst_bus_pop_filtered (self->bus, types);
}

void
sink_harness_check_error (
    SinkHarness *self, GQuark domain, gint code, const gchar *text)
{
  g_autoptr (GstMessage) message = sink_harness_pop (self, GST_MESSAGE_ERROR);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (message);
  gst_message_parse_error (message, &error, NULL);
  g_assert_error (error, domain, code);
  if (strstr (error->message, text) == NULL)
    g_error ("\"%s\" does not say \"%s\"", error->message, text);
  g_assert_null (sink_harness_pop (self, GST_MESSAGE_ERROR));
}
