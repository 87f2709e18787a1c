/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "ptq-observer.h"

G_BEGIN_DECLS

#define PTQ_TYPE_MINMAX_OBSERVER (ptq_minmax_observer_get_type ())
G_DECLARE_FINAL_TYPE (
    PtqMinmaxObserver, ptq_minmax_observer, PTQ, MINMAX_OBSERVER, PtqObserver)

PtqObserver *ptq_minmax_observer_new (void);

G_END_DECLS
