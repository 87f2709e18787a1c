/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gio/gio.h>
#include "ptq-error.h"

G_BEGIN_DECLS

/* A file that appears under its name when it is complete, and not before */
typedef struct _PtqSafeFile PtqSafeFile;

/* Would writing one take the place of the other? Neither need be there. */
gboolean ptq_safe_file_is_same (const gchar *a, const gchar *b);

PtqSafeFile *ptq_safe_file_new (
    const gchar *path, GCancellable *cancellable, GError **error);
/* Both do nothing after an error, which ptq_safe_file_finish() reports. */
void ptq_safe_file_write (PtqSafeFile *self, gconstpointer data, gsize size);
void ptq_safe_file_pad (PtqSafeFile *self, guint alignment);
guint64 ptq_safe_file_get_size (PtqSafeFile *self);
/* All is on the disk, under a temporary name. */
gboolean ptq_safe_file_finish (PtqSafeFile *self, GError **error);
/* Takes the place of what was under the name. */
gboolean ptq_safe_file_commit (PtqSafeFile *self, GError **error);
/* Puts back what commit replaced; for when a second file fails. */
void ptq_safe_file_revert (PtqSafeFile *self);
/* Removes the temporary file, if any is left. */
void ptq_safe_file_free (PtqSafeFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtqSafeFile, ptq_safe_file_free)

G_END_DECLS
