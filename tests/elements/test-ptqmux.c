/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ptqmux: order and shapes of joint streams, and how they end.
 */
#include <string.h>

#include "stream.h"

#define GREY(n, size) \
  "videotestsrc pattern=white num-buffers=" #n \
  " ! video/x-raw,format=GRAY8," size " ! ptqnormalize preset=zero-one ! "
#define BLACK(n, size) \
  "videotestsrc pattern=black num-buffers=" #n \
  " ! video/x-raw,format=GRAY8," size " ! ptqnormalize preset=zero-one ! "

/* A description ends with what stream_run () puts its sink behind. */
#define JOIN "ptqmux name=m"

static gfloat
first_value (GstBuffer *buffer, guint memory)
{
  GstMapInfo map;
  gfloat value;

  gst_memory_map (gst_buffer_peek_memory (buffer, memory), &map, GST_MAP_READ);
  value = *(gfloat *) map.data;
  gst_memory_unmap (gst_buffer_peek_memory (buffer, memory), &map);
  return value;
}

/* The number of the pad says where a tensor goes, not who was first. */
static void
test_order (void)
{
  g_autoptr (Stream) stream =
      stream_run (GREY (3, "width=8,height=4") "m.sink_1 " BLACK (
          3, "width=2,height=2") "m.sink_0 " JOIN);
  guint i;

  stream_check (stream, 3);
  stream_check_caps (stream, 0,
      "other/tensors,format=(string)static,"
      "num_tensors=2,types=(string)\"float32,float32\","
      "dimensions=(string)\"2:2:1:1,8:4:1:1\"");
  for (i = 0; i < 3; i++) {
    GstBuffer *buffer = stream->buffers->pdata[i];

    g_assert_cmpuint (gst_buffer_n_memory (buffer), ==, 2);
    g_assert_cmpuint (
        gst_memory_get_sizes (gst_buffer_peek_memory (buffer, 0), NULL, NULL),
        ==, 16);
    g_assert_cmpuint (
        gst_memory_get_sizes (gst_buffer_peek_memory (buffer, 1), NULL, NULL),
        ==, 128);
    g_assert_cmpfloat (first_value (buffer, 0), <, 0.1);
    g_assert_cmpfloat (first_value (buffer, 1), >, 0.9);
  }
}

/* Sizes flow up through the element, each to its own pad. */
static void
test_sizes_from_downstream (void)
{
  g_autoptr (Stream) stream = stream_run (
      "videotestsrc num-buffers=2 ! "
      "ptqconvert ! ptqresize ! ptqnormalize ! m.sink_0 "
      "videotestsrc num-buffers=2 ! ptqconvert ! ptqresize ! ptqnormalize ! "
      "m.sink_1 " JOIN " ! other/tensors,num_tensors=2,"
      "types=(string)float32.float32,"
      "dimensions=(string)127:125:3:1.3:63:61:1");

  stream_check (stream, 2);
  stream_check_caps (stream, 0,
      "other/tensors,num_tensors=2,"
      "dimensions=(string)127:125:3:1.3:63:61:1");
}

/* A sink takes what its model wants, and after that anything. */
static void
test_sizes_before_anything (void)
{
  g_autoptr (Stream) stream = stream_run (
      "videotestsrc num-buffers=2 ! "
      "ptqconvert ! ptqresize ! ptqnormalize ! m.sink_0 "
      "videotestsrc num-buffers=2 ! ptqconvert ! ptqresize ! ptqnormalize ! "
      "m.sink_1 " JOIN " ! capsfilter caps=\"other/tensors,num_tensors=2,"
      "types=(string)float32.float32,"
      "dimensions=(string)127:125:3:1.63:61:3:1; other/tensors\"");

  stream_check (stream, 2);
  stream_check_caps (stream, 0,
      "other/tensors,num_tensors=2,"
      "dimensions=(string)\"127:125:3:1,63:61:3:1\"");
}

/* It is for the sink to say that a model has more inputs. */
static void
test_fewer_pads (void)
{
  g_autoptr (Stream) stream =
      stream_run ("videotestsrc num-buffers=2 ! "
                  "ptqconvert ! ptqresize ! ptqnormalize ! m.sink_0 " JOIN " ! "
                  "capsfilter caps=\"other/tensors,num_tensors=2,"
                  "types=(string)float32.float32,"
                  "dimensions=(string)127:125:3:1.63:61:3:1; other/tensors\"");

  stream_check (stream, 2);
  stream_check_caps (stream, 0,
      "other/tensors,num_tensors=1,"
      "dimensions=(string)127:125:3:1");
}

static void
test_shortest_ends (void)
{
  g_autoptr (Stream) stream =
      stream_run (GREY (2, "width=2,height=2") "m.sink_0 " GREY (
          5, "width=2,height=2") "m.sink_1 " JOIN);

  g_assert_cmpuint (stream->errors->len, ==, 0);
  g_assert_cmpuint (stream->buffers->len, ==, 2);
  g_assert_cmpuint (stream->warnings->len, ==, 1);
  g_assert_nonnull (strstr (stream->warnings->pdata[0],
      "sink_0 ended after 2 samples, sink_1 has more"));
}

static void
test_one_stream (void)
{
  g_autoptr (Stream) stream =
      stream_run (GREY (2, "width=2,height=2") "m.sink_0 " JOIN);

  stream_check (stream, 2);
  stream_check_caps (stream, 0,
      "other/tensors,num_tensors=1,"
      "dimensions=(string)2:2:1:1");
}

/* The name of the first stream's file, and its time */
static void
test_file_name (void)
{
  g_autofree gchar *folder =
      g_test_build_filename (G_TEST_DIST, "data", "pictures", NULL);
  g_autoptr (Stream) stream = stream_run (
      "ptqimagesrc "
      "location=\"%s/orientation-[12].jpg\" ! ptqnormalize ! m.sink_0 "
      "ptqimagesrc location=\"%s/orientation-[78].jpg\" ! ptqnormalize ! "
      "m.sink_1 " JOIN,
      folder, folder);
  g_autofree gchar *name = NULL;

  stream_check (stream, 2);
  name = stream_file_name (stream, 1);
  g_assert_cmpstr (name, ==, "orientation-2.jpg");
}

static void
test_not_taken (void)
{
  g_autoptr (Stream) stream =
      stream_run (GREY (2, "width=2,height=2") "m.sink_0 " GREY (
          2, "width=3,height=2") "m.sink_1 " JOIN " ! "
                                 "other/"
                                 "tensors,num_tensors=2,dimensions=(string)2:2:"
                                 "1:1.2:2:1:1");

  stream_check_error (stream, NULL);
}

static void
test_states (void)
{
  g_autoptr (GstElement) pipeline =
      gst_parse_launch (GREY (-1, "width=2,height=2") "m.sink_0 " GREY (-1,
                            "width=3,height=2") "m.sink_1 " JOIN " ! fakesink",
          NULL);
  guint i;

  for (i = 0; i < 10; i++) {
    gst_element_set_state (pipeline, GST_STATE_PLAYING);
    if (i % 2 == 0)
      gst_element_get_state (pipeline, NULL, NULL, GST_CLOCK_TIME_NONE);
    gst_element_set_state (pipeline, GST_STATE_NULL);
  }
}

int
main (int argc, char **argv)
{
  gint status;

  gst_init (NULL, NULL);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ptqmux/order", test_order);
  g_test_add_func ("/ptqmux/sizes-from-downstream", test_sizes_from_downstream);
  g_test_add_func ("/ptqmux/sizes-before-anything", test_sizes_before_anything);
  g_test_add_func ("/ptqmux/fewer-pads", test_fewer_pads);
  g_test_add_func ("/ptqmux/shortest-ends", test_shortest_ends);
  g_test_add_func ("/ptqmux/one-stream", test_one_stream);
  g_test_add_func ("/ptqmux/file-name", test_file_name);
  g_test_add_func ("/ptqmux/not-taken", test_not_taken);
  g_test_add_func ("/ptqmux/states", test_states);
  status = g_test_run ();
  /* so that the leaks tracer looks */
  gst_deinit ();
  return status;
}
