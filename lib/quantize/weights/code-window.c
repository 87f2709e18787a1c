/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Weights have long tails: most codes lie close together, a few far out. As
 * many bits as the farthest asks for are mostly zeros. Here most codes have a
 * width of their own, and the part of the others that does not fit it is
 * stored apart. */

#include "code-window.h"

#define MAX_BITS 16

/* What each width costs, and where each channel would begin */
typedef struct
{
  guint64 n_apart[MAX_BITS + 1];
  gboolean usable[MAX_BITS + 1];
  gint *starts; /* [channel][width] */
} Widths;

static void
find_limits (const PtqWeightCode *code, guint c, gint *lowest, gint *highest)
{
  gsize block = code->n_channels * code->inner;

  *lowest = G_MAXINT;
  *highest = G_MININT;
  for (gsize at = c * code->inner; at < code->n; at += block)
    for (gsize k = at; k < at + code->inner; k++) {
      *lowest = MIN (*lowest, code->codes[k]);
      *highest = MAX (*highest, code->codes[k]);
    }
}

/* How many codes are below lowest + i, for every i up to @n_levels */
static gsize *
count_below (const PtqWeightCode *code, guint c, gint lowest, guint n_levels)
{
  gsize block = code->n_channels * code->inner;
  gsize *below = g_new0 (gsize, n_levels + 1);

  for (gsize at = c * code->inner; at < code->n; at += block)
    for (gsize k = at; k < at + code->inner; k++)
      below[code->codes[k] - lowest + 1]++;
  for (guint i = 1; i <= n_levels; i++)
    below[i] += below[i - 1];
  return below;
}

/* The first of the places with the most codes in it */
static gint
find_start (const gsize *below, gint n_levels, gint width, gsize *n_inside)
{
  gint start = 0;

  *n_inside = 0;
  for (gint i = 0; i + width <= n_levels; i++)
    if (below[i + width] - below[i] > *n_inside) {
      *n_inside = below[i + width] - below[i];
      start = i;
    }
  return start;
}

static void
look_at_channel (const PtqWeightCode *code, guint c, Widths *widths)
{
  gint lowest, highest, n_levels;
  g_autofree gsize *below = NULL;

  find_limits (code, c, &lowest, &highest);
  n_levels = highest - lowest + 1;
  below = count_below (code, c, lowest, n_levels);
  for (gint bits = 1; bits <= MAX_BITS; bits++) {
    gint *start = &widths->starts[c * (MAX_BITS + 1) + bits];
    gsize n_inside;

    *start = lowest;
    if (n_levels <= 1 << bits)
      continue;
    *start += find_start (below, n_levels, 1 << bits, &n_inside);
    widths->n_apart[bits] += below[n_levels] - n_inside;
    if ((lowest - *start) >> bits < PTQ_APART_MIN_HIGH
        || (highest - *start) >> bits > PTQ_APART_MAX_HIGH)
      widths->usable[bits] = FALSE;
  }
}

static gint
choose_width (const PtqWeightCode *code, Widths *widths, gboolean apart)
{
  guint64 least = G_MAXUINT64;
  gint best = 0;

  for (gint bits = 1; bits <= MAX_BITS; bits++) {
    guint64 size = (guint64) code->n * bits;

    if (widths->n_apart[bits] > 0) {
      widths->n_apart[bits] += code->n / PTQ_APART_MAX_GAP;
      size += widths->n_apart[bits] * PTQ_APART_BITS;
    }
    if (!widths->usable[bits] || (!apart && widths->n_apart[bits] > 0)
        || size >= least)
      continue;
    least = size;
    best = bits;
  }
  return best;
}

static void
move_codes (PtqWeightCode *code, const Widths *widths)
{
  for (gsize i = 0; i < code->n; i++) {
    guint c = i / code->inner % code->n_channels;

    code->codes[i] -= widths->starts[c * (MAX_BITS + 1) + code->bits];
  }
  for (guint c = 0; c < code->n_channels; c++)
    code->offsets[c] = (gfloat) (code->offsets[c]
        + (gdouble) code->scales[c]
            * widths->starts[c * (MAX_BITS + 1) + code->bits]);
}

gboolean
ptq_code_window_choose (PtqWeightCode *code, gboolean apart)
{
  g_autofree gint *starts =
      g_new0 (gint, (gsize) code->n_channels * (MAX_BITS + 1));
  Widths widths = { 0 };

  widths.starts = starts;
  for (gint bits = 1; bits <= MAX_BITS; bits++)
    widths.usable[bits] = TRUE;
  for (guint c = 0; c < code->n_channels; c++)
    look_at_channel (code, c, &widths);
  code->bits = choose_width (code, &widths, apart);
  if (code->bits == 0)
    return FALSE;
  code->n_apart = widths.n_apart[code->bits];
  move_codes (code, &widths);
  return TRUE;
}
