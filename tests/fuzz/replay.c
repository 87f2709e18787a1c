/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Runs a fuzz target once with each file of a folder, as a test.
 */
#include "fuzz.h"

static void
replay (gconstpointer data)
{
  g_autofree gchar *contents = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  g_file_get_contents (data, &contents, &length, &error);
  g_assert_no_error (error);
  LLVMFuzzerTestOneInput ((const guint8 *) contents, length);
}

int
main (int argc, char **argv)
{
  g_autoptr (GDir) folder = NULL;
  g_autoptr (GError) error = NULL;
  const gchar *name;

  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  folder = g_dir_open (argv[1], 0, &error);
  g_assert_no_error (error);
  while ((name = g_dir_read_name (folder)) != NULL) {
    g_autofree gchar *path = g_strconcat ("/replay/", name, NULL);

    g_test_add_data_func_full (
        path, g_build_filename (argv[1], name, NULL), replay, g_free);
  }
  return g_test_run ();
}
