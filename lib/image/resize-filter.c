/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Weights along one axis. OpenCV interpolates between a fixed number of
 * neighbours (linear, cubic) or weighs samples by the area they share with
 * the output sample; Pillow stretches the kernel over the samples that an
 * output sample covers.
 */
#include "ptq-image-private.h"

#include <math.h>

static PtqFilter *
filter_new (guint in_size, guint out_size, guint max_taps)
{
  PtqFilter *self = g_new0 (PtqFilter, 1);

  self->in_size = in_size;
  self->out_size = out_size;
  self->max_taps = MIN (max_taps, in_size);
  self->first = g_new0 (guint, out_size);
  self->count = g_new0 (guint, out_size);
  self->weights = g_new0 (gdouble, (gsize) out_size * self->max_taps);
  return self;
}

void
ptq_filter_free (PtqFilter *self)
{
  if (self == NULL)
    return;
  g_free (self->first);
  g_free (self->count);
  g_free (self->weights);
  g_free (self);
}

/* Taps of an output sample come in ascending order. */
static void
add_tap (PtqFilter *self, guint out, gint64 in, gdouble weight)
{
  guint index = CLAMP (in, 0, (gint64) self->in_size - 1);
  guint tap;

  if (self->count[out] == 0)
    self->first[out] = index;
  tap = index - self->first[out];
  self->weights[(gsize) out * self->max_taps + tap] += weight;
  self->count[out] = tap + 1;
}

/* Input samples per output sample, rounded as OpenCV rounds it. */
static gdouble
opencv_scale (guint in_size, guint out_size)
{
  return 1.0 / ((gdouble) out_size / in_size);
}

void
ptq_position_linear (
    guint i, guint in_size, guint out_size, gint64 *index, gfloat *fraction)
{
  gfloat position = (i + 0.5) * opencv_scale (in_size, out_size) - 0.5;

  *index = floorf (position);
  *fraction = position - *index;
}

/* OpenCV's INTER_AREA where a side grows: linear, but in between only where
 * an output sample crosses from one input sample to the next. */
void
ptq_position_area (
    guint i, guint in_size, guint out_size, gint64 *index, gfloat *fraction)
{
  gdouble inverse = (gdouble) out_size / in_size;

  *index = floor (i * (1.0 / inverse));
  *fraction = (i + 1.0) - (*index + 1.0) * inverse;
  *fraction = *fraction <= 0 ? 0 : *fraction - floorf (*fraction);
}

PtqFilter *
ptq_filter_new_linear (guint in_size, guint out_size, PtqPositionFunc position)
{
  PtqFilter *self = filter_new (in_size, out_size, 2);

  for (guint i = 0; i < out_size; i++) {
    gint64 index;
    gfloat fraction;

    position (i, in_size, out_size, &index, &fraction);
    add_tap (self, i, index, 1.0f - fraction);
    add_tap (self, i, index + 1, fraction);
  }
  return self;
}

/* The cubic convolution kernel of Keys. */
static gdouble
cubic (gdouble x, gdouble a)
{
  x = fabs (x);
  if (x < 1.0)
    return ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0;
  if (x < 2.0)
    return (((x - 5.0) * x + 8.0) * x - 4.0) * a;
  return 0.0;
}

PtqFilter *
ptq_filter_new_cubic (guint in_size, guint out_size)
{
  PtqFilter *self = filter_new (in_size, out_size, 4);

  for (guint i = 0; i < out_size; i++) {
    gint64 index;
    gfloat fraction;

    ptq_position_linear (i, in_size, out_size, &index, &fraction);
    for (gint tap = -1; tap <= 2; tap++)
      add_tap (self, i, index + tap, cubic (tap - fraction, -0.75));
  }
  return self;
}

PtqFilter *
ptq_filter_new_area (guint in_size, guint out_size)
{
  gdouble scale = opencv_scale (in_size, out_size);
  PtqFilter *self = filter_new (in_size, out_size, ceil (scale) + 2);
  /* What OpenCV takes for nothing: it hides that the scale is rounded. */
  const gdouble nothing = 1e-3;

  for (guint i = 0; i < out_size; i++) {
    gdouble start = i * scale;
    gdouble end = MIN (start + scale, in_size);
    gdouble size = MIN (scale, in_size - start);

    for (guint index = floor (start); index < end; index++) {
      gdouble shared = MIN (end, index + 1.0) - MAX (start, index);

      if (shared > nothing)
        add_tap (self, i, index, MIN (shared, size) / size);
    }
  }
  return self;
}

typedef gdouble (*PtqKernel) (gdouble x);

static gdouble
triangle_kernel (gdouble x)
{
  return MAX (0.0, 1.0 - fabs (x));
}

static gdouble
cubic_kernel (gdouble x)
{
  return cubic (x, -0.5);
}

static void
normalize_taps (PtqFilter *self, guint out)
{
  gdouble *weights = self->weights + (gsize) out * self->max_taps;
  gdouble sum = 0.0;

  for (guint tap = 0; tap < self->count[out]; tap++)
    sum += weights[tap];
  for (guint tap = 0; sum != 0.0 && tap < self->count[out]; tap++)
    weights[tap] /= sum;
}

static PtqFilter *
filter_new_antialias (
    guint in_size, guint out_size, PtqKernel kernel, gdouble radius)
{
  gdouble scale = (gdouble) in_size / out_size;
  gdouble stretch = MAX (scale, 1.0);
  gdouble support = radius * stretch;
  PtqFilter *self = filter_new (in_size, out_size, 2 * ceil (support) + 1);

  for (guint i = 0; i < out_size; i++) {
    gdouble center = (i + 0.5) * scale;
    guint first = MAX (center - support + 0.5, 0.0);
    guint end = MIN (center + support + 0.5, in_size);

    for (guint index = first; index < end; index++)
      add_tap (
          self, i, index, kernel ((index - center + 0.5) * (1.0 / stretch)));
    normalize_taps (self, i);
  }
  return self;
}

PtqFilter *
ptq_filter_new_linear_antialias (guint in_size, guint out_size)
{
  return filter_new_antialias (in_size, out_size, triangle_kernel, 1.0);
}

PtqFilter *
ptq_filter_new_cubic_antialias (guint in_size, guint out_size)
{
  return filter_new_antialias (in_size, out_size, cubic_kernel, 2.0);
}
