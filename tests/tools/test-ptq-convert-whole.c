/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What ptq-convert leaves behind when it is stopped, when there is no room,
 * and when there are two of it: whole files, the old or the new, and nothing
 * beside them.
 */
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include "convert-fixture.h"

#define N_LINKS 3000

#define TABLES "debug_info_save_path=debug\n"
#define CONFIG(tables, size) \
  "[common_quant_param]\n" \
  "quant_type=FULL_QUANT\n" tables "[data_preprocess_param]\n" \
  "calibrate_path=image:p\ncalibrate_size=" size "\ninput_type=IMAGE\n" \
  "image_to_format=RGB\ncenter_crop_width=16\ncenter_crop_height=16\n"
/* The page and the samples that the bias correction looks at again */
#define PTQ_CONFIG \
  "[ptq_param]\nreplay_samples=3000\n" \
  "report_location=page.html\n"

/* As many samples as it takes to be seen, from a single picture */
static void
write_links (Fixture *fixture)
{
  g_autofree gchar *picture = path_in (fixture, "p/00.ppm");

  write_pictures (fixture, "p", 1);
  for (guint i = 1; i < N_LINKS; i++) {
    g_autofree gchar *name =
        g_strdup_printf ("%s/p/%05u.ppm", fixture->folder, i);

    g_assert_cmpint (link (picture, name), ==, 0);
  }
}

static void
assert_file (Fixture *fixture, const gchar *name, const gchar *text)
{
  g_autofree gchar *path = path_in (fixture, name);
  g_autofree gchar *found = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &found, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (found, ==, text);
}

/* Temporary files and folders have names that begin with a dot. */
static void
assert_no_temporary_file (Fixture *fixture)
{
  g_autoptr (GDir) folder = g_dir_open (fixture->folder, 0, NULL);
  const gchar *name;

  g_assert_nonnull (folder);
  while ((name = g_dir_read_name (folder)) != NULL)
    if (name[0] == '.')
      g_error ("%s was left", name);
}

static GSubprocess *
start (Fixture *fixture, GSubprocessFlags flags, const gchar *output,
    const gchar *config)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (flags);
  g_autofree gchar *tool = tool_path ();
  g_autofree gchar *model = model_path ("convnet.onnx");
  g_autofree gchar *model_flag = g_strconcat ("--modelFile=", model, NULL);
  g_autofree gchar *output_flag = g_strconcat ("--outputFile=", output, NULL);
  g_autofree gchar *config_flag = g_strconcat ("--configFile=", config, NULL);
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  g_subprocess_launcher_set_cwd (launcher, fixture->folder);
  process = g_subprocess_launcher_spawn (launcher, &error, tool, "--fmk=ONNX",
      model_flag, output_flag, config_flag, NULL);
  g_assert_no_error (error);
  return process;
}

/* Reads what the program tells until it speaks of @stage. */
static void
wait_for_stage (GSubprocess *process, const gchar *stage)
{
  g_autoptr (GDataInputStream) stream =
      g_data_input_stream_new (g_subprocess_get_stderr_pipe (process));
  gboolean found = FALSE;

  g_filter_input_stream_set_close_base_stream (
      G_FILTER_INPUT_STREAM (stream), FALSE);
  while (!found) {
    g_autofree gchar *line =
        g_data_input_stream_read_line_utf8 (stream, NULL, NULL, NULL);

    g_assert_nonnull (line);
    found = g_str_has_prefix (line, stage);
  }
}

/* Ctrl-C in the stream, in what looks at the samples again, and in the
 * reports: old files stay, and there are no new ones. */
static void
test_interrupted (Fixture *fixture, gconstpointer data)
{
  static const gchar *const stages[] = { "Calibrating", "correcting biases",
    "writing reports" };

  (void) data;
  write_links (fixture);
  write_file (fixture, "test.cfg", CONFIG (TABLES, "3000") PTQ_CONFIG, -1);
  write_file (fixture, "out.onnx", "old", 3);
  write_file (fixture, "page.html", "old", 3);
  for (guint i = 0; i < G_N_ELEMENTS (stages); i++) {
    g_autoptr (GSubprocess) process = start (fixture,
        G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE,
        "out", "test.cfg");

    g_test_message ("%s", stages[i]);
    wait_for_stage (process, stages[i]);
    g_subprocess_send_signal (process, SIGINT);
    g_assert_true (g_subprocess_wait (process, NULL, NULL));
    g_assert_true (g_subprocess_get_if_exited (process));
    g_assert_cmpint (
        g_subprocess_get_exit_status (process), ==, STATUS_STOPPED);
    assert_file (fixture, "out.onnx", "old");
    assert_file (fixture, "page.html", "old");
    g_assert_false (exists (fixture, "debug"));
    assert_no_temporary_file (fixture);
  }
}

/* Files of at most @blocks of 512 bytes */
static void
convert_with_limit (Fixture *fixture, guint blocks, const gchar *config)
{
  g_autofree gchar *tool = tool_path ();
  g_autofree gchar *model = model_path ("convnet.onnx");
  g_autofree gchar *command = g_strdup_printf (
      "ulimit -f %u && "
      "GST_REGISTRY_UPDATE=no exec '%s' --fmk=ONNX '--modelFile=%s' "
      "--outputFile=out --configFile=test.cfg",
      blocks, tool, model);
  const gchar *argv[] = { "sh", "-c", command, NULL };

  write_file (fixture, "test.cfg", config, -1);
  run_argv (fixture, argv);
}

/* The float model takes 3 kB, the quantized one 4.5 kB, its page of reports
 * 20 kB. */
static void
test_no_room (Fixture *fixture, gconstpointer data)
{
  (void) data;
  write_pictures (fixture, "p", 3);
  convert_with_limit (fixture, 4,
      "[common_quant_param]\n"
      "quant_type=WEIGHT_QUANT\n");
  assert_failed (fixture, STATUS_FAILED, "TMPDIR");
  assert_no_temporary_file (fixture);

  convert_with_limit (fixture, 8, CONFIG ("", "1"));
  assert_failed (fixture, STATUS_FAILED, "out.onnx: the file cannot be ");
  assert_no_temporary_file (fixture);

  write_file (fixture, "page.html", "old", 3);
  convert_with_limit (fixture, 32, CONFIG (TABLES, "3") PTQ_CONFIG);
  assert_failed (fixture, STATUS_FAILED, "page.html: the file cannot be ");
  assert_file (fixture, "page.html", "old");
  assert_no_temporary_file (fixture);
}

static gchar *
read_model (Fixture *fixture, const gchar *name, gsize *length)
{
  g_autofree gchar *path = path_in (fixture, name);
  g_autoptr (GError) error = NULL;
  gchar *bytes;

  g_file_get_contents (path, &bytes, length, &error);
  g_assert_no_error (error);
  return bytes;
}

static void
finish (GSubprocess *process)
{
  g_autoptr (GError) error = NULL;

  g_subprocess_wait_check (process, NULL, &error);
  g_assert_no_error (error);
}

/* Whoever is last has the name. */
static void
test_two_at_once (Fixture *fixture, gconstpointer data)
{
  static const gchar *const configs[] = { "8.cfg", "4.cfg" };
  const GSubprocessFlags quiet =
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE;
  gchar *wanted[2];
  gsize sizes[2];

  (void) data;
  write_file (fixture, "8.cfg",
      "[common_quant_param]\n"
      "quant_type=WEIGHT_QUANT\nmin_quant_weight_channel=0\n",
      -1);
  write_file (fixture, "4.cfg",
      "[common_quant_param]\n"
      "quant_type=WEIGHT_QUANT\nmin_quant_weight_channel=0\nbit_num=4\n",
      -1);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GSubprocess) alone = start (fixture, quiet, "alone", configs[i]);

    finish (alone);
    wanted[i] = read_model (fixture, "alone.onnx", &sizes[i]);
  }
  g_assert_cmpuint (sizes[0], !=, sizes[1]);

  for (guint i = 0; i < 10; i++) {
    g_autoptr (GSubprocess) one = start (fixture, quiet, "out", configs[0]);
    g_autoptr (GSubprocess) other = start (fixture, quiet, "out", configs[1]);
    g_autofree gchar *bytes = NULL;
    gsize length;
    guint which;

    finish (one);
    finish (other);
    bytes = read_model (fixture, "out.onnx", &length);
    which = length == sizes[0] ? 0 : 1;
    g_assert_cmpmem (bytes, length, wanted[which], sizes[which]);
    assert_no_temporary_file (fixture);
  }
  g_free (wanted[0]);
  g_free (wanted[1]);
}

#define ADD(name, func) \
  g_test_add ("/ptq-convert-whole/" name, Fixture, NULL, fixture_set_up, func, \
      fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("interrupted", test_interrupted);
  ADD ("no-room", test_no_room);
  ADD ("two-at-once", test_two_at_once);
  return g_test_run ();
}
