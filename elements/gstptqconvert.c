/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * SECTION:element-ptqconvert
 * @title: ptqconvert
 *
 * Turns what cameras and decoders give into RGB, BGR or GRAY8, rounded
 * exactly, with the matrix, range and chroma site that the caps name. Put it
 * before ptqresize: models are trained on pictures that were resized as RGB.
 *
 * Downstream chooses the format, by a caps filter or through the channels of
 * the model. Where several will do the output is RGB, also for grey pictures
 * in a folder of coloured ones. Alpha is dropped without blending. Grey from
 * colour equals OpenCV's (0.299 R + 0.587 G + 0.114 B, rounded). Chroma is
 * interpolated as libjpeg does; a chroma site that the caps leave open counts
 * as left-sited (MPEG-2).
 *
 * |[
 * gst-launch-1.0 videotestsrc num-buffers=1 ! video/x-raw,format=NV12 ! ptqconvert ! video/x-raw,format=BGR ! fakesink dump=true
 * ]|
 */
#include "gstptqconvert.h"

#include <string.h>

#include "gstptqelements.h"
#include "gstptqerror.h"
#include "ptq-image.h"

GST_DEBUG_CATEGORY_STATIC (gst_ptq_convert_debug);
#define GST_CAT_DEFAULT gst_ptq_convert_debug

#define OUTPUT_FORMATS "{ RGB, BGR, GRAY8 }"
#define INPUT_FORMATS \
  "{ RGB, BGR, GRAY8, RGBx, BGRx, xRGB, xBGR, RGBA, " \
  "BGRA, ARGB, ABGR, RGBP, GRAY16_LE, GRAY16_BE, I420, YV12, NV12, NV21, " \
  "YUY2, UYVY, Y42B, Y444 }"

struct _GstPtqConvert
{
  GstVideoFilter parent;

  /* protected by the stream lock */
  PtqConverter *converter;
  gboolean failed;
};

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS,
        GST_STATIC_CAPS (GST_VIDEO_CAPS_MAKE (INPUT_FORMATS)));

static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS,
        GST_STATIC_CAPS (GST_VIDEO_CAPS_MAKE (OUTPUT_FORMATS)));

G_DEFINE_TYPE (GstPtqConvert, gst_ptq_convert, GST_TYPE_VIDEO_FILTER)
GST_ELEMENT_REGISTER_DEFINE (
    ptqconvert, "ptqconvert", GST_RANK_NONE, GST_TYPE_PTQ_CONVERT)

static const struct
{
  GstVideoFormat theirs;
  PtqPixelFormat ours;
} formats[] = {
  { GST_VIDEO_FORMAT_RGB, PTQ_PIXEL_RGB },
  { GST_VIDEO_FORMAT_BGR, PTQ_PIXEL_BGR },
  { GST_VIDEO_FORMAT_RGBx, PTQ_PIXEL_RGBX },
  { GST_VIDEO_FORMAT_RGBA, PTQ_PIXEL_RGBX },
  { GST_VIDEO_FORMAT_BGRx, PTQ_PIXEL_BGRX },
  { GST_VIDEO_FORMAT_BGRA, PTQ_PIXEL_BGRX },
  { GST_VIDEO_FORMAT_xRGB, PTQ_PIXEL_XRGB },
  { GST_VIDEO_FORMAT_ARGB, PTQ_PIXEL_XRGB },
  { GST_VIDEO_FORMAT_xBGR, PTQ_PIXEL_XBGR },
  { GST_VIDEO_FORMAT_ABGR, PTQ_PIXEL_XBGR },
  { GST_VIDEO_FORMAT_RGBP, PTQ_PIXEL_RGBP },
  { GST_VIDEO_FORMAT_GRAY8, PTQ_PIXEL_GRAY8 },
  { GST_VIDEO_FORMAT_GRAY16_LE, PTQ_PIXEL_GRAY16_LE },
  { GST_VIDEO_FORMAT_GRAY16_BE, PTQ_PIXEL_GRAY16_BE },
  { GST_VIDEO_FORMAT_I420, PTQ_PIXEL_I420 },
  { GST_VIDEO_FORMAT_YV12, PTQ_PIXEL_YV12 },
  { GST_VIDEO_FORMAT_NV12, PTQ_PIXEL_NV12 },
  { GST_VIDEO_FORMAT_NV21, PTQ_PIXEL_NV21 },
  { GST_VIDEO_FORMAT_YUY2, PTQ_PIXEL_YUY2 },
  { GST_VIDEO_FORMAT_UYVY, PTQ_PIXEL_UYVY },
  { GST_VIDEO_FORMAT_Y42B, PTQ_PIXEL_Y42B },
  { GST_VIDEO_FORMAT_Y444, PTQ_PIXEL_Y444 },
};

static PtqPixelFormat
pixel_format (const GstVideoInfo *info)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (formats); i++)
    if (formats[i].theirs == GST_VIDEO_INFO_FORMAT (info))
      return formats[i].ours;
  g_return_val_if_reached (PTQ_PIXEL_RGB);
}

static PtqColorMatrix
color_matrix (const GstVideoInfo *info)
{
  switch (info->colorimetry.matrix) {
    case GST_VIDEO_COLOR_MATRIX_BT709:
      return PTQ_MATRIX_BT709;
    case GST_VIDEO_COLOR_MATRIX_BT2020:
      return PTQ_MATRIX_BT2020;
    case GST_VIDEO_COLOR_MATRIX_FCC:
      return PTQ_MATRIX_FCC;
    case GST_VIDEO_COLOR_MATRIX_SMPTE240M:
      return PTQ_MATRIX_SMPTE240M;
    default:
      return PTQ_MATRIX_BT601;
  }
}

static PtqChromaSite
chroma_site (const GstVideoInfo *info)
{
  GstVideoChromaSite site = GST_VIDEO_INFO_CHROMA_SITE (info);

  if (site == GST_VIDEO_CHROMA_SITE_UNKNOWN)
    return PTQ_CHROMA_LEFT;
  if ((site & GST_VIDEO_CHROMA_SITE_H_COSITED) == 0)
    return PTQ_CHROMA_CENTER;
  if ((site & GST_VIDEO_CHROMA_SITE_V_COSITED) == 0)
    return PTQ_CHROMA_LEFT;
  return PTQ_CHROMA_TOP_LEFT;
}

static void
pixel_info (const GstVideoInfo *info, PtqPixelInfo *pixels)
{
  pixels->format = pixel_format (info);
  pixels->width = GST_VIDEO_INFO_WIDTH (info);
  pixels->height = GST_VIDEO_INFO_HEIGHT (info);
  pixels->matrix = color_matrix (info);
  pixels->full_range = info->colorimetry.range != GST_VIDEO_COLOR_RANGE_16_235;
  pixels->chroma_site = chroma_site (info);
}

static void
gst_ptq_convert_finalize (GObject *object)
{
  GstPtqConvert *self = GST_PTQ_CONVERT (object);

  g_clear_pointer (&self->converter, ptq_converter_free);
  G_OBJECT_CLASS (gst_ptq_convert_parent_class)->finalize (object);
}

/* Everything but format and colours stays. */
static GstCaps *
gst_ptq_convert_transform_caps (GstBaseTransform *trans,
    GstPadDirection direction, GstCaps *caps, GstCaps *filter)
{
  GstCaps *result = gst_caps_new_empty (), *filtered;
  GValue list = G_VALUE_INIT;
  guint i;
  (void) trans;

  g_value_init (&list, GST_TYPE_LIST);
  if (!gst_value_deserialize (
          &list, direction == GST_PAD_SINK ? OUTPUT_FORMATS : INPUT_FORMATS))
    g_return_val_if_reached (result);
  for (i = 0; i < gst_caps_get_size (caps); i++) {
    GstStructure *copy = gst_structure_copy (gst_caps_get_structure (caps, i));

    gst_structure_remove_fields (copy, "colorimetry", "chroma-site", NULL);
    gst_structure_set_value (copy, "format", &list);
    gst_caps_append_structure (result, copy);
  }
  g_value_unset (&list);
  if (filter == NULL)
    return result;

  filtered = gst_caps_intersect_full (filter, result, GST_CAPS_INTERSECT_FIRST);
  gst_caps_unref (result);
  return filtered;
}

/* Whether everything downstream can go on with these caps. The accept-caps
 * query does not look further than the next element. */
static gboolean
downstream_takes (GstBaseTransform *trans, GstCaps *caps)
{
  g_autoptr (GstCaps) taken = gst_pad_peer_query_caps (trans->srcpad, caps);

  return !gst_caps_is_empty (taken);
}

/* One of @caps that can be had, RGB if it is among them; NULL if none can */
static GstCaps *
choose (GstBaseTransform *trans, GstCaps *caps)
{
  g_autoptr (GstCaps) rgb = gst_caps_from_string ("video/x-raw,format=RGB");
  g_autoptr (GstCaps) first = gst_caps_intersect (caps, rgb);
  GstCaps *fixed;

  if (!gst_caps_is_empty (first)) {
    fixed = gst_caps_fixate (g_steal_pointer (&first));
    if (downstream_takes (trans, fixed))
      return fixed;
    gst_caps_unref (fixed);
  }
  for (guint i = 0; i < gst_caps_get_size (caps); i++) {
    fixed = gst_caps_fixate (gst_caps_copy_nth (caps, i));
    if (downstream_takes (trans, fixed))
      return fixed;
    gst_caps_unref (fixed);
  }
  return NULL;
}

/* What downstream likes best of the possible caps comes first: it may take
 * more than it likes, as sinks refuse with a better message than the
 * negotiation. But what it likes it need not be able to go on with. */
static GstCaps *
ask_downstream (GstBaseTransform *trans, GstCaps *possible)
{
  g_autoptr (GstCaps) taken = gst_pad_peer_query_caps (trans->srcpad, NULL);
  g_autoptr (GstCaps) liked =
      gst_caps_intersect_full (taken, possible, GST_CAPS_INTERSECT_FIRST);
  g_autoptr (GstCaps) best = NULL;
  GstCaps *chosen;

  if (gst_caps_is_empty (liked))
    return NULL;
  best = gst_caps_copy_nth (liked, 0);
  chosen = choose (trans, best);
  return chosen != NULL ? chosen : choose (trans, liked);
}

/* The base class would rather pass pictures through than make what the model
 * wants, or RGB where both will do, so what it has come to does not count. */
static GstCaps *
gst_ptq_convert_fixate_caps (GstBaseTransform *trans, GstPadDirection direction,
    GstCaps *caps, GstCaps *othercaps)
{
  g_autoptr (GstCaps) possible = NULL;
  GstCaps *chosen;

  if (direction != GST_PAD_SINK)
    return gst_caps_fixate (othercaps);

  possible = gst_ptq_convert_transform_caps (trans, direction, caps, NULL);
  chosen = ask_downstream (trans, possible);
  if (chosen == NULL)
    return gst_caps_fixate (othercaps);
  gst_caps_unref (othercaps);
  return chosen;
}

/* with STREAM_LOCK */
static gboolean
gst_ptq_convert_set_info (GstVideoFilter *filter, GstCaps *incaps,
    GstVideoInfo *in_info, GstCaps *outcaps, GstVideoInfo *out_info)
{
  GstPtqConvert *self = GST_PTQ_CONVERT (filter);
  g_autoptr (GError) error = NULL;
  PtqPixelInfo in, out;
  (void) incaps;
  (void) outcaps;

  g_clear_pointer (&self->converter, ptq_converter_free);
  pixel_info (in_info, &in);
  pixel_info (out_info, &out);
  GST_DEBUG_OBJECT (self, "%s to %s, matrix %d, %s range, chroma site %d",
      GST_VIDEO_INFO_NAME (in_info), GST_VIDEO_INFO_NAME (out_info), in.matrix,
      in.full_range ? "full" : "limited", in.chroma_site);
  self->converter = ptq_converter_new (&in, out.format, &error);
  if (self->converter == NULL)
    goto failed;
  return TRUE;

  /* ERRORS */
failed:
{
  /* the same caps come again with each event and buffer that is tried */
  if (!self->failed)
    GST_PTQ_ELEMENT_ERROR (self, error);
  self->failed = TRUE;
  return FALSE;
}
}

static gboolean
gst_ptq_convert_stop (GstBaseTransform *trans)
{
  GST_PTQ_CONVERT (trans)->failed = FALSE;
  return TRUE;
}

static GstFlowReturn
gst_ptq_convert_transform_frame (
    GstVideoFilter *filter, GstVideoFrame *in, GstVideoFrame *out)
{
  GstPtqConvert *self = GST_PTQ_CONVERT (filter);
  PtqPlanes planes = { 0 };
  PtqImage image = {
    .data = GST_VIDEO_FRAME_PLANE_DATA (out, 0),
    .type = PTQ_SAMPLE_U8,
    .width = GST_VIDEO_FRAME_WIDTH (out),
    .height = GST_VIDEO_FRAME_HEIGHT (out),
    .channels = GST_VIDEO_FRAME_N_COMPONENTS (out),
    .stride = GST_VIDEO_FRAME_PLANE_STRIDE (out, 0),
  };
  guint i;

  for (i = 0; i < GST_VIDEO_FRAME_N_PLANES (in); i++) {
    planes.data[i] = GST_VIDEO_FRAME_PLANE_DATA (in, i);
    planes.stride[i] = GST_VIDEO_FRAME_PLANE_STRIDE (in, i);
  }
  ptq_converter_process (self->converter, &planes, &image);
  return GST_FLOW_OK;
}

static void
gst_ptq_convert_class_init (GstPtqConvertClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseTransformClass *trans_class = GST_BASE_TRANSFORM_CLASS (klass);
  GstVideoFilterClass *filter_class = GST_VIDEO_FILTER_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (
      gst_ptq_convert_debug, "ptqconvert", 0, "colour conversion");

  object_class->finalize = gst_ptq_convert_finalize;
  trans_class->transform_caps =
      GST_DEBUG_FUNCPTR (gst_ptq_convert_transform_caps);
  trans_class->fixate_caps = GST_DEBUG_FUNCPTR (gst_ptq_convert_fixate_caps);
  trans_class->stop = GST_DEBUG_FUNCPTR (gst_ptq_convert_stop);
  trans_class->passthrough_on_same_caps = TRUE;
  filter_class->set_info = GST_DEBUG_FUNCPTR (gst_ptq_convert_set_info);
  filter_class->transform_frame =
      GST_DEBUG_FUNCPTR (gst_ptq_convert_transform_frame);

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class,
      "Colour converter for models", "Filter/Converter/Video",
      "Converts camera and decoder formats to RGB, BGR or GRAY8 exactly",
      "gst-ptq");
}

static void
gst_ptq_convert_init (GstPtqConvert *self)
{
  gst_base_transform_set_qos_enabled (GST_BASE_TRANSFORM (self), FALSE);
}
