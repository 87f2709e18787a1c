/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ptqcrop: the middle of video and of tensors, and sizes from downstream.
 */
#include <gst/check/gstharness.h>
#include <gst/video/video.h>
#include <string.h>

#include "stream.h"

#define TENSOR \
  "other/tensors,format=(string)static,num_tensors=(int)1," \
  "types=(string)float32,framerate=(fraction)0/1,dimensions=(string)"

static GstBuffer *
push (const gchar *description, const gchar *caps, GstBuffer *buffer)
{
  GstHarness *harness = gst_harness_new_parse (description);

  gst_harness_set_src_caps_str (harness, caps);
  buffer = gst_harness_push_and_pull (harness, buffer);
  gst_harness_teardown (harness);
  return buffer;
}

/* 5 by 4, samples 10 * row + column: 2 by 3 of it starts at column
 * (5 - 2) / 2 = 1 and row (4 - 3) / 2 = 0. */
static void
test_video (void)
{
  static const guint8 rows[] = { 0, 1, 2, 3, 4, 9, 9, 9, 10, 11, 12, 13, 14, 9,
    9, 9, 20, 21, 22, 23, 24, 9, 9, 9, 30, 31, 32, 33, 34, 9, 9, 9 };
  GstBuffer *buffer = push ("ptqcrop width=2 height=3",
      "video/x-raw,format=GRAY8,width=5,height=4,framerate=0/1",
      gst_buffer_new_memdup (rows, sizeof rows));
  GstMapInfo map;
  guint y;

  gst_buffer_map (buffer, &map, GST_MAP_READ);
  g_assert_cmpuint (map.size, ==, 12);
  for (y = 0; y < 3; y++) {
    g_assert_cmpuint (map.data[4 * y], ==, 10 * y + 1);
    g_assert_cmpuint (map.data[4 * y + 1], ==, 10 * y + 2);
  }
  gst_buffer_unmap (buffer, &map);
  gst_buffer_unref (buffer);
}

/* Sample 1000 * channel + 10 * row + column in both layouts */
static void
check_tensor (const gchar *caps, gboolean planar)
{
  gfloat in[5 * 4 * 3];
  const gfloat *out;
  GstBuffer *buffer;
  GstMapInfo map;
  guint x, y, c;

  for (c = 0; c < 3; c++)
    for (y = 0; y < 4; y++)
      for (x = 0; x < 5; x++)
        in[planar ? (c * 4 + y) * 5 + x : (y * 5 + x) * 3 + c] =
            1000 * c + 10 * y + x;
  buffer = push (
      "ptqcrop width=2 height=3", caps, gst_buffer_new_memdup (in, sizeof in));
  gst_buffer_map (buffer, &map, GST_MAP_READ);
  g_assert_cmpuint (map.size, ==, 2 * 3 * 3 * sizeof (gfloat));
  out = (const gfloat *) map.data;
  for (c = 0; c < 3; c++)
    for (y = 0; y < 3; y++)
      for (x = 0; x < 2; x++)
        g_assert_cmpfloat (
            out[planar ? (c * 3 + y) * 2 + x : (y * 2 + x) * 3 + c], ==,
            1000 * c + 10 * y + x + 1);
  gst_buffer_unmap (buffer, &map);
  gst_buffer_unref (buffer);
}

static void
test_tensors (void)
{
  check_tensor (TENSOR "5:4:3:1", TRUE);
  check_tensor (TENSOR "5:4:3", TRUE);
  check_tensor (TENSOR "3:5:4:1", FALSE);
}

static void
test_size_from_downstream (void)
{
  g_autoptr (Stream) video =
      stream_run ("videotestsrc num-buffers=1 ! "
                  "video/x-raw,format=RGB,width=40,height=30 ! ptqcrop ! "
                  "video/x-raw,width=8,height=6");
  g_autoptr (Stream) tensor = stream_run (
      "videotestsrc num-buffers=1 ! "
      "video/x-raw,format=RGB,width=40,height=30 ! ptqnormalize ! ptqcrop ! "
      "other/tensors,dimensions=(string)3:8:6:1");

  stream_check (video, 1);
  stream_check_caps (video, 0, "video/x-raw,width=8,height=6");
  stream_check (tensor, 1);
  stream_check_caps (tensor, 0, "other/tensors,dimensions=(string)3:8:6:1");
}

static void
test_larger (void)
{
  g_autoptr (Stream) wide =
      stream_run ("videotestsrc num-buffers=1 ! "
                  "video/x-raw,format=RGB,width=40,height=30 ! "
                  "ptqcrop width=41 height=30");
  g_autoptr (Stream) high =
      stream_run ("videotestsrc num-buffers=1 ! "
                  "video/x-raw,format=RGB,width=40,height=30 ! ptqnormalize ! "
                  "ptqcrop width=40 height=31");

  stream_check_error (wide, "40x30", "41x30", NULL);
  stream_check_error (high, "40x30", "40x31", NULL);
}

static void
test_one_error (void)
{
  stream_check_one_error ("ptqcrop width=3 height=1");
}

int
main (int argc, char **argv)
{
  gint status;

  gst_init (NULL, NULL);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ptqcrop/video", test_video);
  g_test_add_func ("/ptqcrop/tensors", test_tensors);
  g_test_add_func ("/ptqcrop/size-from-downstream", test_size_from_downstream);
  g_test_add_func ("/ptqcrop/larger", test_larger);
  g_test_add_func ("/ptqcrop/one-error", test_one_error);
  status = g_test_run ();
  /* so that the leaks tracer looks */
  gst_deinit ();
  return status;
}
