/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Separable resampling in floating point: rows first, then columns. Rows
 * that are resampled stay in a ring as long as the columns need them.
 *
 * For 8-bit pictures OpenCV's 11-bit weights are held as floats. The sums of
 * the first pass are exact then, and those of the second exact but for the
 * last bits, so that the result is that of OpenCV's integers.
 */
#include "ptq-image-private.h"

typedef void (*PtqRowFunc) (const PtqFloatScaler *self, gconstpointer in,
    gfloat *out);

struct _PtqFloatScaler
{
  PtqSampleType type;
  guint channels;
  PtqFilter *horizontal;
  PtqFilter *vertical;
  gfloat *row_weights;          /* of horizontal */
  gfloat *column_weights;       /* of vertical */
  PtqRowFunc resample_row;
};

static PTQ_ALWAYS_INLINE gfloat
sample_at (gconstpointer in, PtqSampleType type, gsize i)
{
  return type == PTQ_SAMPLE_U8 ? ((const guint8 *) in)[i]
      : ((const gfloat *) in)[i];
}

static PTQ_ALWAYS_INLINE void
resample_row (const PtqFloatScaler *self, gconstpointer in, gfloat *out,
    PtqSampleType type, guint channels)
{
  const PtqFilter *filter = self->horizontal;

  for (guint x = 0; x < filter->out_size; x++) {
    const gfloat *weights = self->row_weights + (gsize) x * filter->max_taps;
    gsize start = (gsize) filter->first[x] * channels;
    guint count = filter->count[x];

    for (guint c = 0; c < channels; c++) {
      gfloat sum = 0;

      for (guint tap = 0; tap < count; tap++)
        sum += weights[tap] *
            sample_at (in, type, start + (gsize) tap * channels + c);
      out[(gsize) x * channels + c] = sum;
    }
  }
}

/* Constants let the compiler unroll the loops over channels. */
#define DEFINE_ROW_FUNC(name, type, channels)                           \
static void                                                             \
name (const PtqFloatScaler *self, gconstpointer in, gfloat *out)        \
{                                                                       \
  resample_row (self, in, out, type, channels);                         \
}

DEFINE_ROW_FUNC (row_u8_1, PTQ_SAMPLE_U8, 1)
DEFINE_ROW_FUNC (row_u8_2, PTQ_SAMPLE_U8, 2)
DEFINE_ROW_FUNC (row_u8_3, PTQ_SAMPLE_U8, 3)
DEFINE_ROW_FUNC (row_u8_4, PTQ_SAMPLE_U8, 4)
DEFINE_ROW_FUNC (row_u8_n, PTQ_SAMPLE_U8, self->channels)
DEFINE_ROW_FUNC (row_f32_1, PTQ_SAMPLE_F32, 1)
DEFINE_ROW_FUNC (row_f32_2, PTQ_SAMPLE_F32, 2)
DEFINE_ROW_FUNC (row_f32_3, PTQ_SAMPLE_F32, 3)
DEFINE_ROW_FUNC (row_f32_4, PTQ_SAMPLE_F32, 4)
DEFINE_ROW_FUNC (row_f32_n, PTQ_SAMPLE_F32, self->channels)

static PtqRowFunc
row_func (PtqSampleType type, guint channels)
{
  static const PtqRowFunc u8[] =
      { row_u8_n, row_u8_1, row_u8_2, row_u8_3, row_u8_4 };
  static const PtqRowFunc f32[] =
      { row_f32_n, row_f32_1, row_f32_2, row_f32_3, row_f32_4 };
  guint index = channels <= 4 ? channels : 0;

  return type == PTQ_SAMPLE_U8 ? u8[index] : f32[index];
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

PtqFloatScaler *
ptq_float_scaler_new (PtqSampleType type, guint channels,
    PtqFilter *horizontal, PtqFilter *vertical)
{
  PtqFloatScaler *self = g_new0 (PtqFloatScaler, 1);

  self->type = type;
  self->channels = channels;
  self->horizontal = horizontal;
  self->vertical = vertical;
  self->row_weights = float_weights (horizontal);
  self->column_weights = float_weights (vertical);
  self->resample_row = row_func (type, channels);
  return self;
}

void
ptq_float_scaler_free (PtqFloatScaler *self)
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

static void
store_u8 (guint8 *restrict out, const gfloat *restrict sum, gsize n)
{
  for (gsize i = 0; i < n; i++)
    out[i] = (gint) (CLAMP (sum[i], 0.0f, 255.0f) + 0.5f);
}

/* Output row @y from the resampled rows in @ring. */
static void
resample_columns (const PtqFloatScaler *self, guint y, const gfloat *ring,
    gsize n, gfloat *sum)
{
  const PtqFilter *filter = self->vertical;
  const gfloat *weights = self->column_weights + (gsize) y * filter->max_taps;

  for (guint tap = 0; tap < filter->count[y]; tap++) {
    const gfloat *row = ring + (filter->first[y] + tap) % filter->max_taps * n;

    if (tap == 0)
      set_scaled (sum, row, weights[tap], n);
    else
      add_scaled (sum, row, weights[tap], n);
  }
}

void
ptq_float_scaler_process (const PtqFloatScaler *self, const PtqImage *in,
    const PtqImage *out)
{
  const PtqFilter *filter = self->vertical;
  gsize n = (gsize) out->width * self->channels;
  gfloat *ring = g_new (gfloat, filter->max_taps * n);
  gfloat *sum = g_new (gfloat, n);
  guint ready = 0;

  for (guint y = 0; y < out->height; y++) {
    guint end = filter->first[y] + filter->count[y];

    for (guint row = MAX (ready, filter->first[y]); row < end; row++)
      self->resample_row (self, ptq_image_row (in, row),
          ring + row % filter->max_taps * n);
    ready = MAX (ready, end);

    if (self->type == PTQ_SAMPLE_F32) {
      resample_columns (self, y, ring, n, ptq_image_row (out, y));
    } else {
      resample_columns (self, y, ring, n, sum);
      store_u8 (ptq_image_row (out, y), sum, n);
    }
  }
  g_free (sum);
  g_free (ring);
}
