/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gstptqfailurewatch.h"

struct _GstPtqFailureWatch
{
  GstBus *bus;
  gulong handler;
  GMutex lock;
  GstMessage *error;            /* the first, protected by the lock */
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
on_error (GstBus * bus, GstMessage * message, GstPtqFailureWatch * self)
{
  (void) bus;
  g_mutex_lock (&self->lock);
  if (self->error == NULL)
    self->error = gst_message_ref (message);
  g_mutex_unlock (&self->lock);
}

GstPtqFailureWatch *
gst_ptq_failure_watch_new (GstElement * element)
{
  GstPtqFailureWatch *self = g_new0 (GstPtqFailureWatch, 1);

  g_mutex_init (&self->lock);
  self->bus = find_bus (element);
  if (self->bus != NULL) {
    gst_bus_enable_sync_message_emission (self->bus);
    self->handler = g_signal_connect (self->bus, "sync-message::error",
        G_CALLBACK (on_error), self);
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
  gst_clear_message (&self->error);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
gst_ptq_failure_watch_reset (GstPtqFailureWatch * self)
{
  g_mutex_lock (&self->lock);
  gst_clear_message (&self->error);
  g_mutex_unlock (&self->lock);
}

GstMessage *
gst_ptq_failure_watch_get_error (GstPtqFailureWatch * self)
{
  GstMessage *error = NULL;

  g_mutex_lock (&self->lock);
  if (self->error != NULL)
    error = gst_message_ref (self->error);
  g_mutex_unlock (&self->lock);
  return error;
}

gboolean
gst_ptq_failure_watch_has_failed (GstPtqFailureWatch * self)
{
  g_autoptr (GstMessage) error = gst_ptq_failure_watch_get_error (self);

  return error != NULL;
}
