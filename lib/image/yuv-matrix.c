/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Luma and chroma to red, green and blue, in fixed point of 16 bits. The
 * factors are rounded to the five decimals with which JFIF prints those of
 * BT.601, so that full range equals libjpeg.
 */
#include "ptq-image-private.h"

#include <math.h>

#define LEVELS 256
#define PRECISION_BITS 16
#define ONE_HALF (1 << (PRECISION_BITS - 1))

struct _PtqYuvMatrix
{
  gint32 luma[LEVELS]; /* with a half for rounding */
  gint32 cr_to_red[LEVELS];
  gint32 cr_to_green[LEVELS];
  gint32 cb_to_green[LEVELS];
  gint32 cb_to_blue[LEVELS];
};

/* Shares of red and blue in luma: ITU-R BT.601, BT.709, BT.2020, FCC title 47
 * part 73.682, SMPTE 240M */
static const struct
{
  gdouble red;
  gdouble blue;
} shares[] = { [PTQ_MATRIX_BT601] = { 0.299, 0.114 },
  [PTQ_MATRIX_BT709] = { 0.2126, 0.0722 },
  [PTQ_MATRIX_BT2020] = { 0.2627, 0.0593 },
  [PTQ_MATRIX_FCC] = { 0.30, 0.11 },
  [PTQ_MATRIX_SMPTE240M] = { 0.212, 0.087 } };

static void
fill_table (gint32 *table, gdouble factor, gdouble zero, gdouble range)
{
  gdouble scaled = rint (factor * 1e5) / 1e5 * 255.0 / range;
  gint32 fixed = rint (scaled * (1 << PRECISION_BITS));

  for (gint level = 0; level < LEVELS; level++)
    table[level] = fixed * (level - (gint) zero);
}

PtqYuvMatrix *
ptq_yuv_matrix_new (PtqColorMatrix matrix, gboolean full_range)
{
  PtqYuvMatrix *self = g_new (PtqYuvMatrix, 1);
  gdouble red = shares[matrix].red;
  gdouble blue = shares[matrix].blue;
  gdouble green = 1.0 - red - blue;
  gdouble luma_range = full_range ? 255 : 235 - 16;
  gdouble chroma_range = full_range ? 255 : 240 - 16;

  fill_table (self->luma, 1.0, full_range ? 0 : 16, luma_range);
  for (guint level = 0; level < LEVELS; level++)
    self->luma[level] += ONE_HALF;
  fill_table (self->cr_to_red, 2 * (1 - red), 128, chroma_range);
  fill_table (
      self->cr_to_green, -2 * (1 - red) * red / green, 128, chroma_range);
  fill_table (
      self->cb_to_green, -2 * (1 - blue) * blue / green, 128, chroma_range);
  fill_table (self->cb_to_blue, 2 * (1 - blue), 128, chroma_range);
  return self;
}

void
ptq_yuv_matrix_free (PtqYuvMatrix *self)
{
  g_free (self);
}

static inline guint8
round_to_u8 (gint32 sum)
{
  return CLAMP (sum >> PRECISION_BITS, 0, 255);
}

void
ptq_yuv_matrix_row (const PtqYuvMatrix *self, const guint8 *luma,
    gsize luma_step, const guint8 *cb, const guint8 *cr, guint width, guint red,
    guint blue, guint8 *out)
{
  for (gsize x = 0; x < width; x++) {
    gint32 y = self->luma[luma[x * luma_step]];

    out[3 * x + red] = round_to_u8 (y + self->cr_to_red[cr[x]]);
    out[3 * x + 1] =
        round_to_u8 (y + self->cb_to_green[cb[x]] + self->cr_to_green[cr[x]]);
    out[3 * x + blue] = round_to_u8 (y + self->cb_to_blue[cb[x]]);
  }
}
