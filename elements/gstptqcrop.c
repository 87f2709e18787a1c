/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * SECTION:element-ptqcrop
 * @title: ptqcrop
 *
 * Cuts the middle out of pictures, 8-bit video or float tensors. The first
 * column kept is (input - output) / 2 in integer division, so an odd pixel
 * more goes away on the right and at the bottom. Without width and height the
 * size is the one that downstream takes.
 *
 * A picture that is smaller than the part wanted is an error.
 *
 * |[
 * gst-launch-1.0 videotestsrc num-buffers=1 ! ptqconvert ! ptqresize width=256 height=256 ! ptqcrop width=224 height=224 ! fakesink dump=true
 * ]|
 */
#include "gstptqcrop.h"

#include "gstptqelements.h"

GST_DEBUG_CATEGORY_STATIC (gst_ptq_crop_debug);
#define GST_CAT_DEFAULT gst_ptq_crop_debug

struct _GstPtqCrop
{
  GstPtqGeometry parent;
};

G_DEFINE_TYPE (GstPtqCrop, gst_ptq_crop, GST_TYPE_PTQ_GEOMETRY)
GST_ELEMENT_REGISTER_DEFINE (
    ptqcrop, "ptqcrop", GST_RANK_NONE, GST_TYPE_PTQ_CROP)

static void
gst_ptq_crop_get_size (GstPtqGeometry *geometry, guint in_width,
    guint in_height, guint *width, guint *height)
{
  (void) in_width;
  (void) in_height;
  gst_ptq_geometry_get_wanted (geometry, width, height);
}

/* Caps let pass what is too small, so that the error can name the sizes. */
static gboolean
gst_ptq_crop_prepare (GstPtqGeometry *geometry, const GstPtqPicture *in,
    const GstPtqPicture *out, GError **error)
{
  guint8 nothing = 0;
  PtqImage picture = {
    .data = &nothing,
    .type = PTQ_SAMPLE_U8,
    .width = in->width,
    .height = in->height,
    .channels = 1,
    .stride = in->width,
  };
  PtqImage part;
  (void) geometry;

  return ptq_image_crop_center (
      &picture, out->width, out->height, &part, error);
}

static gboolean
gst_ptq_crop_process (GstPtqGeometry *geometry, const PtqImage *in,
    const PtqImage *out, GError **error)
{
  PtqImage part;
  (void) geometry;

  if (!ptq_image_crop_center (in, out->width, out->height, &part, error))
    return FALSE;
  ptq_image_copy (&part, out);
  return TRUE;
}

static void
gst_ptq_crop_class_init (GstPtqCropClass *klass)
{
  GstPtqGeometryClass *geometry_class = GST_PTQ_GEOMETRY_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (
      gst_ptq_crop_debug, "ptqcrop", 0, "centre crop of pictures");

  geometry_class->get_size = GST_DEBUG_FUNCPTR (gst_ptq_crop_get_size);
  geometry_class->prepare = GST_DEBUG_FUNCPTR (gst_ptq_crop_prepare);
  geometry_class->process = GST_DEBUG_FUNCPTR (gst_ptq_crop_process);

  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass),
      "Centre crop for models", "Filter/Effect/Video",
      "Cuts the middle out of video and float tensors", "gst-ptq");
}

static void
gst_ptq_crop_init (GstPtqCrop *self)
{
  (void) self;
}
