/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Pictures in printing inks become RGB.
 */
#include "ptq-image-private.h"

/* a * b / 255, rounded */
static inline guint
scaled (guint a, guint b)
{
  guint product = a * b + 128;

  return ((product >> 8) + product) >> 8;
}

/**
 * ptq_image_cmyk_to_rgb:
 * @in: a picture of four channels of 8 bits, cyan, magenta, yellow and black,
 *   255 being full ink
 * @out: a picture of three channels of 8 bits and the same size
 *
 * Converts without colour management, as Pillow's convert ("RGB") does: each
 * of red, green and blue is w - w * ink / 255 with w = 255 - black.
 *
 * Since: 0.1
 */
void
ptq_image_cmyk_to_rgb (const PtqImage *in, const PtqImage *out)
{
  g_return_if_fail (ptq_image_is_valid (in) && ptq_image_is_valid (out));
  g_return_if_fail (in->type == PTQ_SAMPLE_U8 && in->channels == 4);
  g_return_if_fail (out->type == PTQ_SAMPLE_U8 && out->channels == 3);
  g_return_if_fail (in->width == out->width && in->height == out->height);

  for (guint y = 0; y < in->height; y++) {
    const guint8 *inks = ptq_image_row (in, y);
    guint8 *rgb = ptq_image_row (out, y);

    for (guint x = 0; x < in->width; x++, inks += 4, rgb += 3) {
      guint white = 255 - inks[3];

      for (guint c = 0; c < 3; c++)
        rgb[c] = white - scaled (inks[c], white);
    }
  }
}
