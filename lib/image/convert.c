/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ptq-image-private.h"

#include <math.h>

#include "ptq-error.h"

#define LEVELS 256

struct _PtqConverter
{
  PtqPixelInfo info;
  PtqPixelFormat out_format;
  const PtqPixelLayout *layout;
  guint red;                    /* places in a pixel of three samples */
  guint blue;
  guint8 gray[LEVELS];          /* what luma and grey become */
  PtqYuvMatrix *matrix;         /* YUV to colour only */
  PtqChroma *chroma;            /* YUV to colour only */
};

static void
fill_gray_table (PtqConverter *self)
{
  for (gint level = 0; level < LEVELS; level++)
    self->gray[level] = self->info.full_range ? level
        : rint (CLAMP ((level - 16) * 255.0 / 219.0, 0.0, 255.0));
}

/**
 * ptq_converter_new:
 * @in: format, size and colorimetry of the pictures to come
 * @out_format: %PTQ_PIXEL_RGB, %PTQ_PIXEL_BGR or %PTQ_PIXEL_GRAY8
 * @error: return location for an error
 *
 * Prepares a conversion. Planes come in the order in which the format of this
 * name has them in GStreamer: Cr before Cb for %PTQ_PIXEL_YV12.
 *
 * YUV becomes RGB with chroma interpolated and one rounding to the nearest
 * level; for the matrix, range and site of JPEG the result equals libjpeg's.
 * YUV becomes grey by its luma alone. Limited range is expanded to 0 to 255
 * in both. RGB becomes grey as in OpenCV, in its fixed point. Grey of 16 bits
 * loses its lower 8. The filler of four-byte formats is ignored, whether it
 * is alpha or not.
 *
 * Returns: (transfer full): a converter, or %NULL with %PTQ_ERROR_SHAPE for a
 *   size that is zero or too large, and %PTQ_ERROR_UNSUPPORTED for a format
 *   or matrix that is not known here
 */
PtqConverter *
ptq_converter_new (const PtqPixelInfo *in, PtqPixelFormat out_format,
    GError **error)
{
  const PtqPixelLayout *layout = ptq_pixel_layout (in->format);
  PtqConverter *self;

  if (layout == NULL || (guint) in->matrix > PTQ_MATRIX_SMPTE240M) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED,
        "cannot convert from pixel format %d with color matrix %d: one of "
        "them is not known", in->format, in->matrix);
    return NULL;
  }
  if (out_format != PTQ_PIXEL_RGB && out_format != PTQ_PIXEL_BGR &&
      out_format != PTQ_PIXEL_GRAY8) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED,
        "cannot convert to pixel format %d: only to RGB, BGR and GRAY8",
        out_format);
    return NULL;
  }
  if (in->width == 0 || in->height == 0 || in->width > PTQ_IMAGE_MAX_SIDE ||
      in->height > PTQ_IMAGE_MAX_SIDE) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
        "cannot convert a picture of %ux%u: its sides must be 1 to %u pixels",
        in->width, in->height, PTQ_IMAGE_MAX_SIDE);
    return NULL;
  }

  self = g_new0 (PtqConverter, 1);
  self->info = *in;
  self->out_format = out_format;
  self->layout = layout;
  self->red = out_format == PTQ_PIXEL_BGR ? 2 : 0;
  self->blue = 2 - self->red;
  fill_gray_table (self);
  if (layout->family == PTQ_FAMILY_YUV && out_format != PTQ_PIXEL_GRAY8) {
    self->matrix = ptq_yuv_matrix_new (in->matrix, in->full_range);
    self->chroma = ptq_chroma_new (in, layout);
  }
  return self;
}

/**
 * ptq_converter_free:
 * @self: (nullable) (transfer full): a converter
 */
void
ptq_converter_free (PtqConverter *self)
{
  if (self == NULL)
    return;
  ptq_yuv_matrix_free (self->matrix);
  ptq_chroma_free (self->chroma);
  g_free (self);
}

static void
yuv_to_color (const PtqConverter *self, const PtqPlanes *in,
    const PtqImage *out)
{
  const PtqComponent *component = self->layout->component;
  guint16 *scratch = g_new (guint16, ptq_chroma_scratch_size (self->chroma));
  guint8 *cb = g_malloc (out->width);
  guint8 *cr = g_malloc (out->width);

  for (guint y = 0; y < out->height; y++) {
    ptq_chroma_row (self->chroma, in, &component[1], y, scratch, cb);
    ptq_chroma_row (self->chroma, in, &component[2], y, scratch, cr);
    ptq_yuv_matrix_row (self->matrix,
        ptq_component_row (in, &component[0], y), component[0].step, cb, cr,
        out->width, self->red, self->blue, ptq_image_row (out, y));
  }
  g_free (cr);
  g_free (cb);
  g_free (scratch);
}

static void
luma_to_gray (const PtqConverter *self, const PtqPlanes *in,
    const PtqImage *out)
{
  const PtqComponent *component = &self->layout->component[0];

  for (guint y = 0; y < out->height; y++) {
    const guint8 *luma = ptq_component_row (in, component, y);
    guint8 *row = ptq_image_row (out, y);

    for (gsize x = 0; x < out->width; x++)
      row[x] = self->gray[luma[x * component->step]];
  }
}

static void
gray_to_color (const PtqConverter *self, const PtqPlanes *in,
    const PtqImage *out)
{
  const PtqComponent *component = &self->layout->component[0];

  for (guint y = 0; y < out->height; y++) {
    const guint8 *gray = ptq_component_row (in, component, y);
    guint8 *row = ptq_image_row (out, y);

    for (gsize x = 0; x < out->width; x++)
      row[3 * x] = row[3 * x + 1] = row[3 * x + 2] =
          self->gray[gray[x * component->step]];
  }
}

/* OpenCV: 0.299 R + 0.587 G + 0.114 B with weights of 15 bits */
static inline guint8
gray_of (guint red, guint green, guint blue)
{
  return (red * 9798 + green * 19235 + blue * 3735 + (1 << 14)) >> 15;
}

static void
rgb_to_gray (const PtqConverter *self, const PtqPlanes *in,
    const PtqImage *out)
{
  const PtqComponent *component = self->layout->component;
  gsize step = component[0].step;

  for (guint y = 0; y < out->height; y++) {
    const guint8 *red = ptq_component_row (in, &component[0], y);
    const guint8 *green = ptq_component_row (in, &component[1], y);
    const guint8 *blue = ptq_component_row (in, &component[2], y);
    guint8 *row = ptq_image_row (out, y);

    for (gsize x = 0; x < out->width; x++)
      row[x] = gray_of (red[x * step], green[x * step], blue[x * step]);
  }
}

static void
rgb_to_color (const PtqConverter *self, const PtqPlanes *in,
    const PtqImage *out)
{
  const PtqComponent *component = self->layout->component;
  gsize step = component[0].step;

  for (guint y = 0; y < out->height; y++) {
    const guint8 *red = ptq_component_row (in, &component[0], y);
    const guint8 *green = ptq_component_row (in, &component[1], y);
    const guint8 *blue = ptq_component_row (in, &component[2], y);
    guint8 *row = ptq_image_row (out, y);

    for (gsize x = 0; x < out->width; x++) {
      row[3 * x + self->red] = red[x * step];
      row[3 * x + 1] = green[x * step];
      row[3 * x + self->blue] = blue[x * step];
    }
  }
}

/**
 * ptq_converter_process:
 * @self: a converter
 * @in: the planes of a picture
 * @out: an 8-bit picture of the same size, of three channels, or of one for
 *   %PTQ_PIXEL_GRAY8
 *
 * Converts a picture. @out must not overlap @in.
 */
void
ptq_converter_process (const PtqConverter *self, const PtqPlanes *in,
    const PtqImage *out)
{
  gboolean gray;

  g_return_if_fail (self != NULL);
  g_return_if_fail (in != NULL);
  gray = self->out_format == PTQ_PIXEL_GRAY8;
  g_return_if_fail (ptq_image_is_valid (out));
  g_return_if_fail (out->type == PTQ_SAMPLE_U8);
  g_return_if_fail (out->channels == (gray ? 1 : 3));
  g_return_if_fail (out->width == self->info.width);
  g_return_if_fail (out->height == self->info.height);

  switch (self->layout->family) {
    case PTQ_FAMILY_YUV:
      (gray ? luma_to_gray : yuv_to_color) (self, in, out);
      break;
    case PTQ_FAMILY_GRAY:
      (gray ? luma_to_gray : gray_to_color) (self, in, out);
      break;
    case PTQ_FAMILY_RGB:
      (gray ? rgb_to_gray : rgb_to_color) (self, in, out);
      break;
  }
}
