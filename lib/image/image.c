/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Checks and copies of pictures in memory.
 */
#include "ptq-image-private.h"

#include <string.h>

#include "ptq-error.h"

gboolean
ptq_image_check_sides (
    const gchar *task, guint width, guint height, gint code, GError **error)
{
  if (width > 0 && width <= PTQ_IMAGE_MAX_SIDE && height > 0
      && height <= PTQ_IMAGE_MAX_SIDE)
    return TRUE;

  g_set_error (error, PTQ_ERROR, code,
      "cannot %s %ux%u: width and height must be 1 to %u pixels", task, width,
      height, PTQ_IMAGE_MAX_SIDE);
  return FALSE;
}

gboolean
ptq_image_check_channels (const gchar *task, guint channels, GError **error)
{
  if (channels > 0 && channels <= PTQ_IMAGE_MAX_CHANNELS)
    return TRUE;

  g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
      "cannot %s a picture of %u channels: there must be 1 to %u", task,
      channels, PTQ_IMAGE_MAX_CHANNELS);
  return FALSE;
}

gboolean
ptq_image_is_valid (const PtqImage *image)
{
  gsize size = ptq_sample_size (image->type);

  return image->data != NULL && image->width > 0 && image->height > 0
      && image->channels > 0 && image->stride >= ptq_image_row_size (image)
      && GPOINTER_TO_SIZE (image->data) % size == 0
      && image->stride % size == 0;
}

/**
 * ptq_image_copy:
 * @in: a picture
 * @out: where its pixels go; same size, channels and type, any stride
 *
 * Copies the pixels of @in. The two must not overlap.
 *
 * Since: 0.1
 */
void
ptq_image_copy (const PtqImage *in, const PtqImage *out)
{
  gsize row_size;

  g_return_if_fail (ptq_image_is_valid (in));
  g_return_if_fail (ptq_image_is_valid (out));
  g_return_if_fail (in->type == out->type);
  g_return_if_fail (in->width == out->width && in->height == out->height);
  g_return_if_fail (in->channels == out->channels);

  row_size = ptq_image_row_size (in);
  for (guint y = 0; y < in->height; y++)
    memcpy (ptq_image_row (out, y), ptq_image_row (in, y), row_size);
}

static void
fill_samples (
    const PtqImage *canvas, guint y, guint x, guint width, gdouble value)
{
  gsize first = (gsize) x * canvas->channels;
  gsize n = (gsize) width * canvas->channels;
  gpointer row = ptq_image_row (canvas, y);

  if (canvas->type == PTQ_SAMPLE_U8) {
    memset ((guint8 *) row + first, (gint) (CLAMP (value, 0, 255) + 0.5), n);
  } else {
    gfloat *samples = (gfloat *) row + first;

    for (gsize i = 0; i < n; i++)
      samples[i] = value;
  }
}

/**
 * ptq_image_fill_border:
 * @canvas: a picture
 * @x: left column of the rectangle to leave alone
 * @y: its top row
 * @width: its width in pixels
 * @height: its height in pixels
 * @value: sample to write; for 8 bits clamped to 0 to 255 and rounded
 *
 * Sets every channel of the pixels outside of a rectangle to @value. The
 * rectangle must lie inside of the canvas.
 *
 * Since: 0.1
 */
void
ptq_image_fill_border (const PtqImage *canvas, guint x, guint y, guint width,
    guint height, gdouble value)
{
  g_return_if_fail (ptq_image_is_valid (canvas));
  g_return_if_fail (x <= canvas->width && width <= canvas->width - x);
  g_return_if_fail (y <= canvas->height && height <= canvas->height - y);

  for (guint row = 0; row < canvas->height; row++) {
    if (row < y || row >= y + height) {
      fill_samples (canvas, row, 0, canvas->width, value);
    } else {
      fill_samples (canvas, row, 0, x, value);
      fill_samples (canvas, row, x + width, canvas->width - x - width, value);
    }
  }
}
