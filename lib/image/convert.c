/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Video of every usual kind becomes RGB, BGR or gray, row by row.
 */
#include "ptq-image-private.h"

#include <math.h>

#include "ptq-error.h"

#define LEVELS 256

/* One row; @in has the rows of the components, chroma at full resolution. */
typedef void (*PtqConvertRowFunc) (
    const PtqConverter *self, const guint8 *const *in, guint8 *out);

struct _PtqConverter
{
  PtqPixelInfo info;
  guint out_channels;
  const PtqPixelLayout *layout;
  guint red; /* places in a pixel of three samples */
  guint blue;
  guint8 gray[LEVELS];  /* what luma and grey become */
  PtqYuvMatrix *matrix; /* YUV to colour only */
  PtqChroma *chroma;    /* YUV to colour only */
  PtqConvertRowFunc convert_row;
};

static void
fill_gray_table (PtqConverter *self)
{
  for (gint level = 0; level < LEVELS; level++)
    self->gray[level] = self->info.full_range
        ? level
        : rint (CLAMP ((level - 16) * 255.0 / 219.0, 0.0, 255.0));
}

static void
yuv_to_color (const PtqConverter *self, const guint8 *const *in, guint8 *out)
{
  ptq_yuv_matrix_row (self->matrix, in[0], self->layout->component[0].step,
      in[1], in[2], self->info.width, self->red, self->blue, out);
}

static void
luma_to_gray (const PtqConverter *self, const guint8 *const *in, guint8 *out)
{
  gsize step = self->layout->component[0].step;

  for (gsize x = 0; x < self->info.width; x++)
    out[x] = self->gray[in[0][x * step]];
}

static void
gray_to_color (const PtqConverter *self, const guint8 *const *in, guint8 *out)
{
  gsize step = self->layout->component[0].step;

  for (gsize x = 0; x < self->info.width; x++)
    out[3 * x] = out[3 * x + 1] = out[3 * x + 2] = self->gray[in[0][x * step]];
}

/* OpenCV: 0.299 R + 0.587 G + 0.114 B with weights of 15 bits */
static inline guint8
gray_of (guint red, guint green, guint blue)
{
  return (red * 9798 + green * 19235 + blue * 3735 + (1 << 14)) >> 15;
}

static void
rgb_to_gray (const PtqConverter *self, const guint8 *const *in, guint8 *out)
{
  gsize step = self->layout->component[0].step;

  for (gsize x = 0; x < self->info.width; x++)
    out[x] = gray_of (in[0][x * step], in[1][x * step], in[2][x * step]);
}

static void
rgb_to_color (const PtqConverter *self, const guint8 *const *in, guint8 *out)
{
  gsize step = self->layout->component[0].step;

  for (gsize x = 0; x < self->info.width; x++) {
    out[3 * x + self->red] = in[0][x * step];
    out[3 * x + 1] = in[1][x * step];
    out[3 * x + self->blue] = in[2][x * step];
  }
}

static PtqConvertRowFunc
row_func (PtqPixelFamily family, gboolean to_gray)
{
  switch (family) {
    case PTQ_FAMILY_YUV:
      return to_gray ? luma_to_gray : yuv_to_color;
    case PTQ_FAMILY_GRAY:
      return to_gray ? luma_to_gray : gray_to_color;
    case PTQ_FAMILY_RGB:
    default:
      return to_gray ? rgb_to_gray : rgb_to_color;
  }
}

static gboolean
check_formats (
    const PtqPixelInfo *in, PtqPixelFormat out_format, GError **error)
{
  if (ptq_pixel_layout (in->format) == NULL
      || (guint) in->matrix > PTQ_MATRIX_SMPTE240M) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED,
        "cannot convert from pixel format %d with color matrix %d: one of "
        "them is not known",
        in->format, in->matrix);
    return FALSE;
  }
  if (out_format != PTQ_PIXEL_RGB && out_format != PTQ_PIXEL_BGR
      && out_format != PTQ_PIXEL_GRAY8) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED,
        "cannot convert to pixel format %d: only to RGB, BGR and GRAY8",
        out_format);
    return FALSE;
  }
  return TRUE;
}

/**
 * ptq_converter_new: (skip)
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
 *
 * Since: 0.1
 */
PtqConverter *
ptq_converter_new (
    const PtqPixelInfo *in, PtqPixelFormat out_format, GError **error)
{
  PtqConverter *self;
  gboolean to_gray = out_format == PTQ_PIXEL_GRAY8;

  if (!check_formats (in, out_format, error)
      || !ptq_image_check_sides ("convert a picture of", in->width, in->height,
          PTQ_ERROR_SHAPE, error))
    return NULL;

  self = g_new0 (PtqConverter, 1);
  self->info = *in;
  self->out_channels = to_gray ? 1 : 3;
  self->layout = ptq_pixel_layout (in->format);
  self->red = out_format == PTQ_PIXEL_BGR ? 2 : 0;
  self->blue = 2 - self->red;
  fill_gray_table (self);
  if (self->layout->family == PTQ_FAMILY_YUV && !to_gray) {
    self->matrix = ptq_yuv_matrix_new (in->matrix, in->full_range);
    self->chroma = ptq_chroma_new (in, self->layout);
  }
  self->convert_row = row_func (self->layout->family, to_gray);
  return self;
}

/**
 * ptq_converter_free:
 * @self: (nullable) (transfer full): a converter
 *
 * Since: 0.1
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

/* Rows @y of all components. Chroma of two rows goes to @chroma. */
static void
component_rows (const PtqConverter *self, const PtqPlanes *in, guint y,
    guint16 *scratch, guint8 *chroma, const guint8 **rows)
{
  const PtqComponent *component = self->layout->component;

  if (self->chroma != NULL) {
    guint8 *cb = chroma;
    guint8 *cr = chroma + self->info.width + 1;

    ptq_chroma_row (self->chroma, in, &component[1], y, scratch, cb);
    ptq_chroma_row (self->chroma, in, &component[2], y, scratch, cr);
    rows[0] = ptq_component_row (in, &component[0], y);
    rows[1] = cb;
    rows[2] = cr;
  } else {
    guint n = self->layout->family == PTQ_FAMILY_RGB ? 3 : 1;

    for (guint c = 0; c < n; c++)
      rows[c] = ptq_component_row (in, &component[c], y);
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
 *
 * Since: 0.1
 */
void
ptq_converter_process (
    const PtqConverter *self, const PtqPlanes *in, const PtqImage *out)
{
  g_autofree guint16 *scratch = NULL;
  g_autofree guint8 *chroma = NULL;

  g_return_if_fail (self != NULL);
  g_return_if_fail (in != NULL);
  g_return_if_fail (ptq_image_is_valid (out));
  g_return_if_fail (out->type == PTQ_SAMPLE_U8);
  g_return_if_fail (out->channels == self->out_channels);
  g_return_if_fail (out->width == self->info.width);
  g_return_if_fail (out->height == self->info.height);

  if (self->chroma != NULL) {
    scratch = g_new (guint16, ptq_chroma_scratch_size (self->chroma));
    chroma = g_malloc (2 * ((gsize) out->width + 1));
  }
  for (guint y = 0; y < out->height; y++) {
    const guint8 *rows[3];

    component_rows (self, in, y, scratch, chroma, rows);
    self->convert_row (self, rows, ptq_image_row (out, y));
  }
}
