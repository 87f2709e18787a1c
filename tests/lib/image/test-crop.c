/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Crops, copies and borders.
 */
#include "ptq-error.h"
#include "random-picture.h"

/* Offsets by hand: (in - out) / 2, rounded down */
static const struct
{
  guint in_width, in_height, width, height, x, y;
} cases[] = {
  { 256, 256, 224, 224, 16, 16 },
  { 9, 8, 4, 3, 2, 2 },
  { 9, 8, 9, 8, 0, 0 },
  { 2, 3, 1, 1, 0, 1 },
  { 341, 256, 224, 224, 58, 16 },
};

static void
check_offsets (PtqSampleType type, gsize sample_size)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    PtqImage in =
        random_picture_new (type, i, cases[i].in_width, cases[i].in_height, 3);
    PtqImage out;

    g_assert_true (ptq_image_crop_center (
        &in, cases[i].width, cases[i].height, &out, &error));
    g_assert_no_error (error);
    g_assert_cmpuint (out.width, ==, cases[i].width);
    g_assert_cmpuint (out.height, ==, cases[i].height);
    g_assert_cmpuint (out.channels, ==, 3);
    g_assert_cmpuint (out.stride, ==, in.stride);
    g_assert_true (out.type == type);
    g_assert_true (out.data
        == (guint8 *) picture_row (&in, cases[i].y)
            + cases[i].x * 3 * sample_size);
    g_free (in.data);
  }
}

static void
test_offsets (void)
{
  check_offsets (PTQ_SAMPLE_U8, 1);
  check_offsets (PTQ_SAMPLE_F32, 4);
}

static void
assert_refused (guint width, guint height, PtqError code, const gchar *message)
{
  g_autoptr (GError) error = NULL;
  PtqImage in = random_picture_new (PTQ_SAMPLE_U8, 1, 20, 10, 3);
  PtqImage out;

  g_assert_false (ptq_image_crop_center (&in, width, height, &out, &error));
  g_assert_error (error, PTQ_ERROR, (gint) code);
  g_assert_true (g_pattern_match_simple (message, error->message));
  g_free (in.data);
}

static void
test_refused (void)
{
  assert_refused (21, 10, PTQ_ERROR_SHAPE, "*20x10*21x10*");
  assert_refused (20, 11, PTQ_ERROR_SHAPE, "*20x10*20x11*");
  assert_refused (G_MAXUINT, 1, PTQ_ERROR_SHAPE, "*20x10*4294967295x1*");
  assert_refused (0, 10, PTQ_ERROR_SETTINGS, "*0x10*");
  assert_refused (20, 0, PTQ_ERROR_SETTINGS, "*20x0*");
}

static void
test_copy (void)
{
  PtqImage in = random_picture_new (PTQ_SAMPLE_F32, 3, 5, 4, 2);
  PtqImage out = picture_new (PTQ_SAMPLE_F32, 5, 4, 2);

  ptq_image_copy (&in, &out);
  for (guint y = 0; y < 4; y++)
    g_assert_cmpmem (picture_row (&in, y), 40, picture_row (&out, y), 40);
  assert_gaps_untouched (&out);
  g_free (in.data);
  g_free (out.data);
}

static void
check_border (guint x, guint y, guint width, guint height)
{
  PtqImage canvas = picture_new (PTQ_SAMPLE_U8, 6, 5, 3);

  ptq_image_fill_border (&canvas, x, y, width, height, 114);
  for (guint row = 0; row < 5; row++) {
    for (guint i = 0; i < 18; i++) {
      gboolean inside =
          row >= y && row < y + height && i / 3 >= x && i / 3 < x + width;

      g_assert_cmpuint (((guint8 *) picture_row (&canvas, row))[i], ==,
          inside ? GAP_BYTE : 114);
    }
  }
  assert_gaps_untouched (&canvas);
  g_free (canvas.data);
}

static void
test_border (void)
{
  check_border (1, 2, 3, 2);
  check_border (0, 0, 6, 5);
  check_border (0, 1, 6, 3);
  check_border (2, 0, 2, 5);
  check_border (0, 0, 0, 0);
  check_border (6, 5, 0, 0);
}

static void
test_border_value (void)
{
  PtqImage bytes = picture_new (PTQ_SAMPLE_U8, 2, 1, 1);
  PtqImage floats = picture_new (PTQ_SAMPLE_F32, 2, 1, 1);

  ptq_image_fill_border (&bytes, 0, 0, 0, 0, 300.0);
  g_assert_cmpuint (((guint8 *) bytes.data)[0], ==, 255);
  ptq_image_fill_border (&bytes, 0, 0, 0, 0, -1.0);
  g_assert_cmpuint (((guint8 *) bytes.data)[1], ==, 0);
  ptq_image_fill_border (&bytes, 0, 0, 0, 0, 113.5);
  g_assert_cmpuint (((guint8 *) bytes.data)[1], ==, 114);
  ptq_image_fill_border (&floats, 0, 0, 0, 0, -1.5);
  g_assert_cmpfloat (((gfloat *) floats.data)[1], ==, -1.5f);
  g_free (bytes.data);
  g_free (floats.data);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crop/offsets", test_offsets);
  g_test_add_func ("/crop/refused", test_refused);
  g_test_add_func ("/image/copy", test_copy);
  g_test_add_func ("/image/border", test_border);
  g_test_add_func ("/image/border-value", test_border_value);
  return g_test_run ();
}
