/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A temporary folder with one configuration file in it, test.cfg.
 */
#include "ini-folder.h"

#include <glib/gstdio.h>

static gchar *folder;

void
ini_folder_make (void)
{
  folder = g_dir_make_tmp ("ptq-test-XXXXXX", NULL);
  g_assert_nonnull (folder);
}

void
ini_folder_remove (void)
{
  g_autofree gchar *path = g_build_filename (folder, "test.cfg", NULL);

  g_remove (path);
  g_rmdir (folder);
  g_clear_pointer (&folder, g_free);
}

const gchar *
ini_folder_get (void)
{
  return folder;
}

gchar *
ini_folder_write (const gchar *text)
{
  gchar *path = g_build_filename (folder, "test.cfg", NULL);
  GError *error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
  return path;
}
