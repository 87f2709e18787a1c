/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * GstPtqLayout:
 * @GST_PTQ_LAYOUT_AUTO: told from the shape, where the stream has one
 * @GST_PTQ_LAYOUT_NCHW: planes, one a channel
 * @GST_PTQ_LAYOUT_NHWC: channels interleaved
 *
 * How a tensor holds a picture.
 */
typedef enum
{
  GST_PTQ_LAYOUT_AUTO,
  GST_PTQ_LAYOUT_NCHW,
  GST_PTQ_LAYOUT_NHWC
} GstPtqLayout;

#define GST_TYPE_PTQ_LAYOUT (gst_ptq_layout_get_type ())
GType gst_ptq_layout_get_type (void);

G_END_DECLS
