/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "ptq-error.h"

G_BEGIN_DECLS

/* A folder that nobody else may enter, below the system's folder for temporary
 * files. It is locked as long as it is in use, so that a later run can remove
 * what a process that was killed has left. */
typedef struct _PtqTemporaryFolder PtqTemporaryFolder;

PtqTemporaryFolder *ptq_temporary_folder_new (GError **error);
const gchar *ptq_temporary_folder_get_path (PtqTemporaryFolder *self);
/* Removes the folder and the files in it. */
void ptq_temporary_folder_free (PtqTemporaryFolder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtqTemporaryFolder, ptq_temporary_folder_free)

G_END_DECLS
