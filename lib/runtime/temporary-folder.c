/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The runtime writes and reads some things through files only.
 */
#include <glib/gstdio.h>
#include "temporary-folder.h"

gchar *
ptq_temporary_folder_new (GError **error)
{
  g_autoptr (GError) local_error = NULL;
  gchar *path = g_dir_make_tmp ("ptq-XXXXXX", &local_error);

  if (path == NULL)
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_WRITE, "No temporary folder "
        "could be made below %s: %s", g_get_tmp_dir (),
        local_error->message);
  return path;
}

void
ptq_temporary_folder_remove (gchar *path)
{
  GDir *folder = g_dir_open (path, 0, NULL);
  const gchar *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL) {
    g_autofree gchar *file = g_build_filename (path, name, NULL);

    g_unlink (file);
  }
  g_clear_pointer (&folder, g_dir_close);
  g_rmdir (path);
  g_free (path);
}
