/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * OpenCV's INTER_LINEAR of 8-bit pictures, bit for bit: weights of 11 bits,
 * four bits of the first sum dropped to fit it into 16, and 16 bits of each
 * product of the second pass dropped before they are added.
 */
#include "ptq-image-private.h"

#include <math.h>

#define WEIGHT_ONE 2048

/* The two rows that make an output row. They are the same at the edges, and
 * still have a weight each since each product is cut by itself. */
typedef struct
{
  guint row[2];
  gint16 weight[2];
} PtqRowPair;

static PTQ_ALWAYS_INLINE void
resample_pixels (const PtqSeparable *self, const guint8 *restrict in,
    gint16 *restrict out, guint channels)
{
  const guint *first = self->horizontal->first;
  const gint16 *weights = self->row_weights;
  gsize out_size = self->horizontal->out_size;
  gsize after = self->horizontal->max_taps == 2 ? channels : 0;

  for (gsize x = 0; x < out_size; x++) {
    const guint8 *pixel = in + (gsize) first[x] * channels;
    gint here_weight = weights[2 * x];
    gint after_weight = weights[2 * x + 1];

    for (guint c = 0; c < channels; c++)
      out[x * channels + c] =
          (here_weight * pixel[c] + after_weight * pixel[c + after]) >> 4;
  }
}

static void
linear_row (const PtqSeparable *self, gconstpointer in, gpointer out)
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

static void
mix_rows (const gint16 *restrict above, const gint16 *restrict below,
    gint16 above_weight, gint16 below_weight, guint8 *restrict out, gsize n)
{
  for (gsize i = 0; i < n; i++) {
    gint16 sum = ((above[i] * above_weight) >> 16)
        + ((below[i] * below_weight) >> 16) + 2;

    out[i] = sum >> 2;
  }
}

static void
linear_columns (const PtqSeparable *self, guint y, gconstpointer ring,
    G_GNUC_UNUSED gpointer scratch, gpointer out)
{
  const PtqRowPair *pair = (const PtqRowPair *) self->column_weights + y;
  const gint16 *rows = ring;

  mix_rows (rows + ptq_separable_ring_offset (self, pair->row[0]),
      rows + ptq_separable_ring_offset (self, pair->row[1]), pair->weight[0],
      pair->weight[1], out, self->n_samples);
}

static gint16
round_weight (gfloat weight)
{
  return rintf (weight * WEIGHT_ONE);
}

/* Two a pixel. The window of the last pixels is moved back where it would
 * leave the row. */
static gint16 *
row_weights_new (PtqFilter *filter)
{
  gint16 *weights = g_new0 (gint16, 2 * (gsize) filter->out_size);

  for (gsize x = 0; x < filter->out_size; x++) {
    const gdouble *taps = filter->weights + x * filter->max_taps;
    gboolean last = filter->first[x] + 2 > filter->in_size;

    if (filter->count[x] == 2) {
      weights[2 * x] = round_weight (taps[0]);
      weights[2 * x + 1] = round_weight (taps[1]);
    } else if (last && filter->in_size > 1) {
      filter->first[x]--;
      weights[2 * x + 1] = WEIGHT_ONE;
    } else {
      weights[2 * x] = WEIGHT_ONE;
    }
  }
  return weights;
}

static PtqRowPair *
row_pairs_new (guint in_size, guint out_size, PtqPositionFunc position)
{
  PtqRowPair *pairs = g_new (PtqRowPair, out_size);

  for (guint y = 0; y < out_size; y++) {
    gint64 index;
    gfloat fraction;

    position (y, in_size, out_size, &index, &fraction);
    pairs[y].row[0] = CLAMP (index, 0, (gint64) in_size - 1);
    pairs[y].row[1] = CLAMP (index + 1, 0, (gint64) in_size - 1);
    pairs[y].weight[0] = round_weight (1.0f - fraction);
    pairs[y].weight[1] = round_weight (fraction);
  }
  return pairs;
}

PtqScaler *
ptq_linear_scaler_new (guint channels, PtqPositionFunc position,
    PtqFilter *horizontal, PtqFilter *vertical)
{
  PtqSeparable *self =
      ptq_separable_new (channels, sizeof (gint16), horizontal, vertical);

  self->row_weights = row_weights_new (horizontal);
  self->column_weights =
      row_pairs_new (vertical->in_size, vertical->out_size, position);
  self->resample_row = linear_row;
  self->resample_columns = linear_columns;
  return &self->parent;
}
