/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Planes become interleaved channels, or the other way round.
 */
#include "ptq-image-private.h"

#include <string.h>

/* Rows become columns. With the size of a sample known to the compiler the
 * copy is one instruction. */
static PTQ_ALWAYS_INLINE void
transpose (
    const guint8 *in, guint8 *out, gsize rows, gsize columns, gsize sample_size)
{
  for (gsize row = 0; row < rows; row++) {
    for (gsize column = 0; column < columns; column++)
      memcpy (out + (column * rows + row) * sample_size,
          in + (row * columns + column) * sample_size, sample_size);
  }
}

static void
transpose_samples (
    const guint8 *in, guint8 *out, gsize rows, gsize columns, gsize sample_size)
{
  switch (sample_size) {
    case 1:
      transpose (in, out, rows, columns, 1);
      break;
    case 4:
      transpose (in, out, rows, columns, 4);
      break;
    default:
      transpose (in, out, rows, columns, sample_size);
      break;
  }
}

/**
 * ptq_layout_swap:
 * @in: packed tensor, pictures one after the other
 * @in_layout: its layout
 * @out: where the same pictures go in the other layout
 * @n: number of pictures, the batch
 * @channels: samples in a pixel
 * @pixels: width times height
 * @sample_size: bytes of a sample
 *
 * Turns planes into interleaved channels, or the other way round.
 *
 * Since: 0.1
 */
void
ptq_layout_swap (gconstpointer in, PtqLayout in_layout, gpointer out, gsize n,
    gsize channels, gsize pixels, gsize sample_size)
{
  gsize size = channels * pixels * sample_size;
  gboolean planar = in_layout == PTQ_LAYOUT_NCHW;

  g_return_if_fail (in != NULL && out != NULL);

  for (gsize i = 0; i < n; i++)
    transpose_samples ((const guint8 *) in + i * size,
        (guint8 *) out + i * size, planar ? channels : pixels,
        planar ? pixels : channels, sample_size);
}
