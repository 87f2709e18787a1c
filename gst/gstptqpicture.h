/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/video/video.h>

#include "gstptqlayout.h"
#include "gstptqtensorcaps.h"
#include "ptq-image.h"

G_BEGIN_DECLS

#define GST_PTQ_PICTURE_MAX_PLANES 4

/* One picture, channels in the tensor or pixel, as the elements that change
 * sizes take it */
#define GST_PTQ_PICTURE_VIDEO_FORMATS "{ RGB, BGR, GRAY8, RGBP }"

/**
 * GstPtqPicture:
 * @is_tensor: a float tensor of batch 1, else 8-bit video
 * @info: format, size and strides (video)
 * @layout: how the tensor holds the picture (tensor)
 * @width: columns
 * @height: rows
 * @channels: channels of the picture
 * @size: bytes of a buffer
 *
 * A picture as fixed caps describe it.
 */
typedef struct
{
  gboolean is_tensor;
  GstVideoInfo info;
  PtqLayout layout;
  guint width;
  guint height;
  guint channels;
  gsize size;
} GstPtqPicture;

/**
 * GstPtqPictureMap:
 * @n_planes: 1 when channels are interleaved, else one plane a channel
 * @planes: views of the planes
 *
 * A picture's buffer in memory.
 */
typedef struct
{
  guint n_planes;
  PtqImage planes[GST_PTQ_PICTURE_MAX_PLANES];

  /*< private > */
  gboolean is_frame;
  GstVideoFrame frame;
  GstBuffer *buffer;
  GstMapInfo map;
} GstPtqPictureMap;

gboolean gst_ptq_picture_from_shape (GstPtqPicture *picture,
    const GstPtqTensorShape *shape, GstPtqLayout wanted, PtqLayout layout);
void gst_ptq_picture_to_shape (
    const GstPtqPicture *picture, GstPtqTensorShape *shape);
gboolean gst_ptq_picture_from_caps (GstPtqPicture *picture, const GstCaps *caps,
    GstPtqLayout wanted, PtqLayout layout, GError **error);

gboolean gst_ptq_picture_map (const GstPtqPicture *picture, GstBuffer *buffer,
    GstMapFlags flags, GstPtqPictureMap *map);
void gst_ptq_picture_unmap (GstPtqPictureMap *map);

G_END_DECLS
