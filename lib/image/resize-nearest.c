/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * OpenCV's INTER_NEAREST: sample floor (i * in / out), no half-pixel shift.
 */
#include "ptq-image-private.h"

#include <math.h>
#include <string.h>

typedef struct
{
  PtqScaler parent;

  gsize pixel_size;
  guint width;
  guint height;
  gsize *columns; /* bytes from the start of an input row */
  guint *rows;
} PtqNearestScaler;

/* The quotient is taken twice over, as OpenCV does, since the rounding
 * decides which side of an integer a position falls. */
static guint
source_index (guint i, guint in_size, guint out_size)
{
  gdouble scale = 1.0 / ((gdouble) out_size / in_size);

  return MIN (floor (i * scale), in_size - 1);
}

static void
nearest_free (PtqScaler *scaler)
{
  PtqNearestScaler *self = (PtqNearestScaler *) scaler;

  g_free (self->columns);
  g_free (self->rows);
  g_free (self);
}

static PTQ_ALWAYS_INLINE void
pick_pixels (const gsize *columns, guint width, const guint8 *in, guint8 *out,
    gsize pixel_size)
{
  for (guint x = 0; x < width; x++)
    memcpy (out + x * pixel_size, in + columns[x], pixel_size);
}

/* A constant size turns each memcpy into a move or two. */
static void
pick_row (const PtqNearestScaler *self, const guint8 *in, guint8 *out)
{
  switch (self->pixel_size) {
    case 1:
      pick_pixels (self->columns, self->width, in, out, 1);
      break;
    case 3:
      pick_pixels (self->columns, self->width, in, out, 3);
      break;
    case 4:
      pick_pixels (self->columns, self->width, in, out, 4);
      break;
    case 12:
      pick_pixels (self->columns, self->width, in, out, 12);
      break;
    default:
      pick_pixels (self->columns, self->width, in, out, self->pixel_size);
  }
}

static void
nearest_process (
    const PtqScaler *scaler, const PtqImage *in, const PtqImage *out)
{
  const PtqNearestScaler *self = (const PtqNearestScaler *) scaler;

  for (guint y = 0; y < self->height; y++) {
    if (y > 0 && self->rows[y] == self->rows[y - 1])
      memcpy (ptq_image_row (out, y), ptq_image_row (out, y - 1),
          self->width * self->pixel_size);
    else
      pick_row (
          self, ptq_image_row (in, self->rows[y]), ptq_image_row (out, y));
  }
}

PtqScaler *
ptq_nearest_scaler_new (PtqSampleType type, guint channels, guint in_width,
    guint in_height, guint out_width, guint out_height)
{
  PtqNearestScaler *self = g_new0 (PtqNearestScaler, 1);

  self->parent.free = nearest_free;
  self->parent.process = nearest_process;
  self->pixel_size = channels * ptq_sample_size (type);
  self->width = out_width;
  self->height = out_height;
  self->columns = g_new (gsize, out_width);
  for (guint x = 0; x < out_width; x++)
    self->columns[x] = source_index (x, in_width, out_width) * self->pixel_size;
  self->rows = g_new (guint, out_height);
  for (guint y = 0; y < out_height; y++)
    self->rows[y] = source_index (y, in_height, out_height);
  return &self->parent;
}
