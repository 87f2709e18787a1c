/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Separable resampling in single precision: all of OpenCV's methods but the
 * one that has a file of its own, and Pillow's for float pictures. 8-bit
 * results are rounded once, halves to the even level.
 */
#include "ptq-image-private.h"

typedef struct
{
  PtqSeparable parent;

  gfloat *row_weights;          /* of the horizontal filter */
  gfloat *column_weights;       /* of the vertical filter */
} PtqFloatScaler;

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
resample_pixels (const PtqSeparable *separable, gconstpointer in, gfloat *out,
    PtqSampleType type, guint channels)
{
  const PtqFloatScaler *self = (const PtqFloatScaler *) separable;
  const PtqFilter *filter = separable->horizontal;
  gsize out_size = filter->out_size;

  for (gsize x = 0; x < out_size; x++)
    for (guint c = 0; c < channels; c += MAX_SUMS)
      mix_pixels (in, type, (gsize) filter->first[x] * channels + c, channels,
          self->row_weights + x * filter->max_taps, filter->count[x],
          out + x * channels + c, MIN (channels - c, MAX_SUMS));
}

/* Constants let the compiler unroll the loops over channels. */
static PTQ_ALWAYS_INLINE void
resample_row (const PtqSeparable *self, gconstpointer in, gfloat *out,
    PtqSampleType type)
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
float_finalize (PtqSeparable *separable)
{
  PtqFloatScaler *self = (PtqFloatScaler *) separable;

  g_free (self->row_weights);
  g_free (self->column_weights);
}

static void
set_scaled (gfloat *restrict sum, const gfloat *restrict row, gfloat weight,
    gsize n)
{
  for (gsize i = 0; i < n; i++)
    sum[i] = weight * row[i];
}

static void
add_scaled (gfloat *restrict sum, const gfloat *restrict row, gfloat weight,
    gsize n)
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
f32_columns (const PtqSeparable *separable, guint y, gconstpointer ring,
    G_GNUC_UNUSED gpointer scratch, gpointer out)
{
  const PtqFloatScaler *self = (const PtqFloatScaler *) separable;
  const PtqFilter *filter = separable->vertical;
  const gfloat *weights = self->column_weights + (gsize) y * filter->max_taps;

  for (guint tap = 0; tap < filter->count[y]; tap++) {
    const gfloat *row = (const gfloat *) ring +
        ptq_separable_ring_offset (separable, filter->first[y] + tap);

    (tap == 0 ? set_scaled : add_scaled) (out, row, weights[tap],
        separable->n_samples);
  }
}

static void
u8_columns (const PtqSeparable *separable, guint y, gconstpointer ring,
    gpointer scratch, gpointer out)
{
  f32_columns (separable, y, ring, NULL, scratch);
  round_to_u8 (scratch, out, separable->n_samples);
}

PtqScaler *
ptq_float_scaler_new (PtqSampleType type, guint channels,
    PtqFilter *horizontal, PtqFilter *vertical)
{
  PtqFloatScaler *self = g_new0 (PtqFloatScaler, 1);

  ptq_separable_init (&self->parent, channels, sizeof (gfloat), horizontal,
      vertical);
  self->parent.finalize = float_finalize;
  self->parent.resample_row = type == PTQ_SAMPLE_U8 ? u8_row : f32_row;
  self->parent.resample_columns = type == PTQ_SAMPLE_U8 ? u8_columns
      : f32_columns;
  self->row_weights = float_weights (horizontal);
  self->column_weights = float_weights (vertical);
  return &self->parent.parent;
}
