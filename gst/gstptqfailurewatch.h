/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Remembers whether anything in the pipeline of an element has failed.
 *
 * A source that fails posts an error and then ends the stream with the same
 * event as one that is through. Who makes something at the end of a stream
 * needs to tell the two apart. While the element is on its way to PAUSED, the
 * first error is posted again every second, five times at most. */
typedef struct _GstPtqFailureWatch GstPtqFailureWatch;

GstPtqFailureWatch *gst_ptq_failure_watch_new (GstElement *element);
void gst_ptq_failure_watch_free (GstPtqFailureWatch *self);
/* For a stream that starts over */
void gst_ptq_failure_watch_reset (GstPtqFailureWatch *self);
/* The first error, (transfer full); NULL without one */
GstMessage *gst_ptq_failure_watch_get_error (GstPtqFailureWatch *self);
gboolean gst_ptq_failure_watch_has_failed (GstPtqFailureWatch *self);

G_END_DECLS
