/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gio/gio.h>
#include <gst/base/gstpushsrc.h>

G_BEGIN_DECLS

#define GST_TYPE_PTQ_FILE_SRC (gst_ptq_file_src_get_type ())
G_DECLARE_DERIVABLE_TYPE (
    GstPtqFileSrc, gst_ptq_file_src, GST, PTQ_FILE_SRC, GstPushSrc)

/**
 * GstPtqFileSrcClass:
 * @read_sample: reads one file into a new buffer and sees to it that the
 *   caps of the source pad describe it. An error set in @error is the
 *   file's fault, and property on-error decides; %GST_FLOW_ERROR without
 *   one tells that an error has been posted already. Runs on the streaming
 *   thread.
 *
 * A source whose samples are files, one each.
 */
struct _GstPtqFileSrcClass
{
  GstPushSrcClass parent_class;

  GstFlowReturn (*read_sample) (GstPtqFileSrc *self, const gchar *path,
      GstBuffer **buffer, GCancellable *cancellable, GError **error);
};

guint64 gst_ptq_file_src_get_position (GstPtqFileSrc *self);

G_END_DECLS
