/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether numbers are numbers.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Is there neither a NaN nor an infinity among @n values? */
gboolean ptq_all_finite (const gfloat *values, gsize n);

G_END_DECLS
