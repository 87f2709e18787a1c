/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "comparison-print.h"

G_BEGIN_DECLS

/* Compares on @n_samples samples of noise: speed and likeness, for want of
 * pictures. @input_shape is NULL or "1,3,224,224", for a model with one input
 * that leaves its shape open. */
gboolean compare_random (Comparison *comparison, guint n_samples,
    const gchar *input_shape, GError **error);

G_END_DECLS
