/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "ptq-histogram-observer.h"

G_BEGIN_DECLS

#define PTQ_TYPE_OUTLIER_OBSERVER (ptq_outlier_observer_get_type ())
G_DECLARE_FINAL_TYPE (PtqOutlierObserver, ptq_outlier_observer, PTQ,
    OUTLIER_OBSERVER, PtqHistogramObserver)

PtqObserver *ptq_outlier_observer_new (void);

G_END_DECLS
