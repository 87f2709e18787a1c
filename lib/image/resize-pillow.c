/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Separable resampling of 8-bit pictures as Pillow does it, bit for bit:
 * weights of 22 fractional bits, rows first, their result rounded to 8 bits,
 * then columns. That is what versions up to 12 do. Version 13 takes columns
 * first where the height shrinks much more than the width; the rounding in
 * between may make a level of difference there.
 */
#include "ptq-image-private.h"

#define PRECISION_BITS 22
#define ONE_HALF (1 << (PRECISION_BITS - 1))

static inline guint8
round_to_u8 (gint32 sum)
{
  return CLAMP (sum >> PRECISION_BITS, 0, 255);
}

static PTQ_ALWAYS_INLINE void
resample_pixels (
    const PtqSeparable *self, const guint8 *in, guint8 *out, guint channels)
{
  const PtqFilter *filter = self->horizontal;

  for (guint x = 0; x < filter->out_size; x++) {
    const gint32 *weights =
        (const gint32 *) self->row_weights + (gsize) x * filter->max_taps;
    const guint8 *start = in + (gsize) filter->first[x] * channels;
    guint count = filter->count[x];

    for (guint c = 0; c < channels; c++) {
      gint32 sum = ONE_HALF;

      for (guint tap = 0; tap < count; tap++)
        sum += weights[tap] * start[(gsize) tap * channels + c];
      out[(gsize) x * channels + c] = round_to_u8 (sum);
    }
  }
}

static void
pillow_row (const PtqSeparable *self, gconstpointer in, gpointer out)
{
  /* Constants let the compiler unroll. */
  switch (self->channels) {
    case 1:
      resample_pixels (self, in, out, 1);
      break;
    case 3:
      resample_pixels (self, in, out, 3);
      break;
    case 4:
      resample_pixels (self, in, out, 4);
      break;
    default:
      resample_pixels (self, in, out, self->channels);
  }
}

static gint32 *
fixed_weights (const PtqFilter *filter)
{
  gsize n = (gsize) filter->out_size * filter->max_taps;
  gint32 *weights = g_new (gint32, n);

  for (gsize i = 0; i < n; i++) {
    gdouble weight = filter->weights[i] * (1 << PRECISION_BITS);

    weights[i] = weight < 0 ? weight - 0.5 : weight + 0.5;
  }
  return weights;
}

static void
add_scaled (
    gint32 *restrict sum, const guint8 *restrict row, gint32 weight, gsize n)
{
  for (gsize i = 0; i < n; i++)
    sum[i] += weight * row[i];
}

static void
round_row (const gint32 *restrict sum, guint8 *restrict out, gsize n)
{
  for (gsize i = 0; i < n; i++)
    out[i] = round_to_u8 (sum[i]);
}

static void
pillow_columns (const PtqSeparable *self, guint y, gconstpointer ring,
    gpointer scratch, gpointer out)
{
  const PtqFilter *filter = self->vertical;
  const gint32 *weights =
      (const gint32 *) self->column_weights + (gsize) y * filter->max_taps;
  gint32 *sum = scratch;

  for (gsize i = 0; i < self->n_samples; i++)
    sum[i] = ONE_HALF;
  for (guint tap = 0; tap < filter->count[y]; tap++)
    add_scaled (sum,
        (const guint8 *) ring
            + ptq_separable_ring_offset (self, filter->first[y] + tap),
        weights[tap], self->n_samples);
  round_row (sum, out, self->n_samples);
}

PtqScaler *
ptq_pillow_scaler_new (
    guint channels, PtqFilter *horizontal, PtqFilter *vertical)
{
  PtqSeparable *self =
      ptq_separable_new (channels, sizeof (guint8), horizontal, vertical);

  self->row_weights = fixed_weights (horizontal);
  self->column_weights = fixed_weights (vertical);
  self->resample_row = pillow_row;
  self->resample_columns = pillow_columns;
  return &self->parent;
}
