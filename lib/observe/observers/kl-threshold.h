/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "histogram.h"

G_BEGIN_DECLS

/* Where to clip magnitudes so that @n_levels steps tell most about them */
gdouble ptq_kl_threshold (const PtqHistogram *histogram, guint n_levels);

G_END_DECLS
