/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "ptq-error.h"

G_BEGIN_DECLS

/* A new folder that nobody else may enter, below the system's folder for
 * temporary files. */
gchar *ptq_temporary_folder_new (GError **error);
/* Removes the folder and the files in it, and frees @path. */
void ptq_temporary_folder_remove (gchar *path);

G_END_DECLS
