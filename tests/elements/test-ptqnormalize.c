/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ptqnormalize: presets, layouts and values, and who decides on them.
 */
#include <gst/check/gstharness.h>
#include <gst/video/video.h>
#include <string.h>

#include "stream.h"

#define SIZE "width=2,height=1,framerate=0/1"

/* Two pixels in a row of 8 bytes */
static const guint8 pixels[] = { 0, 51, 255, 102, 153, 204, 77, 77 };

static void
check (const gchar *properties, const gchar *format, const gchar *dimensions,
    const gdouble *expected, guint n)
{
  g_autofree gchar *description =
      g_strdup_printf ("ptqnormalize %s", properties);
  GstHarness *harness = gst_harness_new_parse (description);
  g_autofree gchar *caps =
      g_strdup_printf ("video/x-raw,format=%s," SIZE, format);
  g_autoptr (GstCaps) out = NULL;
  GstBuffer *buffer;
  GstMapInfo map;
  guint i;

  g_test_message ("%s, %s", description, format);
  gst_harness_set_src_caps_str (harness, caps);
  buffer = gst_harness_push_and_pull (
      harness, gst_buffer_new_memdup (pixels, sizeof pixels));
  out = gst_pad_get_current_caps (harness->sinkpad);
  g_assert_cmpstr (
      gst_structure_get_string (gst_caps_get_structure (out, 0), "dimensions"),
      ==, dimensions);
  gst_buffer_map (buffer, &map, GST_MAP_READ);
  g_assert_cmpuint (map.size, ==, n * sizeof (gfloat));
  g_assert_cmpuint ((guintptr) map.data % 64, ==, 0);
  for (i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (
        ((const gfloat *) map.data)[i], expected[i], 1e-6);
  gst_buffer_unmap (buffer, &map);
  gst_buffer_unref (buffer);
  gst_harness_teardown (harness);
}

static void
test_presets (void)
{
  static const gdouble none[] = { 0, 102, 51, 153, 255, 204 };
  static const gdouble zero_one[] = { 0, 0.4, 0.2, 0.6, 1, 0.8 };
  static const gdouble one[] = { -1, -0.2, -0.6, 0.2, 1, 0.6 };
  static const gdouble imagenet[] = { -0.485 / 0.229, (0.4 - 0.485) / 0.229,
    (0.2 - 0.456) / 0.224, (0.6 - 0.456) / 0.224, (1 - 0.406) / 0.225,
    (0.8 - 0.406) / 0.225 };
  /* the first channel is blue */
  static const gdouble imagenet_bgr[] = { -0.406 / 0.225, (0.4 - 0.406) / 0.225,
    (0.2 - 0.456) / 0.224, (0.6 - 0.456) / 0.224, (1 - 0.485) / 0.229,
    (0.8 - 0.485) / 0.229 };

  check ("", "RGB", "2:1:3:1", none, 6);
  check ("preset=zero-one", "RGB", "2:1:3:1", zero_one, 6);
  check ("preset=zero-one", "BGR", "2:1:3:1", zero_one, 6);
  check ("preset=minus-one-one", "RGB", "2:1:3:1", one, 6);
  check ("preset=imagenet", "RGB", "2:1:3:1", imagenet, 6);
  check ("preset=imagenet", "BGR", "2:1:3:1", imagenet_bgr, 6);
}

static void
test_layouts (void)
{
  static const gdouble interleaved[] = { 0, 51, 255, 102, 153, 204 };
  static const gdouble planes[] = { 0, 102, 51, 153, 255, 204 };
  static const gdouble grey[] = { 0, 51 };

  check ("layout=nhwc", "RGB", "3:2:1:1", interleaved, 6);
  check ("layout=nchw", "RGB", "2:1:3:1", planes, 6);
  check ("", "GRAY8", "2:1:1:1", grey, 2);
  check ("layout=nhwc", "GRAY8", "1:2:1:1", grey, 2);
}

/* What is set replaces the preset's. */
static void
test_values (void)
{
  static const gdouble mean[] = { -10, 92, 31, 133, 225, 174 };
  static const gdouble both[] = { 0, 51, 51, 153, 63.75, 51 };
  static const gdouble override[] = { -1, (0.4 - 0.5) / 0.5, (0.2 - 0.5) / 0.5,
    (0.6 - 0.5) / 0.5, 1, (0.8 - 0.5) / 0.5 };
  static const gdouble scale[] = { -1, 203, 101, 305, 509, 407 };

  check ("mean=\"<10,20,30>\"", "RGB", "2:1:3:1", mean, 6);
  check ("std=\"<2,1,4>\"", "RGB", "2:1:3:1", both, 6);
  check ("preset=imagenet mean=\"<0.5>\" std=\"<0.5,0.5,0.5>\"", "RGB",
      "2:1:3:1", override, 6);
  check ("scale=2 mean=\"<1>\"", "BGR", "2:1:3:1", scale, 6);
}

/* Layout, size and channels follow from what downstream takes. */
static void
test_downstream_decides (void)
{
  static const gchar *dimensions[] = { "224:192:3:1", "3:224:192:1",
    "28:28:1:1", "1:28:28:1" };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (dimensions); i++) {
    g_autoptr (Stream) direct = stream_run (
        "videotestsrc num-buffers=1 ! "
        "video/x-raw,format=I420,width=50,height=40 ! ptqconvert ! "
        "ptqresize ! ptqnormalize ! other/tensors,dimensions=(string)%s",
        dimensions[i]);
    /* the order normalize, resize, crop: on floats */
    g_autoptr (Stream) floats = stream_run (
        "videotestsrc num-buffers=1 ! "
        "video/x-raw,format=I420,width=50,height=40 ! ptqconvert ! "
        "ptqnormalize ! ptqresize width=256 height=256 ! "
        "ptqcrop width=%d height=%d ! other/tensors,dimensions=(string)%s",
        i < 2 ? 224 : 28, i < 2 ? 192 : 28, dimensions[i]);
    g_autofree gchar *caps = g_strdup_printf ("other/tensors,"
                                              "dimensions=(string)%s",
        dimensions[i]);

    stream_check (direct, 1);
    stream_check_caps (direct, 0, caps);
    stream_check (floats, 1);
    stream_check_caps (floats, 0, caps);
  }
}

static void
test_bad_values (void)
{
  static const struct
  {
    const gchar *properties, *text;
  } cases[] = {
    { "std=\"<0>\"", "std" },
    { "std=\"<1,1,0>\"", "std" },
    { "mean=\"<1,2>\"", "2 values" },
    { "std=\"<1,2,3,4>\"", "4 values" },
    { "mean=\"<1e300>\"", "mean" },
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (Stream) stream =
        stream_run ("videotestsrc num-buffers=1 ! "
                    "video/x-raw,format=RGB ! ptqnormalize %s",
            cases[i].properties);

    stream_check_error (stream, cases[i].text, NULL);
  }
}

static void
test_imagenet_of_grey (void)
{
  g_autoptr (Stream) stream =
      stream_run ("videotestsrc num-buffers=1 ! "
                  "video/x-raw,format=GRAY8 ! ptqnormalize preset=imagenet");

  stream_check_error (stream, "3 values", "1 channels", NULL);
}

static void
test_properties (void)
{
  GstElement *element = gst_element_factory_make ("ptqnormalize", NULL);
  GValue value = G_VALUE_INIT;

  gst_object_ref_sink (element);
  gst_util_set_object_arg (G_OBJECT (element), "mean", "<0.25,1,2>");
  g_value_init (&value, GST_TYPE_ARRAY);
  g_object_get_property (G_OBJECT (element), "mean", &value);
  g_assert_cmpuint (gst_value_array_get_size (&value), ==, 3);
  g_assert_cmpfloat (
      g_value_get_double (gst_value_array_get_value (&value, 0)), ==, 0.25);
  g_value_unset (&value);
  gst_object_unref (element);
}

static void
test_one_error (void)
{
  stream_check_one_error ("ptqnormalize std=\"<0>\"");
}

int
main (int argc, char **argv)
{
  gint status;

  gst_init (NULL, NULL);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ptqnormalize/presets", test_presets);
  g_test_add_func ("/ptqnormalize/layouts", test_layouts);
  g_test_add_func ("/ptqnormalize/values", test_values);
  g_test_add_func ("/ptqnormalize/downstream-decides", test_downstream_decides);
  g_test_add_func ("/ptqnormalize/bad-values", test_bad_values);
  g_test_add_func ("/ptqnormalize/one-error", test_one_error);
  g_test_add_func ("/ptqnormalize/imagenet-of-grey", test_imagenet_of_grey);
  g_test_add_func ("/ptqnormalize/properties", test_properties);
  status = g_test_run ();
  /* so that the leaks tracer looks */
  gst_deinit ();
  return status;
}
