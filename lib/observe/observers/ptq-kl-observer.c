/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * KL: clip where the quantized distribution differs least from the real one.
 */
#include "kl-threshold.h"
#include "ptq-kl-observer.h"

struct _PtqKlObserver
{
  PtqHistogramObserver parent_instance;

  guint bits;
  gboolean one_sided;
};

G_DEFINE_FINAL_TYPE (
    PtqKlObserver, ptq_kl_observer, PTQ_TYPE_HISTOGRAM_OBSERVER)

static void
ptq_kl_observer_find_range (PtqHistogramObserver *observer,
    const PtqHistogram *histogram, gdouble *min, gdouble *max)
{
  PtqKlObserver *self = PTQ_KL_OBSERVER (observer);
  gboolean one_sided = self->one_sided && histogram->min >= 0;
  guint n_levels = 1u << (one_sided ? self->bits : self->bits - 1);

  *max = ptq_kl_threshold (histogram, n_levels);
  *min = one_sided ? 0 : -*max;
}

static void
ptq_kl_observer_class_init (PtqKlObserverClass *klass)
{
  PTQ_HISTOGRAM_OBSERVER_CLASS (klass)->find_range = ptq_kl_observer_find_range;
}

static void
ptq_kl_observer_init (PtqKlObserver *self G_GNUC_UNUSED)
{
}

/**
 * ptq_kl_observer_new:
 * @bits: width of the codes, 1 to 8
 * @one_sided: %FALSE for a range that is always symmetric about zero, with
 *   2^(@bits - 1) levels from zero to the threshold; %TRUE to give a tensor
 *   without negative values all 2^@bits levels from zero
 *
 * Returns: (transfer full): an observer
 */
PtqObserver *
ptq_kl_observer_new (guint bits, gboolean one_sided)
{
  PtqKlObserver *self = g_object_new (PTQ_TYPE_KL_OBSERVER, NULL);

  self->bits = CLAMP (bits, 1, 8);
  self->one_sided = one_sided;
  return PTQ_OBSERVER (self);
}
