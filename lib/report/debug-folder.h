/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A folder of files of which all appear, or none.
 */
#pragma once

#include "safe-file.h"

G_BEGIN_DECLS

typedef struct _PtqDebugFolder PtqDebugFolder;

/* Makes the folder when it is missing. */
PtqDebugFolder *ptq_debug_folder_new (const gchar *path, GError **error);
/* The new file belongs to the folder; finish it before the next. */
PtqSafeFile *ptq_debug_folder_add (PtqDebugFolder *self, const gchar *name,
    GCancellable *cancellable, GError **error);
/* Gives all files their names. */
gboolean ptq_debug_folder_commit (PtqDebugFolder *self, GError **error);
/* Also removes the folder, if it was made and has stayed empty. */
void ptq_debug_folder_free (PtqDebugFolder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtqDebugFolder, ptq_debug_folder_free)

G_END_DECLS
