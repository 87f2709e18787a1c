/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/gst.h>
#include "ptq-model.h"

G_BEGIN_DECLS

#define GST_PTQ_VIDEO_INPUT_FORMATS "{ RGB, RGBP, GRAY8 }"

/* 8-bit video as the input of a model, the way onnxinference feeds it: RGBP
 * for planes, RGB for interleaved channels, GRAY8 for one, and the range of
 * the values from the file "<model>.modelinfo". */
typedef struct _GstPtqVideoInput GstPtqVideoInput;

/* NULL with an error that says why video cannot be taken */
GstPtqVideoInput *gst_ptq_video_input_new (PtqModel *model, GError **error);
void gst_ptq_video_input_free (GstPtqVideoInput *self);
GstCaps *gst_ptq_video_input_get_caps (GstPtqVideoInput *self);
gboolean gst_ptq_video_input_set_caps (
    GstPtqVideoInput *self, const GstCaps *caps, GError **error);
/* Valid until the next call */
const PtqTensor *gst_ptq_video_input_convert (
    GstPtqVideoInput *self, GstBuffer *buffer, GError **error);

G_END_DECLS
