/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Counting values into bins. A block at a time: the bins of all its values are
 * computed in vectors, those of zeros are left out, as they are half of all
 * after a ReLU, and the rest are counted in several copies in turn, so that
 * equal neighbours do not wait for one another.
 */
#include <math.h>
#include <string.h>
#include "histogram-scan.h"

#define BLOCK 512
#define COPIES 4
#define N_BINS (PTQ_HISTOGRAM_SIDES * PTQ_HISTOGRAM_BINS)
/* What one thread takes at once */
#define PART_SIZE (32 * 1024)
#define MAX_PARTS 16

typedef guint32 PtqBins[N_BINS];

typedef struct
{
  const gfloat *data;
  gsize n;
  gsize n_parts;
  gfloat factor;
  PtqBins (*bins)[COPIES];      /* of each part */
  gsize n_zero[MAX_PARTS];
} PtqBinning;

static inline __attribute__ ((always_inline)) void
find_bins (const gfloat *data, gsize n, gfloat factor, gint32 *bins)
{
  for (gsize i = 0; i < n; i++) {
    gint32 bits;

    memcpy (&bits, &data[i], sizeof bits);
    bins[i] = (gint32) (fabsf (data[i]) * factor)
        + ((bits >> 31) & PTQ_HISTOGRAM_BINS);
  }
}

static void
find_bins_plainly (const gfloat *data, gsize n, gfloat factor, gint32 *bins)
{
  find_bins (data, n, factor, bins);
}

#if defined (__x86_64__)
static __attribute__ ((target ("avx2"))) void
find_bins_with_avx2 (const gfloat *data, gsize n, gfloat factor, gint32 *bins)
{
  find_bins (data, n, factor, bins);
}
#endif

static gsize
drop_zeros (const gfloat *data, gsize n, gint32 *bins)
{
  gsize kept = 0;

  for (gsize i = 0; i < n; i++) {
    bins[kept] = bins[i];
    kept += data[i] != 0;
  }
  return kept;
}

static void
count (PtqBins *copies, const gint32 *bins, gsize n)
{
  gsize i = 0;

  for (; i + COPIES <= n; i += COPIES) {
    copies[0][bins[i]]++;
    copies[1][bins[i + 1]]++;
    copies[2][bins[i + 2]]++;
    copies[3][bins[i + 3]]++;
  }
  for (; i < n; i++)
    copies[0][bins[i]]++;
}

static void
scan_part (guint part, gpointer user_data)
{
  PtqBinning *binning = user_data;
  gsize begin = binning->n * part / binning->n_parts;
  gsize end = binning->n * (part + 1) / binning->n_parts;
  void (*find) (const gfloat *, gsize, gfloat, gint32 *) = find_bins_plainly;
  gsize n_kept = 0;

#if defined (__x86_64__)
  if (__builtin_cpu_supports ("avx2"))
    find = find_bins_with_avx2;
#endif
  for (gsize i = begin; i < end; i += BLOCK) {
    gsize n = MIN (BLOCK, end - i);
    gint32 bins[BLOCK];

    find (binning->data + i, n, binning->factor, bins);
    n = drop_zeros (binning->data + i, n, bins);
    count (binning->bins[part], bins, n);
    n_kept += n;
  }
  binning->n_zero[part] = end - begin - n_kept;
}

static void
collect_part (PtqHistogram *self, const PtqBinning *binning, gsize part)
{
  guint64 *counts = &self->counts[0][0];
  PtqBins *copies = binning->bins[part];

  for (gsize i = 0; i < N_BINS; i++)
    counts[i] += (guint64) copies[0][i] + copies[1][i] + copies[2][i]
        + copies[3][i];
  self->n_zero += binning->n_zero[part];
}

void
ptq_histogram_scan (PtqHistogram *self, const gfloat *data, gsize n,
    PtqParallel *parallel)
{
  PtqBinning binning = { .data = data, .n = n };

  binning.n_parts = CLAMP (n / PART_SIZE, 1, MAX_PARTS);
  /* A power of two: the product is exact. */
  binning.factor = ldexpf (1, -self->exponent);
  binning.bins = g_malloc0_n (binning.n_parts, sizeof *binning.bins);
  ptq_parallel_for (parallel, binning.n_parts, scan_part, &binning);
  for (gsize i = 0; i < binning.n_parts; i++)
    collect_part (self, &binning, i);
  g_free (binning.bins);
}
