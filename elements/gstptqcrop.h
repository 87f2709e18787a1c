/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "gstptqgeometry.h"

G_BEGIN_DECLS

#define GST_TYPE_PTQ_CROP (gst_ptq_crop_get_type ())
G_DECLARE_FINAL_TYPE (GstPtqCrop, gst_ptq_crop, GST, PTQ_CROP, GstPtqGeometry)

G_END_DECLS
