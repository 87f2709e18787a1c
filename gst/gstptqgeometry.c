/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * What ptqresize and ptqcrop share: caps of video and of tensors in which
 * only the size changes, sizes that flow up from downstream where the user
 * gave none, and the loop over planes.
 */
#include "gstptqgeometry.h"

#include "gstptqalloc.h"
#include "gstptqerror.h"
#include "gstptqsizecaps.h"
#include "ptq-error.h"

GST_DEBUG_CATEGORY_STATIC (gst_ptq_geometry_debug);
#define GST_CAT_DEFAULT gst_ptq_geometry_debug

enum
{
  PROP_0,
  PROP_WIDTH,
  PROP_HEIGHT,
  PROP_LAYOUT
};

#define DEFAULT_SIZE 0
#define DEFAULT_LAYOUT GST_PTQ_LAYOUT_AUTO
#define MAX_SIZE 65535

typedef struct
{
  /* properties, protected by the object lock */
  guint width;
  guint height;
  GstPtqLayout layout;

  /* protected by the stream lock */
  GstPtqPicture in;
  GstPtqPicture out;
  gboolean failed;
} GstPtqGeometryPrivate;

#define TEMPLATE_CAPS \
  GST_VIDEO_CAPS_MAKE (GST_PTQ_PICTURE_VIDEO_FORMATS) \
  "; " \
  "other/tensors, format = (string) static, num_tensors = (int) 1, " \
  "types = (string) float32, framerate = (fraction) [ 0/1, max ]"

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE (
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (TEMPLATE_CAPS));

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE (
    "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (TEMPLATE_CAPS));

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (GstPtqGeometry, gst_ptq_geometry,
    GST_TYPE_BASE_TRANSFORM,
    G_ADD_PRIVATE (GstPtqGeometry) GST_DEBUG_CATEGORY_INIT (
        gst_ptq_geometry_debug, "ptqgeometry", 0, "changes of picture sizes"))

#define PRIVATE(self) \
  ((GstPtqGeometryPrivate *) gst_ptq_geometry_get_instance_private (self))

static void
gst_ptq_geometry_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstPtqGeometryPrivate *priv = PRIVATE (GST_PTQ_GEOMETRY (object));

  GST_OBJECT_LOCK (object);
  switch (id) {
    case PROP_WIDTH:
      priv->width = g_value_get_uint (value);
      break;
    case PROP_HEIGHT:
      priv->height = g_value_get_uint (value);
      break;
    case PROP_LAYOUT:
      priv->layout = g_value_get_enum (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (object);
}

static void
gst_ptq_geometry_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstPtqGeometryPrivate *priv = PRIVATE (GST_PTQ_GEOMETRY (object));

  GST_OBJECT_LOCK (object);
  switch (id) {
    case PROP_WIDTH:
      g_value_set_uint (value, priv->width);
      break;
    case PROP_HEIGHT:
      g_value_set_uint (value, priv->height);
      break;
    case PROP_LAYOUT:
      g_value_set_enum (value, priv->layout);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (object);
}

/**
 * gst_ptq_geometry_get_wanted:
 * @self: an element
 * @width: (out): property width
 * @height: (out): property height
 */
void
gst_ptq_geometry_get_wanted (GstPtqGeometry *self, guint *width, guint *height)
{
  GstPtqGeometryPrivate *priv = PRIVATE (self);

  GST_OBJECT_LOCK (self);
  *width = priv->width;
  *height = priv->height;
  GST_OBJECT_UNLOCK (self);
}

static GstPtqLayout
get_layout (GstPtqGeometry *self)
{
  GstPtqLayout layout;

  GST_OBJECT_LOCK (self);
  layout = PRIVATE (self)->layout;
  GST_OBJECT_UNLOCK (self);
  return layout;
}

static void
get_size (
    guint in_width, guint in_height, guint *width, guint *height, gpointer self)
{
  GST_PTQ_GEOMETRY_GET_CLASS (self)->get_size (
      self, in_width, in_height, width, height);
}

static GstCaps *
gst_ptq_geometry_transform_caps (GstBaseTransform *trans,
    GstPadDirection direction, GstCaps *caps, GstCaps *filter)
{
  GstPtqGeometry *self = GST_PTQ_GEOMETRY (trans);
  GstPtqLayout layout = get_layout (self);
  GstCaps *result, *filtered;

  if (direction == GST_PAD_SINK)
    result = gst_ptq_size_caps_forward (caps, layout, get_size, self);
  else
    result = gst_ptq_size_caps_backward (caps, filter, layout, get_size, self);
  if (filter == NULL)
    return result;

  filtered = gst_caps_intersect_full (filter, result, GST_CAPS_INTERSECT_FIRST);
  gst_caps_unref (result);
  return filtered;
}

/* Tensor caps without dimensions pass for fixed, so that the base class does
 * not ask what downstream would take. Gives the first shape that an input can
 * lead to, NULL where downstream does not care. */
static GstCaps *
choose_shape (GstPtqGeometry *self, GstCaps *incaps, GstCaps *outcaps)
{
  GstPad *pad = GST_BASE_TRANSFORM_SRC_PAD (self);
  g_autoptr (GstCaps) taken = gst_pad_peer_query_caps (pad, outcaps);
  guint i;

  for (i = 0; i < gst_caps_get_size (taken); i++) {
    GstCaps *shape = gst_caps_copy_nth (taken, i);
    g_autoptr (GstCaps) leads = NULL;

    if (gst_structure_has_field (
            gst_caps_get_structure (shape, 0), "dimensions")) {
      leads = gst_ptq_size_caps_backward (
          shape, incaps, get_layout (self), get_size, self);
      if (!gst_caps_is_empty (leads))
        return gst_caps_fixate (shape);
    }
    gst_caps_unref (shape);
  }
  return NULL;
}

/* The shape that downstream takes, else the one of the input */
static GstCaps *
fixate_tensor (GstPtqGeometry *self, GstCaps *incaps, GstCaps *outcaps)
{
  GstStructure *in = gst_caps_get_structure (incaps, 0);
  GstStructure *out = gst_caps_get_structure (outcaps, 0);
  GstCaps *chosen;

  if (gst_structure_has_field (out, "dimensions")
      || !gst_structure_has_field (in, "dimensions"))
    return outcaps;
  chosen = choose_shape (self, incaps, outcaps);
  if (chosen != NULL) {
    gst_caps_unref (outcaps);
    return chosen;
  }
  gst_structure_set_value (
      out, "dimensions", gst_structure_get_value (in, "dimensions"));
  return outcaps;
}

static GstCaps *
gst_ptq_geometry_fixate_caps (GstBaseTransform *trans,
    GstPadDirection direction, GstCaps *caps, GstCaps *othercaps)
{
  GstStructure *in = gst_caps_get_structure (caps, 0), *out;
  gint width, height;

  othercaps = gst_caps_make_writable (gst_caps_truncate (othercaps));
  out = gst_caps_get_structure (othercaps, 0);
  if (gst_structure_get_int (in, "width", &width)
      && gst_structure_get_int (in, "height", &height)) {
    gst_structure_fixate_field_nearest_int (out, "width", width);
    gst_structure_fixate_field_nearest_int (out, "height", height);
  } else if (direction == GST_PAD_SINK) {
    othercaps = fixate_tensor (GST_PTQ_GEOMETRY (trans), caps, othercaps);
  }
  return gst_caps_fixate (othercaps);
}

/* Of the layouts that the user allows, one in which both sides are pictures
 * of as many channels. */
static gboolean
read_pictures (GstPtqGeometry *self, const GstCaps *incaps,
    const GstCaps *outcaps, GError **error)
{
  static const PtqLayout layouts[] = { PTQ_LAYOUT_NCHW, PTQ_LAYOUT_NHWC };
  GstPtqGeometryPrivate *priv = PRIVATE (self);
  GstPtqLayout layout = get_layout (self);
  guint i;

  for (i = 0; i < G_N_ELEMENTS (layouts); i++) {
    g_clear_error (error);
    if (gst_ptq_picture_from_caps (&priv->in, incaps, layout, layouts[i], error)
        && gst_ptq_picture_from_caps (
            &priv->out, outcaps, layout, layouts[i], error)
        && priv->in.channels == priv->out.channels)
      return TRUE;
  }
  if (*error == NULL)
    g_set_error_literal (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
        "input and output differ in channels; property layout says how to "
        "read the shapes");
  return FALSE;
}

/* with STREAM_LOCK */
static gboolean
gst_ptq_geometry_set_caps (
    GstBaseTransform *trans, GstCaps *incaps, GstCaps *outcaps)
{
  GstPtqGeometry *self = GST_PTQ_GEOMETRY (trans);
  GstPtqGeometryPrivate *priv = PRIVATE (self);
  g_autoptr (GError) error = NULL;

  if (!read_pictures (self, incaps, outcaps, &error))
    goto failed;
  GST_DEBUG_OBJECT (self, "%ux%u to %ux%u", priv->in.width, priv->in.height,
      priv->out.width, priv->out.height);
  if (!GST_PTQ_GEOMETRY_GET_CLASS (self)->prepare (
          self, &priv->in, &priv->out, &error))
    goto failed;
  return TRUE;

  /* ERRORS */
failed:
{
  /* the same caps come again with each event and buffer that is tried */
  if (!priv->failed)
    GST_PTQ_ELEMENT_ERROR (self, error);
  priv->failed = TRUE;
  return FALSE;
}
}

static gboolean
gst_ptq_geometry_stop (GstBaseTransform *trans)
{
  PRIVATE (GST_PTQ_GEOMETRY (trans))->failed = FALSE;
  return TRUE;
}

static gboolean
gst_ptq_geometry_transform_size (GstBaseTransform *trans,
    GstPadDirection direction, GstCaps *caps, gsize size, GstCaps *othercaps,
    gsize *othersize)
{
  GstPtqGeometry *self = GST_PTQ_GEOMETRY (trans);
  GstPtqGeometryPrivate *priv = PRIVATE (self);
  (void) caps;
  (void) size;
  (void) othercaps;

  *othersize = direction == GST_PAD_SINK ? priv->out.size : priv->in.size;
  return *othersize > 0;
}

static gboolean
gst_ptq_geometry_propose_allocation (
    GstBaseTransform *trans, GstQuery *decide_query, GstQuery *query)
{
  if (decide_query != NULL)
    gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
  return GST_BASE_TRANSFORM_CLASS (gst_ptq_geometry_parent_class)
      ->propose_allocation (trans, decide_query, query);
}

static gboolean
gst_ptq_geometry_decide_allocation (GstBaseTransform *trans, GstQuery *query)
{
  gst_ptq_alloc_align (query);
  return GST_BASE_TRANSFORM_CLASS (gst_ptq_geometry_parent_class)
      ->decide_allocation (trans, query);
}

static gboolean
process_planes (GstPtqGeometry *self, const GstPtqPictureMap *in,
    const GstPtqPictureMap *out, GError **error)
{
  GstPtqGeometryClass *klass = GST_PTQ_GEOMETRY_GET_CLASS (self);
  guint i;

  for (i = 0; i < in->n_planes; i++)
    if (!klass->process (self, &in->planes[i], &out->planes[i], error))
      return FALSE;
  return TRUE;
}

static GstFlowReturn
gst_ptq_geometry_transform (
    GstBaseTransform *trans, GstBuffer *inbuf, GstBuffer *outbuf)
{
  GstPtqGeometry *self = GST_PTQ_GEOMETRY (trans);
  GstPtqGeometryPrivate *priv = PRIVATE (self);
  g_autoptr (GError) error = NULL;
  GstPtqPictureMap in, out;
  gboolean done;

  if (!gst_ptq_picture_map (&priv->in, inbuf, GST_MAP_READ, &in))
    goto no_input;
  if (!gst_ptq_picture_map (&priv->out, outbuf, GST_MAP_WRITE, &out))
    goto no_output;
  done = process_planes (self, &in, &out, &error);
  gst_ptq_picture_unmap (&out);
  gst_ptq_picture_unmap (&in);
  if (!done)
    goto failed;
  return GST_FLOW_OK;

  /* ERRORS */
no_input:
{
  GST_ELEMENT_ERROR (self, STREAM, FORMAT,
      ("A buffer of %" G_GSIZE_FORMAT " bytes came where a picture of "
       "%ux%u has %" G_GSIZE_FORMAT ".",
          gst_buffer_get_size (inbuf), priv->in.width, priv->in.height,
          priv->in.size),
      (NULL));
  return GST_FLOW_ERROR;
}
no_output:
{
  gst_ptq_picture_unmap (&in);
  GST_ELEMENT_ERROR (
      self, RESOURCE, FAILED, ("The output buffer cannot be written."), (NULL));
  return GST_FLOW_ERROR;
}
failed:
{
  GST_PTQ_ELEMENT_ERROR (self, error);
  return GST_FLOW_ERROR;
}
}

#define FLAGS \
  (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY)

static void
gst_ptq_geometry_class_init (GstPtqGeometryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstBaseTransformClass *trans_class = GST_BASE_TRANSFORM_CLASS (klass);

  object_class->set_property = gst_ptq_geometry_set_property;
  object_class->get_property = gst_ptq_geometry_get_property;
  g_object_class_install_property (object_class, PROP_WIDTH,
      g_param_spec_uint ("width", "Width",
          "Columns of the output, in pixels (0 = what downstream takes)", 0,
          MAX_SIZE, DEFAULT_SIZE, FLAGS));
  g_object_class_install_property (object_class, PROP_HEIGHT,
      g_param_spec_uint ("height", "Height",
          "Rows of the output, in pixels (0 = what downstream takes)", 0,
          MAX_SIZE, DEFAULT_SIZE, FLAGS));
  g_object_class_install_property (object_class, PROP_LAYOUT,
      g_param_spec_enum ("layout", "Layout",
          "How tensors hold the picture; without meaning for video",
          GST_TYPE_PTQ_LAYOUT, DEFAULT_LAYOUT, FLAGS));

  trans_class->transform_caps =
      GST_DEBUG_FUNCPTR (gst_ptq_geometry_transform_caps);
  trans_class->fixate_caps = GST_DEBUG_FUNCPTR (gst_ptq_geometry_fixate_caps);
  trans_class->set_caps = GST_DEBUG_FUNCPTR (gst_ptq_geometry_set_caps);
  trans_class->stop = GST_DEBUG_FUNCPTR (gst_ptq_geometry_stop);
  trans_class->transform_size =
      GST_DEBUG_FUNCPTR (gst_ptq_geometry_transform_size);
  trans_class->propose_allocation =
      GST_DEBUG_FUNCPTR (gst_ptq_geometry_propose_allocation);
  trans_class->decide_allocation =
      GST_DEBUG_FUNCPTR (gst_ptq_geometry_decide_allocation);
  trans_class->transform = GST_DEBUG_FUNCPTR (gst_ptq_geometry_transform);
  trans_class->passthrough_on_same_caps = TRUE;

  gst_element_class_add_static_pad_template (
      GST_ELEMENT_CLASS (klass), &sink_template);
  gst_element_class_add_static_pad_template (
      GST_ELEMENT_CLASS (klass), &src_template);
  gst_type_mark_as_plugin_api (GST_TYPE_PTQ_GEOMETRY, 0);
}

static void
gst_ptq_geometry_init (GstPtqGeometry *self)
{
  PRIVATE (self)->layout = DEFAULT_LAYOUT;
}
