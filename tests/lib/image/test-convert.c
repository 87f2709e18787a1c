/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Colour conversion.
 */
#include "convert-tables.h"
#include "ptq-error.h"
#include "random-picture.h"

/* Memory of a picture in some format */
typedef struct
{
  PtqPixelInfo info;
  PtqPlanes planes;
} Frame;

static void
frame_add_plane (Frame *frame, guint index, gsize stride, guint rows)
{
  frame->planes.data[index] = g_malloc0 (stride * rows);
  frame->planes.stride[index] = stride;
}

static guint8 *
frame_sample (const Frame *frame, guint plane, guint y, gsize byte)
{
  return (guint8 *) frame->planes.data[plane] + y * frame->planes.stride[plane]
      + byte;
}

static void
frame_clear (Frame *frame)
{
  for (guint i = 0; i < 4; i++)
    g_free ((gpointer) frame->planes.data[i]);
}

static void
convert (const Frame *frame, PtqPixelFormat format, guint8 *out)
{
  guint channels = format == PTQ_PIXEL_GRAY8 ? 1 : 3;
  PtqImage image = { out, PTQ_SAMPLE_U8, frame->info.width, frame->info.height,
    channels, frame->info.width * channels };
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqConverter) converter =
      ptq_converter_new (&frame->info, format, &error);

  g_assert_no_error (error);
  ptq_converter_process (converter, &frame->planes, &image);
}

/* A frame of @format with the given planar luma, Cb and Cr */
static Frame
yuv_frame (PtqPixelFormat format, const PtqImage *planes)
{
  guint width = planes[0].width, height = planes[0].height;
  guint chroma_width = planes[1].width, chroma_height = planes[1].height;
  Frame frame = { { format, width, height, PTQ_MATRIX_BT601, TRUE,
                      PTQ_CHROMA_CENTER },
    { { NULL }, { 0 } } };
  gboolean packed = format == PTQ_PIXEL_YUY2 || format == PTQ_PIXEL_UYVY;
  gboolean half = format == PTQ_PIXEL_NV12 || format == PTQ_PIXEL_NV21;
  gboolean swapped = format == PTQ_PIXEL_YV12 || format == PTQ_PIXEL_NV21;
  gboolean uyvy = format == PTQ_PIXEL_UYVY;

  if (packed) {
    frame_add_plane (&frame, 0, chroma_width * 4, height);
  } else {
    frame_add_plane (&frame, 0, width + 3, height);
    frame_add_plane (&frame, 1, chroma_width * (half ? 2 : 1), chroma_height);
    if (!half)
      frame_add_plane (&frame, 2, chroma_width, chroma_height);
  }

  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++)
      *frame_sample (&frame, 0, y, packed ? 2 * x + uyvy : x) =
          ((guint8 *) picture_row (&planes[0], y))[x];

  for (guint component = 0; component < 2; component++) {
    guint place = swapped ? 1 - component : component;

    for (guint y = 0; y < chroma_height; y++) {
      for (guint x = 0; x < chroma_width; x++) {
        guint8 value = ((guint8 *) picture_row (&planes[1 + component], y))[x];

        if (packed)
          *frame_sample (&frame, 0, y, 4 * x + 2 * place + !uyvy) = value;
        else if (half)
          *frame_sample (&frame, 1, y, 2 * x + place) = value;
        else
          *frame_sample (&frame, 1 + place, y, x) = value;
      }
    }
  }
  return frame;
}

static void
check_jpeg (
    PtqPixelFormat format, const PtqImage *planes, const guint8 *expected)
{
  gsize n = 3 * planes[0].width * planes[0].height;
  Frame frame = yuv_frame (format, planes);
  g_autofree guint8 *out = g_malloc (n);

  g_test_message (
      "format %d, %ux%u", format, planes[0].width, planes[0].height);
  convert (&frame, PTQ_PIXEL_RGB, out);
  g_assert_cmpmem (out, n, expected, n);
  convert (&frame, PTQ_PIXEL_BGR, out);
  for (gsize i = 0; i < n; i++)
    g_assert_cmpuint (out[i], ==, expected[i / 3 * 3 + 2 - i % 3]);
  frame_clear (&frame);
}

/* libjpeg's result, however the planes lie in memory */
static void
test_jpeg (void)
{
  static const PtqPixelFormat formats[3][4] = {
    { PTQ_PIXEL_Y444, PTQ_PIXEL_Y444, PTQ_PIXEL_Y444, PTQ_PIXEL_Y444 },
    { PTQ_PIXEL_Y42B, PTQ_PIXEL_YUY2, PTQ_PIXEL_UYVY, PTQ_PIXEL_Y42B },
    { PTQ_PIXEL_I420, PTQ_PIXEL_YV12, PTQ_PIXEL_NV12, PTQ_PIXEL_NV21 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (jpeg_table); i++) {
    guint x_shift = jpeg_table[i].x_shift, y_shift = jpeg_table[i].y_shift;
    guint width = jpeg_table[i].width, height = jpeg_table[i].height;
    PtqImage planes[3];

    for (guint c = 0; c < 3; c++) {
      planes[c].data = (gpointer) jpeg_table[i].planes[c];
      planes[c].type = PTQ_SAMPLE_U8;
      planes[c].width = c == 0 ? width : (width + x_shift) >> x_shift;
      planes[c].height = c == 0 ? height : (height + y_shift) >> y_shift;
      planes[c].channels = 1;
      planes[c].stride = planes[c].width;
    }
    for (guint j = 0; j < 4; j++)
      check_jpeg (formats[x_shift + y_shift][j], planes, jpeg_table[i].rgb);
  }
}

static void
test_matrix (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (matrix_table); i++) {
    const guint8 *yuv = matrix_table[i].yuv;
    Frame frame = { { PTQ_PIXEL_Y444, 1, 1, matrix_table[i].matrix,
                        matrix_table[i].full_range, PTQ_CHROMA_CENTER },
      { { &yuv[0], &yuv[1], &yuv[2] }, { 1, 1, 1 } } };
    guint8 rgb[3];

    convert (&frame, PTQ_PIXEL_RGB, rgb);
    g_assert_cmpmem (rgb, 3, matrix_table[i].rgb, 3);
  }
}

/* Black and white of limited range, and beyond */
static void
test_limited_range (void)
{
  guint8 luma[] = { 16, 235, 0, 255, 126 };
  guint8 chroma[] = { 128, 128, 128, 128, 128 };
  Frame frame = { { PTQ_PIXEL_Y444, 5, 1, PTQ_MATRIX_BT709, FALSE,
                      PTQ_CHROMA_CENTER },
    { { luma, chroma, chroma }, { 5, 5, 5 } } };
  const guint8 expected[] = { 0, 255, 0, 255, 128 };
  guint8 rgb[15], gray[5];

  convert (&frame, PTQ_PIXEL_RGB, rgb);
  convert (&frame, PTQ_PIXEL_GRAY8, gray);
  for (guint i = 0; i < 15; i++)
    g_assert_cmpuint (rgb[i], ==, expected[i / 3]);
  g_assert_cmpmem (gray, 5, expected, 5);

  frame.info.format = PTQ_PIXEL_GRAY8;
  convert (&frame, PTQ_PIXEL_GRAY8, gray);
  g_assert_cmpmem (gray, 5, expected, 5);
}

/* Red of a grey picture with a step in Cr: columns or rows of Cr at luma's
 * resolution, by hand, times 1.402. */
static void
check_site (PtqChromaSite site, gboolean vertical, const gint *cr)
{
  guint8 luma[16], cb[4], step[4];
  Frame frame = { { PTQ_PIXEL_I420, 4, 4, PTQ_MATRIX_BT601, TRUE, site },
    { { luma, cb, step }, { 4, 2, 2 } } };
  guint8 rgb[48];

  memset (luma, 100, sizeof (luma));
  memset (cb, 128, sizeof (cb));
  for (guint i = 0; i < 4; i++)
    step[i] = (vertical ? i / 2 : i % 2) ? 168 : 128;
  convert (&frame, PTQ_PIXEL_RGB, rgb);
  for (guint i = 0; i < 16; i++) {
    gint expected = 100 + 1.402 * cr[vertical ? i / 4 : i % 4] + 0.5;

    g_assert_cmpint (rgb[3 * i], ==, expected);
  }
}

static void
test_sites (void)
{
  const gint between[] = { 0, 10, 30, 40 };
  const gint on_even[] = { 0, 20, 40, 40 };

  check_site (PTQ_CHROMA_LEFT, FALSE, on_even);
  check_site (PTQ_CHROMA_LEFT, TRUE, between);
  check_site (PTQ_CHROMA_TOP_LEFT, FALSE, on_even);
  check_site (PTQ_CHROMA_TOP_LEFT, TRUE, on_even);
}

static void
test_gray_of_rgb (void)
{
  const guint n = G_N_ELEMENTS (gray_of_random_colors);
  PtqImage colors = random_picture_new (PTQ_SAMPLE_U8, 1000, n, 1, 3);
  Frame frame = { { PTQ_PIXEL_RGB, n, 1, PTQ_MATRIX_BT601, TRUE,
                      PTQ_CHROMA_CENTER },
    { { colors.data }, { colors.stride } } };
  g_autofree guint8 *gray = g_malloc (n);

  convert (&frame, PTQ_PIXEL_GRAY8, gray);
  g_assert_cmpmem (gray, n, gray_of_random_colors, n);
  g_free (colors.data);
}

/* Two pixels of each format, red 10, green 20, blue 30 and 40, 50, 60 */
static void
test_rgb_family (void)
{
  static const struct
  {
    PtqPixelFormat format;
    guint8 bytes[8];
  } cases[] = {
    { PTQ_PIXEL_RGB, { 10, 20, 30, 40, 50, 60 } },
    { PTQ_PIXEL_BGR, { 30, 20, 10, 60, 50, 40 } },
    { PTQ_PIXEL_RGBX, { 10, 20, 30, 7, 40, 50, 60, 0 } },
    { PTQ_PIXEL_BGRX, { 30, 20, 10, 7, 60, 50, 40, 0 } },
    { PTQ_PIXEL_XRGB, { 7, 10, 20, 30, 0, 40, 50, 60 } },
    { PTQ_PIXEL_XBGR, { 7, 30, 20, 10, 0, 60, 50, 40 } },
    { PTQ_PIXEL_RGBP, { 10, 40, 20, 50, 30, 60 } },
  };
  const guint8 rgb[] = { 10, 20, 30, 40, 50, 60 };
  const guint8 bgr[] = { 30, 20, 10, 60, 50, 40 };
  /* 0.299 R + 0.587 G + 0.114 B is 18.15 and 48.15 */
  const guint8 gray[] = { 18, 48 };
  guint8 out[6];

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const guint8 *bytes = cases[i].bytes;
    Frame frame = { { cases[i].format, 2, 1, PTQ_MATRIX_BT601, TRUE,
                        PTQ_CHROMA_CENTER },
      { { bytes, bytes + 2, bytes + 4 }, { 8, 2, 2 } } };

    convert (&frame, PTQ_PIXEL_RGB, out);
    g_assert_cmpmem (out, 6, rgb, 6);
    convert (&frame, PTQ_PIXEL_BGR, out);
    g_assert_cmpmem (out, 6, bgr, 6);
    convert (&frame, PTQ_PIXEL_GRAY8, out);
    g_assert_cmpmem (out, 2, gray, 2);
  }
}

static void
test_gray_family (void)
{
  const guint8 bytes[] = { 1, 200, 255, 3 };
  const guint8 first[] = { 1, 255 }, second[] = { 200, 3 };
  const guint8 repeated[] = { 200, 200, 200, 3, 3, 3 };
  Frame frame = { { PTQ_PIXEL_GRAY8, 2, 1, PTQ_MATRIX_BT601, TRUE,
                      PTQ_CHROMA_CENTER },
    { { bytes }, { 4 } } };
  guint8 out[6];

  convert (&frame, PTQ_PIXEL_GRAY8, out);
  g_assert_cmpmem (out, 2, bytes, 2);
  frame.info.format = PTQ_PIXEL_GRAY16_BE;
  convert (&frame, PTQ_PIXEL_GRAY8, out);
  g_assert_cmpmem (out, 2, first, 2);
  frame.info.format = PTQ_PIXEL_GRAY16_LE;
  convert (&frame, PTQ_PIXEL_GRAY8, out);
  g_assert_cmpmem (out, 2, second, 2);
  convert (&frame, PTQ_PIXEL_RGB, out);
  g_assert_cmpmem (out, 6, repeated, 6);
}

static void
assert_refused (PtqPixelInfo info, PtqPixelFormat out_format, PtqError code,
    const gchar *message)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ptq_converter_new (&info, out_format, &error));
  g_assert_error (error, PTQ_ERROR, (gint) code);
  g_assert_true (g_pattern_match_simple (message, error->message));
}

static void
test_refused (void)
{
  PtqPixelInfo info = { PTQ_PIXEL_I420, 4, 4, PTQ_MATRIX_BT601, TRUE,
    PTQ_CHROMA_CENTER };

  assert_refused (info, PTQ_PIXEL_I420, PTQ_ERROR_UNSUPPORTED,
      "*only to RGB, BGR and GRAY8*");
  info.width = 0;
  assert_refused (info, PTQ_PIXEL_RGB, PTQ_ERROR_SHAPE, "*0x4*");
  info.width = 4;
  info.height = G_MAXUINT;
  assert_refused (info, PTQ_PIXEL_RGB, PTQ_ERROR_SHAPE, "*4x4294967295*");
  info.height = 4;
  info.format = (PtqPixelFormat) 1000;
  assert_refused (info, PTQ_PIXEL_RGB, PTQ_ERROR_UNSUPPORTED, "*1000*");
  info.format = PTQ_PIXEL_I420;
  info.matrix = (PtqColorMatrix) 77;
  assert_refused (info, PTQ_PIXEL_RGB, PTQ_ERROR_UNSUPPORTED, "*77*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/convert/jpeg", test_jpeg);
  g_test_add_func ("/convert/matrix", test_matrix);
  g_test_add_func ("/convert/limited-range", test_limited_range);
  g_test_add_func ("/convert/sites", test_sites);
  g_test_add_func ("/convert/gray-of-rgb", test_gray_of_rgb);
  g_test_add_func ("/convert/rgb-family", test_rgb_family);
  g_test_add_func ("/convert/gray-family", test_gray_family);
  g_test_add_func ("/convert/refused", test_refused);
  return g_test_run ();
}
