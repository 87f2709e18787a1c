/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Normalization of pictures.
 */
#include <math.h>

#include "ptq-error.h"
#include "random-picture.h"

static const gdouble imagenet_mean[] = { 0.485, 0.456, 0.406 };
static const gdouble imagenet_std[] = { 0.229, 0.224, 0.225 };

/* By hand: (255 / 255 - 0.485) / 0.229 and so on */
static void
test_imagenet (void)
{
  guint8 pixels[] = { 255, 0, 128, 0, 255, 51 };
  PtqImage in = { pixels, PTQ_SAMPLE_U8, 2, 1, 3, sizeof (pixels) };
  const gfloat nhwc[] = { 2.2489083f, -2.0357143f, 0.4264924f, -2.1179039f,
    2.4285714f, -0.9155556f };
  const gfloat nchw[] = { 2.2489083f, -2.1179039f, -2.0357143f, 2.4285714f,
    0.4264924f, -0.9155556f };
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqNormalizer) normalizer = ptq_normalizer_new (
      1.0 / 255, imagenet_mean, 3, imagenet_std, 3, 3, &error);
  gfloat out[6];

  g_assert_no_error (error);
  ptq_normalizer_process (normalizer, &in, PTQ_LAYOUT_NHWC, out);
  for (guint i = 0; i < 6; i++)
    g_assert_cmpfloat_with_epsilon (out[i], nhwc[i], 2e-6);
  ptq_normalizer_process (normalizer, &in, PTQ_LAYOUT_NCHW, out);
  for (guint i = 0; i < 6; i++)
    g_assert_cmpfloat_with_epsilon (out[i], nchw[i], 2e-6);
}

/* One value serves all channels. */
static void
test_one_for_all (void)
{
  gfloat pixels[] = { 1, 2, 3, 4 };
  PtqImage in = { pixels, PTQ_SAMPLE_F32, 2, 1, 2, sizeof (pixels) };
  const gfloat nchw[] = { -0.25f, 0.25f, 0.0f, 0.5f };
  g_autoptr (PtqNormalizer) normalizer = ptq_normalizer_new (
      0.5, (gdouble[]){ 1.0 }, 1, (gdouble[]){ 2.0 }, 1, 2, NULL);
  gfloat out[4];

  ptq_normalizer_process (normalizer, &in, PTQ_LAYOUT_NCHW, out);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpfloat (out[i], ==, nchw[i]);
}

/* 8 bits, floats of the same values and both layouts agree to the bit. */
static void
check_paths (guint channels)
{
  const guint width = 7, height = 5;
  const gdouble mean[] = { 1, 20, 33, 0.5, 7 };
  const gdouble std[] = { 3, 50, 0.7, 9, 11 };
  PtqImage bytes =
      random_picture_new (PTQ_SAMPLE_U8, channels, width, height, channels);
  PtqImage floats = picture_new (PTQ_SAMPLE_F32, width, height, channels);
  g_autoptr (PtqNormalizer) normalizer =
      ptq_normalizer_new (0.3, mean, channels, std, channels, channels, NULL);
  gfloat nchw[7 * 5 * 5], nhwc[7 * 5 * 5], from_floats[7 * 5 * 5];
  gsize n = width * height * channels;

  for (guint y = 0; y < height; y++)
    for (guint i = 0; i < width * channels; i++)
      ((gfloat *) picture_row (&floats, y))[i] =
          ((guint8 *) picture_row (&bytes, y))[i];

  ptq_normalizer_process (normalizer, &bytes, PTQ_LAYOUT_NCHW, nchw);
  ptq_normalizer_process (normalizer, &bytes, PTQ_LAYOUT_NHWC, nhwc);
  ptq_normalizer_process (normalizer, &floats, PTQ_LAYOUT_NHWC, from_floats);
  g_assert_cmpmem (nhwc, n * 4, from_floats, n * 4);
  ptq_normalizer_process (normalizer, &floats, PTQ_LAYOUT_NCHW, from_floats);
  g_assert_cmpmem (nchw, n * 4, from_floats, n * 4);
  for (guint i = 0; i < width * height; i++)
    for (guint c = 0; c < channels; c++)
      g_assert_cmpfloat (
          nchw[c * width * height + i], ==, nhwc[i * channels + c]);
  g_free (bytes.data);
  g_free (floats.data);
}

static void
test_paths (void)
{
  for (guint channels = 1; channels <= 5; channels++)
    check_paths (channels);
}

static void
assert_refused (gdouble scale, gdouble mean, guint n_mean, gdouble std,
    guint n_std, guint channels, PtqError code, const gchar *message)
{
  gdouble means[4] = { mean, mean, mean, mean };
  gdouble stds[4] = { std, std, std, std };
  g_autoptr (GError) error = NULL;

  g_assert_null (
      ptq_normalizer_new (scale, means, n_mean, stds, n_std, channels, &error));
  g_assert_error (error, PTQ_ERROR, (gint) code);
  g_assert_true (g_pattern_match_simple (message, error->message));
}

static void
test_refused (void)
{
  const PtqError settings = PTQ_ERROR_SETTINGS;

  assert_refused (1, 0, 2, 1, 3, 3, settings, "*mean*2 values*3 channels*");
  assert_refused (1, 0, 3, 1, 4, 3, settings, "*std*4 values*3 channels*");
  assert_refused (1, 0, 0, 1, 1, 3, settings, "*mean*0 values*");
  assert_refused (1, 0, 3, 1, 0, 3, settings, "*std*0 values*");
  assert_refused (1, 0, 3, 1, 3, 1, settings, "*mean*3 values*1 channel*");
  assert_refused (1, 0, 1, 0, 1, 3, settings, "*std value 0*not be zero*");
  assert_refused (1, 0, 1, 1e-60, 1, 3, settings, "*std*1e-60*zero*");
  assert_refused (1, 0, 1, NAN, 1, 3, settings, "*std*finite*");
  assert_refused (1, INFINITY, 1, 1, 1, 3, settings, "*mean*finite*");
  assert_refused (1, 1e300, 1, 1, 1, 3, settings, "*mean*1e+300*finite*");
  assert_refused (NAN, 0, 1, 1, 1, 3, settings, "*scale*finite*");
  assert_refused (0, 0, 1, 1, 1, 3, settings, "*scale*zero*");
  assert_refused (1, 0, 1, 1, 1, 0, PTQ_ERROR_SHAPE, "*0 channels*");
  assert_refused (
      1, 0, 1, 1, 1, G_MAXUINT, PTQ_ERROR_SHAPE, "*4294967295 channels*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/normalize/imagenet", test_imagenet);
  g_test_add_func ("/normalize/one-for-all", test_one_for_all);
  g_test_add_func ("/normalize/paths", test_paths);
  g_test_add_func ("/normalize/refused", test_refused);
  return g_test_run ();
}
