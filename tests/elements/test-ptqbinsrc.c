/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ptqbinsrc: files of raw tensors become buffers, the wrong ones errors.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "stream.h"

typedef struct
{
  gchar *folder;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  (void) data;
  self->folder = g_dir_make_tmp ("ptq-bin-XXXXXX", NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  GDir *dir = g_dir_open (self->folder, 0, NULL);
  const gchar *name;
  (void) data;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree gchar *path = g_build_filename (self->folder, name, NULL);

    g_unlink (path);
  }
  g_dir_close (dir);
  g_rmdir (self->folder);
  g_free (self->folder);
}

static void
write_file (Fixture *self, const gchar *name, gconstpointer data, gsize size)
{
  g_autofree gchar *path = g_build_filename (self->folder, name, NULL);

  g_assert_true (g_file_set_contents (path, data, size, NULL));
}

static void
check_bytes (Stream *stream, guint index, gconstpointer data, gsize size)
{
  GstBuffer *buffer = stream->buffers->pdata[index];
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_READ);
  g_assert_cmpmem (map.data, map.size, data, size);
  g_assert_cmpuint ((guintptr) map.data % 64, ==, 0);
  gst_buffer_unmap (buffer, &map);
}

static void
test_files (Fixture *self, gconstpointer data)
{
  static const gfloat first[] = { 1, 2, 3, 4, 5, 6 };
  static const gfloat second[] = { -1, -2, -3, -4, -5, -6 };
  g_autoptr (Stream) stream = NULL;
  g_autofree gchar *name = NULL;
  (void) data;

  write_file (self, "b", second, sizeof second);
  write_file (self, "a", first, sizeof first);
  stream = stream_run ("ptqbinsrc dimensions=3:2 location=%s", self->folder);
  stream_check (stream, 2);
  stream_check_caps (stream, 0,
      "other/tensors,format=(string)static,"
      "num_tensors=1,types=(string)float32,dimensions=(string)3:2:1:1,"
      "framerate=0/1");
  check_bytes (stream, 0, first, sizeof first);
  check_bytes (stream, 1, second, sizeof second);
  name = stream_file_name (stream, 1);
  g_assert_cmpstr (name, ==, "b");
}

/* Shape and type from downstream */
static void
test_downstream (Fixture *self, gconstpointer data)
{
  static const gint64 numbers[] = { 1, 2, 3 };
  g_autoptr (Stream) stream = NULL;
  (void) data;

  write_file (self, "a", numbers, sizeof numbers);
  stream = stream_run ("ptqbinsrc location=%s ! other/tensors,num_tensors=1,"
                       "types=(string)int64,dimensions=(string)3",
      self->folder);
  stream_check (stream, 1);
  check_bytes (stream, 0, numbers, sizeof numbers);
}

/* Two pixels of three channels, a row of two */
static const guint8 interleaved[] = { 1, 2, 3, 11, 12, 13 };
static const guint8 planes[] = { 1, 11, 2, 12, 3, 13 };

static void
check_layout (Fixture *self, const gchar *properties, const gchar *downstream,
    const guint8 *expected)
{
  g_autoptr (Stream) stream =
      stream_run ("ptqbinsrc %s location=%s ! "
                  "other/tensors,num_tensors=1,types=(string)uint8,"
                  "dimensions=(string)%s",
          properties, self->folder, downstream);

  stream_check (stream, 1);
  check_bytes (stream, 0, expected, 6);
}

static void
test_layouts (Fixture *self, gconstpointer data)
{
  (void) data;

  write_file (self, "a", interleaved, sizeof interleaved);
  check_layout (self, "", "2:1:3:1", interleaved);
  check_layout (self, "layout=nhwc", "2:1:3:1", planes);
  check_layout (
      self, "layout=nhwc type=uint8 dimensions=3:2:1:1", "2:1:3:1", planes);
  check_layout (self, "type=uint8 dimensions=3:2:1:1", "3:2:1:1", interleaved);
  write_file (self, "a", planes, sizeof planes);
  check_layout (self, "layout=nchw", "2:1:3:1", planes);
  check_layout (self, "layout=nchw type=uint8 dimensions=2:1:3:1", "3:2:1:1",
      interleaved);
}

/* A batch of two is two pictures, each turned by itself. */
static void
test_batch (Fixture *self, gconstpointer data)
{
  static const guint8 in[] = { 1, 2, 3, 11, 12, 13, 4, 5, 6, 14, 15, 16 };
  static const guint8 out[] = { 1, 11, 2, 12, 3, 13, 4, 14, 5, 15, 6, 16 };
  g_autoptr (Stream) stream = NULL;
  (void) data;

  write_file (self, "a", in, sizeof in);
  stream = stream_run (
      "ptqbinsrc layout=nhwc location=%s ! other/tensors,"
      "num_tensors=1,types=(string)uint8,dimensions=(string)2:1:3:2",
      self->folder);
  stream_check (stream, 1);
  check_bytes (stream, 0, out, sizeof out);
}

static void
test_wrong_size (Fixture *self, gconstpointer data)
{
  static const guint8 bytes[25] = { 0 };
  g_autoptr (Stream) stopped = NULL, skipped = NULL;
  (void) data;

  write_file (self, "a.bin", bytes, 25);
  write_file (self, "b.bin", bytes, 24);
  write_file (self, "c.bin", bytes, 0);
  stopped = stream_run ("ptqbinsrc dimensions=3:2 location=%s", self->folder);
  stream_check_error (stopped, "a.bin", "25 bytes", "24", "[1,1,2,3]", NULL);
  skipped = stream_run (
      "ptqbinsrc dimensions=3:2 on-error=skip location=%s", self->folder);
  g_assert_cmpuint (skipped->errors->len, ==, 0);
  g_assert_cmpuint (skipped->warnings->len, ==, 2);
  g_assert_nonnull (strstr (skipped->warnings->pdata[1], "c.bin"));
  g_assert_cmpuint (skipped->buffers->len, ==, 1);
}

static void
test_bad_properties (Fixture *self, gconstpointer data)
{
  static const gfloat number = 1;
  g_autoptr (Stream) unset = NULL, dims = NULL, type = NULL, clash = NULL;
  (void) data;

  write_file (self, "a", &number, sizeof number);
  unset = stream_run ("ptqbinsrc location=%s", self->folder);
  stream_check_error (unset, "dimensions", NULL);
  dims = stream_run ("ptqbinsrc location=%s dimensions=3:x", self->folder);
  stream_check_error (dims, "3:x", NULL);
  type = stream_run (
      "ptqbinsrc location=%s dimensions=1 type=float99", self->folder);
  stream_check_error (type, "float99", NULL);
  clash =
      stream_run ("ptqbinsrc location=%s dimensions=1 ! other/tensors,"
                  "num_tensors=1,types=(string)float32,dimensions=(string)2",
          self->folder);
  stream_check_error (clash, "float32 [1]", "does not take", NULL);
}

/* As a sink of a model with two inputs takes tensors: what they are, and
 * after that anything. */
static void
test_two_inputs (Fixture *self, gconstpointer data)
{
  static const gfloat number = 1;
  g_autoptr (Stream) stream = NULL;
  (void) data;

  write_file (self, "a", &number, sizeof number);
  stream =
      stream_run ("ptqbinsrc location=%s ! capsfilter caps=\""
                  "other/tensors,num_tensors=2,types=(string)float32.float32,"
                  "dimensions=(string)8:8:3:1.8:8:2:1; other/tensors\"",
          self->folder);
  stream_check_error (stream, "2 inputs", "ptqmux", NULL);
}

#define add(name, function) \
  g_test_add ("/ptqbinsrc/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  gint status;

  gst_init (NULL, NULL);
  g_test_init (&argc, &argv, NULL);

  add ("files", test_files);
  add ("downstream", test_downstream);
  add ("layouts", test_layouts);
  add ("batch", test_batch);
  add ("wrong-size", test_wrong_size);
  add ("bad-properties", test_bad_properties);
  add ("two-inputs", test_two_inputs);
  status = g_test_run ();
  /* so that the leaks tracer looks */
  gst_deinit ();
  return status;
}
