/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which tensors video becomes, and which video becomes a tensor.
 */
#include "gstptqvideotensors.h"

#include "gstptqtensorcaps.h"

static void
copy_framerate (GstStructure *to, const GstStructure *from)
{
  const GValue *framerate = gst_structure_get_value (from, "framerate");

  if (framerate != NULL)
    gst_structure_set_value (to, "framerate", framerate);
}

/* One tensor for each layout of a video whose size and format are known */
static void
append_tensors (GstCaps *result, const GstStructure *video, GstPtqLayout layout,
    guint width, guint height, guint channels)
{
  static const struct
  {
    PtqLayout layout;
    GstPtqLayout refused;
  } rows[] = {
    { PTQ_LAYOUT_NCHW, GST_PTQ_LAYOUT_NHWC },
    { PTQ_LAYOUT_NHWC, GST_PTQ_LAYOUT_NCHW },
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    GstPtqPicture picture = { .layout = rows[i].layout,
      .width = width,
      .height = height,
      .channels = channels };
    GstPtqTensorsInfo info = { .n_tensors = 1, .framerate_d = 1 };
    GstCaps *caps;

    if (layout == rows[i].refused)
      continue;
    gst_ptq_picture_to_shape (&picture, &info.tensors[0]);
    caps = gst_ptq_tensors_info_to_caps (&info);
    copy_framerate (gst_caps_get_structure (caps, 0), video);
    gst_caps_append (result, caps);
  }
}

static void
append_open_tensor (GstCaps *result, const GstStructure *video)
{
  GstStructure *structure = gst_structure_new_from_string (
      "other/tensors, "
      "format = (string) static, num_tensors = (int) 1, "
      "types = (string) float32");

  copy_framerate (structure, video);
  gst_caps_append_structure (result, structure);
}

static void
append_from_video (
    GstCaps *result, const GstStructure *video, GstPtqLayout layout)
{
  const GValue *format = gst_structure_get_value (video, "format");
  gint width, height;
  guint n, i;

  if (!gst_structure_get_int (video, "width", &width)
      || !gst_structure_get_int (video, "height", &height) || format == NULL) {
    append_open_tensor (result, video);
    return;
  }
  n = GST_VALUE_HOLDS_LIST (format) ? gst_value_list_get_size (format) : 1;
  for (i = 0; i < n; i++) {
    const GValue *value = GST_VALUE_HOLDS_LIST (format)
        ? gst_value_list_get_value (format, i)
        : format;
    gboolean grey = g_strcmp0 (g_value_get_string (value), "GRAY8") == 0;

    append_tensors (result, video, layout, width, height, grey ? 1 : 3);
  }
}

static void
set_formats (GstStructure *video, guint channels)
{
  static const gchar *names[] = { "RGB", "BGR", "GRAY8" };
  guint first = channels == 1 ? 2 : 0, last = channels == 3 ? 1 : 2, i;
  GValue list = G_VALUE_INIT, name = G_VALUE_INIT;

  gst_value_list_init (&list, 3);
  for (i = first; i <= last; i++) {
    g_value_init (&name, G_TYPE_STRING);
    g_value_set_static_string (&name, names[i]);
    gst_value_list_append_and_take_value (&list, &name);
  }
  gst_structure_take_value (video, "format", &list);
}

/* width of 0: any size; channels of 0: any format */
static void
append_video (GstCaps *result, const GstStructure *tensor, guint width,
    guint height, guint channels)
{
  GstStructure *video = gst_structure_new_empty ("video/x-raw");

  set_formats (video, channels);
  if (width > 0)
    gst_structure_set (video, "width", G_TYPE_INT, (gint) width, "height",
        G_TYPE_INT, (gint) height, NULL);
  else
    gst_structure_set (video, "width", GST_TYPE_INT_RANGE, 1, G_MAXINT,
        "height", GST_TYPE_INT_RANGE, 1, G_MAXINT, NULL);
  copy_framerate (video, tensor);
  gst_caps_append_structure (result, video);
}

static void
append_from_tensor (
    GstCaps *result, const GstStructure *tensor, GstPtqLayout layout)
{
  static const PtqLayout layouts[] = { PTQ_LAYOUT_NCHW, PTQ_LAYOUT_NHWC };
  GstPtqTensorsInfo info;
  GstPtqPicture picture;
  guint i;

  if (!gst_structure_has_field (tensor, "dimensions")) {
    append_video (result, tensor, 0, 0, 0);
    return;
  }
  if (!gst_ptq_tensors_info_from_structure (&info, tensor, NULL)
      || info.n_tensors != 1)
    return;
  for (i = 0; i < G_N_ELEMENTS (layouts); i++)
    if (gst_ptq_picture_from_shape (
            &picture, &info.tensors[0], layout, layouts[i])
        && (picture.channels == 1 || picture.channels == 3))
      append_video (
          result, tensor, picture.width, picture.height, picture.channels);
}

/**
 * gst_ptq_video_tensors_forward:
 * @video: caps of 8-bit video
 * @layout: the layouts that are allowed
 *
 * Returns: (transfer full): caps of the float32 tensors that it becomes, a
 *   structure for each layout and number of channels; of any dimensions where
 *   size or format of the video are open
 */
GstCaps *
gst_ptq_video_tensors_forward (const GstCaps *video, GstPtqLayout layout)
{
  GstCaps *result = gst_caps_new_empty ();
  guint i;

  for (i = 0; i < gst_caps_get_size (video); i++)
    append_from_video (result, gst_caps_get_structure (video, i), layout);
  return result;
}

/**
 * gst_ptq_video_tensors_backward:
 * @tensors: caps of one float32 tensor
 * @layout: how its dimensions are to be read
 *
 * Returns: (transfer full): caps of the video that becomes such a tensor;
 *   empty where it is no picture of 1 or 3 channels
 */
GstCaps *
gst_ptq_video_tensors_backward (const GstCaps *tensors, GstPtqLayout layout)
{
  GstCaps *result = gst_caps_new_empty ();
  guint i;

  for (i = 0; i < gst_caps_get_size (tensors); i++)
    append_from_tensor (result, gst_caps_get_structure (tensors, i), layout);
  return result;
}
