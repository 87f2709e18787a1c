/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "runtime-private.h"

G_BEGIN_DECLS

/* The smallest and the largest of @n > 0 values. FALSE when there is a NaN
 * or an infinity among them. */
gboolean ptq_value_range_scan (const gfloat *data, gsize n,
    PtqParallel *parallel, gfloat *min, gfloat *max);

G_END_DECLS
