/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writes the tables of a report under temporary names, which they all lose
 * together at the end.
 */
#include "debug-folder.h"

#include <errno.h>
#include <glib/gstdio.h>

struct _PtqDebugFolder
{
  gchar *path;
  gboolean made;
  GPtrArray *files; /* PtqSafeFile */
};

PtqDebugFolder *
ptq_debug_folder_new (const gchar *path, GError **error)
{
  g_autoptr (PtqDebugFolder) self = g_new0 (PtqDebugFolder, 1);

  self->path = g_strdup (path);
  self->files =
      g_ptr_array_new_with_free_func ((GDestroyNotify) ptq_safe_file_free);
  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    return g_steal_pointer (&self);
  if (g_mkdir_with_parents (path, 0777) != 0) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_WRITE,
        "%s: the folder of the "
        "debug reports cannot be made: %s",
        path, g_strerror (errno));
    return NULL;
  }
  self->made = TRUE;
  return g_steal_pointer (&self);
}

PtqSafeFile *
ptq_debug_folder_add (PtqDebugFolder *self, const gchar *name,
    GCancellable *cancellable, GError **error)
{
  g_autofree gchar *path = g_build_filename (self->path, name, NULL);
  PtqSafeFile *file = ptq_safe_file_new (path, cancellable, error);

  if (file != NULL)
    g_ptr_array_add (self->files, file);
  return file;
}

gboolean
ptq_debug_folder_commit (PtqDebugFolder *self, GError **error)
{
  for (guint i = 0; i < self->files->len; i++) {
    if (ptq_safe_file_commit (self->files->pdata[i], error))
      continue;
    while (i-- > 0)
      ptq_safe_file_revert (self->files->pdata[i]);
    return FALSE;
  }
  return TRUE;
}

void
ptq_debug_folder_free (PtqDebugFolder *self)
{
  g_ptr_array_unref (self->files);
  if (self->made)
    g_rmdir (self->path);
  g_free (self->path);
  g_free (self);
}
