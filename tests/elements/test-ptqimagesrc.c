/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ptqimagesrc: which pictures come, in which order, and what bad ones do.
 */
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "picture-tables.h"
#include "stream.h"

static gchar *
pictures (void)
{
  return g_test_build_filename (G_TEST_DIST, "data", "pictures", NULL);
}

static const PictureRow *
find_row (const PictureRow *rows, guint n_rows, const gchar *file)
{
  guint i;

  for (i = 0; i < n_rows; i++)
    if (strcmp (rows[i].file, file) == 0)
      return &rows[i];
  g_error ("%s is in no table", file);
}

/* A file name in the syntax of gst_parse_launch() */
static gchar *
quoted (const gchar *folder, const gchar *file)
{
  g_autofree gchar *path = g_build_filename (folder, file, NULL);

  return g_strdup_printf ("\"%s\"", path);
}

static void
check_row (const gchar *folder, const PictureRow *row)
{
  g_autofree gchar *path = quoted (folder, row->file);
  g_autoptr (Stream) stream = NULL;
  g_autofree gchar *sha1 = NULL, *size = NULL;

  stream = stream_run ("ptqimagesrc max-pixels=0 location=%s ! "
                       "video/x-raw,format=RGB",
      path);
  if (row->sha1 == NULL) {
    stream_check_error (stream, row->file, NULL);
    return;
  }
  stream_check (stream, 1);
  size = g_strdup_printf (
      "video/x-raw,width=%d,height=%d", row->width, row->height);
  stream_check_caps (stream, 0, size);
  sha1 = stream_rgb_sha1 (stream, 0);
  g_assert_cmpstr (sha1, ==, row->sha1);
}

static void
test_pixels (void)
{
  g_autofree gchar *folder = pictures ();
  guint i;

  for (i = 0; i < G_N_ELEMENTS (picture_table); i++)
    check_row (folder, &picture_table[i]);
}

static void
test_odd_pixels (void)
{
  g_autofree gchar *folder =
      g_build_filename (g_getenv ("PTQ_TEST_DATA"), "odd-images", NULL);
  guint i;

  if (!g_file_test (folder, G_FILE_TEST_IS_DIR)) {
    g_test_skip ("no folder odd-images");
    return;
  }
  for (i = 0; i < G_N_ELEMENTS (odd_picture_table); i++)
    check_row (folder, &odd_picture_table[i]);
}

/* One stream, caps following each picture, bad files counted by name */
static void
test_folder_with_bad_files (void)
{
  g_autofree gchar *folder = pictures ();
  g_autoptr (Stream) stream =
      stream_run ("ptqimagesrc on-error=skip "
                  "location=\"%s\" ! ptqconvert ! video/x-raw,format=RGB",
          folder);
  guint i, n_good = 0, n_bad = 0;

  g_assert_cmpuint (stream->errors->len, ==, 0);
  for (i = 0; i < G_N_ELEMENTS (picture_table); i++) {
    const PictureRow *row = &picture_table[i];
    g_autofree gchar *name = NULL, *sha1 = NULL;

    if (row->sha1 == NULL) {
      g_assert_nonnull (strstr (stream->warnings->pdata[n_bad], row->file));
      n_bad++;
      continue;
    }
    g_assert_cmpuint (n_good, <, stream->buffers->len);
    name = stream_file_name (stream, n_good);
    g_assert_cmpstr (name, ==, row->file);
    sha1 = stream_rgb_sha1 (stream, n_good);
    g_assert_cmpstr (sha1, ==, row->sha1);
    n_good++;
  }
  g_assert_cmpuint (stream->buffers->len, ==, n_good);
  g_assert_cmpuint (stream->warnings->len, ==, n_bad);
}

static void
test_bad_file_stops (void)
{
  g_autofree gchar *folder = pictures ();
  g_autoptr (Stream) stream = NULL;

  /* 1-bit.png, chroma-444.jpg and cmyk.jpg stand before it. */
  stream = stream_run ("ptqimagesrc location=\"%s\"", folder);
  g_assert_cmpuint (stream->buffers->len, ==, 3);
  g_assert_cmpuint (stream->errors->len, ==, 1);
  g_assert_nonnull (strstr (stream->errors->pdata[0], "corrupt-scan.jpg"));
  g_assert_nonnull (strstr (stream->errors->pdata[0], "damaged"));
}

static void
test_nothing_left (void)
{
  g_autofree gchar *folder = pictures ();
  g_autoptr (Stream) stream = stream_run ("ptqimagesrc loop=true "
                                          "on-error=skip location=\"%s/cut.*\"",
      folder);

  g_assert_cmpuint (stream->warnings->len, ==, 2);
  stream_check_error (stream, "None of the 2 files", NULL);
}

static void
test_pattern (void)
{
  g_autofree gchar *folder = pictures ();
  g_autoptr (Stream) stream =
      stream_run ("ptqimagesrc "
                  "location=\"%s/orientation-[3-5].{png,jpg}\"",
          folder);
  static const gchar *names[] = { "orientation-3.jpg", "orientation-4.jpg",
    "orientation-5.jpg" };
  guint i;

  stream_check (stream, 3);
  for (i = 0; i < 3; i++) {
    g_autofree gchar *name = stream_file_name (stream, i);

    g_assert_cmpstr (name, ==, names[i]);
    g_assert_cmpuint (
        GST_BUFFER_OFFSET ((GstBuffer *) stream->buffers->pdata[i]), ==, i);
    g_assert_false (
        GST_BUFFER_PTS_IS_VALID ((GstBuffer *) stream->buffers->pdata[i]));
  }
}

/* As they are stored: 31 by 22, the pixels of orientation 1 and 6 differ only
 * by what JPEG did to the same scene, which is nothing. */
static void
test_without_orientation (void)
{
  g_autofree gchar *folder = pictures (), *sha1 = NULL;
  g_autoptr (Stream) stream = stream_run ("ptqimagesrc auto-orient=false "
                                          "location=\"%s/orientation-6.jpg\"",
      folder);

  stream_check (stream, 1);
  stream_check_caps (stream, 0, "video/x-raw,width=31,height=22");
  sha1 = stream_rgb_sha1 (stream, 0);
  g_assert_cmpstr (sha1, ==,
      find_row (
          picture_table, G_N_ELEMENTS (picture_table), "orientation-1.jpg")
          ->sha1);
}

static void
test_formats (void)
{
  g_autofree gchar *folder = pictures ();
  g_autoptr (Stream) grey =
      stream_run ("ptqimagesrc location=\"%s/grey.png\"", folder);
  g_autoptr (Stream) rgb =
      stream_run ("ptqimagesrc location=\"%s/rgb.png\"", folder);
  g_autoptr (Stream) bgr = stream_run ("ptqimagesrc location=\"%s/rgb.png\""
                                       " ! video/x-raw,format=BGR",
      folder);
  GstMapInfo a, b;

  stream_check (grey, 1);
  stream_check_caps (grey, 0, "video/x-raw,format=GRAY8,framerate=0/1");
  stream_check (rgb, 1);
  stream_check_caps (rgb, 0, "video/x-raw,format=RGB");
  stream_check (bgr, 1);
  stream_check_caps (bgr, 0, "video/x-raw,format=BGR");
  gst_buffer_map (rgb->buffers->pdata[0], &a, GST_MAP_READ);
  gst_buffer_map (bgr->buffers->pdata[0], &b, GST_MAP_READ);
  /* 31 pixels take 93 bytes of 96 */
  g_assert_cmpuint (a.size, ==, 96 * 22);
  g_assert_cmpuint (b.size, ==, 96 * 22);
  g_assert_cmpuint (a.data[96 * 21 + 90], ==, b.data[96 * 21 + 92]);
  g_assert_cmpuint (a.data[96 * 21 + 91], ==, b.data[96 * 21 + 91]);
  g_assert_cmpuint (a.data[96 * 21 + 92], ==, b.data[96 * 21 + 90]);
  /* the last pixel of the scene */
  g_assert_cmpuint (a.data[96 * 21 + 90], ==, 255);
  g_assert_cmpuint (a.data[96 * 21 + 92], ==, (30 * 7 + 21 * 13) % 256);
  gst_buffer_unmap (rgb->buffers->pdata[0], &a);
  gst_buffer_unmap (bgr->buffers->pdata[0], &b);
}

static void
test_frame_rate (void)
{
  g_autofree gchar *folder = pictures ();
  g_autoptr (Stream) stream = stream_run (
      "ptqimagesrc "
      "location=\"%s/orientation-[12].jpg\" ! video/x-raw,framerate=4/1",
      folder);
  GstBuffer *second;

  stream_check (stream, 2);
  second = stream->buffers->pdata[1];
  g_assert_cmpuint (GST_BUFFER_PTS (second), ==, GST_SECOND / 4);
  g_assert_cmpuint (GST_BUFFER_DURATION (second), ==, GST_SECOND / 4);
}

static GString *
order_of (Stream *stream)
{
  GString *order = g_string_new (NULL);
  guint i;

  for (i = 0; i < stream->buffers->len; i++) {
    g_autofree gchar *name = stream_file_name (stream, i);

    g_string_append_c (order, name[strlen ("orientation-")]);
  }
  return order;
}

static gchar *
order (const gchar *properties)
{
  g_autofree gchar *folder = pictures ();
  g_autoptr (Stream) stream = stream_run ("ptqimagesrc %s "
                                          "location=\"%s/orientation-*\"",
      properties, folder);

  g_assert_cmpuint (stream->errors->len, ==, 0);
  return g_string_free (order_of (stream), FALSE);
}

static gint
compare_letters (gconstpointer a, gconstpointer b)
{
  return *(const gchar *) a - *(const gchar *) b;
}

static void
test_order (void)
{
  g_autofree gchar *plain = order ("");
  g_autofree gchar *some = order ("num-samples=3");
  g_autofree gchar *all = order ("num-samples=0");
  g_autofree gchar *looped = order ("num-samples=11 loop=true");
  g_autofree gchar *seed1 = order ("shuffle=true seed=1");
  g_autofree gchar *again = order ("shuffle=true seed=1");
  g_autofree gchar *seed2 = order ("shuffle=true seed=2");
  g_autofree gchar *subset = order ("shuffle=true seed=1 num-samples=4");

  g_assert_cmpstr (plain, ==, "12345678");
  g_assert_cmpstr (some, ==, "123");
  g_assert_cmpstr (all, ==, "12345678");
  g_assert_cmpstr (looped, ==, "12345678123");
  g_assert_cmpstr (seed1, !=, plain);
  g_assert_cmpstr (seed1, ==, again);
  g_assert_cmpstr (seed1, !=, seed2);
  g_assert_true (g_str_has_prefix (seed1, subset));
  g_assert_cmpuint (strlen (subset), ==, 4);
  qsort (seed1, strlen (seed1), 1, compare_letters);
  g_assert_cmpstr (seed1, ==, plain);
}

/* Capitals before small letters, no matter the locale; what is not a file
 * does not count */
static void
test_folder (void)
{
  g_autofree gchar *from =
      g_test_build_filename (G_TEST_DIST, "data", "pictures", "rgb.png", NULL);
  static const gchar *names[] = { "B.png", "a.png", "\303\204.png", ".c.png" };
  g_autofree gchar *folder = g_dir_make_tmp ("ptq-XXXXXX", NULL);
  g_autofree gchar *inner = g_build_filename (folder, "b", NULL);
  g_autofree gchar *data = NULL;
  g_autoptr (Stream) stream = NULL, empty = NULL;
  gsize size;
  guint i;

  g_assert_true (g_file_get_contents (from, &data, &size, NULL));
  g_mkdir (inner, 0700);
  empty = stream_run ("ptqimagesrc location=%s", folder);
  stream_check_error (
      empty, folder, "holds no file", "sub-folders do not count", NULL);
  for (i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree gchar *path = g_build_filename (folder, names[i], NULL);

    g_assert_true (g_file_set_contents (path, data, size, NULL));
  }

  stream = stream_run ("ptqimagesrc location=%s", folder);
  stream_check (stream, 3);
  for (i = 0; i < 3; i++) {
    g_autofree gchar *name = stream_file_name (stream, i);

    g_assert_cmpstr (name, ==, names[i]);
  }

  for (i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree gchar *path = g_build_filename (folder, names[i], NULL);

    g_unlink (path);
  }
  g_rmdir (inner);
  g_rmdir (folder);
}

static void
test_locations (void)
{
  g_autofree gchar *folder = pictures ();
  g_autoptr (Stream) none = stream_run ("ptqimagesrc");
  g_autoptr (Stream) missing = stream_run ("ptqimagesrc location=/no/such");
  g_autoptr (Stream) unmatched =
      stream_run ("ptqimagesrc location=\"%s/*.xyz\"", folder);

  stream_check_error (none, "location", NULL);
  stream_check_error (missing, "/no/such", "does not exist", NULL);
  stream_check_error (unmatched, "*.xyz", "no file matches", NULL);
}

static void
test_link_to_nowhere (void)
{
  g_autofree gchar *folder = g_dir_make_tmp ("ptq-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (folder, "gone.png", NULL);
  g_autoptr (Stream) stream = NULL;

  g_assert_cmpint (symlink ("/no/such", path), ==, 0);
  stream = stream_run ("ptqimagesrc location=%s", folder);
  stream_check_error (stream, "gone.png", "cannot be opened", NULL);
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_too_many_pixels (void)
{
  g_autofree gchar *folder = pictures ();
  g_autoptr (Stream) stream = stream_run ("ptqimagesrc max-pixels=681 "
                                          "location=\"%s/rgb.png\"",
      folder);
  g_autoptr (Stream) just = stream_run ("ptqimagesrc max-pixels=682 "
                                        "location=\"%s/rgb.png\"",
      folder);

  stream_check_error (stream, "rgb.png", "31x22", "682", "681", NULL);
  stream_check (just, 1);
}

static void
test_size_not_taken (void)
{
  g_autofree gchar *folder = pictures ();
  g_autoptr (Stream) stream =
      stream_run ("ptqimagesrc "
                  "location=\"%s/rgb.png\" ! video/x-raw,width=32",
          folder);

  stream_check_error (stream, "rgb.png", "31x22", "ptqresize", NULL);
}

static void
test_more_samples_than_files (void)
{
  g_autofree gchar *folder = pictures ();
  g_autoptr (Stream) stream = stream_run ("ptqimagesrc num-samples=9 "
                                          "location=\"%s/orientation-*\"",
      folder);

  g_assert_cmpuint (stream->buffers->len, ==, 8);
  g_assert_cmpuint (stream->warnings->len, ==, 1);
  g_assert_nonnull (strstr (stream->warnings->pdata[0], "num-samples=9"));
}

/* The name is there behind every stock element on the way. */
static void
test_name_travels (void)
{
  g_autofree gchar *folder = pictures ();
  g_autoptr (Stream) stream = stream_run (
      "ptqimagesrc "
      "location=\"%s/orientation-*\" ! tee name=t ! queue ! fakesink "
      "t. ! queue ! ptqconvert ! ptqresize width=32 height=32 ! queue ! "
      "ptqcrop width=24 height=24 ! ptqnormalize ! queue",
      folder);
  g_autoptr (GString) names = NULL;

  stream_check (stream, 8);
  names = order_of (stream);
  g_assert_cmpstr (names->str, ==, "12345678");
}

static void
test_states (void)
{
  g_autofree gchar *folder = pictures ();
  g_autofree gchar *description = g_strdup_printf (
      "ptqimagesrc loop=true "
      "location=\"%s/orientation-*\" ! ptqconvert ! ptqresize width=64 "
      "height=64 ! ptqnormalize ! fakesink",
      folder);
  g_autoptr (GstElement) pipeline = gst_parse_launch (description, NULL);
  guint i;

  for (i = 0; i < 20; i++) {
    gst_element_set_state (pipeline, GST_STATE_PLAYING);
    if (i % 2 == 0)
      gst_element_get_state (pipeline, NULL, NULL, GST_CLOCK_TIME_NONE);
    gst_element_set_state (
        pipeline, i % 4 < 2 ? GST_STATE_NULL : GST_STATE_READY);
  }
  g_assert_cmpint (gst_element_set_state (pipeline, GST_STATE_NULL), ==,
      GST_STATE_CHANGE_SUCCESS);
}

static void
test_duration (void)
{
  g_autofree gchar *folder = pictures ();
  g_autofree gchar *description =
      g_strdup_printf ("ptqimagesrc name=src "
                       "num-samples=5 location=\"%s/orientation-*\" ! fakesink",
          folder);
  g_autoptr (GstElement) pipeline = gst_parse_launch (description, NULL);
  g_autoptr (GstElement) src = gst_bin_get_by_name (GST_BIN (pipeline), "src");
  gint64 duration = 0;

  gst_element_set_state (pipeline, GST_STATE_PAUSED);
  gst_element_get_state (pipeline, NULL, NULL, GST_CLOCK_TIME_NONE);
  g_assert_true (
      gst_element_query_duration (src, GST_FORMAT_DEFAULT, &duration));
  g_assert_cmpint (duration, ==, 5);
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

int
main (int argc, char **argv)
{
  gint status;

  gst_init (NULL, NULL);
  g_test_init (&argc, &argv, NULL);
  /* libvips warns of what is wrong with a file */
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);

  g_test_add_func ("/ptqimagesrc/pixels", test_pixels);
  g_test_add_func ("/ptqimagesrc/odd-pixels", test_odd_pixels);
  g_test_add_func (
      "/ptqimagesrc/folder-with-bad-files", test_folder_with_bad_files);
  g_test_add_func ("/ptqimagesrc/bad-file-stops", test_bad_file_stops);
  g_test_add_func ("/ptqimagesrc/nothing-left", test_nothing_left);
  g_test_add_func ("/ptqimagesrc/pattern", test_pattern);
  g_test_add_func (
      "/ptqimagesrc/without-orientation", test_without_orientation);
  g_test_add_func ("/ptqimagesrc/formats", test_formats);
  g_test_add_func ("/ptqimagesrc/frame-rate", test_frame_rate);
  g_test_add_func ("/ptqimagesrc/order", test_order);
  g_test_add_func ("/ptqimagesrc/folder", test_folder);
  g_test_add_func ("/ptqimagesrc/locations", test_locations);
  g_test_add_func ("/ptqimagesrc/link-to-nowhere", test_link_to_nowhere);
  g_test_add_func ("/ptqimagesrc/too-many-pixels", test_too_many_pixels);
  g_test_add_func ("/ptqimagesrc/size-not-taken", test_size_not_taken);
  g_test_add_func (
      "/ptqimagesrc/more-samples-than-files", test_more_samples_than_files);
  g_test_add_func ("/ptqimagesrc/name-travels", test_name_travels);
  g_test_add_func ("/ptqimagesrc/states", test_states);
  g_test_add_func ("/ptqimagesrc/duration", test_duration);
  status = g_test_run ();
  /* so that the leaks tracer looks */
  gst_deinit ();
  return status;
}
