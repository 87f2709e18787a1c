/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/gst.h>
#include "ptq-quantizer.h"

G_BEGIN_DECLS

/* Both show progress and warnings on standard error, and stop at SIGINT and
 * SIGTERM with G_IO_ERROR_CANCELLED. */

/* Runs a pipeline that ends in ptqsink. @n_samples: as many as there will
 * be. @shown: warnings that the user has seen, which are not shown again. */
gboolean convert_run_pipeline (const gchar *description, guint n_samples,
    const gchar *const *shown, GError **error);
/* Quantizes without data and writes the model to @path. */
gboolean convert_run_quantizer (
    PtqQuantizer *quantizer, const gchar *path, GError **error);

G_END_DECLS
