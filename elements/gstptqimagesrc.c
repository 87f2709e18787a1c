/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * SECTION:element-ptqimagesrc
 * @title: ptqimagesrc
 *
 * Reads picture files, one a buffer: a folder, a file, or a pattern of names,
 * in bytewise order whatever the locale is. Sizes and file formats may differ
 * from one to the next, the caps change with them.
 *
 * Pixels equal those of OpenCV's imread and of Pillow: turned as EXIF says,
 * no colour management, alpha dropped without blending, the upper 8 of 16
 * bits, CMYK by Pillow's plain formula. Pictures with one channel come as
 * GRAY8 where downstream takes it (ptqconvert makes RGB of it), else as RGB
 * or BGR with equal channels. Of animations the first frame is read.
 *
 * A file that is damaged, cut short or no picture at all stops the stream
 * with an error that names it; on-error=skip leaves it out with a warning
 * and counts it in #GstPtqFileSrc:skipped.
 *
 * Memory: 3 bytes a pixel (1 for grey) for each buffer under way, twice that
 * while a turned, CMYK or progressive one is being decoded. max-pixels is
 * checked before decoding.
 *
 * Buffers carry the file's path as a custom meta named GstPtqSampleMeta, field
 * file-name. They have no timestamps (framerate=0/1) unless a caps filter asks
 * for a frame rate.
 *
 * |[
 * gst-launch-1.0 ptqimagesrc location=pictures ! ptqconvert ! ptqresize width=224 height=224 ! ptqnormalize preset=imagenet ! fakesink
 * ]| A folder.
 * |[
 * gst-launch-1.0 ptqimagesrc location="pictures/n0?.{jpg,png}" shuffle=true seed=7 on-error=skip ! fakesink silent=false -v
 * ]| Some of them in a random order, bad ones left out.
 */
#include "gstptqimagesrc.h"

#include <string.h>
#include <gst/video/video.h>

#include "gstptqelements.h"
#include "gstptqpicturereader.h"
#include "ptq-error.h"

GST_DEBUG_CATEGORY_STATIC (gst_ptq_image_src_debug);
#define GST_CAT_DEFAULT gst_ptq_image_src_debug

enum
{
  PROP_0,
  PROP_AUTO_ORIENT,
  PROP_MAX_PIXELS
};

#define DEFAULT_AUTO_ORIENT TRUE
#define DEFAULT_MAX_PIXELS (64 * 1024 * 1024)

struct _GstPtqImageSrc
{
  GstPtqFileSrc parent;

  /* properties, protected by the object lock */
  gboolean auto_orient;
  guint64 max_pixels;

  /* protected by the stream lock */
  GstVideoInfo info; /* of the caps that are set */
  gboolean is_grey;  /* of the picture they were chosen for */
  gboolean renegotiate;
};

static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS,
        GST_STATIC_CAPS (GST_VIDEO_CAPS_MAKE ("{ RGB, BGR, GRAY8 }")));

G_DEFINE_TYPE (GstPtqImageSrc, gst_ptq_image_src, GST_TYPE_PTQ_FILE_SRC)
GST_ELEMENT_REGISTER_DEFINE (
    ptqimagesrc, "ptqimagesrc", GST_RANK_NONE, GST_TYPE_PTQ_IMAGE_SRC)

static void
gst_ptq_image_src_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstPtqImageSrc *self = GST_PTQ_IMAGE_SRC (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_AUTO_ORIENT:
      self->auto_orient = g_value_get_boolean (value);
      break;
    case PROP_MAX_PIXELS:
      self->max_pixels = g_value_get_uint64 (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_ptq_image_src_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstPtqImageSrc *self = GST_PTQ_IMAGE_SRC (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_AUTO_ORIENT:
      g_value_set_boolean (value, self->auto_orient);
      break;
    case PROP_MAX_PIXELS:
      g_value_set_uint64 (value, self->max_pixels);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static gboolean
gst_ptq_image_src_start (GstBaseSrc *src)
{
  GstPtqImageSrc *self = GST_PTQ_IMAGE_SRC (src);

  if (!gst_ptq_picture_reader_init ())
    goto no_vips;
  gst_video_info_init (&self->info);
  self->renegotiate = TRUE;
  return GST_BASE_SRC_CLASS (gst_ptq_image_src_parent_class)->start (src);

  /* ERRORS */
no_vips:
{
  GST_ELEMENT_ERROR (self, LIBRARY, INIT,
      ("libvips, which reads pictures, does not start."), (NULL));
  return FALSE;
}
}

/* Caps belong to a picture and are chosen when one has been opened. */
static gboolean
gst_ptq_image_src_negotiate (GstBaseSrc *src)
{
  GST_PTQ_IMAGE_SRC (src)->renegotiate = TRUE;
  return TRUE;
}

static GstCaps *
possible_caps (guint width, guint height, gboolean is_grey)
{
  GstCaps *caps = gst_caps_from_string (is_grey
          ? "video/x-raw, format = (string) { GRAY8, RGB, BGR }"
          : "video/x-raw, format = (string) { RGB, BGR }");

  gst_caps_set_simple (caps, "width", G_TYPE_INT, (gint) width, "height",
      G_TYPE_INT, (gint) height, "pixel-aspect-ratio", GST_TYPE_FRACTION, 1, 1,
      "framerate", GST_TYPE_FRACTION_RANGE, 0, 1, G_MAXINT, 1, NULL);
  return caps;
}

/* Takes what downstream would have. */
static GstCaps *
choose_caps (GstPtqImageSrc *self, GstCaps *possible)
{
  GstCaps *caps = gst_pad_peer_query_caps (GST_BASE_SRC_PAD (self), possible);
  GstVideoInfo info;

  if (gst_caps_is_empty (caps)) {
    gst_caps_unref (caps);
    return NULL;
  }
  caps = gst_caps_make_writable (gst_caps_truncate (caps));
  gst_structure_fixate_field_nearest_fraction (
      gst_caps_get_structure (caps, 0), "framerate", 0, 1);
  caps = gst_caps_fixate (caps);
  if (gst_video_info_from_caps (&info, caps)) {
    gst_caps_unref (caps);
    caps = gst_video_info_to_caps (&info);
  }
  return caps;
}

static GstFlowReturn
negotiate_picture (
    GstPtqImageSrc *self, GstPtqPictureReader *reader, const gchar *path)
{
  guint width = gst_ptq_picture_reader_get_width (reader);
  guint height = gst_ptq_picture_reader_get_height (reader);
  gboolean is_grey = gst_ptq_picture_reader_is_grey (reader);
  g_autoptr (GstCaps) possible = NULL, caps = NULL;

  if (!self->renegotiate && self->is_grey == is_grey
      && width == (guint) GST_VIDEO_INFO_WIDTH (&self->info)
      && height == (guint) GST_VIDEO_INFO_HEIGHT (&self->info))
    return GST_FLOW_OK;

  possible = possible_caps (width, height, is_grey);
  caps = choose_caps (self, possible);
  if (caps == NULL)
    goto not_wanted;
  GST_DEBUG_OBJECT (self, "\"%s\": %" GST_PTR_FORMAT, path, (gpointer) caps);
  if (!gst_base_src_set_caps (GST_BASE_SRC (self), caps))
    return GST_FLOW_NOT_NEGOTIATED;
  if (!gst_video_info_from_caps (&self->info, caps))
    return GST_FLOW_NOT_NEGOTIATED;
  self->is_grey = is_grey;
  self->renegotiate = FALSE;
  return GST_FLOW_OK;

  /* ERRORS */
not_wanted:
{
  GST_ELEMENT_ERROR (self, STREAM, FORMAT,
      ("Picture \"%s\" is %ux%u, %s, which the next element does not take; "
       "ptqconvert and ptqresize bring it to size and format.",
          path, width, height, is_grey ? "grey" : "RGB"),
      ("offered %" GST_PTR_FORMAT, (gpointer) possible));
  return GST_FLOW_ERROR;
}
}

static PtqPixelFormat
pixel_format (const GstVideoInfo *info)
{
  switch (GST_VIDEO_INFO_FORMAT (info)) {
    case GST_VIDEO_FORMAT_GRAY8:
      return PTQ_PIXEL_GRAY8;
    case GST_VIDEO_FORMAT_BGR:
      return PTQ_PIXEL_BGR;
    default:
      return PTQ_PIXEL_RGB;
  }
}

/* The bytes that round a row up to a multiple of 4 */
static void
clear_padding (const PtqImage *image)
{
  gsize used = (gsize) image->width * image->channels;
  guint y;

  for (y = 0; y < image->height; y++)
    memset ((guint8 *) image->data + y * image->stride + used, 0,
        image->stride - used);
}

static gboolean
decode (GstPtqImageSrc *self, GstPtqPictureReader *reader, GstBuffer *buffer,
    GCancellable *cancellable, GError **error)
{
  const GstVideoInfo *info = &self->info;
  GstMapInfo map;
  PtqImage image;
  gboolean done;

  if (!gst_buffer_map (buffer, &map, GST_MAP_WRITE)) {
    g_set_error_literal (
        error, PTQ_ERROR, PTQ_ERROR_FAILED, "a buffer cannot be written");
    return FALSE;
  }
  image.data = map.data;
  image.type = PTQ_SAMPLE_U8;
  image.width = GST_VIDEO_INFO_WIDTH (info);
  image.height = GST_VIDEO_INFO_HEIGHT (info);
  image.channels = GST_VIDEO_INFO_N_COMPONENTS (info);
  image.stride = GST_VIDEO_INFO_PLANE_STRIDE (info, 0);
  clear_padding (&image);
  done = gst_ptq_picture_reader_decode (
      reader, pixel_format (info), &image, cancellable, error);
  gst_buffer_unmap (buffer, &map);
  return done;
}

/* At a frame rate that downstream asked for, pictures follow each other. */
static void
set_times (GstPtqImageSrc *self, GstBuffer *buffer)
{
  guint64 n = gst_ptq_file_src_get_position (GST_PTQ_FILE_SRC (self));
  gint fps_n = GST_VIDEO_INFO_FPS_N (&self->info);
  gint fps_d = GST_VIDEO_INFO_FPS_D (&self->info);

  if (fps_n == 0)
    return;
  GST_BUFFER_PTS (buffer) =
      gst_util_uint64_scale (n, (guint64) fps_d * GST_SECOND, fps_n);
  GST_BUFFER_DURATION (buffer) =
      gst_util_uint64_scale (n + 1, (guint64) fps_d * GST_SECOND, fps_n)
      - GST_BUFFER_PTS (buffer);
}

static GstFlowReturn
gst_ptq_image_src_read_sample (GstPtqFileSrc *src, const gchar *path,
    GstBuffer **buffer, GCancellable *cancellable, GError **error)
{
  GstPtqImageSrc *self = GST_PTQ_IMAGE_SRC (src);
  g_autoptr (GstPtqPictureReader) reader = NULL;
  g_autoptr (GstBuffer) picture = NULL;
  gboolean auto_orient;
  guint64 max_pixels;
  GstFlowReturn flow;

  GST_OBJECT_LOCK (self);
  auto_orient = self->auto_orient;
  max_pixels = self->max_pixels;
  GST_OBJECT_UNLOCK (self);

  reader = gst_ptq_picture_reader_open (path, auto_orient, max_pixels, error);
  if (reader == NULL)
    return GST_FLOW_ERROR;
  flow = negotiate_picture (self, reader, path);
  if (flow != GST_FLOW_OK)
    return flow;
  picture =
      gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (&self->info), NULL);
  if (!decode (self, reader, picture, cancellable, error))
    return GST_FLOW_ERROR;
  set_times (self, picture);
  *buffer = g_steal_pointer (&picture);
  return GST_FLOW_OK;
}

#define FLAGS \
  (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY)

static void
gst_ptq_image_src_class_init (GstPtqImageSrcClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSrcClass *base_class = GST_BASE_SRC_CLASS (klass);
  GstPtqFileSrcClass *file_class = GST_PTQ_FILE_SRC_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (
      gst_ptq_image_src_debug, "ptqimagesrc", 0, "pictures as samples");

  object_class->set_property = gst_ptq_image_src_set_property;
  object_class->get_property = gst_ptq_image_src_get_property;
  g_object_class_install_property (object_class, PROP_AUTO_ORIENT,
      g_param_spec_boolean ("auto-orient", "Automatic orientation",
          "Turn pictures as EXIF says, as OpenCV's imread does",
          DEFAULT_AUTO_ORIENT, FLAGS));
  g_object_class_install_property (object_class, PROP_MAX_PIXELS,
      g_param_spec_uint64 ("max-pixels", "Most pixels",
          "Pixels above which a picture is refused before it is decoded; "
          "one takes 3 bytes of memory (0 = no limit)",
          0, G_MAXUINT64, DEFAULT_MAX_PIXELS, FLAGS));

  base_class->start = GST_DEBUG_FUNCPTR (gst_ptq_image_src_start);
  base_class->negotiate = GST_DEBUG_FUNCPTR (gst_ptq_image_src_negotiate);
  file_class->read_sample = GST_DEBUG_FUNCPTR (gst_ptq_image_src_read_sample);

  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Picture folder source",
      "Source/File/Video",
      "Reads picture files, with the pixels of OpenCV and Pillow", "gst-ptq");
}

static void
gst_ptq_image_src_init (GstPtqImageSrc *self)
{
  self->auto_orient = DEFAULT_AUTO_ORIENT;
  self->max_pixels = DEFAULT_MAX_PIXELS;
}
