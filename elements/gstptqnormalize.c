/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * SECTION:element-ptqnormalize
 * @title: ptqnormalize
 *
 * Turns 8-bit video into the float tensor that a model takes:
 * (x * scale - mean) / std for each channel, in single precision.
 *
 * | preset        | scale | mean                | std                 |
 * | ------------- | ----- | ------------------- | ------------------- |
 * | none          | 1     | 0                   | 1                   |
 * | zero-one      | 1/255 | 0                   | 1                   |
 * | minus-one-one | 1/255 | 0.5                 | 0.5                 |
 * | imagenet      | 1/255 | 0.485, 0.456, 0.406 | 0.229, 0.224, 0.225 |
 *
 * preset=none leaves 0 to 255. Where mean, std or scale are set they replace
 * what the preset says. mean and std have one value for all channels or one a
 * channel in the order of the video's format; the imagenet preset alone turns
 * its values round for BGR.
 *
 * The tensor is float32 with a batch of 1, planes (NCHW) or interleaved
 * channels (NHWC) as downstream takes it, planes when both will do. Its rows
 * have no padding and its memory is aligned to 64 bytes.
 *
 * |[
 * gst-launch-1.0 videotestsrc num-buffers=1 ! ptqconvert ! ptqnormalize preset=imagenet ! fakesink dump=true
 * ]| ImageNet's values.
 * |[
 * gst-launch-1.0 videotestsrc num-buffers=1 ! ptqconvert ! ptqnormalize mean="<127.5>" std="<127.5>" layout=nhwc ! fakesink dump=true
 * ]| -1 to 1, channels interleaved.
 */
#include "gstptqnormalize.h"

#include <gst/video/video.h>

#include "gstptqalloc.h"
#include "gstptqelements.h"
#include "gstptqerror.h"
#include "gstptqpicture.h"
#include "gstptqvideotensors.h"
#include "ptq-error.h"

GST_DEBUG_CATEGORY_STATIC (gst_ptq_normalize_debug);
#define GST_CAT_DEFAULT gst_ptq_normalize_debug

typedef enum
{
  PRESET_NONE,
  PRESET_ZERO_ONE,
  PRESET_MINUS_ONE_ONE,
  PRESET_IMAGENET
} Preset;

typedef struct
{
  gdouble scale;
  guint n;
  gdouble mean[3];
  gdouble std[3];
} PresetValues;

static const PresetValues presets[] = {
  [PRESET_NONE] = { 1.0, 1, { 0.0 }, { 1.0 } },
  [PRESET_ZERO_ONE] = { 1.0 / 255.0, 1, { 0.0 }, { 1.0 } },
  [PRESET_MINUS_ONE_ONE] = { 1.0 / 255.0, 1, { 0.5 }, { 0.5 } },
  [PRESET_IMAGENET] = { 1.0 / 255.0, 3, { 0.485, 0.456, 0.406 },
      { 0.229, 0.224, 0.225 } },
};

enum
{
  PROP_0,
  PROP_PRESET,
  PROP_MEAN,
  PROP_STD,
  PROP_SCALE,
  PROP_LAYOUT
};

#define DEFAULT_PRESET PRESET_NONE
#define DEFAULT_SCALE 0.0
#define DEFAULT_LAYOUT GST_PTQ_LAYOUT_AUTO

struct _GstPtqNormalize
{
  GstBaseTransform parent;

  /* properties, protected by the object lock */
  Preset preset;
  GArray *mean; /* of gdouble, empty when not set */
  GArray *std;
  gdouble scale; /* 0 when not set */
  GstPtqLayout layout;

  /* from set_caps (), protected by the stream lock */
  GstPtqPicture in;
  GstPtqPicture out;
  PtqNormalizer *normalizer;
  gboolean failed;
};

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS,
        GST_STATIC_CAPS (GST_VIDEO_CAPS_MAKE ("{ RGB, BGR, GRAY8 }")));

static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS,
        GST_STATIC_CAPS ("other/tensors, format = (string) static, "
                         "num_tensors = (int) 1, types = (string) float32, "
                         "framerate = (fraction) [ 0/1, max ]"));

G_DEFINE_TYPE (GstPtqNormalize, gst_ptq_normalize, GST_TYPE_BASE_TRANSFORM)
GST_ELEMENT_REGISTER_DEFINE (
    ptqnormalize, "ptqnormalize", GST_RANK_NONE, GST_TYPE_PTQ_NORMALIZE)

#define TYPE_PRESET (gst_ptq_normalize_preset_get_type ())
static GType
gst_ptq_normalize_preset_get_type (void)
{
  static GType type = 0;
  static const GEnumValue values[] = { { PRESET_NONE, "0 to 255 as they are",
                                           "none" },
    { PRESET_ZERO_ONE, "0 to 1 (x / 255)", "zero-one" },
    { PRESET_MINUS_ONE_ONE, "-1 to 1 ((x / 255 - 0.5) / 0.5)",
        "minus-one-one" },
    { PRESET_IMAGENET, "ImageNet's mean and standard deviation", "imagenet" },
    { 0, NULL, NULL } };

  if (g_once_init_enter (&type)) {
    GType new_type = g_enum_register_static ("GstPtqNormalizePreset", values);

    gst_type_mark_as_plugin_api (new_type, 0);
    g_once_init_leave (&type, new_type);
  }
  return type;
}

static void
gst_ptq_normalize_finalize (GObject *object)
{
  GstPtqNormalize *self = GST_PTQ_NORMALIZE (object);

  g_array_unref (self->mean);
  g_array_unref (self->std);
  g_clear_pointer (&self->normalizer, ptq_normalizer_free);
  G_OBJECT_CLASS (gst_ptq_normalize_parent_class)->finalize (object);
}

static void
set_array (GArray *array, const GValue *value)
{
  guint i;

  g_array_set_size (array, 0);
  for (i = 0; i < gst_value_array_get_size (value); i++) {
    gdouble number = g_value_get_double (gst_value_array_get_value (value, i));

    g_array_append_val (array, number);
  }
}

static void
get_array (const GArray *array, GValue *value)
{
  guint i;

  for (i = 0; i < array->len; i++) {
    GValue number = G_VALUE_INIT;

    g_value_init (&number, G_TYPE_DOUBLE);
    g_value_set_double (&number, g_array_index (array, gdouble, i));
    gst_value_array_append_and_take_value (value, &number);
  }
}

static void
gst_ptq_normalize_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstPtqNormalize *self = GST_PTQ_NORMALIZE (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_PRESET:
      self->preset = g_value_get_enum (value);
      break;
    case PROP_MEAN:
      set_array (self->mean, value);
      break;
    case PROP_STD:
      set_array (self->std, value);
      break;
    case PROP_SCALE:
      self->scale = g_value_get_double (value);
      break;
    case PROP_LAYOUT:
      self->layout = g_value_get_enum (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_ptq_normalize_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstPtqNormalize *self = GST_PTQ_NORMALIZE (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_PRESET:
      g_value_set_enum (value, self->preset);
      break;
    case PROP_MEAN:
      get_array (self->mean, value);
      break;
    case PROP_STD:
      get_array (self->std, value);
      break;
    case PROP_SCALE:
      g_value_set_double (value, self->scale);
      break;
    case PROP_LAYOUT:
      g_value_set_enum (value, self->layout);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static GstPtqLayout
get_layout (GstPtqNormalize *self)
{
  GstPtqLayout layout;

  GST_OBJECT_LOCK (self);
  layout = self->layout;
  GST_OBJECT_UNLOCK (self);
  return layout;
}

static GstCaps *
gst_ptq_normalize_transform_caps (GstBaseTransform *trans,
    GstPadDirection direction, GstCaps *caps, GstCaps *filter)
{
  GstPtqLayout layout = get_layout (GST_PTQ_NORMALIZE (trans));
  GstCaps *result = direction == GST_PAD_SINK
      ? gst_ptq_video_tensors_forward (caps, layout)
      : gst_ptq_video_tensors_backward (caps, layout);
  GstCaps *filtered;

  if (filter == NULL)
    return result;
  filtered = gst_caps_intersect_full (filter, result, GST_CAPS_INTERSECT_FIRST);
  gst_caps_unref (result);
  return filtered;
}

static gboolean
read_output (GstPtqNormalize *self, const GstCaps *caps, GError **error)
{
  static const PtqLayout layouts[] = { PTQ_LAYOUT_NCHW, PTQ_LAYOUT_NHWC };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (layouts); i++) {
    g_clear_error (error);
    if (!gst_ptq_picture_from_caps (
            &self->out, caps, get_layout (self), layouts[i], error))
      continue;
    if (self->out.width == self->in.width && self->out.height == self->in.height
        && self->out.channels == self->in.channels)
      return TRUE;
  }
  if (*error == NULL)
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
        "a picture of %ux%u with %u channels does not become the tensor that "
        "downstream takes",
        self->in.width, self->in.height, self->in.channels);
  return FALSE;
}

static void
reverse (gdouble *values, guint n)
{
  gdouble first = values[0];

  values[0] = values[n - 1];
  values[n - 1] = first;
}

/* What preset and properties come to for the input's channels */
static PtqNormalizer *
make_normalizer (GstPtqNormalize *self, GError **error)
{
  PresetValues values;
  const gdouble *mean = values.mean, *std = values.std;
  guint n_mean, n_std;
  PtqNormalizer *normalizer;

  GST_OBJECT_LOCK (self);
  values = presets[self->preset];
  if (GST_VIDEO_INFO_FORMAT (&self->in.info) == GST_VIDEO_FORMAT_BGR) {
    reverse (values.mean, values.n);
    reverse (values.std, values.n);
  }
  n_mean = n_std = values.n;
  if (self->mean->len > 0) {
    mean = (const gdouble *) self->mean->data;
    n_mean = self->mean->len;
  }
  if (self->std->len > 0) {
    std = (const gdouble *) self->std->data;
    n_std = self->std->len;
  }
  normalizer =
      ptq_normalizer_new (self->scale != 0.0 ? self->scale : values.scale, mean,
          n_mean, std, n_std, self->in.channels, error);
  GST_OBJECT_UNLOCK (self);
  return normalizer;
}

/* with STREAM_LOCK */
static gboolean
gst_ptq_normalize_set_caps (
    GstBaseTransform *trans, GstCaps *incaps, GstCaps *outcaps)
{
  GstPtqNormalize *self = GST_PTQ_NORMALIZE (trans);
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->normalizer, ptq_normalizer_free);
  if (!gst_ptq_picture_from_caps (
          &self->in, incaps, GST_PTQ_LAYOUT_AUTO, PTQ_LAYOUT_NHWC, &error)
      || !read_output (self, outcaps, &error))
    goto failed;
  self->normalizer = make_normalizer (self, &error);
  if (self->normalizer == NULL)
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
gst_ptq_normalize_stop (GstBaseTransform *trans)
{
  GST_PTQ_NORMALIZE (trans)->failed = FALSE;
  return TRUE;
}

static gboolean
gst_ptq_normalize_transform_size (GstBaseTransform *trans,
    GstPadDirection direction, GstCaps *caps, gsize size, GstCaps *othercaps,
    gsize *othersize)
{
  GstPtqNormalize *self = GST_PTQ_NORMALIZE (trans);
  (void) caps;
  (void) size;
  (void) othercaps;

  *othersize = direction == GST_PAD_SINK ? self->out.size : self->in.size;
  return *othersize > 0;
}

static gboolean
gst_ptq_normalize_propose_allocation (
    GstBaseTransform *trans, GstQuery *decide_query, GstQuery *query)
{
  gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
  return GST_BASE_TRANSFORM_CLASS (gst_ptq_normalize_parent_class)
      ->propose_allocation (trans, decide_query, query);
}

static gboolean
gst_ptq_normalize_decide_allocation (GstBaseTransform *trans, GstQuery *query)
{
  gst_ptq_alloc_align (query);
  return GST_BASE_TRANSFORM_CLASS (gst_ptq_normalize_parent_class)
      ->decide_allocation (trans, query);
}

static GstFlowReturn
gst_ptq_normalize_transform (
    GstBaseTransform *trans, GstBuffer *inbuf, GstBuffer *outbuf)
{
  GstPtqNormalize *self = GST_PTQ_NORMALIZE (trans);
  GstPtqPictureMap in;
  GstMapInfo out;

  if (!gst_ptq_picture_map (&self->in, inbuf, GST_MAP_READ, &in))
    goto no_input;
  if (!gst_buffer_map (outbuf, &out, GST_MAP_WRITE))
    goto no_output;
  ptq_normalizer_process (
      self->normalizer, &in.planes[0], self->out.layout, (gfloat *) out.data);
  gst_buffer_unmap (outbuf, &out);
  gst_ptq_picture_unmap (&in);
  return GST_FLOW_OK;

  /* ERRORS */
no_input:
{
  GST_ELEMENT_ERROR (self, STREAM, FORMAT,
      ("A buffer of %" G_GSIZE_FORMAT " bytes came where a picture of "
       "%ux%u has %" G_GSIZE_FORMAT ".",
          gst_buffer_get_size (inbuf), self->in.width, self->in.height,
          self->in.size),
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
}

#define FLAGS \
  (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY)

static GParamSpec *
array_spec (const gchar *name, const gchar *nick, const gchar *blurb)
{
  return gst_param_spec_array (name, nick, blurb,
      g_param_spec_double ("value", "Value", "Value of a channel", -G_MAXDOUBLE,
          G_MAXDOUBLE, 0.0, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS),
      FLAGS);
}

static void
install_properties (GObjectClass *klass)
{
  g_object_class_install_property (klass, PROP_PRESET,
      g_param_spec_enum ("preset", "Preset",
          "Where scale, mean and std come from when they are not set",
          TYPE_PRESET, DEFAULT_PRESET, FLAGS));
  g_object_class_install_property (klass, PROP_MEAN,
      array_spec ("mean", "Mean",
          "Subtracted after scaling, one value or one a channel, "
          "\"<0.485,0.456,0.406>\" (empty = the preset's)"));
  g_object_class_install_property (klass, PROP_STD,
      array_spec ("std", "Standard deviation",
          "Divided by, one value or one a channel, "
          "not 0 (empty = the preset's)"));
  g_object_class_install_property (klass, PROP_SCALE,
      g_param_spec_double ("scale", "Scale",
          "Factor of the samples 0 to 255, before mean and std "
          "(0 = the preset's)",
          -G_MAXFLOAT, G_MAXFLOAT, DEFAULT_SCALE, FLAGS));
  g_object_class_install_property (klass, PROP_LAYOUT,
      g_param_spec_enum ("layout", "Layout",
          "Order of the tensor's dimensions (auto = what downstream takes, "
          "nchw when both will do)",
          GST_TYPE_PTQ_LAYOUT, DEFAULT_LAYOUT, FLAGS));
}

static void
gst_ptq_normalize_class_init (GstPtqNormalizeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseTransformClass *trans_class = GST_BASE_TRANSFORM_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (
      gst_ptq_normalize_debug, "ptqnormalize", 0, "video to float tensors");

  object_class->finalize = gst_ptq_normalize_finalize;
  object_class->set_property = gst_ptq_normalize_set_property;
  object_class->get_property = gst_ptq_normalize_get_property;
  install_properties (object_class);

  trans_class->transform_caps =
      GST_DEBUG_FUNCPTR (gst_ptq_normalize_transform_caps);
  trans_class->set_caps = GST_DEBUG_FUNCPTR (gst_ptq_normalize_set_caps);
  trans_class->stop = GST_DEBUG_FUNCPTR (gst_ptq_normalize_stop);
  trans_class->transform_size =
      GST_DEBUG_FUNCPTR (gst_ptq_normalize_transform_size);
  trans_class->propose_allocation =
      GST_DEBUG_FUNCPTR (gst_ptq_normalize_propose_allocation);
  trans_class->decide_allocation =
      GST_DEBUG_FUNCPTR (gst_ptq_normalize_decide_allocation);
  trans_class->transform = GST_DEBUG_FUNCPTR (gst_ptq_normalize_transform);

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Video to model input",
      "Filter/Converter/Video",
      "Normalizes video by mean and standard deviation into a float tensor",
      "gst-ptq");
}

static void
gst_ptq_normalize_init (GstPtqNormalize *self)
{
  self->preset = DEFAULT_PRESET;
  self->mean = g_array_new (FALSE, FALSE, sizeof (gdouble));
  self->std = g_array_new (FALSE, FALSE, sizeof (gdouble));
  self->scale = DEFAULT_SCALE;
  self->layout = DEFAULT_LAYOUT;
}
