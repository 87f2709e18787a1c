/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Scaling of pictures.
 */
#include <math.h>

#include "ptq-error.h"
#include "random-picture.h"
#include "resize-tables.h"

static const gchar *
method_nick (PtqResizeMethod method)
{
  g_autoptr (GTypeClass) klass = g_type_class_ref (PTQ_TYPE_RESIZE_METHOD);

  return g_enum_get_value ((GEnumClass *) klass, method)->value_nick;
}

static void
resize (PtqResizeMethod method, const PtqImage *in, const PtqImage *out)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqResizer) resizer = ptq_resizer_new (method, in->type,
      in->channels, in->width, in->height, out->width, out->height, &error);

  g_assert_no_error (error);
  ptq_resizer_process (resizer, in, out);
}

/* What the documentation of ptq_resizer_new() promises; the tables print
 * floats to half of 1e-4. */
static gdouble
allowed_difference (PtqResizeMethod method, PtqSampleType type)
{
  if (method == PTQ_RESIZE_NEAREST)
    return type == PTQ_SAMPLE_U8 ? 0.0 : 5.1e-5;
  if (type == PTQ_SAMPLE_F32)
    return 1e-4 * 4.0; /* values are within -2 to 2 */
  return method == PTQ_RESIZE_CUBIC || method == PTQ_RESIZE_AREA ? 1.0 : 0.0;
}

static gdouble
sample (gconstpointer samples, PtqSampleType type, gsize i)
{
  return type == PTQ_SAMPLE_U8 ? ((const guint8 *) samples)[i]
                               : ((const gfloat *) samples)[i];
}

static void
assert_samples (const PtqImage *image, gconstpointer expected, gdouble allowed,
    const gchar *what)
{
  gsize n = (gsize) image->width * image->channels;

  for (guint y = 0; y < image->height; y++) {
    for (gsize i = 0; i < n; i++) {
      gdouble got = sample (picture_row (image, y), image->type, i);
      gdouble want = sample (expected, image->type, y * n + i);

      if (!(fabs (got - want) <= allowed))
        g_error ("%s: row %u, sample %u is %g, not %g", what, y, (guint) i, got,
            want);
    }
  }
}

static void
test_tables (gconstpointer data)
{
  PtqResizeMethod method = GPOINTER_TO_INT (data);
  guint count = 0;

  for (guint i = 0; i < G_N_ELEMENTS (resize_table); i++) {
    PtqImage in, out;
    g_autofree gchar *what = NULL;

    if (resize_table[i].method != method)
      continue;
    in = random_picture_new (resize_table[i].type, resize_table[i].seed,
        resize_table[i].in_width, resize_table[i].in_height,
        resize_table[i].channels);
    out = picture_new (in.type, resize_table[i].out_width,
        resize_table[i].out_height, in.channels);
    what = g_strdup_printf ("%s, %s, %u channels, %ux%u to %ux%u",
        method_nick (method), in.type == PTQ_SAMPLE_U8 ? "u8" : "f32",
        in.channels, in.width, in.height, out.width, out.height);
    resize (method, &in, &out);
    assert_samples (&out, resize_table[i].expected,
        allowed_difference (method, in.type), what);
    assert_gaps_untouched (&out);
    g_free (in.data);
    g_free (out.data);
    count++;
  }
  g_assert_cmpuint (count, >=, 30);
}

/* Whatever the method, a picture of its own size stays as it is. */
static void
test_same_size (void)
{
  for (gint method = PTQ_RESIZE_NEAREST; method <= PTQ_RESIZE_AREA; method++) {
    PtqImage in = random_picture_new (PTQ_SAMPLE_U8, 7, 11, 6, 3);
    PtqImage out = picture_new (PTQ_SAMPLE_U8, 11, 6, 3);

    resize (method, &in, &out);
    for (guint y = 0; y < in.height; y++)
      g_assert_cmpmem (picture_row (&in, y), 33, picture_row (&out, y), 33);
    g_free (in.data);
    g_free (out.data);
  }
}

/* Each channel of many is treated as it is alone. */
static void
test_many_channels (void)
{
  const guint channels = 7;

  for (gint method = PTQ_RESIZE_NEAREST; method <= PTQ_RESIZE_AREA; method++) {
    PtqImage in = random_picture_new (PTQ_SAMPLE_F32, 8, 9, 8, channels);
    PtqImage out = picture_new (PTQ_SAMPLE_F32, 5, 6, channels);
    PtqImage plane = picture_new (PTQ_SAMPLE_F32, 9, 8, 1);
    PtqImage out_plane = picture_new (PTQ_SAMPLE_F32, 5, 6, 1);

    resize (method, &in, &out);
    for (guint c = 0; c < channels; c++) {
      for (guint y = 0; y < 8; y++)
        for (guint x = 0; x < 9; x++)
          ((gfloat *) picture_row (&plane, y))[x] =
              ((gfloat *) picture_row (&in, y))[x * channels + c];
      resize (method, &plane, &out_plane);
      for (guint y = 0; y < 6; y++)
        for (guint x = 0; x < 5; x++)
          g_assert_cmpfloat_with_epsilon (
              ((gfloat *) picture_row (&out, y))[x * channels + c],
              ((gfloat *) picture_row (&out_plane, y))[x], 1e-6);
    }
    g_free (in.data);
    g_free (out.data);
    g_free (plane.data);
    g_free (out_plane.data);
  }
}

/* Means of 0.5, 1.5 and 2.5, by hand, as OpenCV rounds them */
static void
test_area_rounds_to_even (void)
{
  const guint8 rows[][4] = { { 0, 0, 1, 1 }, { 1, 1, 2, 2 }, { 2, 2, 3, 3 } };
  const guint8 expected[] = { 0, 2, 2 };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    guint8 out_level;
    PtqImage in = { (gpointer) rows[i], PTQ_SAMPLE_U8, 4, 1, 1, 4 };
    PtqImage out = { &out_level, PTQ_SAMPLE_U8, 1, 1, 1, 1 };

    resize (PTQ_RESIZE_AREA, &in, &out);
    g_assert_cmpuint (out_level, ==, expected[i]);
  }
}

/* Halving by area rounds up, as OpenCV's does. */
static void
test_halving (void)
{
  guint8 in_levels[] = { 0, 0, 1, 1 };
  guint8 out_level;
  PtqImage in = { in_levels, PTQ_SAMPLE_U8, 2, 2, 1, 2 };
  PtqImage out = { &out_level, PTQ_SAMPLE_U8, 1, 1, 1, 1 };

  resize (PTQ_RESIZE_AREA, &in, &out);
  g_assert_cmpuint (out_level, ==, 1);
}

/* Cubic leaves the range of its input; floats keep that. */
static void
test_float_is_not_clamped (void)
{
  gfloat step[8] = { 0, 0, 0, 0, 1, 1, 1, 1 };
  gfloat out[32];
  PtqImage in_image = { step, PTQ_SAMPLE_F32, 8, 1, 1, sizeof (step) };
  PtqImage out_image = { out, PTQ_SAMPLE_F32, 32, 1, 1, sizeof (out) };
  gfloat low = 0, high = 0;

  resize (PTQ_RESIZE_CUBIC, &in_image, &out_image);
  for (guint i = 0; i < G_N_ELEMENTS (out); i++) {
    low = MIN (low, out[i]);
    high = MAX (high, out[i]);
  }
  g_assert_cmpfloat (low, <, -0.05);
  g_assert_cmpfloat (high, >, 1.05);
}

static gpointer
resize_repeatedly (gpointer data)
{
  const PtqResizer *resizer = data;
  PtqImage in = random_picture_new (PTQ_SAMPLE_U8, 9, 64, 48, 3);
  PtqImage first = picture_new (PTQ_SAMPLE_U8, 20, 30, 3);
  PtqImage again = picture_new (PTQ_SAMPLE_U8, 20, 30, 3);

  ptq_resizer_process (resizer, &in, &first);
  for (guint i = 0; i < 50; i++) {
    ptq_resizer_process (resizer, &in, &again);
    for (guint y = 0; y < 30; y++)
      g_assert_cmpmem (
          picture_row (&first, y), 60, picture_row (&again, y), 60);
  }
  g_free (in.data);
  g_free (first.data);
  g_free (again.data);
  return NULL;
}

static void
test_threads (void)
{
  for (gint method = PTQ_RESIZE_NEAREST; method <= PTQ_RESIZE_AREA; method++) {
    g_autoptr (PtqResizer) resizer =
        ptq_resizer_new (method, PTQ_SAMPLE_U8, 3, 64, 48, 20, 30, NULL);
    GThread *thread = g_thread_new ("resize", resize_repeatedly, resizer);

    resize_repeatedly (resizer);
    g_thread_join (thread);
  }
}

static void
test_bad_sizes (void)
{
  static const struct
  {
    guint channels, in_width, in_height, out_width, out_height;
    const gchar *named;
  } cases[] = {
    { 3, 0, 4, 2, 2, "0x4" },
    { 3, 4, 0, 2, 2, "4x0" },
    { 3, 4, 4, 0, 2, "0x2" },
    { 3, 4, 4, 2, 0, "2x0" },
    { 0, 4, 4, 2, 2, "0 channels" },
    { G_MAXUINT, 4, 4, 2, 2, "4294967295 channels" },
    { 3, G_MAXUINT, 4, 2, 2, "4294967295x4" },
    { 3, 4, 4, 2, G_MAXUINT, "2x4294967295" },
    { 4096, 1000000, 1000000, 1000000, 1000000, "1000000x1000000" },
  };

  for (gint method = PTQ_RESIZE_NEAREST; method <= PTQ_RESIZE_AREA; method++) {
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
      g_autoptr (GError) error = NULL;

      /* nearest needs no memory for rows */
      if (method == PTQ_RESIZE_NEAREST && cases[i].channels == 4096)
        continue;
      g_assert_null (ptq_resizer_new (method, PTQ_SAMPLE_U8, cases[i].channels,
          cases[i].in_width, cases[i].in_height, cases[i].out_width,
          cases[i].out_height, &error));
      g_assert_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE);
      g_assert_nonnull (strstr (error->message, cases[i].named));
    }
  }
}

static void
assert_refused (
    const PtqResizer *resizer, const PtqImage *in, const PtqImage *out)
{
  guint8 before = *(guint8 *) out->data;

  g_test_expect_message (NULL, G_LOG_LEVEL_CRITICAL, "*image_fits*");
  ptq_resizer_process (resizer, in, out);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (*(guint8 *) out->data, ==, before);
}

/* Views that a kernel would read or write outside of */
static void
test_wrong_views (void)
{
  g_autoptr (PtqResizer) resizer =
      ptq_resizer_new (PTQ_RESIZE_LINEAR, PTQ_SAMPLE_F32, 3, 8, 8, 4, 4, NULL);
  PtqImage in = random_picture_new (PTQ_SAMPLE_F32, 1, 8, 8, 3);
  PtqImage out = picture_new (PTQ_SAMPLE_F32, 4, 4, 3);
  PtqImage wrong;

  wrong = in;
  wrong.width = 7;
  assert_refused (resizer, &wrong, &out);
  wrong = in;
  wrong.stride = 8 * 3 * 4 - 4;
  assert_refused (resizer, &wrong, &out);
  wrong = in;
  wrong.stride = in.stride - 2;
  assert_refused (resizer, &wrong, &out);
  wrong = in;
  wrong.data = (guint8 *) in.data + 1;
  assert_refused (resizer, &wrong, &out);
  wrong = in;
  wrong.type = PTQ_SAMPLE_U8;
  assert_refused (resizer, &wrong, &out);
  wrong = in;
  wrong.channels = 1;
  assert_refused (resizer, &wrong, &out);
  wrong = out;
  wrong.height = 5;
  assert_refused (resizer, &in, &wrong);
  g_free (in.data);
  g_free (out.data);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gint method = PTQ_RESIZE_NEAREST; method <= PTQ_RESIZE_AREA; method++) {
    g_autofree gchar *path =
        g_strdup_printf ("/resize/tables/%s", method_nick (method));

    g_test_add_data_func (path, GINT_TO_POINTER (method), test_tables);
  }
  g_test_add_func ("/resize/same-size", test_same_size);
  g_test_add_func ("/resize/many-channels", test_many_channels);
  g_test_add_func ("/resize/area-rounds-to-even", test_area_rounds_to_even);
  g_test_add_func ("/resize/halving", test_halving);
  g_test_add_func ("/resize/float-is-not-clamped", test_float_is_not_clamped);
  g_test_add_func ("/resize/threads", test_threads);
  g_test_add_func ("/resize/bad-sizes", test_bad_sizes);
  g_test_add_func ("/resize/wrong-views", test_wrong_views);
  return g_test_run ();
}
