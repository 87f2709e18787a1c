/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/base/gstbasetransform.h>

G_BEGIN_DECLS

#define GST_TYPE_PTQ_NORMALIZE (gst_ptq_normalize_get_type ())
G_DECLARE_FINAL_TYPE (
    GstPtqNormalize, gst_ptq_normalize, GST, PTQ_NORMALIZE, GstBaseTransform)

G_END_DECLS
