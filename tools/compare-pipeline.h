/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "comparison-print.h"

G_BEGIN_DECLS

/* Compares on what comes out of @description, a pipeline up to the tensors in
 * the words of gst-launch-1.0. @max_samples is 0 for all. Ctrl-C ends the
 * stream early; *@interrupted then says so, and the figures are those of the
 * samples until then. */
gboolean compare_pipeline (Comparison *comparison, const gchar *description,
    const gchar *labels, guint max_samples, gboolean *interrupted,
    GError **error);

G_END_DECLS
