/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Remembers the first error that an element of a pipeline posts.
 */
#include "gstptqfailurewatch.h"

#define MAX_REPEATS 5
#define REPEAT_AFTER GST_SECOND

/* Reference-counted, since the clock's thread may be in repeat() while the
 * owner gives it up */
struct _GstPtqFailureWatch
{
  GstBus *bus;
  gulong handler;
  GstClock *clock;

  GMutex lock;
  /* protected by the lock */
  GstElement *element; /* NULL when it is given up */
  GstMessage *error;   /* the first */
  GstClockID repeats;
  guint n_repeats;
};

static void
clear (gpointer data)
{
  GstPtqFailureWatch *self = data;

  gst_object_unref (self->clock);
  g_mutex_clear (&self->lock);
}

static void
release (gpointer data)
{
  g_atomic_rc_box_release_full (data, clear);
}

static GstBus *
find_bus (GstElement *element)
{
  g_autoptr (GstObject) top = gst_object_ref (element);
  GstObject *parent;

  while ((parent = gst_object_get_parent (top)) != NULL) {
    gst_object_unref (top);
    top = parent;
  }
  return GST_IS_ELEMENT (top) ? gst_element_get_bus (GST_ELEMENT (top)) : NULL;
}

/* With the lock */
static void
stop_repeats (GstPtqFailureWatch *self)
{
  if (self->repeats == NULL)
    return;
  gst_clock_id_unschedule (self->repeats);
  g_clear_pointer (&self->repeats, gst_clock_id_unref);
}

/* What is to be said again, if anything */
static GstMessage *
next_repeat (GstPtqFailureWatch *self, GstElement **element)
{
  GstMessage *message = NULL;

  g_mutex_lock (&self->lock);
  if (self->element != NULL && self->error != NULL
      && self->n_repeats < MAX_REPEATS
      && GST_STATE_TARGET (self->element) == GST_STATE_PAUSED) {
    self->n_repeats++;
    *element = gst_object_ref (self->element);
    message = gst_message_ref (self->error);
  }
  g_mutex_unlock (&self->lock);
  return message;
}

/* On the clock's thread */
static gboolean
repeat (GstClock *clock, GstClockTime time, GstClockID id, gpointer data)
{
  GstPtqFailureWatch *self = data;
  g_autoptr (GstElement) element = NULL;
  GstMessage *message;

  (void) clock;
  (void) time;
  (void) id;
  message = next_repeat (self, &element);
  if (message != NULL)
    gst_element_post_message (element, message);
  return TRUE;
}

/* gst-launch-1.0 throws away errors that come before its main loop runs, and
 * then waits for a stream that will never be there. With the lock */
static void
start_repeats (GstPtqFailureWatch *self)
{
  self->repeats = gst_clock_new_periodic_id (self->clock,
      gst_clock_get_time (self->clock) + REPEAT_AFTER, REPEAT_AFTER);
  gst_clock_id_wait_async (
      self->repeats, repeat, g_atomic_rc_box_acquire (self), release);
}

/* On the thread that posts the error, so before the end of stream that the
 * same thread sends afterwards */
static void
on_error (GstBus *bus, GstMessage *message, GstPtqFailureWatch *self)
{
  (void) bus;
  g_mutex_lock (&self->lock);
  if (self->error == NULL && self->element != NULL) {
    self->error = gst_message_ref (message);
    start_repeats (self);
  }
  g_mutex_unlock (&self->lock);
}

GstPtqFailureWatch *
gst_ptq_failure_watch_new (GstElement *element)
{
  GstPtqFailureWatch *self = g_atomic_rc_box_new0 (GstPtqFailureWatch);

  g_mutex_init (&self->lock);
  self->element = element;
  self->clock = gst_system_clock_obtain ();
  self->bus = find_bus (element);
  if (self->bus != NULL) {
    gst_bus_enable_sync_message_emission (self->bus);
    self->handler = g_signal_connect (
        self->bus, "sync-message::error", G_CALLBACK (on_error), self);
  }
  return self;
}

void
gst_ptq_failure_watch_free (GstPtqFailureWatch *self)
{
  if (self->bus != NULL) {
    g_signal_handler_disconnect (self->bus, self->handler);
    gst_bus_disable_sync_message_emission (self->bus);
    gst_clear_object (&self->bus);
  }
  gst_ptq_failure_watch_reset (self);
  g_mutex_lock (&self->lock);
  self->element = NULL;
  g_mutex_unlock (&self->lock);
  release (self);
}

void
gst_ptq_failure_watch_reset (GstPtqFailureWatch *self)
{
  g_mutex_lock (&self->lock);
  gst_clear_message (&self->error);
  stop_repeats (self);
  self->n_repeats = 0;
  g_mutex_unlock (&self->lock);
}

GstMessage *
gst_ptq_failure_watch_get_error (GstPtqFailureWatch *self)
{
  GstMessage *error = NULL;

  g_mutex_lock (&self->lock);
  if (self->error != NULL)
    error = gst_message_ref (self->error);
  g_mutex_unlock (&self->lock);
  return error;
}

gboolean
gst_ptq_failure_watch_has_failed (GstPtqFailureWatch *self)
{
  g_autoptr (GstMessage) error = gst_ptq_failure_watch_get_error (self);

  return error != NULL;
}
