/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Pictures of random numbers, the same as make-tables.py draws, in memory
 * that ends where they do and has a gap after each row.
 */
#pragma once

#include <string.h>

#include "ptq-image.h"

#define GAP 12
#define GAP_BYTE 0xa5

/* The linear congruential generator of Numerical Recipes */
static inline guint32
random_next (guint32 *state)
{
  return *state = *state * 1664525u + 1013904223u;
}

static inline gsize
picture_row_size (const PtqImage *image)
{
  return (gsize) image->width * image->channels
      * (image->type == PTQ_SAMPLE_U8 ? 1 : 4);
}

/* All bytes are the gap's. */
static inline PtqImage
picture_new (PtqSampleType type, guint width, guint height, guint channels)
{
  PtqImage image = { NULL, type, width, height, channels, 0 };
  gsize row_size = picture_row_size (&image);
  gsize size;

  image.stride = row_size + GAP;
  size = image.stride * (height - 1) + row_size;
  image.data = g_malloc (size);
  memset (image.data, GAP_BYTE, size);
  return image;
}

static inline gpointer
picture_row (const PtqImage *image, guint y)
{
  return (guint8 *) image->data + y * image->stride;
}

static inline PtqImage
random_picture_new (
    PtqSampleType type, guint32 seed, guint width, guint height, guint channels)
{
  PtqImage image = picture_new (type, width, height, channels);

  for (guint y = 0; y < height; y++) {
    for (gsize i = 0; i < (gsize) width * channels; i++) {
      guint32 number = random_next (&seed);

      if (type == PTQ_SAMPLE_U8)
        ((guint8 *) picture_row (&image, y))[i] = number >> 24;
      else
        ((gfloat *) picture_row (&image, y))[i] =
            (number >> 8) / 4194304.0f - 2.0f;
    }
  }
  return image;
}

/* Kernels must not write between rows. */
static inline void
assert_gaps_untouched (const PtqImage *image)
{
  for (guint y = 0; y + 1 < image->height; y++) {
    const guint8 *gap =
        (const guint8 *) picture_row (image, y) + picture_row_size (image);

    for (guint i = 0; i < GAP; i++)
      g_assert_cmpuint (gap[i], ==, GAP_BYTE);
  }
}
