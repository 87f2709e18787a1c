/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Separable resampling in single precision: all of OpenCV's methods but the
 * one that has a file of its own, and Pillow's for float pictures. 8-bit
 * results are rounded once, halves to the even level.
 */
#include "ptq-image-private.h"

static PTQ_ALWAYS_INLINE gfloat
sample_at (gconstpointer in, PtqSampleType type, gsize i)
{
  return type == PTQ_SAMPLE_U8 ? ((const guint8 *) in)[i]
                               : ((const gfloat *) in)[i];
}

#define MAX_SUMS 4

/* Up to MAX_SUMS channels of one pixel, side by side in registers */
static PTQ_ALWAYS_INLINE void
mix_pixels (gconstpointer in, PtqSampleType type, gsize start, gsize step,
    const gfloat *restrict weights, guint count, gfloat *restrict out,
    guint n_sums)
{
  gfloat sums[MAX_SUMS] = { 0 };

  for (guint tap = 0; tap < count; tap++) {
    for (guint c = 0; c < n_sums; c++)
      sums[c] += weights[tap] * sample_at (in, type, start + c);
    start += step;
  }
  for (guint c = 0; c < n_sums; c++)
    out[c] = sums[c];
}

static PTQ_ALWAYS_INLINE void
resample_pixels (const PtqSeparable *self, gconstpointer in, gfloat *out,
    PtqSampleType type, guint channels)
{
  const PtqFilter *filter = self->horizontal;
  const gfloat *weights = self->row_weights;
  gsize out_size = filter->out_size;

  for (gsize x = 0; x < out_size; x++)
    for (guint c = 0; c < channels; c += MAX_SUMS)
      mix_pixels (in, type, (gsize) filter->first[x] * channels + c, channels,
          weights + x * filter->max_taps, filter->count[x],
          out + x * channels + c, MIN (channels - c, MAX_SUMS));
}

/* Constants let the compiler unroll the loops over channels. */
static PTQ_ALWAYS_INLINE void
resample_row (
    const PtqSeparable *self, gconstpointer in, gfloat *out, PtqSampleType type)
{
  switch (self->channels) {
    case 1:
      resample_pixels (self, in, out, type, 1);
      break;
    case 3:
      resample_pixels (self, in, out, type, 3);
      break;
    case 4:
      resample_pixels (self, in, out, type, 4);
      break;
    default:
      resample_pixels (self, in, out, type, self->channels);
  }
}

static void
u8_row (const PtqSeparable *self, gconstpointer in, gpointer out)
{
  resample_row (self, in, out, PTQ_SAMPLE_U8);
}

static void
f32_row (const PtqSeparable *self, gconstpointer in, gpointer out)
{
  resample_row (self, in, out, PTQ_SAMPLE_F32);
}

static gfloat *
float_weights (const PtqFilter *filter)
{
  gsize n = (gsize) filter->out_size * filter->max_taps;
  gfloat *weights = g_new (gfloat, n);

  for (gsize i = 0; i < n; i++)
    weights[i] = filter->weights[i];
  return weights;
}

static void
set_scaled (
    gfloat *restrict sum, const gfloat *restrict row, gfloat weight, gsize n)
{
  for (gsize i = 0; i < n; i++)
    sum[i] = weight * row[i];
}

static void
add_scaled (
    gfloat *restrict sum, const gfloat *restrict row, gfloat weight, gsize n)
{
  for (gsize i = 0; i < n; i++)
    sum[i] += weight * row[i];
}

/* Above 2^23 a float has no fraction: adding that much rounds, as the
 * processor does by default, halves to even. */
static void
round_to_u8 (const gfloat *restrict sum, guint8 *restrict out, gsize n)
{
  const gfloat no_fraction = 1 << 23;

  for (gsize i = 0; i < n; i++) {
    gfloat level = CLAMP (sum[i], 0.0f, 255.0f);

    out[i] = (gint) ((level + no_fraction) - no_fraction);
  }
}

static void
f32_columns (const PtqSeparable *self, guint y, gconstpointer ring,
    G_GNUC_UNUSED gpointer scratch, gpointer out)
{
  const PtqFilter *filter = self->vertical;
  const gfloat *weights =
      (const gfloat *) self->column_weights + (gsize) y * filter->max_taps;

  for (guint tap = 0; tap < filter->count[y]; tap++) {
    const gfloat *row = (const gfloat *) ring
        + ptq_separable_ring_offset (self, filter->first[y] + tap);

    (tap == 0 ? set_scaled : add_scaled) (
        out, row, weights[tap], self->n_samples);
  }
}

static void
u8_columns (const PtqSeparable *self, guint y, gconstpointer ring,
    gpointer scratch, gpointer out)
{
  f32_columns (self, y, ring, NULL, scratch);
  round_to_u8 (scratch, out, self->n_samples);
}

PtqScaler *
ptq_float_scaler_new (PtqSampleType type, guint channels, PtqFilter *horizontal,
    PtqFilter *vertical)
{
  PtqSeparable *self =
      ptq_separable_new (channels, sizeof (gfloat), horizontal, vertical);

  self->row_weights = float_weights (horizontal);
  self->column_weights = float_weights (vertical);
  self->resample_row = type == PTQ_SAMPLE_U8 ? u8_row : f32_row;
  self->resample_columns = type == PTQ_SAMPLE_U8 ? u8_columns : f32_columns;
  return &self->parent;
}
