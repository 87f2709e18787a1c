/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Files that must not take the place of a table of the debug reports.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Is @path neither the folder of the tables nor one of them? None of them
 * need be there yet. */
gboolean ptq_debug_target_check (
    const gchar *folder, const gchar *path, GError **error);

G_END_DECLS
