/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Starts ptq-convert in a folder of its own and looks at what it did.
 */
#include <string.h>
#include <glib/gstdio.h>
#include "convert-fixture.h"

void
fixture_set_up (Fixture *fixture, gconstpointer data)
{
  (void) data;
  fixture->folder = g_dir_make_tmp ("ptq-convert-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
}

static void
remove_tree (const gchar *path)
{
  GDir *folder = g_dir_open (path, 0, NULL);
  const gchar *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL) {
    g_autofree gchar *child = g_build_filename (path, name, NULL);

    if (g_file_test (child, G_FILE_TEST_IS_DIR)
        && !g_file_test (child, G_FILE_TEST_IS_SYMLINK))
      remove_tree (child);
    else
      g_remove (child);
  }
  g_clear_pointer (&folder, g_dir_close);
  g_rmdir (path);
}

void
fixture_tear_down (Fixture *fixture, gconstpointer data)
{
  (void) data;
  remove_tree (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->out);
  g_free (fixture->err);
}

gchar *
model_path (const gchar *name)
{
  return g_test_build_filename (G_TEST_DIST, "data", "stream", name, NULL);
}

gchar *
path_in (Fixture *fixture, const gchar *name)
{
  return g_build_filename (fixture->folder, name, NULL);
}

gboolean
exists (Fixture *fixture, const gchar *name)
{
  g_autofree gchar *path = path_in (fixture, name);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

void
write_file (
    Fixture *fixture, const gchar *name, gconstpointer data, gssize length)
{
  g_autofree gchar *path = path_in (fixture, name);
  g_autofree gchar *folder = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_file_set_contents (path, data, length, &error);
  g_assert_no_error (error);
}

void
run_argv (Fixture *fixture, const gchar *const *argv)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;

  g_subprocess_launcher_set_cwd (launcher, fixture->folder);
  process = g_subprocess_launcher_spawnv (launcher, argv, &error);
  g_assert_no_error (error);
  g_clear_pointer (&fixture->out, g_free);
  g_clear_pointer (&fixture->err, g_free);
  g_subprocess_communicate_utf8 (
      process, NULL, NULL, &fixture->out, &fixture->err, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (process));
  fixture->status = g_subprocess_get_exit_status (process);
}

gchar *
tool_path (void)
{
  return g_build_filename (g_getenv ("PTQ_TOOLS"), "ptq-convert", NULL);
}

void
run (Fixture *fixture, ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autofree gchar *tool = tool_path ();
  gchar *arg;
  va_list args;

  g_ptr_array_add (argv, tool);
  va_start (args, fixture);
  while ((arg = va_arg (args, gchar *)) != NULL)
    g_ptr_array_add (argv, arg);
  va_end (args);
  g_ptr_array_add (argv, NULL);
  run_argv (fixture, (const gchar *const *) argv->pdata);
}

void
convert (Fixture *fixture, const gchar *model, const gchar *config,
    const gchar *more)
{
  g_autofree gchar *path = model_path (model);
  g_autofree gchar *model_flag = g_strconcat ("--modelFile=", path, NULL);

  if (config != NULL)
    write_file (fixture, "test.cfg", config, -1);
  run (fixture, "--fmk=ONNX", model_flag, "--outputFile=out",
      config ? "--configFile=test.cfg" : more, config ? more : NULL, NULL);
}

void
assert_contains (const gchar *text, const gchar *part)
{
  if (strstr (text, part) == NULL)
    g_test_message ("\"%s\" is not in \"%s\"", part, text);
  g_assert_nonnull (strstr (text, part));
}

void
assert_succeeded (Fixture *fixture)
{
  if (fixture->status != 0)
    g_test_message ("%s", fixture->err);
  g_assert_cmpint (fixture->status, ==, 0);
  g_assert_true (g_str_has_suffix (fixture->out, "CONVERT RESULT SUCCESS:0\n"));
  g_assert_true (exists (fixture, "out.onnx"));
}

void
assert_failed (Fixture *fixture, gint status, const gchar *message)
{
  g_autofree gchar *line = g_strdup_printf ("CONVERT RESULT FAILED:%d\n",
      status == STATUS_INVALID_INPUT       ? -600
          : status == STATUS_NOT_SUPPORTED ? -7
                                           : -1);

  assert_contains (fixture->err, message);
  g_assert_cmpint (fixture->status, ==, status);
  g_assert_cmpstr (fixture->out, ==, line);
  g_assert_false (exists (fixture, "out.onnx"));
}

void
write_pictures (Fixture *fixture, const gchar *folder, guint n)
{
  for (guint i = 0; i < n; i++) {
    g_autofree gchar *name = g_strdup_printf ("%s/%02u.ppm", folder, i);
    g_autofree gchar *pixels = g_malloc (11 + 20 * 18 * 3);
    gint head = sprintf (pixels, "P6 20 18 255\n");

    pixels = g_realloc (pixels, head + 20 * 18 * 3);
    for (guint k = 0; k < 20 * 18 * 3; k++)
      pixels[head + k] = (k * 7 + i * 31 + k * k / 5) & 0xff;
    write_file (fixture, name, pixels, head + 20 * 18 * 3);
  }
}

void
write_bins (Fixture *fixture, const gchar *folder, guint n, guint size)
{
  g_autofree gfloat *values = g_new (gfloat, size);

  for (guint i = 0; i < n; i++) {
    g_autofree gchar *name = g_strdup_printf ("%s/%02u.bin", folder, i);

    for (guint k = 0; k < size; k++)
      values[k] = ((k * 13 + i * 29) % 97) / 48.0 - 1;
    write_file (fixture, name, values, size * sizeof (gfloat));
  }
}

gchar *
read_output (Fixture *fixture, gsize *length)
{
  g_autofree gchar *path = path_in (fixture, "out.onnx");
  g_autoptr (GError) error = NULL;
  gchar *bytes;

  g_file_get_contents (path, &bytes, length, &error);
  g_assert_no_error (error);
  return bytes;
}

void
copy_model (Fixture *fixture, const gchar *name)
{
  g_autofree gchar *from = model_path (name);
  g_autofree gchar *bytes = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (from, &bytes, &length, NULL));
  write_file (fixture, name, bytes, length);
}

guint
count (const gchar *text, const gchar *part)
{
  guint n = 0;

  for (; (text = strstr (text, part)) != NULL; text++)
    n++;
  return n;
}

void
assert_printed_line_agrees (
    Fixture *fixture, const gchar *model, const gchar *config)
{
  g_autofree gchar *bytes = NULL;
  g_autofree gchar *launched = NULL;
  g_autofree gchar *line = NULL;
  g_autofree gchar *output = path_in (fixture, "out.onnx");
  const gchar *argv[] = { "sh", "-c", NULL, NULL };
  gsize length, launched_length;

  convert (fixture, model, config, NULL);
  assert_succeeded (fixture);
  bytes = read_output (fixture, &length);
  g_assert_cmpint (g_remove (output), ==, 0);

  convert (fixture, model, config, "--print-pipeline");
  g_assert_cmpint (fixture->status, ==, 0);
  line = g_steal_pointer (&fixture->out);
  argv[2] = line;
  run_argv (fixture, argv);
  if (fixture->status != 0)
    g_test_message ("%s: %s", line, fixture->err);
  g_assert_cmpint (fixture->status, ==, 0);
  launched = read_output (fixture, &launched_length);
  g_assert_cmpmem (bytes, length, launched, launched_length);
}
