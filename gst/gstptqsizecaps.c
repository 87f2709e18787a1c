/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Caps of pictures, video or tensor, before and after a change of size.
 *
 * A size that is open is a range in video caps. Tensor caps have no range of
 * dimensions, there the whole field is left away, and with it what it said
 * about layout and channels. Where a filter tells the shapes that the other
 * side can offer, it is narrowed to those that fit instead.
 */
#include "gstptqsizecaps.h"

static const PtqLayout layouts[] = { PTQ_LAYOUT_NCHW, PTQ_LAYOUT_NHWC };

static gboolean
is_tensor (const GstStructure *structure)
{
  return gst_structure_has_name (structure, GST_PTQ_TENSORS_MEDIA_TYPE);
}

static void
append (GstCaps *caps, GstStructure *structure)
{
  if (gst_caps_is_subset_structure (caps, structure))
    gst_structure_free (structure);
  else
    gst_caps_append_structure (caps, structure);
}

static void
set_side (GstStructure *structure, const gchar *field, guint side)
{
  if (side > 0)
    gst_structure_set (structure, field, G_TYPE_INT, (gint) side, NULL);
  else
    gst_structure_set (structure, field, GST_TYPE_INT_RANGE, 1, G_MAXINT, NULL);
}

static void
append_video (
    GstCaps *result, const GstStructure *structure, guint width, guint height)
{
  GstStructure *copy = gst_structure_copy (structure);

  gst_structure_remove_field (copy, "pixel-aspect-ratio");
  set_side (copy, "width", width);
  set_side (copy, "height", height);
  append (result, copy);
}

static void
forward_video (GstCaps *result, const GstStructure *structure,
    GstPtqSizeFunc func, gpointer data)
{
  gint in_width = 0, in_height = 0;
  guint width, height;

  if (!gst_structure_get_int (structure, "width", &in_width)
      || !gst_structure_get_int (structure, "height", &in_height))
    in_width = in_height = 0;
  func (in_width, in_height, &width, &height, data);
  append_video (result, structure, width, height);
}

static void
append_open_tensor (GstCaps *result, const GstStructure *structure)
{
  GstStructure *copy = gst_structure_copy (structure);

  gst_structure_remove_field (copy, "dimensions");
  append (result, copy);
}

/* All spellings of a shape, at the frame rate of a structure */
static void
append_shape (GstCaps *result, const GstStructure *structure,
    const GstPtqTensorShape *shape)
{
  g_autoptr (GstCaps) caps = gst_ptq_tensor_caps_new (shape, 1);
  guint i;

  for (i = 0; i < gst_caps_get_size (caps); i++) {
    GstStructure *copy = gst_structure_copy (gst_caps_get_structure (caps, i));

    if (gst_structure_has_field (structure, "framerate"))
      gst_structure_set_value (
          copy, "framerate", gst_structure_get_value (structure, "framerate"));
    append (result, copy);
  }
}

static void
forward_tensor (GstCaps *result, const GstStructure *structure,
    GstPtqLayout layout, GstPtqSizeFunc func, gpointer data)
{
  GstPtqTensorsInfo info;
  guint i;

  if (!gst_ptq_tensors_info_from_structure (&info, structure, NULL)) {
    append_open_tensor (result, structure);
    return;
  }
  for (i = 0; i < G_N_ELEMENTS (layouts); i++) {
    GstPtqPicture picture;
    GstPtqTensorShape shape;
    guint width, height;

    if (!gst_ptq_picture_from_shape (
            &picture, &info.tensors[0], layout, layouts[i]))
      continue;
    func (picture.width, picture.height, &width, &height, data);
    if (width == 0 || height == 0) {
      append_open_tensor (result, structure);
      return;
    }
    picture.width = width;
    picture.height = height;
    gst_ptq_picture_to_shape (&picture, &shape);
    append_shape (result, structure, &shape);
  }
}

/**
 * gst_ptq_size_caps_forward:
 * @caps: caps of the input
 * @layout: how tensors may be read
 * @func: how sizes change
 * @data: for @func
 *
 * Returns: (transfer full): what the output can be
 */
GstCaps *
gst_ptq_size_caps_forward (
    GstCaps *caps, GstPtqLayout layout, GstPtqSizeFunc func, gpointer data)
{
  GstCaps *result = gst_caps_new_empty ();
  guint i;

  for (i = 0; i < gst_caps_get_size (caps); i++) {
    GstStructure *structure = gst_caps_get_structure (caps, i);

    if (is_tensor (structure))
      forward_tensor (result, structure, layout, func, data);
    else
      forward_video (result, structure, func, data);
  }
  return result;
}

/* Whether an input of one shape can become an output of the other */
static gboolean
leads_to (const GstPtqTensorShape *in, const GstPtqTensorShape *out,
    GstPtqLayout layout, GstPtqSizeFunc func, gpointer data)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (layouts); i++) {
    GstPtqPicture before, after;
    guint width, height;

    if (!gst_ptq_picture_from_shape (&before, in, layout, layouts[i])
        || !gst_ptq_picture_from_shape (&after, out, layout, layouts[i])
        || before.channels != after.channels)
      continue;
    func (before.width, before.height, &width, &height, data);
    if ((width == 0 || width == after.width)
        && (height == 0 || height == after.height))
      return TRUE;
  }
  return FALSE;
}

/* Returns whether the filter told any shape. */
static gboolean
append_fitting (GstCaps *result, GstCaps *filter, const GstPtqTensorShape *out,
    GstPtqLayout layout, GstPtqSizeFunc func, gpointer data)
{
  gboolean told = FALSE;
  guint i;

  for (i = 0; filter != NULL && i < gst_caps_get_size (filter); i++) {
    GstStructure *structure = gst_caps_get_structure (filter, i);
    GstPtqTensorsInfo info;

    if (!is_tensor (structure)
        || !gst_ptq_tensors_info_from_structure (&info, structure, NULL))
      continue;
    told = TRUE;
    if (leads_to (&info.tensors[0], out, layout, func, data))
      append (result, gst_structure_copy (structure));
  }
  return told;
}

static void
backward_tensor (GstCaps *result, const GstStructure *structure,
    GstCaps *filter, GstPtqLayout layout, GstPtqSizeFunc func, gpointer data)
{
  GstPtqTensorsInfo info;

  if (!gst_ptq_tensors_info_from_structure (&info, structure, NULL)
      || !append_fitting (result, filter, &info.tensors[0], layout, func, data))
    append_open_tensor (result, structure);
}

/**
 * gst_ptq_size_caps_backward:
 * @caps: caps of the output
 * @filter: (nullable): caps of the input that are of interest
 * @layout: how tensors may be read
 * @func: how sizes change
 * @data: for @func
 *
 * Returns: (transfer full): what the input can be
 */
GstCaps *
gst_ptq_size_caps_backward (GstCaps *caps, GstCaps *filter, GstPtqLayout layout,
    GstPtqSizeFunc func, gpointer data)
{
  GstCaps *result = gst_caps_new_empty ();
  guint i;

  for (i = 0; i < gst_caps_get_size (caps); i++) {
    GstStructure *structure = gst_caps_get_structure (caps, i);

    if (is_tensor (structure))
      backward_tensor (result, structure, filter, layout, func, data);
    else
      append_video (result, structure, 0, 0);
  }
  return result;
}
