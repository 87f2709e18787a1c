/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which size a picture is scaled to, and where it goes on its canvas.
 */
#include "ptq-image-private.h"

#include <math.h>

#include "ptq-error.h"

static gboolean
shorter_side (guint in_width, guint in_height, guint size, guint *width,
    guint *height, GError **error)
{
  guint shorter = MIN (in_width, in_height);
  guint64 longer = (guint64) size * MAX (in_width, in_height) / shorter;

  if (longer > PTQ_IMAGE_MAX_SIDE) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
        "cannot resize the shorter side of a picture of %ux%u to %u: the "
        "longer one would have %" G_GUINT64_FORMAT " pixels, more than %u",
        in_width, in_height, size, longer, PTQ_IMAGE_MAX_SIDE);
    return FALSE;
  }
  *width = in_width <= in_height ? size : longer;
  *height = in_width <= in_height ? longer : size;
  return TRUE;
}

static guint
letterbox_side (guint side, gdouble scale, guint available)
{
  return CLAMP (rint (side * scale), 1, available);
}

/**
 * ptq_resize_geometry:
 * @mode: how the size asked for is meant
 * @in_width: columns of the picture
 * @in_height: its rows
 * @want_width: columns asked for
 * @want_height: rows asked for
 * @width: (out): columns that the picture is to be resized to
 * @height: (out): rows that it is to be resized to
 * @x: (out): column of the canvas where the picture starts
 * @y: (out): row of the canvas where it starts
 * @error: return location for an error
 *
 * Works out the size to resize to. %PTQ_RESIZE_SHORTER_SIDE takes one size:
 * @want_height is 0 or equal to @want_width, and the longer side becomes
 * size * longer / shorter, rounded down, as torchvision's Resize does.
 *
 * %PTQ_RESIZE_LETTERBOX follows the habit of the YOLO family: the scale is
 * the smaller of the two ratios, a side is rounded to the nearest integer
 * (halves to the even one; at least 1), and of an odd rest the larger half
 * goes right and bottom.
 *
 * Returns: %TRUE, or %FALSE with %PTQ_ERROR_SHAPE for a picture that has no
 *   pixels or whose result would be too large, and %PTQ_ERROR_SETTINGS for a
 *   size that cannot be asked for
 *
 * Since: 0.1
 */
gboolean
ptq_resize_geometry (PtqResizeMode mode, guint in_width, guint in_height,
    guint want_width, guint want_height, guint *width, guint *height, guint *x,
    guint *y, GError **error)
{
  gdouble scale;

  if (mode == PTQ_RESIZE_SHORTER_SIDE && want_height == 0)
    want_height = want_width;
  if (!ptq_image_check_sides (
          "resize a picture of", in_width, in_height, PTQ_ERROR_SHAPE, error)
      || !ptq_image_check_sides (
          "resize to", want_width, want_height, PTQ_ERROR_SETTINGS, error))
    return FALSE;

  *x = *y = 0;
  switch (mode) {
    case PTQ_RESIZE_SHORTER_SIDE:
      if (want_width != want_height) {
        g_set_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS,
            "cannot resize the shorter side to %ux%u: it takes one size, "
            "give width alone, or height equal to it",
            want_width, want_height);
        return FALSE;
      }
      return shorter_side (
          in_width, in_height, want_width, width, height, error);
    case PTQ_RESIZE_LETTERBOX:
      scale = MIN (
          (gdouble) want_width / in_width, (gdouble) want_height / in_height);
      *width = letterbox_side (in_width, scale, want_width);
      *height = letterbox_side (in_height, scale, want_height);
      *x = (want_width - *width) / 2;
      *y = (want_height - *height) / 2;
      return TRUE;
    case PTQ_RESIZE_STRETCH:
    default:
      *width = want_width;
      *height = want_height;
      return TRUE;
  }
}
