/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Counting values into bins, in one pass over them. A block at a time: the
 * bins of its values are computed in vectors, without those of zeros, which
 * are half of all after a ReLU, and then counted in two copies in turn, so
 * that equal neighbours do not wait for one another. More copies would not
 * stay in the nearest cache.
 */
#include <math.h>
#include <string.h>
#include "activation-histogram.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define BLOCK 512
#define COPIES 2
#define LANES 8
/* PTQ_HISTOGRAM_BINS is 2 to the power of this. */
#define BINS_EXPONENT 11
#define N_BINS (PTQ_HISTOGRAM_SIDES * PTQ_HISTOGRAM_BINS)
/* What one thread takes at once, at least */
#define PART_SIZE (32 * 1024)
#define MAX_PARTS 64
#define BITS_OF_INFINITY 0x7f800000

G_STATIC_ASSERT (PTQ_HISTOGRAM_BINS == 1 << BINS_EXPONENT);

/* All 0 between two parts of work; each thread has its own. */
typedef guint32 PtqBins[COPIES][N_BINS];

static GPrivate bins_of_thread = G_PRIVATE_INIT (g_free);

/* What find_bins() finds of many blocks: the range lane by lane, and of the
 * last block alone the bits of the largest magnitude, which order as it does,
 * with infinity and NaN above all others */
typedef struct
{
  gfloat min[LANES];
  gfloat max[LANES];
  gint32 magnitude;
} PtqFound;

/* Writes the bins of the values that are not zero, and returns their number;
 * there is room for LANES more. */
typedef gsize (*PtqFindBins) (
    const gfloat *data, gsize n, gfloat factor, gint32 *bins, PtqFound *found);

typedef struct
{
  PtqActivationHistogram *tally;
  GMutex lock; /* of the tally */
  const gfloat *data;
  gsize n;
  gsize n_parts;
  PtqFindBins find_bins;
  gint exponent;   /* that the parts begin with */
  gint not_finite; /* atomic */
} PtqBinning;

typedef struct
{
  PtqBinning *binning;
  PtqBins *bins;
  gint exponent; /* of the bins */
  gfloat factor;
  gsize n_zero;
  PtqFound found;
} PtqPart;

static gsize
find_bins_plainly (
    const gfloat *data, gsize n, gfloat factor, gint32 *bins, PtqFound *found)
{
  gsize kept = 0;

  for (gsize i = 0; i < n; i++) {
    gint32 bits, magnitude;

    memcpy (&bits, &data[i], sizeof bits);
    magnitude = bits & G_MAXINT32;
    found->magnitude = MAX (found->magnitude, magnitude);
    found->min[0] = MIN (found->min[0], data[i]);
    found->max[0] = MAX (found->max[0], data[i]);
    /* What does not fit in an int is not counted. */
    bins[kept] = (gint32) MIN (fabsf (data[i]) * factor, N_BINS)
        + ((bits >> 31) & PTQ_HISTOGRAM_BINS);
    kept += data[i] != 0;
  }
  return kept;
}

#if defined(__x86_64__)
/* For each set of lanes, where they go when they move together */
static guint32 pack_table[1 << LANES][LANES];

static void
make_pack_table (void)
{
  static gsize once = 0;

  if (!g_once_init_enter (&once))
    return;
  for (guint set = 0; set < 1 << LANES; set++) {
    guint n = 0;

    for (guint lane = 0; lane < LANES; lane++) {
      if ((set & (1u << lane)) != 0)
        pack_table[set][n++] = lane;
    }
  }
  g_once_init_leave (&once, 1);
}

static __attribute__ ((target ("avx2"))) gint32
largest_of_lanes (__m256i lanes)
{
  gint32 values[LANES], largest = 0;

  _mm256_storeu_si256 ((__m256i *) values, lanes);
  for (guint i = 0; i < LANES; i++)
    largest = MAX (largest, values[i]);
  return largest;
}

static __attribute__ ((target ("avx2,popcnt"))) gsize
find_bins_with_avx2 (
    const gfloat *data, gsize n, gfloat factor, gint32 *bins, PtqFound *found)
{
  const __m256 factors = _mm256_set1_ps (factor);
  const __m256i no_sign = _mm256_set1_epi32 (G_MAXINT32);
  const __m256i negative = _mm256_set1_epi32 (PTQ_HISTOGRAM_BINS);
  __m256 min = _mm256_loadu_ps (found->min);
  __m256 max = _mm256_loadu_ps (found->max);
  __m256i largest = _mm256_setzero_si256 ();
  gsize i = 0, kept = 0;

  for (; i + LANES <= n; i += LANES) {
    __m256 values = _mm256_loadu_ps (data + i);
    guint set = _mm256_movemask_ps (
        _mm256_cmp_ps (values, _mm256_setzero_ps (), _CMP_NEQ_OQ));
    __m256i bits = _mm256_castps_si256 (values);
    __m256i magnitude = _mm256_and_si256 (bits, no_sign);
    __m256 scaled = _mm256_mul_ps (factors, _mm256_castsi256_ps (magnitude));
    __m256i bin = _mm256_add_epi32 (_mm256_cvttps_epi32 (scaled),
        _mm256_and_si256 (_mm256_srai_epi32 (bits, 31), negative));
    __m256i order = _mm256_loadu_si256 ((const __m256i *) pack_table[set]);

    min = _mm256_min_ps (min, values);
    max = _mm256_max_ps (max, values);
    largest = _mm256_max_epi32 (largest, magnitude);
    _mm256_storeu_si256 (
        (__m256i *) (bins + kept), _mm256_permutevar8x32_epi32 (bin, order));
    kept += __builtin_popcount (set);
  }
  _mm256_storeu_ps (found->min, min);
  _mm256_storeu_ps (found->max, max);
  found->magnitude = MAX (found->magnitude, largest_of_lanes (largest));
  return kept + find_bins_plainly (data + i, n - i, factor, bins + kept, found);
}
#endif

static PtqFindBins
choose_find_bins (void)
{
#if defined(__x86_64__)
  if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("popcnt")) {
    make_pack_table ();
    return find_bins_with_avx2;
  }
#endif
  return find_bins_plainly;
}

static PtqBins *
get_bins_of_thread (void)
{
  PtqBins *bins = g_private_get (&bins_of_thread);

  if (bins == NULL) {
    bins = g_malloc0 (sizeof *bins);
    g_private_set (&bins_of_thread, bins);
  }
  return bins;
}

/* Two bins are read at once, in whatever order: reading is what limits. */
static void
count (PtqBins *copies, const gint32 *bins, gsize n)
{
  gsize i = 0;

  for (; i + 4 <= n; i += 4) {
    guint64 pairs[2];

    memcpy (pairs, bins + i, sizeof pairs);
    (*copies)[0][pairs[0] & G_MAXUINT32]++;
    (*copies)[1][pairs[0] >> 32]++;
    (*copies)[0][pairs[1] & G_MAXUINT32]++;
    (*copies)[1][pairs[1] >> 32]++;
  }
  for (; i < n; i++)
    (*copies)[0][bins[i]]++;
}

guint
ptq_activation_histogram_count_used (gfloat magnitude, gint exponent)
{
  if (magnitude <= 0)
    return 0;
  return MIN (ldexpf (magnitude, -exponent), PTQ_HISTOGRAM_BINS - 1) + 1;
}

/* Moves what the copies hold of a side */
static void
take_side (PtqBins *bins, PtqHistogramSide side, guint n, guint32 *counts)
{
  gsize first = side * PTQ_HISTOGRAM_BINS;

  for (guint i = 0; i < n; i++) {
    guint32 sum = 0;

    for (guint copy = 0; copy < COPIES; copy++)
      sum += (*bins)[copy][first + i];
    counts[i] += sum;
  }
  for (guint copy = 0; copy < COPIES; copy++)
    memset (&(*bins)[copy][first], 0, n * sizeof (guint32));
}

static void
widen_side (guint32 *counts, guint shift)
{
  for (guint i = 0; i < PTQ_HISTOGRAM_BINS; i++) {
    guint32 count = counts[i];

    counts[i] = 0;
    counts[shift < 32 ? i >> shift : 0] += count;
  }
}

static void
widen (PtqActivationHistogram *self, gint exponent)
{
  for (guint side = 0; side < PTQ_HISTOGRAM_SIDES; side++)
    widen_side (self->counts[side], exponent - self->exponent);
  self->exponent = exponent;
}

/* Moves the counts to the tally, whose bins are as wide or wider */
static void
flush_side (PtqPart *self, PtqHistogramSide side, gfloat magnitude)
{
  PtqActivationHistogram *tally = self->binning->tally;
  guint n = ptq_activation_histogram_count_used (magnitude, self->exponent);
  guint shift = tally->exponent - self->exponent;
  guint32 counts[PTQ_HISTOGRAM_BINS] = { 0 };

  if (shift == 0) {
    take_side (self->bins, side, n, tally->counts[side]);
    return;
  }
  take_side (self->bins, side, n, counts);
  for (guint i = 0; i < n; i++)
    tally->counts[side][shift < 32 ? i >> shift : 0] += counts[i];
}

static void
flush (PtqPart *self)
{
  PtqBinning *binning = self->binning;
  PtqActivationHistogram *tally = binning->tally;
  gfloat min = self->found.min[0], max = self->found.max[0];

  for (guint i = 1; i < LANES; i++) {
    min = MIN (min, self->found.min[i]);
    max = MAX (max, self->found.max[i]);
  }
  g_mutex_lock (&binning->lock);
  if (self->exponent > tally->exponent)
    widen (tally, self->exponent);
  flush_side (self, PTQ_HISTOGRAM_POSITIVE, max);
  flush_side (self, PTQ_HISTOGRAM_NEGATIVE, -min);
  tally->min = MIN (tally->min, min);
  tally->max = MAX (tally->max, max);
  tally->n_zero += self->n_zero;
  g_mutex_unlock (&binning->lock);
  self->n_zero = 0;
}

/* A power of two: products with it are exact. */
static void
set_exponent (PtqPart *self, gint exponent)
{
  self->exponent = exponent;
  self->factor = ldexpf (1, -exponent);
}

/* FALSE when the values are not finite; none of them is counted then. */
static gboolean
find_bins (
    PtqPart *self, const gfloat *data, gsize n, gint32 *bins, gsize *n_kept)
{
  PtqFound *found = &self->found;
  gfloat largest;
  gint exponent;

  found->magnitude = 0;
  *n_kept = self->binning->find_bins (data, n, self->factor, bins, found);
  if (found->magnitude >= BITS_OF_INFINITY)
    return FALSE;
  memcpy (&largest, &found->magnitude, sizeof largest);
  exponent = ptq_activation_histogram_exponent_for (largest);
  if (exponent <= self->exponent)
    return TRUE;
  flush (self);
  set_exponent (self, exponent);
  self->binning->find_bins (data, n, self->factor, bins, found);
  return TRUE;
}

static gboolean
scan_block (PtqPart *self, const gfloat *data, gsize n)
{
  gint32 bins[BLOCK + LANES];
  gsize n_kept;

  if (!find_bins (self, data, n, bins, &n_kept))
    return FALSE;
  count (self->bins, bins, n_kept);
  self->n_zero += n - n_kept;
  return TRUE;
}

static void
scan_part (guint index, gpointer user_data)
{
  PtqBinning *binning = user_data;
  gsize begin = binning->n * index / binning->n_parts;
  gsize end = binning->n * (index + 1) / binning->n_parts;
  PtqPart part = { .binning = binning, .bins = get_bins_of_thread () };
  gboolean finite = TRUE;

  for (guint i = 0; i < LANES; i++) {
    part.found.min[i] = G_MAXFLOAT;
    part.found.max[i] = -G_MAXFLOAT;
  }
  set_exponent (&part, binning->exponent);
  for (gsize i = begin; finite && i < end; i += BLOCK)
    finite = scan_block (&part, binning->data + i, MIN (BLOCK, end - i));
  flush (&part);
  if (!finite)
    g_atomic_int_set (&binning->not_finite, TRUE);
}

/* frexp() gives the power of two that @magnitude is below. */
gint
ptq_activation_histogram_exponent_for (gfloat magnitude)
{
  gint exponent;

  if (magnitude == 0)
    return PTQ_ACTIVATION_HISTOGRAM_MIN_EXPONENT;
  frexpf (magnitude, &exponent);
  return MAX (exponent - BINS_EXPONENT, PTQ_ACTIVATION_HISTOGRAM_MIN_EXPONENT);
}

void
ptq_activation_histogram_clear (PtqActivationHistogram *self, gint exponent)
{
  memset (self, 0, sizeof *self);
  self->exponent = exponent;
  self->min = G_MAXFLOAT;
  self->max = -G_MAXFLOAT;
}

gboolean
ptq_activation_histogram_add (PtqActivationHistogram *self, const gfloat *data,
    gsize n, PtqParallel *parallel)
{
  PtqBinning binning = { .tally = self, .data = data, .n = n };

  g_mutex_init (&binning.lock);
  binning.exponent = self->exponent;
  binning.n_parts = CLAMP (n / PART_SIZE, 1, MAX_PARTS);
  binning.find_bins = choose_find_bins ();
  ptq_parallel_for (parallel, binning.n_parts, scan_part, &binning);
  g_mutex_clear (&binning.lock);
  self->n += n;
  return !binning.not_finite;
}
