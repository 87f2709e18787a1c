/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * REMOVAL_OUTLIER: the range without the most extreme values of all samples.
 */
#include "ptq-outlier-observer.h"

/* Share of values removed at each end */
#define REMOVED 0.0001

struct _PtqOutlierObserver
{
  PtqHistogramObserver parent_instance;
};

G_DEFINE_FINAL_TYPE (
    PtqOutlierObserver, ptq_outlier_observer, PTQ_TYPE_HISTOGRAM_OBSERVER)

static void
ptq_outlier_observer_find_range (PtqHistogramObserver *self G_GNUC_UNUSED,
    const PtqHistogram *histogram, gdouble *min, gdouble *max)
{
  ptq_histogram_get_quantiles (histogram, REMOVED, REMOVED, min, max);
}

static void
ptq_outlier_observer_class_init (PtqOutlierObserverClass *klass)
{
  PTQ_HISTOGRAM_OBSERVER_CLASS (klass)->find_range =
      ptq_outlier_observer_find_range;
}

static void
ptq_outlier_observer_init (PtqOutlierObserver *self G_GNUC_UNUSED)
{
}

/**
 * ptq_outlier_observer_new:
 *
 * Its range leaves out the lowest and the highest 0.01 % of all values of all
 * samples. The bounds are wider than the exact ones by at most 1/1024 of the
 * largest magnitude.
 *
 * Returns: (transfer full): an observer
 */
PtqObserver *
ptq_outlier_observer_new (void)
{
  return g_object_new (PTQ_TYPE_OUTLIER_OBSERVER, NULL);
}
