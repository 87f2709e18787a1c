/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Pictures as 8-bit video and as float tensors, seen through the same eyes.
 */
#include "gstptqpicture.h"

#include <string.h>

#include "ptq-error.h"

/* Batch 1 and 1 to 4 channels */
static gboolean
read_shape (
    GstPtqPicture *picture, const GstPtqTensorShape *shape, PtqLayout layout)
{
  PtqTensor tensor;
  gboolean planar = layout == PTQ_LAYOUT_NCHW;
  guint i;

  memset (picture, 0, sizeof *picture);
  for (i = 0; i + 4 < shape->rank; i++)
    if (shape->dims[i] != 1)
      return FALSE;
  gst_ptq_tensor_shape_to_tensor (shape, 4, &tensor);
  for (i = 0; i < 4; i++)
    if (tensor.dims[i] < 1 || tensor.dims[i] > G_MAXINT)
      return FALSE;

  picture->is_tensor = TRUE;
  picture->layout = layout;
  picture->channels = tensor.dims[planar ? 1 : 3];
  picture->height = tensor.dims[planar ? 2 : 1];
  picture->width = tensor.dims[planar ? 3 : 2];
  picture->size = tensor.size;
  return tensor.type == PTQ_ELEMENT_FLOAT && tensor.dims[0] == 1
      && tensor.size > 0 && picture->channels <= GST_PTQ_PICTURE_MAX_PLANES;
}

/* Whether it has as many channels as pictures use to have */
static gboolean
is_usual (const GstPtqPicture *picture)
{
  return picture->channels == 1 || picture->channels == 3;
}

/**
 * gst_ptq_picture_from_shape:
 * @picture: (out): the picture
 * @shape: a shape
 * @wanted: the layout that the user asked for
 * @layout: the layout to read the shape with
 *
 * Where the user leaves it open, a reading with 2 or 4 channels counts only
 * when the other layout does not give 1 or 3.
 *
 * Returns: whether the shape can be a picture in that layout: float32, batch
 *   1, 1 to 4 channels
 */
gboolean
gst_ptq_picture_from_shape (GstPtqPicture *picture,
    const GstPtqTensorShape *shape, GstPtqLayout wanted, PtqLayout layout)
{
  gboolean planar = layout == PTQ_LAYOUT_NCHW;
  GstPtqPicture other;

  if (wanted != GST_PTQ_LAYOUT_AUTO
      && (wanted == GST_PTQ_LAYOUT_NCHW) != planar)
    return FALSE;
  if (!read_shape (picture, shape, layout))
    return FALSE;
  return wanted != GST_PTQ_LAYOUT_AUTO || is_usual (picture)
      || !read_shape (&other, shape, planar ? PTQ_LAYOUT_NHWC : PTQ_LAYOUT_NCHW)
      || !is_usual (&other);
}

/**
 * gst_ptq_picture_to_shape:
 * @picture: a picture
 * @shape: (out): shape of the float tensor that holds it
 */
void
gst_ptq_picture_to_shape (
    const GstPtqPicture *picture, GstPtqTensorShape *shape)
{
  gboolean planar = picture->layout == PTQ_LAYOUT_NCHW;

  memset (shape, 0, sizeof *shape);
  shape->type = PTQ_ELEMENT_FLOAT;
  shape->rank = 4;
  shape->dims[0] = 1;
  shape->dims[planar ? 1 : 3] = picture->channels;
  shape->dims[planar ? 2 : 1] = picture->height;
  shape->dims[planar ? 3 : 2] = picture->width;
}

static gboolean
from_video_caps (GstPtqPicture *picture, const GstCaps *caps, GError **error)
{
  memset (picture, 0, sizeof *picture);
  if (!gst_video_info_from_caps (&picture->info, caps)) {
    g_set_error_literal (
        error, PTQ_ERROR, PTQ_ERROR_SHAPE, "the video caps cannot be read");
    return FALSE;
  }
  picture->width = GST_VIDEO_INFO_WIDTH (&picture->info);
  picture->height = GST_VIDEO_INFO_HEIGHT (&picture->info);
  picture->channels = GST_VIDEO_INFO_N_COMPONENTS (&picture->info);
  picture->size = GST_VIDEO_INFO_SIZE (&picture->info);
  return TRUE;
}

static gboolean
from_tensor_caps (GstPtqPicture *picture, const GstCaps *caps,
    GstPtqLayout wanted, PtqLayout layout, GError **error)
{
  GstPtqTensorsInfo info;
  g_autofree gchar *text = NULL;

  if (!gst_ptq_tensors_info_from_caps (&info, caps, error))
    return FALSE;
  if (info.n_tensors == 1
      && gst_ptq_picture_from_shape (picture, &info.tensors[0], wanted, layout))
    return TRUE;

  text = gst_ptq_tensor_shape_to_string (&info.tensors[0]);
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
      "%u tensors, the first %s, are not a picture; one float32 tensor of "
      "%s with 1 to %d channels is expected",
      info.n_tensors, text,
      layout == PTQ_LAYOUT_NCHW ? "[1,C,H,W]" : "[1,H,W,C]",
      GST_PTQ_PICTURE_MAX_PLANES);
  return FALSE;
}

/**
 * gst_ptq_picture_from_caps:
 * @picture: (out): the picture
 * @caps: fixed video or tensor caps
 * @wanted: the layout that the user asked for
 * @layout: the layout to read a tensor with
 * @error: return location for an error
 *
 * Returns: whether the caps describe a picture
 */
gboolean
gst_ptq_picture_from_caps (GstPtqPicture *picture, const GstCaps *caps,
    GstPtqLayout wanted, PtqLayout layout, GError **error)
{
  if (gst_structure_has_name (
          gst_caps_get_structure (caps, 0), GST_PTQ_TENSORS_MEDIA_TYPE))
    return from_tensor_caps (picture, caps, wanted, layout, error);
  return from_video_caps (picture, caps, error);
}

static void
set_plane (const GstPtqPicture *picture, GstPtqPictureMap *map, guint plane,
    gpointer data, gsize stride)
{
  PtqImage *image = &map->planes[plane];

  image->data = data;
  image->type = picture->is_tensor ? PTQ_SAMPLE_F32 : PTQ_SAMPLE_U8;
  image->width = picture->width;
  image->height = picture->height;
  image->channels = picture->channels / map->n_planes;
  image->stride = stride;
}

static void
set_frame_planes (const GstPtqPicture *picture, GstPtqPictureMap *map)
{
  guint i;

  map->n_planes = GST_VIDEO_FRAME_N_PLANES (&map->frame);
  for (i = 0; i < map->n_planes; i++)
    set_plane (picture, map, i, GST_VIDEO_FRAME_PLANE_DATA (&map->frame, i),
        GST_VIDEO_FRAME_PLANE_STRIDE (&map->frame, i));
}

static void
set_tensor_planes (const GstPtqPicture *picture, GstPtqPictureMap *map)
{
  gsize stride;
  guint i;

  map->n_planes = picture->layout == PTQ_LAYOUT_NCHW ? picture->channels : 1;
  stride = picture->size / map->n_planes / picture->height;
  for (i = 0; i < map->n_planes; i++)
    set_plane (picture, map, i,
        map->map.data + i * (picture->size / map->n_planes), stride);
}

/**
 * gst_ptq_picture_map:
 * @picture: what the buffer holds
 * @buffer: a buffer
 * @flags: %GST_MAP_READ or %GST_MAP_WRITE
 * @map: (out): the planes in memory
 *
 * Returns: whether the buffer could be mapped and is large enough;
 *   gst_ptq_picture_unmap() then
 */
gboolean
gst_ptq_picture_map (const GstPtqPicture *picture, GstBuffer *buffer,
    GstMapFlags flags, GstPtqPictureMap *map)
{
  map->is_frame = !picture->is_tensor;
  map->buffer = buffer;
  if (map->is_frame) {
    if (!gst_video_frame_map (&map->frame, &picture->info, buffer,
            flags | GST_VIDEO_FRAME_MAP_FLAG_NO_REF))
      return FALSE;
    set_frame_planes (picture, map);
    return TRUE;
  }

  if (!gst_buffer_map (buffer, &map->map, flags))
    return FALSE;
  if (map->map.size < picture->size) {
    gst_buffer_unmap (buffer, &map->map);
    return FALSE;
  }
  set_tensor_planes (picture, map);
  return TRUE;
}

/**
 * gst_ptq_picture_unmap:
 * @map: what gst_ptq_picture_map() has set
 */
void
gst_ptq_picture_unmap (GstPtqPictureMap *map)
{
  if (map->is_frame)
    gst_video_frame_unmap (&map->frame);
  else
    gst_buffer_unmap (map->buffer, &map->map);
}
