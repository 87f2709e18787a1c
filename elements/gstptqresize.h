/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "gstptqgeometry.h"

G_BEGIN_DECLS

#define GST_TYPE_PTQ_RESIZE (gst_ptq_resize_get_type ())
G_DECLARE_FINAL_TYPE (
    GstPtqResize, gst_ptq_resize, GST, PTQ_RESIZE, GstPtqGeometry)

G_END_DECLS
