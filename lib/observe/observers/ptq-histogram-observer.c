/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the methods that look at the distribution of values have in common.
 */
#include "ptq-histogram-observer.h"

/* Too large to be part of an instance */
typedef struct
{
  PtqHistogram *counted;
  PtqActivationHistogram *pending;
} PtqHistogramObserverPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (
    PtqHistogramObserver, ptq_histogram_observer, PTQ_TYPE_OBSERVER)

static PtqHistogramObserverPrivate *
get_private (PtqObserver *observer)
{
  return ptq_histogram_observer_get_instance_private (
      PTQ_HISTOGRAM_OBSERVER (observer));
}

/* The next sample will hardly need wider bins than all before: with these from
 * the start, its counts need not be moved. */
static void
empty_pending (PtqHistogramObserverPrivate *self)
{
  ptq_activation_histogram_clear (self->pending, self->counted->exponent);
}

static gboolean
ptq_histogram_observer_observe (
    PtqObserver *observer, const gfloat *data, gsize n, PtqParallel *parallel)
{
  return ptq_activation_histogram_add (
      get_private (observer)->pending, data, n, parallel);
}

static void
ptq_histogram_observer_rollback (PtqObserver *observer)
{
  PtqHistogramObserverPrivate *self = get_private (observer);

  if (self->pending->n > 0)
    empty_pending (self);
}

static void
ptq_histogram_observer_commit (PtqObserver *observer)
{
  PtqHistogramObserverPrivate *self = get_private (observer);

  if (self->pending->n == 0)
    return;
  ptq_histogram_add (self->counted, self->pending);
  empty_pending (self);
}

static void
ptq_histogram_observer_merge (PtqObserver *observer, PtqObserver *other)
{
  ptq_histogram_merge (
      get_private (observer)->counted, get_private (other)->counted);
}

static gboolean
ptq_histogram_observer_get_range (
    PtqObserver *observer, gdouble *min, gdouble *max)
{
  PtqHistogramObserver *self = PTQ_HISTOGRAM_OBSERVER (observer);
  const PtqHistogram *histogram = get_private (observer)->counted;

  if (histogram->n == 0)
    return FALSE;
  PTQ_HISTOGRAM_OBSERVER_GET_CLASS (self)->find_range (
      self, histogram, min, max);
  return TRUE;
}

static void
ptq_histogram_observer_finalize (GObject *object)
{
  PtqHistogramObserverPrivate *self = get_private (PTQ_OBSERVER (object));

  g_free (self->counted);
  g_free (self->pending);

  G_OBJECT_CLASS (ptq_histogram_observer_parent_class)->finalize (object);
}

static void
ptq_histogram_observer_class_init (PtqHistogramObserverClass *klass)
{
  PtqObserverClass *observer_class = PTQ_OBSERVER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ptq_histogram_observer_finalize;

  observer_class->observe = ptq_histogram_observer_observe;
  observer_class->commit = ptq_histogram_observer_commit;
  observer_class->rollback = ptq_histogram_observer_rollback;
  observer_class->merge = ptq_histogram_observer_merge;
  observer_class->get_range = ptq_histogram_observer_get_range;
}

static void
ptq_histogram_observer_init (PtqHistogramObserver *self)
{
  PtqHistogramObserverPrivate *priv =
      ptq_histogram_observer_get_instance_private (self);

  priv->counted = g_new (PtqHistogram, 1);
  priv->pending = g_new (PtqActivationHistogram, 1);
  ptq_histogram_clear (priv->counted);
  empty_pending (priv);
}
