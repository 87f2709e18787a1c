/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Separable resampling of 8-bit pictures as Pillow does it: weights of 22
 * fractional bits, rows first, their result rounded to 8 bits, then columns.
 */
#include "ptq-image-private.h"

#define PRECISION_BITS 22
#define ONE_HALF (1 << (PRECISION_BITS - 1))

typedef void (*PtqRowFunc) (const PtqFixedScaler *self, const guint8 *in,
    guint8 *out);

struct _PtqFixedScaler
{
  guint channels;
  PtqFilter *horizontal;
  PtqFilter *vertical;
  gint32 *row_weights;          /* of horizontal */
  gint32 *column_weights;       /* of vertical */
  PtqRowFunc resample_row;
};

static inline guint8
round_to_u8 (gint32 sum)
{
  return CLAMP (sum >> PRECISION_BITS, 0, 255);
}

static PTQ_ALWAYS_INLINE void
resample_row (const PtqFixedScaler *self, const guint8 *in, guint8 *out,
    guint channels)
{
  const PtqFilter *filter = self->horizontal;

  for (guint x = 0; x < filter->out_size; x++) {
    const gint32 *weights = self->row_weights + (gsize) x * filter->max_taps;
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
row_1 (const PtqFixedScaler *self, const guint8 *in, guint8 *out)
{
  resample_row (self, in, out, 1);
}

static void
row_3 (const PtqFixedScaler *self, const guint8 *in, guint8 *out)
{
  resample_row (self, in, out, 3);
}

static void
row_4 (const PtqFixedScaler *self, const guint8 *in, guint8 *out)
{
  resample_row (self, in, out, 4);
}

static void
row_n (const PtqFixedScaler *self, const guint8 *in, guint8 *out)
{
  resample_row (self, in, out, self->channels);
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

PtqFixedScaler *
ptq_fixed_scaler_new (guint channels, PtqFilter *horizontal,
    PtqFilter *vertical)
{
  PtqFixedScaler *self = g_new0 (PtqFixedScaler, 1);

  self->channels = channels;
  self->horizontal = horizontal;
  self->vertical = vertical;
  self->row_weights = fixed_weights (horizontal);
  self->column_weights = fixed_weights (vertical);
  self->resample_row = channels == 1 ? row_1 : channels == 3 ? row_3
      : channels == 4 ? row_4 : row_n;
  return self;
}

void
ptq_fixed_scaler_free (PtqFixedScaler *self)
{
  if (self == NULL)
    return;
  ptq_filter_free (self->horizontal);
  ptq_filter_free (self->vertical);
  g_free (self->row_weights);
  g_free (self->column_weights);
  g_free (self);
}

static void
add_scaled (gint32 *restrict sum, const guint8 *restrict row, gint32 weight,
    gsize n)
{
  for (gsize i = 0; i < n; i++)
    sum[i] += weight * row[i];
}

static void
resample_columns (const PtqFixedScaler *self, guint y, const guint8 *ring,
    gsize n, gint32 *restrict sum, guint8 *restrict out)
{
  const PtqFilter *filter = self->vertical;
  const gint32 *weights = self->column_weights + (gsize) y * filter->max_taps;

  for (gsize i = 0; i < n; i++)
    sum[i] = ONE_HALF;
  for (guint tap = 0; tap < filter->count[y]; tap++)
    add_scaled (sum, ring + (filter->first[y] + tap) % filter->max_taps * n,
        weights[tap], n);
  for (gsize i = 0; i < n; i++)
    out[i] = round_to_u8 (sum[i]);
}

void
ptq_fixed_scaler_process (const PtqFixedScaler *self, const PtqImage *in,
    const PtqImage *out)
{
  const PtqFilter *filter = self->vertical;
  gsize n = (gsize) out->width * self->channels;
  guint8 *ring = g_malloc (filter->max_taps * n);
  gint32 *sum = g_new (gint32, n);
  guint ready = 0;

  for (guint y = 0; y < out->height; y++) {
    guint end = filter->first[y] + filter->count[y];

    for (guint row = MAX (ready, filter->first[y]); row < end; row++)
      self->resample_row (self, ptq_image_row (in, row),
          ring + row % filter->max_taps * n);
    ready = MAX (ready, end);
    resample_columns (self, y, ring, n, sum, ptq_image_row (out, y));
  }
  g_free (sum);
  g_free (ring);
}
