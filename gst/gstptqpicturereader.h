/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gio/gio.h>
#include <gst/gst.h>

#include "ptq-image.h"

G_BEGIN_DECLS

/**
 * GstPtqPictureReader:
 *
 * One picture file, its size known, its pixels not decoded yet.
 */
typedef struct _GstPtqPictureReader GstPtqPictureReader;

gboolean gst_ptq_picture_reader_init (void);

GstPtqPictureReader *gst_ptq_picture_reader_open (const gchar *path,
    gboolean auto_orient, guint64 max_pixels, GError **error);
void gst_ptq_picture_reader_close (GstPtqPictureReader *self);
guint gst_ptq_picture_reader_get_width (GstPtqPictureReader *self);
guint gst_ptq_picture_reader_get_height (GstPtqPictureReader *self);
gboolean gst_ptq_picture_reader_is_grey (GstPtqPictureReader *self);
gboolean gst_ptq_picture_reader_decode (GstPtqPictureReader *self,
    PtqPixelFormat format, const PtqImage *out, GCancellable *cancellable,
    GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (
    GstPtqPictureReader, gst_ptq_picture_reader_close)

G_END_DECLS
