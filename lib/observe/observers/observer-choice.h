/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "ptq-observer.h"
#include "ptq-settings.h"

G_BEGIN_DECLS

/* The observer for activations that @settings ask for. Transfer full. */
PtqObserver *ptq_observer_new_for_settings (PtqSettings *settings);

G_END_DECLS
