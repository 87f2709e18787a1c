/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ptqresize: video and tensors, modes, and sizes that change or are wrong.
 */
#include <gst/check/gstharness.h>
#include <gst/video/video.h>
#include <string.h>

#include "stream.h"

#define TENSOR \
  "other/tensors,format=(string)static,num_tensors=(int)1," \
  "types=(string)float32,framerate=(fraction)0/1,dimensions=(string)"

/* 4 by 2 to 2 by 1: with centres half a pixel off, each output sample is the
 * mean of 2 by 2 input samples. */
static const gfloat plane[] = { 0, 2, 10, 20, 4, 6, 30, 40 };

#define MEAN_LEFT 3.0f
#define MEAN_RIGHT 25.0f

static GstBuffer *
push (
    const gchar *description, const gchar *caps, gconstpointer data, gsize size)
{
  GstHarness *harness = gst_harness_new_parse (description);
  GstBuffer *buffer;

  gst_harness_set_src_caps_str (harness, caps);
  buffer =
      gst_harness_push_and_pull (harness, gst_buffer_new_memdup (data, size));
  gst_harness_teardown (harness);
  return buffer;
}

static void
check_floats (GstBuffer *buffer, const gfloat *expected, guint n)
{
  GstMapInfo map;
  guint i;

  gst_buffer_map (buffer, &map, GST_MAP_READ);
  g_assert_cmpuint (map.size, ==, n * sizeof (gfloat));
  g_assert_cmpuint ((guintptr) map.data % 64, ==, 0);
  for (i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (
        ((gfloat *) map.data)[i], expected[i], 1e-5);
  gst_buffer_unmap (buffer, &map);
  gst_buffer_unref (buffer);
}

static void
test_video (void)
{
  static const guint8 grey[] = { 0, 2, 10, 20, 4, 6, 30, 40 };
  /* mean (nearest 8 bits), left upper sample, each in a row of 4 bytes */
  static const guint8 linear[] = { 3, 25, 0, 0 };
  static const guint8 nearest[] = { 0, 10, 0, 0 };
  GstBuffer *buffer;
  guint8 out[4] = { 0 };

  buffer = push ("ptqresize width=2 height=1",
      "video/x-raw,format=GRAY8,"
      "width=4,height=2,framerate=0/1",
      grey, sizeof grey);
  gst_buffer_extract (buffer, 0, out, 2);
  g_assert_cmpmem (out, 4, linear, 4);
  gst_buffer_unref (buffer);

  buffer = push ("ptqresize width=2 height=1 method=nearest",
      "video/x-raw,format=GRAY8,width=4,height=2,framerate=0/1", grey,
      sizeof grey);
  gst_buffer_extract (buffer, 0, out, 2);
  g_assert_cmpmem (out, 4, nearest, 4);
  gst_buffer_unref (buffer);
}

/* Three samples of a pixel do not mix, packed and in planes. */
static void
test_channels (void)
{
  static const guint8 packed[] = { 0, 100, 200, 2, 102, 202, 0, 0 };
  static const guint8 planar[] = { 0, 2, 0, 0, 100, 102, 0, 0, 200, 202, 0, 0 };
  GstBuffer *buffer;
  guint8 out[12];

  buffer = push ("ptqresize width=1 height=1",
      "video/x-raw,format=BGR,"
      "width=2,height=1,framerate=0/1",
      packed, sizeof packed);
  gst_buffer_extract (buffer, 0, out, 3);
  g_assert_cmpmem (out, 3, ((guint8[]){ 1, 101, 201 }), 3);
  gst_buffer_unref (buffer);

  buffer = push ("ptqresize width=1 height=1",
      "video/x-raw,format=RGBP,"
      "width=2,height=1,framerate=0/1",
      planar, sizeof planar);
  gst_buffer_extract (buffer, 0, out, 12);
  g_assert_cmpuint (out[0], ==, 1);
  g_assert_cmpuint (out[4], ==, 101);
  g_assert_cmpuint (out[8], ==, 201);
  gst_buffer_unref (buffer);
}

/* The same pictures as planes and interleaved */
static void
test_tensors (void)
{
  static const gfloat expected_nchw[] = { MEAN_LEFT, MEAN_RIGHT,
    MEAN_LEFT + 100, MEAN_RIGHT + 100, MEAN_LEFT - 7, MEAN_RIGHT - 7 };
  static const gfloat expected_nhwc[] = { MEAN_LEFT, MEAN_LEFT + 100,
    MEAN_LEFT - 7, MEAN_RIGHT, MEAN_RIGHT + 100, MEAN_RIGHT - 7 };
  static const gfloat shift[] = { 0, 100, -7 };
  gfloat nchw[24], nhwc[24];
  guint i, c;

  for (i = 0; i < 8; i++)
    for (c = 0; c < 3; c++)
      nchw[8 * c + i] = nhwc[3 * i + c] = plane[i] + shift[c];
  check_floats (
      push ("ptqresize width=2 height=1", TENSOR "4:2:3:1", nchw, sizeof nchw),
      expected_nchw, 6);
  check_floats (
      push ("ptqresize width=2 height=1", TENSOR "3:4:2:1", nhwc, sizeof nhwc),
      expected_nhwc, 6);
  /* three channels of 4 by 2, or four of 2 by 3? The property says. */
  check_floats (push ("ptqresize width=2 height=1 layout=nchw",
                    TENSOR "4:2:1:1", plane, sizeof plane),
      expected_nchw, 2);
}

/* One pixel of 10 in the middle of what letterbox leaves over */
static void
test_letterbox (void)
{
  static const guint8 pixels[] = { 10, 10, 0, 0 };
  static const guint8 video[] = { 114, 114, 0, 0, 10, 10, 0, 0, 114, 114, 0,
    0 };
  static const gfloat tensor[] = { -1, -1, 10, 10, -1, -1 };
  static const gfloat tens[] = { 10, 10 };
  GstBuffer *buffer = push ("ptqresize width=2 height=3 mode=letterbox",
      "video/x-raw,format=GRAY8,width=2,height=1,framerate=0/1", pixels,
      sizeof pixels);
  GstMapInfo map;
  guint y;

  gst_buffer_map (buffer, &map, GST_MAP_READ);
  for (y = 0; y < 3; y++)
    g_assert_cmpmem (map.data + 4 * y, 2, video + 4 * y, 2);
  gst_buffer_unmap (buffer, &map);
  gst_buffer_unref (buffer);
  check_floats (push ("ptqresize width=2 height=3 mode=letterbox fill=-1",
                    TENSOR "2:1:1:1", tens, sizeof tens),
      tensor, 6);
}

static void
check_size (const gchar *from, const gchar *resize, const gchar *to)
{
  g_autoptr (Stream) stream = stream_run ("videotestsrc num-buffers=1 ! "
                                          "video/x-raw,format=RGB,%s ! %s",
      from, resize);
  g_autofree gchar *caps = g_strdup_printf ("video/x-raw,format=RGB,%s", to);

  stream_check (stream, 1);
  stream_check_caps (stream, 0, caps);
}

static void
test_sizes (void)
{
  check_size ("width=40,height=30", "ptqresize", "width=40,height=30");
  check_size ("width=40,height=30", "ptqresize width=17", "width=17,height=30");
  check_size ("width=40,height=30",
      "ptqresize ! "
      "video/x-raw,width=7,height=9",
      "width=7,height=9");
  check_size ("width=40,height=30,pixel-aspect-ratio=2/1",
      "ptqresize ! "
      "video/x-raw,width=7,height=9",
      "width=7,height=9");
  /* torchvision: int (16 * 41 / 30) = 21 */
  check_size ("width=41,height=30", "ptqresize mode=shorter-side width=16",
      "width=21,height=16");
  check_size ("width=30,height=41", "ptqresize mode=shorter-side height=16",
      "width=16,height=21");
  check_size ("width=30,height=30",
      "ptqresize mode=shorter-side width=16 "
      "height=16",
      "width=16,height=16");
}

static void
test_same_size_is_same_buffer (void)
{
  GstHarness *harness = gst_harness_new_parse ("ptqresize width=2 height=2");
  GstBuffer *in = gst_buffer_new_allocate (NULL, 8, NULL), *out;

  gst_buffer_memset (in, 0, 0, 8);
  gst_harness_set_src_caps_str (
      harness, "video/x-raw,format=GRAY8,width=2,height=2,framerate=0/1");
  out = gst_harness_push_and_pull (harness, in);
  g_assert_true (in == out);
  gst_buffer_unref (out);
  gst_harness_teardown (harness);
}

/* Sizes that change in the middle of the stream */
static void
test_changing_sizes (void)
{
  GstHarness *harness = gst_harness_new_parse ("ptqresize width=1 height=1");
  guint side;

  for (side = 1; side < 20; side++) {
    g_autofree gchar *caps =
        g_strdup_printf ("video/x-raw,format=GRAY8,"
                         "width=%u,height=%u,framerate=0/1",
            side, side);
    gsize size = GST_ROUND_UP_4 (side) * side;
    GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);
    guint8 sample;

    gst_buffer_memset (buffer, 0, side, size);
    gst_harness_set_src_caps_str (harness, caps);
    buffer = gst_harness_push_and_pull (harness, buffer);
    gst_buffer_extract (buffer, 0, &sample, 1);
    g_assert_cmpuint (sample, ==, side);
    gst_buffer_unref (buffer);
  }
  gst_harness_teardown (harness);
}

static void
test_bad_sizes (void)
{
  g_autoptr (Stream) unset =
      stream_run ("videotestsrc num-buffers=1 ! "
                  "video/x-raw,format=RGB ! ptqresize mode=shorter-side");
  g_autoptr (Stream) two =
      stream_run ("videotestsrc num-buffers=1 ! "
                  "video/x-raw,format=RGB,width=40,height=30 ! "
                  "ptqresize mode=shorter-side width=3 height=4");
  g_autoptr (Stream) far =
      stream_run ("videotestsrc num-buffers=1 ! "
                  "video/x-raw,format=GRAY8,width=30000,height=1 ! "
                  "ptqresize mode=shorter-side width=60000");

  stream_check_error (unset, "shorter-side", "width", NULL);
  stream_check_error (two, "3x4", NULL);
  stream_check_error (far, "30000x1", NULL);
}

static void
test_tensor_that_is_no_picture (void)
{
  GstHarness *harness = gst_harness_new_parse ("ptqresize width=2 height=2");
  GstElement *element = gst_harness_find_element (harness, "ptqresize");
  g_autoptr (GstBus) bus = gst_bus_new ();
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  gst_element_set_bus (element, bus);
  gst_harness_set_src_caps_str (harness, TENSOR "4:5:6:7");
  gst_harness_push (harness, gst_buffer_new_allocate (NULL, 3360, NULL));
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  if (message != NULL) {
    gst_message_parse_error (message, &error, NULL);
    g_assert_nonnull (strstr (error->message, "[7,6,5,4]"));
  }
  g_assert_null (gst_harness_try_pull (harness));
  gst_element_set_bus (element, NULL);
  gst_object_unref (element);
  gst_harness_teardown (harness);
}

static void
test_short_buffer (void)
{
  GstHarness *harness = gst_harness_new_parse ("ptqresize width=2 height=2");

  gst_harness_set_src_caps_str (harness, TENSOR "4:4:1:1");
  g_assert_cmpint (
      gst_harness_push (harness, gst_buffer_new_allocate (NULL, 63, NULL)), ==,
      GST_FLOW_ERROR);
  gst_harness_teardown (harness);
}

int
main (int argc, char **argv)
{
  gint status;

  gst_init (NULL, NULL);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ptqresize/video", test_video);
  g_test_add_func ("/ptqresize/channels", test_channels);
  g_test_add_func ("/ptqresize/tensors", test_tensors);
  g_test_add_func ("/ptqresize/letterbox", test_letterbox);
  g_test_add_func ("/ptqresize/sizes", test_sizes);
  g_test_add_func (
      "/ptqresize/same-size-is-same-buffer", test_same_size_is_same_buffer);
  g_test_add_func ("/ptqresize/changing-sizes", test_changing_sizes);
  g_test_add_func ("/ptqresize/bad-sizes", test_bad_sizes);
  g_test_add_func (
      "/ptqresize/tensor-that-is-no-picture", test_tensor_that_is_no_picture);
  g_test_add_func ("/ptqresize/short-buffer", test_short_buffer);
  status = g_test_run ();
  /* so that the leaks tracer looks */
  gst_deinit ();
  return status;
}
