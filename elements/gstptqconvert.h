/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/video/gstvideofilter.h>

G_BEGIN_DECLS

#define GST_TYPE_PTQ_CONVERT (gst_ptq_convert_get_type ())
G_DECLARE_FINAL_TYPE (
    GstPtqConvert, gst_ptq_convert, GST, PTQ_CONVERT, GstVideoFilter)

G_END_DECLS
