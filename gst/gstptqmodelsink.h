/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gio/gio.h>
#include <gst/base/gstbasesink.h>
#include "ptq-model.h"

G_BEGIN_DECLS

#define GST_TYPE_PTQ_MODEL_SINK (gst_ptq_model_sink_get_type ())
G_DECLARE_DERIVABLE_TYPE (
    GstPtqModelSink, gst_ptq_model_sink, GST, PTQ_MODEL_SINK, GstBaseSink)

/**
 * GstPtqModelSinkClass:
 * @open: loads the model that the stream must fit and all that goes with it;
 *   (transfer full), the error is posted. Called before anything flows
 * @close: lets go of what @open and the stream made
 * @reset: forgets all samples
 * @push: takes one sample. @buffer is where it came from. With STREAM_LOCK,
 *   PREROLL_LOCK
 * @finish: what is left to do at the end of a stream of at least
 *   "min-samples" samples. The error of a GST_FLOW_ERROR is posted. With
 *   STREAM_LOCK, PREROLL_LOCK
 *
 * A sink that gives each buffer of a stream to a model as one sample and
 * comes to a result at the end of the stream.
 *
 * The cancellable is cancelled while the pipeline wants the locks. Whoever
 * sees that stops soon and keeps no trace of the sample; the base class waits
 * and calls again if it was only a pause.
 */
struct _GstPtqModelSinkClass
{
  GstBaseSinkClass parent_class;

  PtqModel *(*open) (GstPtqModelSink *self, GError **error);
  void (*close) (GstPtqModelSink *self);
  void (*reset) (GstPtqModelSink *self);
  gboolean (*push) (GstPtqModelSink *self, GstBuffer *buffer,
      const PtqTensor *inputs, guint n_inputs, GCancellable *cancellable,
      GError **error);
  GstFlowReturn (*finish) (
      GstPtqModelSink *self, GCancellable *cancellable, GError **error);
};

guint64 gst_ptq_model_sink_get_n_samples (GstPtqModelSink *self);
guint64 gst_ptq_model_sink_get_n_skipped (GstPtqModelSink *self);

G_END_DECLS
