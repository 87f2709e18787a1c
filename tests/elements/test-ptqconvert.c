/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ptqconvert: formats, strides and what it prefers. The exact colours are
 * checked in the tests of the library.
 */
#include <gst/check/gstharness.h>
#include <gst/video/video.h>
#include <string.h>

#include "stream.h"

/* A picture of 2 by 2 equal pixels, which every format can hold */
typedef struct
{
  const gchar *caps; /* format and colorimetry */
  guint8 data[24];
  gsize size;
  guint8 rgb[3]; /* worked by hand from the standard */
} Row;

/* With rows of 4 bytes where GStreamer rounds up */
static const Row rows[] = {
  { "format=RGB", { 1, 2, 3, 1, 2, 3, 0, 0, 1, 2, 3, 1, 2, 3, 0, 0 }, 16,
      { 1, 2, 3 } },
  { "format=BGR", { 3, 2, 1, 3, 2, 1, 0, 0, 3, 2, 1, 3, 2, 1, 0, 0 }, 16,
      { 1, 2, 3 } },
  { "format=RGBx", { 1, 2, 3, 9, 1, 2, 3, 9, 1, 2, 3, 9, 1, 2, 3, 9 }, 16,
      { 1, 2, 3 } },
  { "format=BGRA", { 3, 2, 1, 0, 3, 2, 1, 0, 3, 2, 1, 0, 3, 2, 1, 0 }, 16,
      { 1, 2, 3 } },
  { "format=ARGB", { 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3 }, 16,
      { 1, 2, 3 } },
  { "format=xBGR", { 9, 3, 2, 1, 9, 3, 2, 1, 9, 3, 2, 1, 9, 3, 2, 1 }, 16,
      { 1, 2, 3 } },
  { "format=RGBP",
      { 1, 1, 0, 0, 1, 1, 0, 0, 2, 2, 0, 0, 2, 2, 0, 0, 3, 3, 0, 0, 3, 3, 0,
          0 },
      24, { 1, 2, 3 } },
  { "format=GRAY8", { 7, 7, 0, 0, 7, 7, 0, 0 }, 8, { 7, 7, 7 } },
  { "format=GRAY16_LE", { 9, 7, 9, 7, 9, 7, 9, 7 }, 8, { 7, 7, 7 } },
  { "format=GRAY16_BE", { 7, 9, 7, 9, 7, 9, 7, 9 }, 8, { 7, 7, 7 } },
  /* BT.601, limited: 255/219 = 1.164384, 1.596027 of Cr, 2.017232 of Cb */
  { "format=I420", { 81, 81, 0, 0, 81, 81, 0, 0, 90, 0, 0, 0, 240, 0, 0, 0 },
      16, { 254, 0, 0 } },
  { "format=YV12", { 81, 81, 0, 0, 81, 81, 0, 0, 240, 0, 0, 0, 90, 0, 0, 0 },
      16, { 254, 0, 0 } },
  { "format=NV12", { 81, 81, 0, 0, 81, 81, 0, 0, 90, 240, 0, 0 }, 12,
      { 254, 0, 0 } },
  { "format=NV21", { 81, 81, 0, 0, 81, 81, 0, 0, 240, 90, 0, 0 }, 12,
      { 254, 0, 0 } },
  { "format=YUY2", { 81, 90, 81, 240, 81, 90, 81, 240 }, 8, { 254, 0, 0 } },
  { "format=UYVY", { 90, 81, 240, 81, 90, 81, 240, 81 }, 8, { 254, 0, 0 } },
  { "format=Y42B",
      { 81, 81, 0, 0, 81, 81, 0, 0, 90, 0, 0, 0, 90, 0, 0, 0, 240, 0, 0, 0, 240,
          0, 0, 0 },
      24, { 254, 0, 0 } },
  { "format=Y444",
      { 81, 81, 0, 0, 81, 81, 0, 0, 90, 90, 0, 0, 90, 90, 0, 0, 240, 240, 0, 0,
          240, 240, 0, 0 },
      24, { 254, 0, 0 } },
  { "format=NV12", { 235, 235, 0, 0, 235, 235, 0, 0, 128, 128, 0, 0 }, 12,
      { 255, 255, 255 } },
  { "format=NV12", { 16, 16, 0, 0, 16, 16, 0, 0, 128, 128, 0, 0 }, 12,
      { 0, 0, 0 } },
  /* BT.601, full range, as JPEG: 1.402 of Cr, 1.772 of Cb */
  { "format=NV12,colorimetry=(string)1:4:0:0",
      { 76, 76, 0, 0, 76, 76, 0, 0, 85, 255, 0, 0 }, 12, { 254, 0, 0 } },
  /* BT.709, limited: 1.792741 of Cr, 2.112402 of Cb */
  { "format=NV12,colorimetry=(string)bt709",
      { 63, 63, 0, 0, 63, 63, 0, 0, 102, 240, 0, 0 }, 12, { 255, 1, 0 } },
};

static void
check_pixels (GstBuffer *buffer, const guint8 *rgb)
{
  GstMapInfo map;
  guint x, y, c;

  gst_buffer_map (buffer, &map, GST_MAP_READ);
  g_assert_cmpuint (map.size, ==, 16);
  for (y = 0; y < 2; y++)
    for (x = 0; x < 2; x++)
      for (c = 0; c < 3; c++)
        g_assert_cmpuint (map.data[8 * y + 3 * x + c], ==, rgb[c]);
  gst_buffer_unmap (buffer, &map);
}

static void
test_formats (void)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    GstHarness *harness =
        gst_harness_new_parse ("ptqconvert ! "
                               "capsfilter caps=video/x-raw,format=RGB");
    g_autofree gchar *caps = g_strdup_printf ("video/x-raw,%s,width=2,"
                                              "height=2,framerate=0/1",
        rows[i].caps);
    GstBuffer *buffer;

    g_test_message ("%s", caps);
    gst_harness_set_src_caps_str (harness, caps);
    buffer = gst_harness_push_and_pull (
        harness, gst_buffer_new_memdup (rows[i].data, rows[i].size));
    check_pixels (buffer, rows[i].rgb);
    gst_buffer_unref (buffer);
    gst_harness_teardown (harness);
  }
}

/* 0.299 * 200 + 0.587 * 100 + 0.114 * 50 = 124.2 */
static void
test_grey (void)
{
  static const guint8 pixel[] = { 200, 100, 50, 0 };
  GstHarness *harness =
      gst_harness_new_parse ("ptqconvert ! "
                             "capsfilter caps=video/x-raw,format=GRAY8");
  GstBuffer *buffer;
  guint8 grey;

  gst_harness_set_src_caps_str (
      harness, "video/x-raw,format=RGB,width=1,height=1,framerate=0/1");
  buffer = gst_harness_push_and_pull (
      harness, gst_buffer_new_memdup (pixel, sizeof pixel));
  gst_buffer_extract (buffer, 0, &grey, 1);
  g_assert_cmpuint (grey, ==, 124);
  gst_buffer_unref (buffer);
  gst_harness_teardown (harness);
}

/* Strides and offsets are the buffer's own where it has a GstVideoMeta. */
static void
test_strides (void)
{
  static const guint8 data[] = { 99, 99, 81, 81, 99, 99, 81, 81, 99,
    99, /* luma from 2 on */
    90, 240, 99 };
  const guint8 expected[3] = { 254, 0, 0 };
  gsize offsets[GST_VIDEO_MAX_PLANES] = { 2, 10 };
  gint strides[GST_VIDEO_MAX_PLANES] = { 4, 4 };
  GstHarness *harness =
      gst_harness_new_parse ("ptqconvert ! "
                             "capsfilter caps=video/x-raw,format=RGB");
  GstBuffer *buffer = gst_buffer_new_memdup (data, sizeof data);

  gst_buffer_add_video_meta_full (buffer, GST_VIDEO_FRAME_FLAG_NONE,
      GST_VIDEO_FORMAT_NV12, 2, 2, 2, offsets, strides);
  gst_harness_set_src_caps_str (
      harness, "video/x-raw,format=NV12,width=2,height=2,framerate=0/1");
  buffer = gst_harness_push_and_pull (harness, buffer);
  check_pixels (buffer, expected);
  gst_buffer_unref (buffer);
  gst_harness_teardown (harness);
}

/* RGB unless downstream says otherwise */
static void
test_preference (void)
{
  static const struct
  {
    const gchar *in, *then, *out;
  } cases[] = {
    { "I420", "identity", "RGB" },
    { "GRAY8", "identity", "RGB" },
    { "BGR", "identity", "RGB" },
    { "RGB", "identity", "RGB" },
    { "RGB", "video/x-raw,format=BGR", "BGR" },
    { "BGR", "queue ! video/x-raw,format=BGR", "BGR" },
    { "GRAY8", "queue ! video/x-raw,format=GRAY8", "GRAY8" },
    { "I420", "video/x-raw,format={BGR,GRAY8}", "BGR" },
    { "YUY2", "ptqresize ! video/x-raw,format=GRAY8,width=3,height=3",
        "GRAY8" },
    /* it may take more than it likes, as sinks do */
    { "RGB", "capsfilter caps=video/x-raw,format=GRAY8;video/x-raw", "GRAY8" },
    { "I420",
        "ptqresize ! capsfilter caps=video/x-raw,format=GRAY8,width=3,"
        "height=3;video/x-raw",
        "GRAY8" },
    { "GRAY8", "capsfilter caps=video/x-raw,format=BGR;video/x-raw", "BGR" },
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (Stream) stream =
        stream_run ("videotestsrc num-buffers=1 ! "
                    "video/x-raw,format=%s,width=8,height=6 ! ptqconvert ! %s",
            cases[i].in, cases[i].then);
    g_autofree gchar *caps =
        g_strdup_printf ("video/x-raw,format=%s", cases[i].out);

    stream_check (stream, 1);
    stream_check_caps (stream, 0, caps);
  }
}

/* RGB to RGB is the very same buffer. */
static void
test_passthrough (void)
{
  GstHarness *harness = gst_harness_new ("ptqconvert");
  GstBuffer *in = gst_buffer_new_allocate (NULL, 16, NULL), *out;

  gst_buffer_memset (in, 0, 0, 16);
  gst_harness_set_src_caps_str (
      harness, "video/x-raw,format=RGB,width=2,height=2,framerate=0/1");
  out = gst_harness_push_and_pull (harness, in);
  g_assert_true (in == out);
  gst_buffer_unref (out);
  gst_harness_teardown (harness);
}

int
main (int argc, char **argv)
{
  gint status;

  gst_init (NULL, NULL);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ptqconvert/formats", test_formats);
  g_test_add_func ("/ptqconvert/grey", test_grey);
  g_test_add_func ("/ptqconvert/strides", test_strides);
  g_test_add_func ("/ptqconvert/preference", test_preference);
  g_test_add_func ("/ptqconvert/passthrough", test_passthrough);
  status = g_test_run ();
  /* so that the leaks tracer looks */
  gst_deinit ();
  return status;
}
