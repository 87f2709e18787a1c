/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Nothing half written is ever seen, and nothing is left behind.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <glib/gstdio.h>
#include "../model/model-answers.h"

typedef struct
{
  gchar *folder;
  gchar *path;
  PtqModel *model;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("ptq-save-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->folder, "out.onnx", NULL);
  fixture->model = load_test_model ("format", "tensors.onnx");
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(gchar *const *) a, *(gchar *const *) b);
}

/* The names in the folder, sorted, with commas between them; all removed */
static gchar *
empty_folder (Fixture *fixture)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const gchar *name;

  while ((name = g_dir_read_name (dir))) {
    g_autofree gchar *path = g_build_filename (fixture->folder, name, NULL);

    g_assert_cmpint (g_remove (path), ==, 0);
    g_ptr_array_add (names, g_strdup (name));
  }
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);

  return g_strjoinv (",", (gchar **) names->pdata);
}

static void
assert_only (Fixture *fixture, const gchar *expected)
{
  g_autofree gchar *found = empty_folder (fixture);

  g_assert_cmpstr (found, ==, expected);
}

static void
tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_free (empty_folder (fixture));
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_object_unref (fixture->model);
  g_free (fixture->folder);
  g_free (fixture->path);
}

static void
write_old (const gchar *path)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, "old", 3, &error);
  g_assert_no_error (error);
}

static void
assert_old (const gchar *path)
{
  g_autofree gchar *contents = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &contents, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (contents, ==, "old");
}

static void
test_mode (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const mode_t before = umask (027);
  g_autoptr (GError) error = NULL;
  GStatBuf info;

  ptq_model_save (fixture->model, fixture->path, 0, NULL, &error);
  umask (before);
  g_assert_no_error (error);
  g_assert_cmpint (g_stat (fixture->path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0640);
}

/* Where a link leads is written; the link stays, also one that led nowhere. */
static void
test_link (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree gchar *link_path =
      g_build_filename (fixture->folder, "link", NULL);
  g_autoptr (PtqModel) loaded = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (symlink ("out.onnx", link_path), ==, 0);
  for (guint i = 0; i < 2; i++) {
    ptq_model_save (fixture->model, link_path, 0, NULL, &error);
    g_assert_no_error (error);
    g_assert_true (g_file_test (link_path, G_FILE_TEST_IS_SYMLINK));
    g_assert_false (g_file_test (fixture->path, G_FILE_TEST_IS_SYMLINK));
  }
  loaded = ptq_model_load (fixture->path, &error);
  g_assert_no_error (error);
  assert_only (fixture, "link,out.onnx");
}

static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  write_old (fixture->path);
  g_cancellable_cancel (cancellable);
  g_assert_false (ptq_model_save (fixture->model, fixture->path,
      GPOINTER_TO_UINT (data), cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_old (fixture->path);
  assert_only (fixture, "out.onnx");
}

static void
test_bad_targets (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree gchar *nowhere =
      g_build_filename (fixture->folder, "none", "out.onnx", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (ptq_model_save (fixture->model, nowhere, 0, NULL, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, nowhere));
  g_clear_error (&error);
  g_assert_false (
      ptq_model_save (fixture->model, fixture->folder, 0, NULL, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_WRITE);
  g_assert_nonnull (strstr (error->message, "this is a folder"));
  g_clear_error (&error);
  g_assert_false (
      ptq_model_save (fixture->model, "/dev/null", 0, NULL, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_WRITE);
  assert_only (fixture, "");
}

/* Weights of 256 kB */
static void
enlarge (PtqModel *model)
{
  const gint64 dims[] = { 1 << 16 };
  g_autofree gfloat *zeros = g_new0 (gfloat, 1 << 16);

  ptq_tensor_proto_set_data (ptq_model_get_graph (model)->initializer[0],
      PTQ_ELEMENT_FLOAT, dims, 1, zeros, sizeof *zeros << 16);
}

/* A file may not grow beyond 64 kB. */
static void
test_write_error (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  struct rlimit before, small;

  enlarge (fixture->model);
  write_old (fixture->path);
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  small = before;
  small.rlim_cur = 1 << 16;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  g_assert_false (ptq_model_save (
      fixture->model, fixture->path, GPOINTER_TO_UINT (data), NULL, &error));
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);

  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_WRITE);
  g_assert_nonnull (strstr (error->message, fixture->path));
  assert_old (fixture->path);
  assert_only (fixture, "out.onnx");
}

static void
write_line (const gchar *path, const gchar *line)
{
  const gint fd = g_open (path, O_WRONLY, 0);

  g_assert_cmpint (write (fd, line, strlen (line)), ==, strlen (line));
  g_assert_cmpint (close (fd), ==, 0);
}

/* Enters a space where this process may mount, and is the user it was. */
static gboolean
enter_mount_space (void)
{
  g_autofree gchar *user = g_strdup_printf ("%u %u 1", getuid (), getuid ());
  g_autofree gchar *group = g_strdup_printf ("%u %u 1", getgid (), getgid ());

  if (unshare (CLONE_NEWNS) != 0) {
    if (unshare (CLONE_NEWUSER | CLONE_NEWNS) != 0)
      return FALSE;
    write_line ("/proc/self/setgroups", "deny");
    write_line ("/proc/self/uid_map", user);
    write_line ("/proc/self/gid_map", group);
  }

  return mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static gboolean
mount_disk (const gchar *folder)
{
  return enter_mount_space ()
      && mount ("tmpfs", folder, "tmpfs", 0, "size=128k") == 0;
}

/* Tried in a process that goes, and its mounts with it */
static gboolean
can_mount (void)
{
  const pid_t child = fork ();
  gint status;

  if (child == 0)
    _exit (mount_disk (g_get_tmp_dir ()) ? 0 : 1);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);

  return status == 0;
}

/* In a process of its own, which has a file system of 128 kB to itself */
static void
fill_disk (void)
{
  Fixture fixture;
  g_autoptr (GError) error = NULL;

  set_up (&fixture, NULL);
  g_assert_true (mount_disk (fixture.folder));
  enlarge (fixture.model);
  write_old (fixture.path);
  g_assert_false (
      ptq_model_save (fixture.model, fixture.path, 0, NULL, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_NO_SPACE);
  g_assert_nonnull (strstr (error->message, fixture.path));
  assert_old (fixture.path);
  assert_only (&fixture, "out.onnx");
  g_assert_cmpint (umount (fixture.folder), ==, 0);
  tear_down (&fixture, NULL);
}

static void
test_disk_full (void)
{
  if (g_test_subprocess ()) {
    fill_disk ();
    return;
  }
  if (!can_mount ()) {
    g_test_skip ("no file system can be mounted");
    return;
  }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

/* The model cannot take its place, so the weights do not either. */
static void
test_both_or_none (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree gchar *data_path = g_strconcat (fixture->path, ".data", NULL);
  g_autoptr (GError) error = NULL;

  enlarge (fixture->model);
  write_old (data_path);
  g_assert_cmpint (g_mkdir (fixture->path, 0777), ==, 0);
  g_assert_false (ptq_model_save (fixture->model, fixture->path,
      PTQ_MODEL_SAVE_EXTERNAL_DATA, NULL, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_WRITE);
  assert_old (data_path);
  assert_only (fixture, "out.onnx,out.onnx.data");
}

int
main (int argc, char **argv)
{
  const gpointer external = GUINT_TO_POINTER (PTQ_MODEL_SAVE_EXTERNAL_DATA);

  g_test_init (&argc, &argv, NULL);
  g_test_add ("/safe-file/mode", Fixture, NULL, set_up, test_mode, tear_down);
  g_test_add ("/safe-file/link", Fixture, NULL, set_up, test_link, tear_down);
  g_test_add (
      "/safe-file/cancelled", Fixture, NULL, set_up, test_cancelled, tear_down);
  g_test_add ("/safe-file/cancelled/external", Fixture, external, set_up,
      test_cancelled, tear_down);
  g_test_add ("/safe-file/bad-targets", Fixture, NULL, set_up, test_bad_targets,
      tear_down);
  g_test_add ("/safe-file/write-error", Fixture, NULL, set_up, test_write_error,
      tear_down);
  g_test_add ("/safe-file/write-error/external", Fixture, external, set_up,
      test_write_error, tear_down);
  g_test_add_func ("/safe-file/disk-full", test_disk_full);
  g_test_add ("/safe-file/both-or-none", Fixture, NULL, set_up,
      test_both_or_none, tear_down);

  return g_test_run ();
}
