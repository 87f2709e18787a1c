/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The range of many values in one pass, at the speed of memory.
 *
 * A float's bits, with all but the sign inverted where it is set, order as
 * the float does when taken as a signed integer, with NaNs and infinities at
 * both ends. So two integer reductions find minimum, maximum and whatever is
 * not finite, and compilers turn those into vector instructions, which they
 * may not do with comparisons of floats.
 */
#include <string.h>
#include "value-range.h"

/* What one thread takes at once. Waking another one costs as much as reading
 * some hundred thousand values. */
#define PART_SIZE (128 * 1024)
#define MAX_PARTS 64

#define KEY_INFINITY 0x7f800000
#define KEY_MINUS_INFINITY (~KEY_INFINITY)

typedef struct
{
  gint32 min;
  gint32 max;
} PtqKeyRange;

typedef struct
{
  const gfloat *data;
  gsize n;
  gsize n_parts;
  PtqKeyRange parts[MAX_PARTS];
} PtqScan;

static inline gint32
to_key (gint32 bits)
{
  return bits ^ ((bits >> 31) & G_MAXINT32);
}

static gfloat
from_key (gint32 key)
{
  gint32 bits = to_key (key);
  gfloat value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

static inline __attribute__ ((always_inline)) PtqKeyRange
scan_keys (const gfloat *data, gsize n)
{
  PtqKeyRange range = { G_MAXINT32, G_MININT32 };

  for (gsize i = 0; i < n; i++) {
    gint32 key;

    memcpy (&key, &data[i], sizeof key);
    key = to_key (key);
    range.min = key < range.min ? key : range.min;
    range.max = key > range.max ? key : range.max;
  }
  return range;
}

static PtqKeyRange
scan_plainly (const gfloat *data, gsize n)
{
  return scan_keys (data, n);
}

#if defined(__x86_64__)
static __attribute__ ((target ("avx2"))) PtqKeyRange
scan_with_avx2 (const gfloat *data, gsize n)
{
  return scan_keys (data, n);
}
#endif

static void
scan_part (guint i, gpointer user_data)
{
  PtqScan *scan = user_data;
  gsize begin = scan->n * i / scan->n_parts;
  gsize end = scan->n * (i + 1) / scan->n_parts;

#if defined(__x86_64__)
  if (__builtin_cpu_supports ("avx2")) {
    scan->parts[i] = scan_with_avx2 (scan->data + begin, end - begin);
    return;
  }
#endif
  scan->parts[i] = scan_plainly (scan->data + begin, end - begin);
}

gboolean
ptq_value_range_scan (const gfloat *data, gsize n, PtqParallel *parallel,
    gfloat *min, gfloat *max)
{
  PtqScan scan = { .data = data, .n = n };
  PtqKeyRange range;

  scan.n_parts = CLAMP (n / PART_SIZE, 1, MAX_PARTS);
  ptq_parallel_for (parallel, scan.n_parts, scan_part, &scan);
  range = scan.parts[0];
  for (gsize i = 1; i < scan.n_parts; i++) {
    range.min = MIN (range.min, scan.parts[i].min);
    range.max = MAX (range.max, scan.parts[i].max);
  }
  if (range.max >= KEY_INFINITY || range.min <= KEY_MINUS_INFINITY)
    return FALSE;
  *min = from_key (range.min);
  *max = from_key (range.max);
  return TRUE;
}
