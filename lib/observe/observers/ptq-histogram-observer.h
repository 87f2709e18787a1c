/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "histogram.h"
#include "ptq-observer.h"

G_BEGIN_DECLS

#define PTQ_TYPE_HISTOGRAM_OBSERVER (ptq_histogram_observer_get_type ())
G_DECLARE_DERIVABLE_TYPE (PtqHistogramObserver, ptq_histogram_observer, PTQ,
    HISTOGRAM_OBSERVER, PtqObserver)

/**
 * PtqHistogramObserverClass:
 * @find_range: the range to quantize, from a histogram of at least one value
 */
struct _PtqHistogramObserverClass
{
  PtqObserverClass parent_class;

  void (*find_range) (PtqHistogramObserver *self, const PtqHistogram *histogram,
      gdouble *min, gdouble *max);
};

G_END_DECLS
