/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What all ways to find the range of a tensor have in common.
 */
#include "ptq-observer.h"

G_DEFINE_ABSTRACT_TYPE (PtqObserver, ptq_observer, G_TYPE_OBJECT)

static void
ptq_observer_class_init (PtqObserverClass *klass G_GNUC_UNUSED)
{
}

static void
ptq_observer_init (PtqObserver *self G_GNUC_UNUSED)
{
}

/**
 * ptq_observer_observe:
 * @self: an observer
 * @data: (array length=n): values of the tensor
 * @n: number of values, may be 0
 * @parallel: (nullable): to work on several threads
 *
 * What is seen counts only after ptq_observer_commit().
 *
 * Returns: %FALSE when there is a NaN or an infinity among the values; they
 *   were not taken then
 */
gboolean
ptq_observer_observe (
    PtqObserver *self, const gfloat *data, gsize n, PtqParallel *parallel)
{
  if (n == 0)
    return TRUE;
  return PTQ_OBSERVER_GET_CLASS (self)->observe (self, data, n, parallel);
}

/**
 * ptq_observer_commit:
 * @self: an observer
 *
 * The sample is good: counts what was observed.
 */
void
ptq_observer_commit (PtqObserver *self)
{
  PTQ_OBSERVER_GET_CLASS (self)->commit (self);
}

/**
 * ptq_observer_rollback:
 * @self: an observer
 *
 * The sample failed: forgets what was observed since the last commit.
 */
void
ptq_observer_rollback (PtqObserver *self)
{
  PTQ_OBSERVER_GET_CLASS (self)->rollback (self);
}

/**
 * ptq_observer_merge:
 * @self: an observer
 * @other: another of the same class
 *
 * Adds the samples that @other has counted, as if @self had seen them too.
 */
void
ptq_observer_merge (PtqObserver *self, PtqObserver *other)
{
  g_return_if_fail (G_OBJECT_TYPE (self) == G_OBJECT_TYPE (other));
  PTQ_OBSERVER_GET_CLASS (self)->merge (self, other);
}

/**
 * ptq_observer_get_range:
 * @self: an observer
 * @min: (out): lower end of the range to quantize
 * @max: (out): upper end
 *
 * Returns: %FALSE when nothing was counted yet
 */
gboolean
ptq_observer_get_range (PtqObserver *self, gdouble *min, gdouble *max)
{
  return PTQ_OBSERVER_GET_CLASS (self)->get_range (self, min, max);
}
