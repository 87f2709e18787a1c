/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * MAX_MIN by channel, with the first two moments: what equalization needs.
 */
#include "ptq-channel-observer.h"
#include "finite.h"

#include <math.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* Values whose float sums are exact enough; their totals are kept in double. */
#define BLOCK 256
#define N_LANES 8
/* Below this many values threads cost more than they save. */
#define MIN_PARALLEL 16384

struct _PtqChannelObserver
{
  PtqObserver parent_instance;

  guint n_channels;
  gsize inner;
  guint64 n_counted; /* values a channel */
  guint64 n_pending;
  PtqChannel *counted;
  PtqChannel *pending;
};

G_DEFINE_FINAL_TYPE (
    PtqChannelObserver, ptq_channel_observer, PTQ_TYPE_OBSERVER)

static const PtqChannel empty = { G_MAXFLOAT, -G_MAXFLOAT, 0, 0 };

/* The sums of a block, lane by lane */
typedef struct
{
  gfloat min[N_LANES];
  gfloat max[N_LANES];
  gfloat sum[N_LANES];
  gfloat squares[N_LANES];
} Lanes;

/* Adds @n values, the first of them to the first lane. */
typedef void (*AddFunc) (Lanes *lanes, const gfloat *data, gsize n);

/* One call of observe() */
typedef struct
{
  PtqChannelObserver *self;
  const gfloat *data;
  gsize outer;
  guint n_tasks;
  AddFunc add;
  gint not_finite; /* atomic */
} Scan;

static void
clear (PtqChannel *channels, guint n)
{
  for (guint c = 0; c < n; c++)
    channels[c] = empty;
}

static void
extend (PtqChannel *channel, const PtqChannel *other)
{
  channel->min = MIN (channel->min, other->min);
  channel->max = MAX (channel->max, other->max);
  channel->sum += other->sum;
  channel->sum_of_squares += other->sum_of_squares;
}

static void
add_value (Lanes *lanes, guint lane, gfloat value)
{
  lanes->min[lane] = MIN (lanes->min[lane], value);
  lanes->max[lane] = MAX (lanes->max[lane], value);
  lanes->sum[lane] += value;
  lanes->squares[lane] += value * value;
}

/* The results of each lane are sums of their own: the order of adding, and so
 * the result, is the same with vectors and without. */
static void
add_plainly (Lanes *lanes, const gfloat *data, gsize n)
{
  gsize i = 0;

  for (; i + N_LANES <= n; i += N_LANES) {
    for (guint lane = 0; lane < N_LANES; lane++)
      add_value (lanes, lane, data[i + lane]);
  }
  for (guint lane = 0; i < n; i++, lane++)
    add_value (lanes, lane, data[i]);
}

#if defined(__x86_64__)
static __attribute__ ((target ("avx2"))) void
add_with_avx2 (Lanes *lanes, const gfloat *data, gsize n)
{
  __m256 min = _mm256_loadu_ps (lanes->min);
  __m256 max = _mm256_loadu_ps (lanes->max);
  __m256 sum = _mm256_loadu_ps (lanes->sum);
  __m256 squares = _mm256_loadu_ps (lanes->squares);
  gsize i = 0;

  for (; i + N_LANES <= n; i += N_LANES) {
    __m256 values = _mm256_loadu_ps (data + i);

    min = _mm256_min_ps (values, min);
    max = _mm256_max_ps (values, max);
    sum = _mm256_add_ps (sum, values);
    squares = _mm256_add_ps (squares, _mm256_mul_ps (values, values));
  }
  _mm256_storeu_ps (lanes->min, min);
  _mm256_storeu_ps (lanes->max, max);
  _mm256_storeu_ps (lanes->sum, sum);
  _mm256_storeu_ps (lanes->squares, squares);
  add_plainly (lanes, data + i, n - i);
}
#endif

static AddFunc
choose_add (void)
{
#if defined(__x86_64__)
  if (__builtin_cpu_supports ("avx2"))
    return add_with_avx2;
#endif
  return add_plainly;
}

static void
scan_block (AddFunc add, const gfloat *data, gsize n, PtqChannel *channel)
{
  Lanes lanes = { .sum = { 0 } };

  for (guint k = 0; k < N_LANES; k++) {
    lanes.min[k] = G_MAXFLOAT;
    lanes.max[k] = -G_MAXFLOAT;
  }
  add (&lanes, data, n);
  for (guint k = 0; k < N_LANES; k++) {
    PtqChannel part = { lanes.min[k], lanes.max[k], lanes.sum[k],
      lanes.squares[k] };

    extend (channel, &part);
  }
}

static gboolean
scan_channel (AddFunc add, const gfloat *data, gsize n, PtqChannel *channel)
{
  for (gsize at = 0; at < n; at += BLOCK)
    scan_block (add, data + at, MIN (BLOCK, n - at), channel);
  /* A sum is finite when all its terms are; the other way round only almost:
   * squares overflow above 1e19. */
  return isfinite (channel->sum_of_squares) || ptq_all_finite (data, n);
}

static void
scan_task (guint task, gpointer user_data)
{
  Scan *scan = user_data;
  PtqChannelObserver *self = scan->self;
  guint first = (guint64) self->n_channels * task / scan->n_tasks;
  guint end = (guint64) self->n_channels * (task + 1) / scan->n_tasks;

  for (gsize o = 0; o < scan->outer; o++)
    for (guint c = first; c < end; c++) {
      gsize at = (o * self->n_channels + c) * self->inner;

      if (!scan_channel (
              scan->add, scan->data + at, self->inner, &self->pending[c]))
        g_atomic_int_set (&scan->not_finite, TRUE);
    }
}

static gboolean
ptq_channel_observer_observe (
    PtqObserver *observer, const gfloat *data, gsize n, PtqParallel *parallel)
{
  PtqChannelObserver *self = PTQ_CHANNEL_OBSERVER (observer);
  Scan scan = { self, data, n / (self->n_channels * self->inner), 1,
    choose_add (), FALSE };

  if (parallel != NULL && n >= MIN_PARALLEL) {
    scan.n_tasks = MIN (self->n_channels, 16);
    ptq_parallel_for (parallel, scan.n_tasks, scan_task, &scan);
  } else {
    scan_task (0, &scan);
  }
  self->n_pending += scan.outer * self->inner;
  return !scan.not_finite;
}

static void
ptq_channel_observer_rollback (PtqObserver *observer)
{
  PtqChannelObserver *self = PTQ_CHANNEL_OBSERVER (observer);

  clear (self->pending, self->n_channels);
  self->n_pending = 0;
}

static void
ptq_channel_observer_commit (PtqObserver *observer)
{
  PtqChannelObserver *self = PTQ_CHANNEL_OBSERVER (observer);

  for (guint c = 0; c < self->n_channels; c++)
    extend (&self->counted[c], &self->pending[c]);
  self->n_counted += self->n_pending;
  ptq_channel_observer_rollback (observer);
}

static void
ptq_channel_observer_merge (PtqObserver *observer, PtqObserver *other)
{
  PtqChannelObserver *self = PTQ_CHANNEL_OBSERVER (observer);
  PtqChannelObserver *more = PTQ_CHANNEL_OBSERVER (other);

  g_return_if_fail (self->n_channels == more->n_channels);
  for (guint c = 0; c < self->n_channels; c++)
    extend (&self->counted[c], &more->counted[c]);
  self->n_counted += more->n_counted;
}

static gboolean
ptq_channel_observer_get_range (
    PtqObserver *observer, gdouble *min, gdouble *max)
{
  PtqChannelObserver *self = PTQ_CHANNEL_OBSERVER (observer);
  PtqChannel all = empty;

  if (self->n_counted == 0)
    return FALSE;
  for (guint c = 0; c < self->n_channels; c++)
    extend (&all, &self->counted[c]);
  *min = all.min;
  *max = all.max;
  return TRUE;
}

static void
ptq_channel_observer_finalize (GObject *object)
{
  PtqChannelObserver *self = PTQ_CHANNEL_OBSERVER (object);

  g_free (self->counted);
  g_free (self->pending);
  G_OBJECT_CLASS (ptq_channel_observer_parent_class)->finalize (object);
}

static void
ptq_channel_observer_class_init (PtqChannelObserverClass *klass)
{
  PtqObserverClass *observer_class = PTQ_OBSERVER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ptq_channel_observer_finalize;
  observer_class->observe = ptq_channel_observer_observe;
  observer_class->commit = ptq_channel_observer_commit;
  observer_class->rollback = ptq_channel_observer_rollback;
  observer_class->merge = ptq_channel_observer_merge;
  observer_class->get_range = ptq_channel_observer_get_range;
}

static void
ptq_channel_observer_init (PtqChannelObserver *self)
{
  (void) self;
}

PtqObserver *
ptq_channel_observer_new (guint n_channels, gsize inner)
{
  PtqChannelObserver *self = g_object_new (PTQ_TYPE_CHANNEL_OBSERVER, NULL);

  self->n_channels = n_channels;
  self->inner = inner;
  self->counted = g_new (PtqChannel, n_channels);
  self->pending = g_new (PtqChannel, n_channels);
  clear (self->counted, n_channels);
  clear (self->pending, n_channels);
  return PTQ_OBSERVER (self);
}

const PtqChannel *
ptq_channel_observer_get_channels (
    PtqChannelObserver *self, guint *n_channels, guint64 *n_values)
{
  *n_channels = self->n_channels;
  *n_values = self->n_counted;
  return self->counted;
}
