/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Quartiles, moments and likeness of tensors.
 */
#include "tensor-statistics.h"

#include <math.h>

static void
swap (gfloat *data, gssize i, gssize j)
{
  gfloat kept = data[i];

  data[i] = data[j];
  data[j] = kept;
}

/* The middle one of three elements of @first to @last */
static gfloat
choose_pivot (const gfloat *data, gssize first, gssize last)
{
  gfloat a = data[first];
  gfloat b = data[first + (last - first) / 2];
  gfloat c = data[last];

  return MAX (MIN (a, b), MIN (MAX (a, b), c));
}

/* Brings the element of rank @k to its place, none larger before it and none
 * smaller behind (Hoare's selection, linear time as a rule). Returns it. */
static gfloat
place (gfloat *data, gsize n, gsize k)
{
  gssize first = 0, last = (gssize) n - 1, rank = k;

  while (first < last) {
    gfloat pivot = choose_pivot (data, first, last);
    gssize i = first, j = last;

    while (i <= j) {
      while (data[i] < pivot)
        i++;
      while (data[j] > pivot)
        j--;
      if (i <= j)
        swap (data, i++, j--);
    }
    if (rank <= j)
      last = j;
    else if (rank >= i)
      first = i;
    else
      break;
  }
  return data[k];
}

static gfloat
smallest (const gfloat *data, gsize n)
{
  gfloat min = data[0];

  for (gsize i = 1; i < n; i++)
    min = MIN (min, data[i]);
  return min;
}

/* The value below which the share @p of all lies, linear between the two
 * ranks next to it (type 7 of Hyndman and Fan 1996) */
static gdouble
quantile (gfloat *data, gsize n, gdouble p)
{
  gdouble at = p * (n - 1);
  gsize k = (gsize) at;
  gdouble low = (gdouble) place (data, n, k);
  gdouble high = low;

  if (at > k)
    high = (gdouble) smallest (data + k + 1, n - k - 1);
  return low + (at - k) * (high - low);
}

static gdouble
find_mean (const gfloat *data, gsize n)
{
  gdouble sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += (gdouble) data[i];
  return sum / n;
}

static gdouble
find_variance (const gfloat *data, gsize n, gdouble mean)
{
  gdouble sum = 0;

  for (gsize i = 0; i < n; i++) {
    gdouble deviation = (gdouble) data[i] - mean;

    sum += deviation * deviation;
  }
  return sum / n;
}

void
ptq_tensor_statistics_take (PtqTensorStatistics *self, gfloat *data, gsize n)
{
  gfloat min = data[0], max = data[0];
  gsize n_zeros = 0;

  for (gsize i = 0; i < n; i++) {
    min = MIN (min, data[i]);
    max = MAX (max, data[i]);
    n_zeros += data[i] == 0;
  }
  self->min = (gdouble) min;
  self->max = (gdouble) max;
  self->sparsity = (gdouble) n_zeros / n;
  self->mean = find_mean (data, n);
  self->variance = find_variance (data, n, self->mean);
  self->q1 = quantile (data, n, 0.25);
  self->median = quantile (data, n, 0.5);
  self->q3 = quantile (data, n, 0.75);
}

gdouble
ptq_tensor_clip_share (const gfloat *data, gsize n, gdouble min, gdouble max)
{
  gsize n_outside = 0;

  for (gsize i = 0; i < n; i++)
    n_outside += (gdouble) data[i] < min || (gdouble) data[i] > max;
  return (gdouble) n_outside / n;
}

gdouble
ptq_tensor_cosine (const gfloat *a, const gfloat *b, gsize n)
{
  gdouble dot = 0, aa = 0, bb = 0;

  for (gsize i = 0; i < n; i++) {
    dot += (gdouble) a[i] * (gdouble) b[i];
    aa += (gdouble) a[i] * (gdouble) a[i];
    bb += (gdouble) b[i] * (gdouble) b[i];
  }
  if (aa == 0 && bb == 0)
    return 1;
  if (aa == 0 || bb == 0)
    return 0;
  return dot / (sqrt (aa) * sqrt (bb));
}
