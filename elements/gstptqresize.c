/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * SECTION:element-ptqresize
 * @title: ptqresize
 *
 * Resizes pictures so that the result equals OpenCV's or Pillow's, which
 * models are trained with: a calibration and an inference that see other
 * pixels than training lose accuracy.
 *
 * It works on 8-bit video (RGB, BGR, GRAY8, RGBP; ptqconvert makes these from
 * what cameras give) and on float tensors behind ptqnormalize. Without width
 * and height the size is the one that downstream takes, so that in front of
 * ptqsink it comes from the model. Pixels of the input count as square.
 *
 * |[
 * gst-launch-1.0 videotestsrc num-buffers=1 ! ptqconvert ! ptqresize width=224 height=224 method=linear ! fakesink dump=true
 * ]|
 */
#include "gstptqresize.h"

#include "gstptqelements.h"
#include "ptq-error.h"

GST_DEBUG_CATEGORY_STATIC (gst_ptq_resize_debug);
#define GST_CAT_DEFAULT gst_ptq_resize_debug

enum
{
  PROP_0,
  PROP_METHOD,
  PROP_MODE,
  PROP_FILL
};

#define DEFAULT_METHOD PTQ_RESIZE_LINEAR
#define DEFAULT_MODE PTQ_RESIZE_STRETCH
#define DEFAULT_FILL 114

struct _GstPtqResize
{
  GstPtqGeometry parent;

  /* properties, protected by the object lock */
  PtqResizeMethod method;
  PtqResizeMode mode;
  gdouble fill;

  /* from prepare (), protected by the stream lock */
  PtqResizer *resizer;
  guint x; /* where the picture stands in the output */
  guint y;
  guint width;
  guint height;
  gdouble border;
};

G_DEFINE_TYPE (GstPtqResize, gst_ptq_resize, GST_TYPE_PTQ_GEOMETRY)
GST_ELEMENT_REGISTER_DEFINE (
    ptqresize, "ptqresize", GST_RANK_NONE, GST_TYPE_PTQ_RESIZE)

static void
gst_ptq_resize_finalize (GObject *object)
{
  GstPtqResize *self = GST_PTQ_RESIZE (object);

  g_clear_pointer (&self->resizer, ptq_resizer_free);
  G_OBJECT_CLASS (gst_ptq_resize_parent_class)->finalize (object);
}

static void
gst_ptq_resize_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstPtqResize *self = GST_PTQ_RESIZE (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_METHOD:
      self->method = g_value_get_enum (value);
      break;
    case PROP_MODE:
      self->mode = g_value_get_enum (value);
      break;
    case PROP_FILL:
      self->fill = g_value_get_double (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_ptq_resize_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstPtqResize *self = GST_PTQ_RESIZE (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_METHOD:
      g_value_set_enum (value, self->method);
      break;
    case PROP_MODE:
      g_value_set_enum (value, self->mode);
      break;
    case PROP_FILL:
      g_value_set_double (value, self->fill);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static PtqResizeMode
get_mode (GstPtqResize *self)
{
  PtqResizeMode mode;

  GST_OBJECT_LOCK (self);
  mode = self->mode;
  GST_OBJECT_UNLOCK (self);
  return mode;
}

static void
gst_ptq_resize_get_size (GstPtqGeometry *geometry, guint in_width,
    guint in_height, guint *width, guint *height)
{
  guint size, x, y;

  gst_ptq_geometry_get_wanted (geometry, width, height);
  if (get_mode (GST_PTQ_RESIZE (geometry)) != PTQ_RESIZE_SHORTER_SIDE)
    return;

  /* The output follows the input. What cannot work stays open here, and
   * prepare () says why. */
  size = MAX (*width, *height);
  if (in_width == 0 || in_height == 0
      || !ptq_resize_geometry (PTQ_RESIZE_SHORTER_SIDE, in_width, in_height,
          size, 0, width, height, &x, &y, NULL))
    *width = *height = 0;
}

/* Where the picture goes in the output */
static gboolean
place (GstPtqResize *self, PtqResizeMode mode, const GstPtqPicture *in,
    const GstPtqPicture *out, GError **error)
{
  guint width, height;

  if (mode != PTQ_RESIZE_SHORTER_SIDE)
    return ptq_resize_geometry (mode, in->width, in->height, out->width,
        out->height, &self->width, &self->height, &self->x, &self->y, error);

  gst_ptq_geometry_get_wanted (GST_PTQ_GEOMETRY (self), &width, &height);
  if (width == 0 && height == 0) {
    g_set_error_literal (error, PTQ_ERROR, PTQ_ERROR_SETTINGS,
        "mode=shorter-side takes its size from property width; it is not "
        "set");
    return FALSE;
  }
  if (width == 0)
    width = height;
  return ptq_resize_geometry (mode, in->width, in->height, width, height,
      &self->width, &self->height, &self->x, &self->y, error);
}

/* with STREAM_LOCK */
static gboolean
gst_ptq_resize_prepare (GstPtqGeometry *geometry, const GstPtqPicture *in,
    const GstPtqPicture *out, GError **error)
{
  GstPtqResize *self = GST_PTQ_RESIZE (geometry);
  PtqResizeMode mode = get_mode (self);
  gboolean planar = in->is_tensor ? in->layout == PTQ_LAYOUT_NCHW
                                  : GST_VIDEO_INFO_N_PLANES (&in->info) > 1;
  PtqResizeMethod method;

  g_clear_pointer (&self->resizer, ptq_resizer_free);
  if (!place (self, mode, in, out, error))
    return FALSE;
  GST_OBJECT_LOCK (self);
  method = self->method;
  self->border = self->fill;
  GST_OBJECT_UNLOCK (self);
  self->resizer = ptq_resizer_new (method,
      in->is_tensor ? PTQ_SAMPLE_F32 : PTQ_SAMPLE_U8, planar ? 1 : in->channels,
      in->width, in->height, self->width, self->height, error);
  return self->resizer != NULL;
}

static gboolean
gst_ptq_resize_process (GstPtqGeometry *geometry, const PtqImage *in,
    const PtqImage *out, GError **error)
{
  GstPtqResize *self = GST_PTQ_RESIZE (geometry);
  PtqImage inner;

  /* Centred, so that the view is the rectangle that was worked out */
  if (!ptq_image_crop_center (out, self->width, self->height, &inner, error))
    return FALSE;
  ptq_resizer_process (self->resizer, in, &inner);
  ptq_image_fill_border (
      out, self->x, self->y, self->width, self->height, self->border);
  return TRUE;
}

#define FLAGS \
  (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY)

static void
gst_ptq_resize_class_init (GstPtqResizeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstPtqGeometryClass *geometry_class = GST_PTQ_GEOMETRY_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (
      gst_ptq_resize_debug, "ptqresize", 0, "resizing of pictures");

  object_class->finalize = gst_ptq_resize_finalize;
  object_class->set_property = gst_ptq_resize_set_property;
  object_class->get_property = gst_ptq_resize_get_property;
  g_object_class_install_property (object_class, PROP_METHOD,
      g_param_spec_enum ("method", "Method",
          "Interpolation, each named after the function whose result it "
          "equals",
          PTQ_TYPE_RESIZE_METHOD, DEFAULT_METHOD, FLAGS));
  g_object_class_install_property (object_class, PROP_MODE,
      g_param_spec_enum ("mode", "Mode",
          "What width and height mean. shorter-side takes one of them, or "
          "both equal, and rounds the longer side down as torchvision does",
          PTQ_TYPE_RESIZE_MODE, DEFAULT_MODE, FLAGS));
  g_object_class_install_property (object_class, PROP_FILL,
      g_param_spec_double ("fill", "Fill",
          "Sample that mode=letterbox writes beside the picture, in every "
          "channel: 0 to 255 for video, for tensors a value of the tensor "
          "itself (114 is for video; behind ptqnormalize, set it)",
          -G_MAXFLOAT, G_MAXFLOAT, DEFAULT_FILL, FLAGS));

  geometry_class->get_size = GST_DEBUG_FUNCPTR (gst_ptq_resize_get_size);
  geometry_class->prepare = GST_DEBUG_FUNCPTR (gst_ptq_resize_prepare);
  geometry_class->process = GST_DEBUG_FUNCPTR (gst_ptq_resize_process);

  gst_type_mark_as_plugin_api (PTQ_TYPE_RESIZE_METHOD, 0);
  gst_type_mark_as_plugin_api (PTQ_TYPE_RESIZE_MODE, 0);
  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass),
      "Picture resizer for models", "Filter/Converter/Video/Scaler",
      "Resizes video and float tensors exactly as OpenCV or Pillow does",
      "gst-ptq");
}

static void
gst_ptq_resize_init (GstPtqResize *self)
{
  self->method = DEFAULT_METHOD;
  self->mode = DEFAULT_MODE;
  self->fill = DEFAULT_FILL;
}
