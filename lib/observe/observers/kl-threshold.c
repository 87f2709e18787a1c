/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The search for a clipping threshold by relative entropy (S. Migacz, "8-bit
 * inference with TensorRT", 2017).
 */
#include <math.h>
#include "kl-threshold.h"

/* In every bin from the start, so that none is empty */
#define SMOOTHING 1e-7

typedef struct
{
  guint n; /* bins in use */
  gdouble p[PTQ_HISTOGRAM_BINS];
  /* Sums of p and of p ln p over the bins before */
  gdouble sum[PTQ_HISTOGRAM_BINS + 1];
  gdouble entropy[PTQ_HISTOGRAM_BINS + 1];
} PtqMagnitudes;

static void
read_magnitudes (PtqMagnitudes *self, const PtqHistogram *histogram)
{
  self->n = 0;
  self->sum[0] = self->entropy[0] = 0;
  for (guint i = 0; i < PTQ_HISTOGRAM_BINS; i++) {
    guint64 count = histogram->counts[PTQ_HISTOGRAM_POSITIVE][i]
        + histogram->counts[PTQ_HISTOGRAM_NEGATIVE][i];

    if (count > 0)
      self->n = i + 1;
    self->p[i] = count + SMOOTHING;
    self->sum[i + 1] = self->sum[i] + self->p[i];
    self->entropy[i + 1] = self->entropy[i] + self->p[i] * log (self->p[i]);
  }
}

/* The mass before a place between bins: a bin's is spread evenly in it. */
static gdouble
mass_before (const PtqMagnitudes *self, gdouble place)
{
  guint bin = place;

  return self->sum[bin] + (bin < self->n ? (place - bin) * self->p[bin] : 0);
}

/* The sum over the first @n_kept bins of p ln q, where q is what is left of p
 * when these bins are joined to @n_levels groups of equal width, whose mass is
 * then spread evenly. A bin at a border has its share of both groups. */
static gdouble
cross_entropy (
    const PtqMagnitudes *self, guint n_kept, guint n_levels, gdouble tail)
{
  gdouble width = (gdouble) n_kept / n_levels;
  gdouble result = 0, mass = 0, density = 0;
  guint bin = 0;

  for (guint i = 1; i <= n_levels; i++) {
    gdouble end = i == n_levels ? n_kept : i * width;
    gdouble mass_at_end = mass_before (self, end);
    gdouble next = (mass_at_end - mass) / width;
    guint last = end;
    gdouble begin = (i - 1) * width;

    if (begin > bin) { /* a bin shared with the group before */
      gdouble share = begin - bin;
      gdouble q = share * density + (1 - share) * next;

      result += self->p[bin] * log (q);
      bin++;
    }
    result += (self->sum[last] - self->sum[bin]) * log (next);
    bin = last;
    density = next;
    mass = mass_at_end;
  }
  return result + tail * log (density);
}

/* Relative entropy between the values clipped after @n_kept bins and what
 * @n_levels leave of them */
static gdouble
divergence (const PtqMagnitudes *self, guint n_kept, guint n_levels)
{
  gdouble total = self->sum[self->n];
  gdouble tail = total - self->sum[n_kept];
  gdouble last = self->p[n_kept - 1] + tail;
  gdouble entropy = self->entropy[n_kept - 1] + last * log (last);

  return (entropy - cross_entropy (self, n_kept, n_levels, tail)) / total
      + log (self->sum[n_kept] / total);
}

/**
 * ptq_kl_threshold:
 * @histogram: a histogram; zeros, which every scale represents, do not count
 * @n_levels: number of steps from zero to the threshold
 *
 * For each number i of bins from @n_levels on, the distribution P of the
 * magnitudes clipped there is compared with Q, the one that is left when the
 * bins are joined to @n_levels groups: the sum of p ln (p / q) is to be least.
 * The threshold is i + 1/2 bins.
 *
 * Returns: the threshold, 0 when all values are zero
 */
gdouble
ptq_kl_threshold (const PtqHistogram *histogram, guint n_levels)
{
  g_autofree PtqMagnitudes *magnitudes = g_new (PtqMagnitudes, 1);
  gdouble width = ptq_histogram_get_width (histogram);
  gdouble least = G_MAXDOUBLE;
  guint best;

  read_magnitudes (magnitudes, histogram);
  if (magnitudes->n == 0)
    return 0;
  best = magnitudes->n;
  for (guint i = n_levels; i < magnitudes->n; i++) {
    gdouble found = divergence (magnitudes, i, n_levels);

    if (found < least) {
      least = found;
      best = i;
    }
  }
  return best < magnitudes->n ? (best + 0.5) * width : best * width;
}
