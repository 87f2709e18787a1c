/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "histogram.h"

G_BEGIN_DECLS

/* Adds @n finite values to the counts and the number of zeros of @self, whose
 * bins reach far enough. */
void ptq_histogram_scan (PtqHistogram *self, const gfloat *data, gsize n,
    PtqParallel *parallel);

G_END_DECLS
