/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Counting values into bins. A block at a time: the bins of its values are
 * computed in vectors, without those of zeros, which are half of all after a
 * ReLU, and then counted in several copies in turn, so that equal neighbours
 * do not wait for one another.
 */
#include <math.h>
#include <string.h>
#include "histogram-scan.h"

#if defined (__x86_64__)
#include <immintrin.h>
#endif

#define BLOCK 512
#define COPIES 4
#define N_BINS (PTQ_HISTOGRAM_SIDES * PTQ_HISTOGRAM_BINS)
/* What one thread takes at once, at least. Each needs copies of its own, which
 * are cleared and added up: that pays from some size on only. */
#define PART_SIZE (64 * 1024)
#define MAX_PARTS 16
#define MIN_SIZE_OF_COPIES (32 * 1024)

typedef guint32 PtqBins[N_BINS];
/* Writes the bins of the values that are not zero, and returns their number;
 * there is room for eight more. */
typedef gsize (*PtqFindBins) (const gfloat *data, gsize n, gfloat factor,
    gint32 *bins);

typedef struct
{
  const gfloat *data;
  gsize n;
  gsize n_parts;
  gfloat factor;
  PtqFindBins find_bins;
  guint n_copies;
  PtqBins (*bins)[COPIES];      /* of each part */
  gsize n_zero[MAX_PARTS];
} PtqBinning;

static gsize
find_bins_plainly (const gfloat *data, gsize n, gfloat factor, gint32 *bins)
{
  gsize kept = 0;

  for (gsize i = 0; i < n; i++) {
    gint32 bits;

    memcpy (&bits, &data[i], sizeof bits);
    bins[kept] = (gint32) (fabsf (data[i]) * factor)
        + ((bits >> 31) & PTQ_HISTOGRAM_BINS);
    kept += data[i] != 0;
  }
  return kept;
}

#if defined (__x86_64__)
/* For each set of eight lanes, where they go when they move together */
static guint32 pack_table[256][8];

static void
make_pack_table (void)
{
  static gsize once = 0;

  if (!g_once_init_enter (&once))
    return;
  for (guint set = 0; set < 256; set++) {
    guint n = 0;

    for (guint lane = 0; lane < 8; lane++) {
      if ((set & (1u << lane)) != 0)
        pack_table[set][n++] = lane;
    }
  }
  g_once_init_leave (&once, 1);
}

static __attribute__ ((target ("avx2,popcnt"))) gsize
find_bins_with_avx2 (const gfloat *data, gsize n, gfloat factor, gint32 *bins)
{
  const __m256 factors = _mm256_set1_ps (factor);
  const __m256i magnitude = _mm256_set1_epi32 (G_MAXINT32);
  const __m256i negative = _mm256_set1_epi32 (PTQ_HISTOGRAM_BINS);
  gsize i = 0, kept = 0;

  for (; i + 8 <= n; i += 8) {
    __m256 values = _mm256_loadu_ps (data + i);
    guint set = _mm256_movemask_ps (_mm256_cmp_ps (values,
            _mm256_setzero_ps (), _CMP_NEQ_OQ));
    __m256i bits = _mm256_castps_si256 (values);
    __m256 scaled = _mm256_mul_ps (factors,
        _mm256_castsi256_ps (_mm256_and_si256 (bits, magnitude)));
    __m256i bin = _mm256_add_epi32 (_mm256_cvttps_epi32 (scaled),
        _mm256_and_si256 (_mm256_srai_epi32 (bits, 31), negative));
    __m256i order = _mm256_loadu_si256 ((const __m256i *) pack_table[set]);

    _mm256_storeu_si256 ((__m256i *) (bins + kept),
        _mm256_permutevar8x32_epi32 (bin, order));
    kept += __builtin_popcount (set);
  }
  return kept + find_bins_plainly (data + i, n - i, factor, bins + kept);
}
#endif

static PtqFindBins
choose_find_bins (void)
{
#if defined (__x86_64__)
  if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("popcnt")) {
    make_pack_table ();
    return find_bins_with_avx2;
  }
#endif
  return find_bins_plainly;
}

static void
count (PtqBins *copies, guint n_copies, const gint32 *bins, gsize n)
{
  gsize i = 0;

  for (; n_copies == COPIES && i + COPIES <= n; i += COPIES) {
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
  gsize n_kept = 0;

  memset (binning->bins[part], 0, binning->n_copies * sizeof (PtqBins));
  for (gsize i = begin; i < end; i += BLOCK) {
    gint32 bins[BLOCK + 8];
    gsize n = binning->find_bins (binning->data + i, MIN (BLOCK, end - i),
        binning->factor, bins);

    count (binning->bins[part], binning->n_copies, bins, n);
    n_kept += n;
  }
  binning->n_zero[part] = end - begin - n_kept;
}

static void
collect_part (PtqHistogram *self, const PtqBinning *binning, gsize part)
{
  guint64 *counts = &self->counts[0][0];
  PtqBins *copies = binning->bins[part];

  for (guint copy = 0; copy < binning->n_copies; copy++) {
    for (gsize i = 0; i < N_BINS; i++)
      counts[i] += copies[copy][i];
  }
  self->n_zero += binning->n_zero[part];
}

void
ptq_histogram_scan (PtqHistogram *self, const gfloat *data, gsize n,
    PtqParallel *parallel)
{
  PtqBinning binning = { .data = data, .n = n };

  binning.n_parts = CLAMP (n / PART_SIZE, 1,
      MIN (g_get_num_processors (), MAX_PARTS));
  binning.n_copies = n >= MIN_SIZE_OF_COPIES ? COPIES : 1;
  binning.find_bins = choose_find_bins ();
  /* A power of two: the product is exact. */
  binning.factor = ldexpf (1, -self->exponent);
  binning.bins = g_malloc_n (binning.n_parts, sizeof *binning.bins);
  ptq_parallel_for (parallel, binning.n_parts, scan_part, &binning);
  for (gsize i = 0; i < binning.n_parts; i++)
    collect_part (self, &binning, i);
  g_free (binning.bins);
}
