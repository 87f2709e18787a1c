/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Codes and scales of a constant tensor, per channel or as a whole. */

#include "weight.h"

#include <math.h>
#include <string.h>

/* 255 * 128 is the largest sum of two products that fits 16 bits. */
#define PAIR_LIMIT 128
/* Steps of the search between the finest scale and the first that needs no
 * code to be reduced; a finer grid gains less than a hundredth of the error. */
#define N_CANDIDATES 16

/* Where the elements of a channel stand: the tensor seen as
 * [outer, channels, inner]. */
typedef struct
{
  gsize outer;
  gsize n_channels;
  gsize inner;
} Geometry;

/* Buffers for one channel */
typedef struct
{
  gsize n;
  gfloat *values;
  gint *codes;
  gint *best;
  /* Position of the i-th term in the order of summation of kernels that walk
   * channels innermost; NULL where that is the order of storage */
  gsize *order;
} Channel;

static Geometry
find_geometry (const gint64 *dims, guint rank, gint axis)
{
  Geometry geometry = { 1, 1, 1 };

  for (guint i = 0; i < rank; i++) {
    if (axis < 0 || (gint) i > axis)
      geometry.inner *= dims[i];
    else if ((gint) i < axis)
      geometry.outer *= dims[i];
    else
      geometry.n_channels = dims[i];
  }
  return geometry;
}

static void
gather (
    const gfloat *values, const Geometry *geometry, gsize c, Channel *channel)
{
  for (gsize o = 0; o < geometry->outer; o++)
    memcpy (channel->values + o * geometry->inner,
        values + (o * geometry->n_channels + c) * geometry->inner,
        geometry->inner * sizeof (gfloat));
}

static void
scatter (gint *codes, const Geometry *geometry, gsize c, const Channel *channel)
{
  for (gsize o = 0; o < geometry->outer; o++)
    memcpy (codes + (o * geometry->n_channels + c) * geometry->inner,
        channel->codes + o * geometry->inner, geometry->inner * sizeof (gint));
}

/* Convolution kernels sum over [position, channel] when pictures are stored
 * with channels innermost, weights are stored [channel, position]. */
static gsize *
find_order (const gint64 *dims, guint rank, gint kernel_axis, gsize n)
{
  gsize positions = 1, channels, *order;

  if (kernel_axis < 0)
    return NULL;
  for (guint i = kernel_axis; i < rank; i++)
    positions *= dims[i];
  channels = n / positions;
  if (positions == 1 || channels == 1)
    return NULL;

  order = g_new (gsize, n);
  for (gsize p = 0; p < positions; p++)
    for (gsize c = 0; c < channels; c++)
      order[p * channels + c] = c * positions + p;
  return order;
}

static gdouble
largest_pair (const Channel *channel, const gsize *order)
{
  gdouble largest = 0;

  for (gsize i = 0; i + 1 < channel->n; i += 2) {
    gsize a = order != NULL ? order[i] : i;
    gsize b = order != NULL ? order[i + 1] : i + 1;

    largest = MAX (largest,
        fabs ((gdouble) channel->values[a])
            + fabs ((gdouble) channel->values[b]));
  }
  return largest;
}

static gint
towards_zero (gint code, gint by)
{
  return code > 0 ? MAX (code - by, 0) : MIN (code + by, 0);
}

/* Makes the magnitudes of two codes that are added sum up to PAIR_LIMIT at most,
 * by taking half of the excess from each: of all ways that has the least squared
 * error. Kernels may add pairs in either of two orders. Codes never grow, so
 * doing it for the second order does not break the first. */
static void
reduce_pairs (Channel *channel, const gsize *order)
{
  for (gsize i = 0; i + 1 < channel->n; i += 2) {
    gint *a = &channel->codes[order != NULL ? order[i] : i];
    gint *b = &channel->codes[order != NULL ? order[i + 1] : i + 1];
    gint excess = ABS (*a) + ABS (*b) - PAIR_LIMIT;

    if (excess <= 0)
      continue;
    *a = towards_zero (*a, excess / 2);
    *b = towards_zero (*b, excess - excess / 2);
  }
}

/* Rounds the channel to codes of @scale; returns the squared error. */
static gdouble
quantize_channel (Channel *channel, const PtqScale *scale, gboolean safe)
{
  gdouble error = 0;

  for (gsize i = 0; i < channel->n; i++)
    channel->codes[i] = ptq_scale_quantize (scale, channel->values[i]);
  if (safe) {
    reduce_pairs (channel, NULL);
    if (channel->order != NULL)
      reduce_pairs (channel, channel->order);
  }
  for (gsize i = 0; i < channel->n; i++) {
    gdouble difference =
        channel->values[i] - ptq_scale_dequantize (scale, channel->codes[i]);

    error += difference * difference;
  }
  return error;
}

/* Keeps every pair of neighbours summable: of the scales between the finest
 * (where some codes must be reduced) and the one that fits the largest pair,
 * the one with the least squared error. */
static void
quantize_channel_safely (Channel *channel, PtqScale *scale)
{
  gdouble finest = scale->scale;
  gdouble pair = largest_pair (channel, NULL);
  gdouble coarsest, best_error = G_MAXDOUBLE;
  PtqScale best = *scale;

  if (channel->order != NULL)
    pair = MAX (pair, largest_pair (channel, channel->order));
  coarsest = MAX (finest, pair / PAIR_LIMIT);

  for (guint i = 0; i <= N_CANDIDATES; i++) {
    PtqScale candidate = *scale;
    gdouble error;

    candidate.scale =
        (gfloat) (finest + (coarsest - finest) * i / N_CANDIDATES);
    error = quantize_channel (channel, &candidate, TRUE);
    if (error < best_error) {
      best_error = error;
      best = candidate;
      memcpy (channel->best, channel->codes, channel->n * sizeof (gint));
    }
    if (coarsest == finest)
      break;
  }
  *scale = best;
  memcpy (channel->codes, channel->best, channel->n * sizeof (gint));
}

static void
find_limits (const PtqWeightOptions *options, gint *qmin, gint *qmax)
{
  if (options->is_unsigned)
    ptq_scale_limits_unsigned (options->bits, qmin, qmax);
  else
    ptq_scale_limits_signed (options->bits, options->symmetric, qmin, qmax);

  if (options->pairs == PTQ_PAIRS_HALF && !options->is_unsigned) {
    *qmin = MAX (*qmin, -PAIR_LIMIT / 2);
    *qmax = MIN (*qmax, PAIR_LIMIT / 2);
  }
}

static void
process_channel (
    Channel *channel, PtqScale *scale, const PtqWeightOptions *options, gsize c)
{
  gdouble min, max;
  gint qmin, qmax;

  find_limits (options, &qmin, &qmax);
  ptq_scale_find_range (channel->values, channel->n, &min, &max);
  /* Symmetric codes of one bit would be {0}: two levels instead. */
  ptq_scale_from_range (
      scale, min, max, qmin, qmax, options->symmetric && options->bits > 1);
  if (min == 0 && max == 0)
    scale->scale = 1; /* a channel of zeros; any scale is right */
  if (options->min_scales != NULL)
    scale->scale = MAX (scale->scale, options->min_scales[c]);

  if (options->pairs == PTQ_PAIRS_SAFE && 2 * qmax > PAIR_LIMIT)
    quantize_channel_safely (channel, scale);
  else
    quantize_channel (channel, scale, FALSE);
}

/* @values: the tensor, row-major, all finite; @options->axis: one scale for
 * each index along it. Returns the codes in the order of @values. */
PtqWeight *
ptq_weight_new (const gfloat *values, const gint64 *dims, guint rank,
    const PtqWeightOptions *options)
{
  Geometry geometry = find_geometry (dims, rank, options->axis);
  PtqWeight *self = g_new0 (PtqWeight, 1);
  Channel channel = { 0 };

  channel.n = geometry.outer * geometry.inner;
  self->n_channels = geometry.n_channels;
  self->n = channel.n * geometry.n_channels;
  self->codes = g_new (gint, self->n);
  self->scales = g_new0 (PtqScale, self->n_channels);

  channel.values = g_new (gfloat, channel.n);
  channel.codes = g_new (gint, channel.n);
  channel.best = g_new (gint, channel.n);
  channel.order = find_order (dims, rank, options->kernel_axis, channel.n);

  for (gsize c = 0; c < geometry.n_channels && channel.n > 0; c++) {
    gather (values, &geometry, c, &channel);
    process_channel (&channel, &self->scales[c], options, c);
    scatter (self->codes, &geometry, c, &channel);
  }

  g_free (channel.values);
  g_free (channel.codes);
  g_free (channel.best);
  g_free (channel.order);
  return self;
}

void
ptq_weight_free (PtqWeight *self)
{
  g_free (self->codes);
  g_free (self->scales);
  g_free (self);
}
