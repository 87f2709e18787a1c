/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is left of processes that were killed, and what is in use.
 */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>
#include "temporary-folder.h"

static gchar *place;

static gchar *
path_of (const gchar *name)
{
  return g_build_filename (place, name, NULL);
}

static gboolean
exists (const gchar *name)
{
  g_autofree gchar *path = path_of (name);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* A folder with a file in it, as if it had not been touched for @age
 * seconds */
static void
make_folder (const gchar *name, gint age)
{
  g_autofree gchar *path = path_of (name);
  g_autofree gchar *file = g_build_filename (path, "weights", NULL);
  gint64 then = g_get_real_time () / G_USEC_PER_SEC - age;
  struct utimbuf times = { then, then };

  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  g_assert_true (g_file_set_contents (file, "w", 1, NULL));
  g_assert_cmpint (g_utime (path, &times), ==, 0);
}

static gint
lock (const gchar *name)
{
  g_autofree gchar *path = path_of (name);
  gint fd = g_open (path, O_RDONLY | O_DIRECTORY, 0);

  g_assert_cmpint (flock (fd, LOCK_EX | LOCK_NB), ==, 0);
  return fd;
}

static void
remove_folder (const gchar *name)
{
  g_autofree gchar *path = path_of (name);
  g_autofree gchar *file = g_build_filename (path, "weights", NULL);

  g_assert_cmpint (g_unlink (file), ==, 0);
  g_assert_cmpint (g_rmdir (path), ==, 0);
}

/* The sweep is once a process. */
static void
test_sweep (void)
{
  g_autoptr (PtqTemporaryFolder) first = NULL;
  g_autoptr (PtqTemporaryFolder) second = NULL;
  g_autofree gchar *link = path_of ("ptq-work-link");
  g_autofree gchar *target = path_of ("other-folder");
  g_autoptr (GError) error = NULL;
  gint fd;

  make_folder ("ptq-work-left", 3600);
  make_folder ("ptq-work-young", 0);
  make_folder ("ptq-work-locked", 3600);
  make_folder ("other-folder", 3600);
  g_assert_cmpint (symlink (target, link), ==, 0);
  fd = lock ("ptq-work-locked");

  first = ptq_temporary_folder_new (&error);
  g_assert_no_error (error);
  g_assert_false (exists ("ptq-work-left"));
  g_assert_true (exists ("ptq-work-young/weights"));
  g_assert_true (exists ("ptq-work-locked/weights"));
  g_assert_true (exists ("other-folder/weights"));
  g_assert_true (exists ("ptq-work-link"));

  second = ptq_temporary_folder_new (&error);
  g_assert_no_error (error);
  g_assert_cmpstr (ptq_temporary_folder_get_path (first), !=,
      ptq_temporary_folder_get_path (second));

  close (fd);
  remove_folder ("ptq-work-young");
  remove_folder ("ptq-work-locked");
  remove_folder ("other-folder");
  g_unlink (link);
}

/* Another process would not get the lock, and nobody else gets in. */
static void
test_in_use (void)
{
  g_autoptr (GError) error = NULL;
  PtqTemporaryFolder *folder = ptq_temporary_folder_new (&error);
  g_autofree gchar *path = g_strdup (ptq_temporary_folder_get_path (folder));
  g_autofree gchar *file = g_build_filename (path, "model.onnx", NULL);
  GStatBuf info;
  gint fd;

  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (path, place));
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0700);
  fd = g_open (path, O_RDONLY | O_DIRECTORY, 0);
  g_assert_cmpint (flock (fd, LOCK_EX | LOCK_NB), !=, 0);
  close (fd);

  g_assert_true (g_file_set_contents (file, "m", 1, NULL));
  ptq_temporary_folder_free (folder);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

int
main (int argc, char **argv)
{
  gint status;

  /* before anybody asks GLib for it, which remembers the first answer */
  place = g_build_filename (
      g_getenv ("TMPDIR") != NULL ? g_getenv ("TMPDIR") : "/tmp",
      "ptq-test-XXXXXX", NULL);
  g_assert_nonnull (g_mkdtemp (place));
  g_setenv ("TMPDIR", place, TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/temporary-folder/sweep", test_sweep);
  g_test_add_func ("/temporary-folder/in-use", test_in_use);
  status = g_test_run ();
  g_rmdir (place);
  g_free (place);
  return status;
}
