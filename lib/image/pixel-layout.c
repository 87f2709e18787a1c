/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where each format keeps its samples, as GStreamer's video formats of the
 * same names do. Of 16 bits the upper byte is taken.
 */
#include "ptq-image-private.h"

/* clang-format off: a line a format */
static const PtqPixelLayout layouts[] = {
  [PTQ_PIXEL_RGB] = { PTQ_FAMILY_RGB, { { 0, 0, 3 }, { 0, 1, 3 }, { 0, 2, 3 } },
      0, 0 },
  [PTQ_PIXEL_BGR] = { PTQ_FAMILY_RGB, { { 0, 2, 3 }, { 0, 1, 3 }, { 0, 0, 3 } },
      0, 0 },
  [PTQ_PIXEL_RGBX] = { PTQ_FAMILY_RGB,
      { { 0, 0, 4 }, { 0, 1, 4 }, { 0, 2, 4 } }, 0, 0 },
  [PTQ_PIXEL_BGRX] = { PTQ_FAMILY_RGB,
      { { 0, 2, 4 }, { 0, 1, 4 }, { 0, 0, 4 } }, 0, 0 },
  [PTQ_PIXEL_XRGB] = { PTQ_FAMILY_RGB,
      { { 0, 1, 4 }, { 0, 2, 4 }, { 0, 3, 4 } }, 0, 0 },
  [PTQ_PIXEL_XBGR] = { PTQ_FAMILY_RGB,
      { { 0, 3, 4 }, { 0, 2, 4 }, { 0, 1, 4 } }, 0, 0 },
  [PTQ_PIXEL_RGBP] = { PTQ_FAMILY_RGB,
      { { 0, 0, 1 }, { 1, 0, 1 }, { 2, 0, 1 } }, 0, 0 },
  [PTQ_PIXEL_GRAY8] = { PTQ_FAMILY_GRAY, { { 0, 0, 1 } }, 0, 0 },
  [PTQ_PIXEL_GRAY16_LE] = { PTQ_FAMILY_GRAY, { { 0, 1, 2 } }, 0, 0 },
  [PTQ_PIXEL_GRAY16_BE] = { PTQ_FAMILY_GRAY, { { 0, 0, 2 } }, 0, 0 },
  [PTQ_PIXEL_I420] = { PTQ_FAMILY_YUV,
      { { 0, 0, 1 }, { 1, 0, 1 }, { 2, 0, 1 } }, 1, 1 },
  [PTQ_PIXEL_YV12] = { PTQ_FAMILY_YUV,
      { { 0, 0, 1 }, { 2, 0, 1 }, { 1, 0, 1 } }, 1, 1 },
  [PTQ_PIXEL_NV12] = { PTQ_FAMILY_YUV,
      { { 0, 0, 1 }, { 1, 0, 2 }, { 1, 1, 2 } }, 1, 1 },
  [PTQ_PIXEL_NV21] = { PTQ_FAMILY_YUV,
      { { 0, 0, 1 }, { 1, 1, 2 }, { 1, 0, 2 } }, 1, 1 },
  [PTQ_PIXEL_YUY2] = { PTQ_FAMILY_YUV,
      { { 0, 0, 2 }, { 0, 1, 4 }, { 0, 3, 4 } }, 1, 0 },
  [PTQ_PIXEL_UYVY] = { PTQ_FAMILY_YUV,
      { { 0, 1, 2 }, { 0, 0, 4 }, { 0, 2, 4 } }, 1, 0 },
  [PTQ_PIXEL_Y42B] = { PTQ_FAMILY_YUV,
      { { 0, 0, 1 }, { 1, 0, 1 }, { 2, 0, 1 } }, 1, 0 },
  [PTQ_PIXEL_Y444] = { PTQ_FAMILY_YUV,
      { { 0, 0, 1 }, { 1, 0, 1 }, { 2, 0, 1 } }, 0, 0 }
};
/* clang-format on */

const PtqPixelLayout *
ptq_pixel_layout (PtqPixelFormat format)
{
  return (guint) format < G_N_ELEMENTS (layouts) ? &layouts[format] : NULL;
}
