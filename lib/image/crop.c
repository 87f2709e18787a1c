/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The middle of a picture, as a view of it.
 */
#include "ptq-image-private.h"

#include "ptq-error.h"

/**
 * ptq_image_crop_center:
 * @in: a picture
 * @width: columns to keep
 * @height: rows to keep
 * @out: (out): a view into the data of @in
 * @error: return location for an error
 *
 * Cuts the middle out of a picture, without a copy. The first column kept is
 * (in - out) / 2 in integer division: an odd column stays off on the right,
 * an odd row at the bottom.
 *
 * Returns: %TRUE, or %FALSE with %PTQ_ERROR_SETTINGS for a size of zero and
 *   %PTQ_ERROR_SHAPE where the picture is smaller than the part wanted
 *
 * Since: 0.1
 */
gboolean
ptq_image_crop_center (const PtqImage *in, guint width, guint height,
    PtqImage *out, GError **error)
{
  guint x, y;

  g_return_val_if_fail (ptq_image_is_valid (in), FALSE);
  g_return_val_if_fail (out != NULL, FALSE);

  if (width == 0 || height == 0) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS,
        "cannot crop to %ux%u: width and height must be at least 1", width,
        height);
    return FALSE;
  }
  if (width > in->width || height > in->height) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
        "cannot crop a picture of %ux%u to %ux%u: "
        "crop to less, or resize to more before",
        in->width, in->height, width, height);
    return FALSE;
  }

  x = (in->width - width) / 2;
  y = (in->height - height) / 2;
  *out = *in;
  out->width = width;
  out->height = height;
  out->data = (guint8 *) ptq_image_row (in, y)
      + (gsize) x * in->channels * ptq_sample_size (in->type);
  return TRUE;
}
