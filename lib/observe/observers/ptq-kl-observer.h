/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "ptq-histogram-observer.h"

G_BEGIN_DECLS

#define PTQ_TYPE_KL_OBSERVER (ptq_kl_observer_get_type ())
G_DECLARE_FINAL_TYPE (
    PtqKlObserver, ptq_kl_observer, PTQ, KL_OBSERVER, PtqHistogramObserver)

/* @one_sided: whether a tensor without negative values gets all levels */
PtqObserver *ptq_kl_observer_new (guint bits, gboolean one_sided);

G_END_DECLS
