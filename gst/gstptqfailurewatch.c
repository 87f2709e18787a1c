/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gstptqfailurewatch.h"

struct _GstPtqFailureWatch
{
  GstBus *bus;
  gulong handler;
  gint failed;                  /* atomic */
};

static GstBus *
find_bus (GstElement * element)
{
  g_autoptr (GstObject) top = gst_object_ref (element);
  GstObject *parent;

  while ((parent = gst_object_get_parent (top)) != NULL) {
    gst_object_unref (top);
    top = parent;
  }
  return GST_IS_ELEMENT (top) ? gst_element_get_bus (GST_ELEMENT (top)) : NULL;
}

/* On the thread that posts the error, so before the end of stream that the
 * same thread sends afterwards */
static void
on_error (GstBus * bus, GstMessage * message, gint * failed)
{
  (void) bus;
  (void) message;
  g_atomic_int_set (failed, TRUE);
}

GstPtqFailureWatch *
gst_ptq_failure_watch_new (GstElement * element)
{
  GstPtqFailureWatch *self = g_new0 (GstPtqFailureWatch, 1);

  self->bus = find_bus (element);
  if (self->bus != NULL) {
    gst_bus_enable_sync_message_emission (self->bus);
    self->handler = g_signal_connect (self->bus, "sync-message::error",
        G_CALLBACK (on_error), &self->failed);
  }
  return self;
}

void
gst_ptq_failure_watch_free (GstPtqFailureWatch * self)
{
  if (self->bus != NULL) {
    g_signal_handler_disconnect (self->bus, self->handler);
    gst_bus_disable_sync_message_emission (self->bus);
    gst_object_unref (self->bus);
  }
  g_free (self);
}

void
gst_ptq_failure_watch_reset (GstPtqFailureWatch * self)
{
  g_atomic_int_set (&self->failed, FALSE);
}

gboolean
gst_ptq_failure_watch_has_failed (GstPtqFailureWatch * self)
{
  return g_atomic_int_get (&self->failed);
}
