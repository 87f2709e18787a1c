/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "gstptqpicture.h"

G_BEGIN_DECLS

GstCaps *gst_ptq_video_tensors_forward (
    const GstCaps *video, GstPtqLayout layout);
GstCaps *gst_ptq_video_tensors_backward (
    const GstCaps *tensors, GstPtqLayout layout);

G_END_DECLS
