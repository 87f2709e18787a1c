/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "gstptqfilesrc.h"

G_BEGIN_DECLS

#define GST_TYPE_PTQ_IMAGE_SRC (gst_ptq_image_src_get_type ())
G_DECLARE_FINAL_TYPE (
    GstPtqImageSrc, gst_ptq_image_src, GST, PTQ_IMAGE_SRC, GstPtqFileSrc)

G_END_DECLS
