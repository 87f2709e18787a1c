/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * MAX_MIN: the smallest and the largest value of all samples.
 */
#include "ptq-minmax-observer.h"
#include "value-range.h"

typedef struct
{
  gfloat min;
  gfloat max;
} PtqFloatRange;

static const PtqFloatRange empty_range = { G_MAXFLOAT, -G_MAXFLOAT };

struct _PtqMinmaxObserver
{
  PtqObserver parent_instance;

  PtqFloatRange counted;
  PtqFloatRange pending;
};

G_DEFINE_FINAL_TYPE (PtqMinmaxObserver, ptq_minmax_observer, PTQ_TYPE_OBSERVER)

static void
extend (PtqFloatRange *range, const PtqFloatRange *other)
{
  range->min = MIN (range->min, other->min);
  range->max = MAX (range->max, other->max);
}

static gboolean
ptq_minmax_observer_observe (
    PtqObserver *observer, const gfloat *data, gsize n, PtqParallel *parallel)
{
  PtqMinmaxObserver *self = PTQ_MINMAX_OBSERVER (observer);
  PtqFloatRange seen;

  if (!ptq_value_range_scan (data, n, parallel, &seen.min, &seen.max))
    return FALSE;
  extend (&self->pending, &seen);
  return TRUE;
}

static void
ptq_minmax_observer_rollback (PtqObserver *observer)
{
  PTQ_MINMAX_OBSERVER (observer)->pending = empty_range;
}

static void
ptq_minmax_observer_commit (PtqObserver *observer)
{
  PtqMinmaxObserver *self = PTQ_MINMAX_OBSERVER (observer);

  extend (&self->counted, &self->pending);
  self->pending = empty_range;
}

static void
ptq_minmax_observer_merge (PtqObserver *observer, PtqObserver *other)
{
  extend (&PTQ_MINMAX_OBSERVER (observer)->counted,
      &PTQ_MINMAX_OBSERVER (other)->counted);
}

static gboolean
ptq_minmax_observer_get_range (
    PtqObserver *observer, gdouble *min, gdouble *max)
{
  PtqMinmaxObserver *self = PTQ_MINMAX_OBSERVER (observer);

  if (self->counted.min > self->counted.max)
    return FALSE;
  *min = self->counted.min;
  *max = self->counted.max;
  return TRUE;
}

static void
ptq_minmax_observer_class_init (PtqMinmaxObserverClass *klass)
{
  PtqObserverClass *observer_class = PTQ_OBSERVER_CLASS (klass);

  observer_class->observe = ptq_minmax_observer_observe;
  observer_class->commit = ptq_minmax_observer_commit;
  observer_class->rollback = ptq_minmax_observer_rollback;
  observer_class->merge = ptq_minmax_observer_merge;
  observer_class->get_range = ptq_minmax_observer_get_range;
}

static void
ptq_minmax_observer_init (PtqMinmaxObserver *self)
{
  self->counted = self->pending = empty_range;
}

/**
 * ptq_minmax_observer_new:
 *
 * Returns: (transfer full): an observer whose range holds every value
 */
PtqObserver *
ptq_minmax_observer_new (void)
{
  return g_object_new (PTQ_TYPE_MINMAX_OBSERVER, NULL);
}
