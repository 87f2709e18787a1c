/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Feeds a model with 8-bit video, as onnxinference does.
 */
#include "gstptqvideoinput.h"

#include "gstptqpicture.h"
#include "ptq-error.h"

#define MAX_CHANNELS 3

struct _GstPtqVideoInput
{
  PtqModel *model;
  GstPtqPicture wanted;  /* the picture in the model's tensor */
  GstPtqPicture offered; /* the one in the stream */
  /* y = (x - mean) / std, a value each channel */
  gdouble mean[MAX_CHANNELS];
  gdouble std[MAX_CHANNELS];
  PtqNormalizer *normalizers[MAX_CHANNELS]; /* one a plane */
  guint n_planes;
  PtqTensor tensor;
  gfloat *data;
};

static gboolean
refuse (GError **error, PtqError code, const gchar *reason)
{
  g_set_error (error, PTQ_ERROR, code,
      "Raw video comes, but the model wants "
      "tensors: put ptqnormalize before the sink%s%s%s",
      reason != NULL ? " (" : "", reason != NULL ? reason : "",
      reason != NULL ? ")" : "");
  return FALSE;
}

/* Pictures become float32, which an input of float16 takes as well. */
static void
get_shape (GstPtqVideoInput *self, GstPtqTensorShape *shape)
{
  gst_ptq_tensor_shape_from_value_info (
      shape, ptq_model_get_input (self->model, 0));
  if (shape->type == PTQ_ELEMENT_FLOAT16)
    shape->type = PTQ_ELEMENT_FLOAT;
}

static gboolean
read_shape (GstPtqVideoInput *self, GError **error)
{
  GstPtqTensorShape shape;

  if (ptq_model_get_n_inputs (self->model) != 1)
    return refuse (error, PTQ_ERROR_SHAPE,
        "and ptqmux, as the model has "
        "several inputs");

  get_shape (self, &shape);
  for (guint layout = PTQ_LAYOUT_NCHW; layout <= PTQ_LAYOUT_NHWC; layout++) {
    if (gst_ptq_picture_from_shape (
            &self->wanted, &shape, GST_PTQ_LAYOUT_AUTO, layout)
        && (self->wanted.channels == 1 || self->wanted.channels == 3))
      return TRUE;
  }
  return refuse (error, PTQ_ERROR_SHAPE, NULL);
}

/* "min,max": x of 0 to 255 becomes x * (max - min) / 255 + min */
static gboolean
parse_range (const gchar *text, gdouble *mean, gdouble *std)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);
  gchar *end[2];
  gdouble min, max;

  if (g_strv_length (parts) != 2)
    return FALSE;
  min = g_ascii_strtod (g_strstrip (parts[0]), &end[0]);
  max = g_ascii_strtod (g_strstrip (parts[1]), &end[1]);
  if (end[0] == parts[0] || end[1] == parts[1] || *end[0] != '\0'
      || *end[1] != '\0' || !(max > min))
    return FALSE;

  *std = 255 / (max - min);
  *mean = -min * *std;
  return TRUE;
}

/* One range for all channels, or one each */
static gboolean
parse_ranges (GstPtqVideoInput *self, gchar **ranges)
{
  guint n = g_strv_length (ranges);

  if (n != 1 && n != self->wanted.channels)
    return FALSE;
  for (guint i = 0; i < self->wanted.channels; i++) {
    if (!parse_range (ranges[n == 1 ? 0 : i], &self->mean[i], &self->std[i]))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_ranges (GstPtqVideoInput *self, GError **error)
{
  const gchar *input = ptq_model_get_input (self->model, 0)->name;
  g_autofree gchar *path =
      g_strconcat (ptq_model_get_path (self->model), ".modelinfo", NULL);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_auto (GStrv) ranges = NULL;
  g_autofree gchar *text = NULL;
  g_autoptr (GError) read_error = NULL;

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &read_error)) {
    /* few models have one */
    if (g_error_matches (read_error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
      return refuse (error, PTQ_ERROR_SHAPE, NULL);
    text = g_strdup_printf ("%s cannot be read: %s", path, read_error->message);
    return refuse (error, PTQ_ERROR_NOT_FOUND, text);
  }

  ranges = g_key_file_get_string_list (file, input, "ranges", NULL, NULL);
  if (ranges == NULL || !parse_ranges (self, ranges)) {
    text =
        g_strdup_printf ("%s has no \"ranges\" for the input \"%s\": "
                         "min,max for all channels, or for each with ; between",
            path, input);
    return refuse (error, PTQ_ERROR_SETTINGS, text);
  }
  return TRUE;
}

/* A picture of planes has a normalizer for each. */
static gboolean
make_normalizers (GstPtqVideoInput *self, GError **error)
{
  gboolean planar = self->wanted.layout == PTQ_LAYOUT_NCHW;
  guint channels = planar ? 1 : self->wanted.channels;

  self->n_planes = planar ? self->wanted.channels : 1;
  for (guint i = 0; i < self->n_planes; i++) {
    self->normalizers[i] = ptq_normalizer_new (
        1, &self->mean[i], channels, &self->std[i], channels, channels, error);
    if (self->normalizers[i] == NULL)
      return FALSE;
  }
  return TRUE;
}

static void
make_tensor (GstPtqVideoInput *self)
{
  GstPtqTensorShape shape;

  get_shape (self, &shape);
  gst_ptq_tensor_shape_to_tensor (&shape, 0, &self->tensor);
  self->data = g_malloc (self->tensor.size);
  self->tensor.data = self->data;
}

GstPtqVideoInput *
gst_ptq_video_input_new (PtqModel *model, GError **error)
{
  GstPtqVideoInput *self = g_new0 (GstPtqVideoInput, 1);

  self->model = g_object_ref (model);
  if (!read_shape (self, error) || !read_ranges (self, error)
      || !make_normalizers (self, error)) {
    gst_ptq_video_input_free (self);
    return NULL;
  }
  make_tensor (self);
  return self;
}

void
gst_ptq_video_input_free (GstPtqVideoInput *self)
{
  for (guint i = 0; i < MAX_CHANNELS; i++)
    g_clear_pointer (&self->normalizers[i], ptq_normalizer_free);
  g_free (self->data);
  g_object_unref (self->model);
  g_free (self);
}

static GstVideoFormat
wanted_format (GstPtqVideoInput *self)
{
  if (self->wanted.channels == 1)
    return GST_VIDEO_FORMAT_GRAY8;
  return self->wanted.layout == PTQ_LAYOUT_NCHW ? GST_VIDEO_FORMAT_RGBP
                                                : GST_VIDEO_FORMAT_RGB;
}

GstCaps *
gst_ptq_video_input_get_caps (GstPtqVideoInput *self)
{
  return gst_caps_new_simple ("video/x-raw", "format", G_TYPE_STRING,
      gst_video_format_to_string (wanted_format (self)), "width", G_TYPE_INT,
      (gint) self->wanted.width, "height", G_TYPE_INT,
      (gint) self->wanted.height, "framerate", GST_TYPE_FRACTION_RANGE, 0, 1,
      G_MAXINT, 1, NULL);
}

gboolean
gst_ptq_video_input_set_caps (
    GstPtqVideoInput *self, const GstCaps *caps, GError **error)
{
  GstVideoFormat want = wanted_format (self), have;

  if (!gst_ptq_picture_from_caps (
          &self->offered, caps, GST_PTQ_LAYOUT_AUTO, PTQ_LAYOUT_NCHW, error))
    return FALSE;

  have = GST_VIDEO_INFO_FORMAT (&self->offered.info);
  if (have != want || self->offered.width != self->wanted.width
      || self->offered.height != self->wanted.height) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
        "The model wants video of %s %ux%u, the stream brings %s %ux%u: put "
        "ptqresize and videoconvert before the sink",
        gst_video_format_to_string (want), self->wanted.width,
        self->wanted.height, gst_video_format_to_string (have),
        self->offered.width, self->offered.height);
    return FALSE;
  }
  return TRUE;
}

const PtqTensor *
gst_ptq_video_input_convert (
    GstPtqVideoInput *self, GstBuffer *buffer, GError **error)
{
  gsize plane = (gsize) self->wanted.width * self->wanted.height;
  GstPtqPictureMap map;

  if (!gst_ptq_picture_map (&self->offered, buffer, GST_MAP_READ, &map)) {
    g_set_error_literal (error, PTQ_ERROR, PTQ_ERROR_READ,
        "A buffer of the stream cannot be read as video");
    return NULL;
  }
  for (guint i = 0; i < self->n_planes; i++)
    ptq_normalizer_process (self->normalizers[i], &map.planes[i],
        PTQ_LAYOUT_NHWC, self->data + i * plane);
  gst_ptq_picture_unmap (&map);
  return &self->tensor;
}
