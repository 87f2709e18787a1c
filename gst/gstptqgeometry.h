/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/base/gstbasetransform.h>

#include "gstptqpicture.h"

G_BEGIN_DECLS

#define GST_TYPE_PTQ_GEOMETRY (gst_ptq_geometry_get_type ())
G_DECLARE_DERIVABLE_TYPE (
    GstPtqGeometry, gst_ptq_geometry, GST, PTQ_GEOMETRY, GstBaseTransform)

/**
 * GstPtqGeometryClass:
 * @get_size: the size that a picture of @in_width and @in_height gets, 0
 *   where downstream decides. May be called with any size from any thread.
 * @prepare: gets ready for pictures of these sizes, or says why that cannot
 *   be done
 * @process: works on one plane, on the streaming thread
 *
 * An element that changes the size of pictures, be they 8-bit video or float
 * tensors, and nothing else.
 */
struct _GstPtqGeometryClass
{
  GstBaseTransformClass parent_class;

  void (*get_size) (GstPtqGeometry *self, guint in_width, guint in_height,
      guint *width, guint *height);
  gboolean (*prepare) (GstPtqGeometry *self, const GstPtqPicture *in,
      const GstPtqPicture *out, GError **error);
  gboolean (*process) (GstPtqGeometry *self, const PtqImage *in,
      const PtqImage *out, GError **error);
};

void gst_ptq_geometry_get_wanted (
    GstPtqGeometry *self, guint *width, guint *height);

G_END_DECLS
