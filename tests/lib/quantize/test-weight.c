/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Expected values worked out by hand; the rule for pairs is checked as what
 * it promises: no sum of neighbours above 128, in either order of summation,
 * at less error than halving the range would cost. */

#include "weight.h"

#include <math.h>

static PtqWeightOptions
default_options (void)
{
  PtqWeightOptions options = { 8, TRUE, FALSE, PTQ_PAIRS_ANY, 0, -1, NULL };

  return options;
}

static void
test_per_channel (void)
{
  const gfloat values[] = { 0.5f, -1.0f, 0.25f, 2.54f, 0.0f, -0.01f };
  const gint64 dims[] = { 2, 3 };
  PtqWeightOptions options = default_options ();
  g_autoptr (PtqWeight) weight = ptq_weight_new (values, dims, 2, &options);
  const gint expected[] = { 64, -127, 32, 127, 0, -1 };

  g_assert_cmpuint (weight->n_channels, ==, 2);
  g_assert_cmpfloat_with_epsilon (weight->scales[0].scale, 1.0 / 127, 1e-8);
  g_assert_cmpfloat_with_epsilon (weight->scales[1].scale, 0.02, 1e-8);
  for (guint i = 0; i < 6; i++)
    g_assert_cmpint (weight->codes[i], ==, expected[i]);
}

static void
test_last_axis (void)
{
  const gfloat values[] = { 1, 10, -2, 20, 0.5f, -40 };
  const gint64 dims[] = { 3, 2 };
  PtqWeightOptions options = default_options ();
  g_autoptr (PtqWeight) weight = NULL;

  options.axis = 1;
  weight = ptq_weight_new (values, dims, 2, &options);
  g_assert_cmpfloat_with_epsilon (weight->scales[0].scale, 2.0 / 127, 1e-7);
  g_assert_cmpfloat_with_epsilon (weight->scales[1].scale, 40.0 / 127, 1e-6);
  g_assert_cmpint (weight->codes[2], ==, -127);
  g_assert_cmpint (weight->codes[5], ==, -127);
  g_assert_cmpint (weight->codes[0], ==, 64);
}

static void
test_zeros (void)
{
  const gfloat values[] = { 0, 0, 0, 1 };
  const gint64 dims[] = { 2, 2 };
  PtqWeightOptions options = default_options ();
  g_autoptr (PtqWeight) weight = ptq_weight_new (values, dims, 2, &options);

  g_assert_cmpfloat (weight->scales[0].scale, ==, 1);
  g_assert_cmpint (weight->codes[0], ==, 0);
  g_assert_cmpint (weight->codes[3], ==, 127);
}

static void
test_min_scales (void)
{
  const gfloat values[] = { 0.5f, -1.0f };
  const gfloat least[] = { 0.1f };
  const gint64 dims[] = { 1, 2 };
  PtqWeightOptions options = default_options ();
  g_autoptr (PtqWeight) weight = NULL;

  options.min_scales = least;
  weight = ptq_weight_new (values, dims, 2, &options);
  g_assert_cmpfloat (weight->scales[0].scale, ==, 0.1f);
  g_assert_cmpint (weight->codes[0], ==, 5);
  g_assert_cmpint (weight->codes[1], ==, -10);
}

static gfloat *
random_values (GRand *rand, gsize n)
{
  gfloat *values = g_new (gfloat, n);

  for (gsize i = 0; i < n; i++) {
    gdouble sum = 0;

    for (guint k = 0; k < 6; k++)
      sum += g_rand_double_range (rand, -1, 1);
    values[i] = (gfloat) sum;
  }
  return values;
}

static gdouble
squared_error (const PtqWeight *weight, const gfloat *values)
{
  gsize size = weight->n / weight->n_channels;
  gdouble error = 0;

  for (gsize i = 0; i < weight->n; i++) {
    gdouble d =
        values[i] - weight->scales[i / size].scale * (gdouble) weight->codes[i];

    error += d * d;
  }
  return error;
}

/* [M, C, kH, kW] with an odd number of channels, so that pairs straddle */
static void
test_pairs (void)
{
  const gint64 dims[] = { 8, 5, 3, 3 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  g_autofree gfloat *values = random_values (rand, 8 * 45);
  PtqWeightOptions options = default_options ();
  g_autoptr (PtqWeight) safe = NULL;
  g_autoptr (PtqWeight) half = NULL;

  options.kernel_axis = 2;
  options.pairs = PTQ_PAIRS_SAFE;
  safe = ptq_weight_new (values, dims, 4, &options);
  options.pairs = PTQ_PAIRS_HALF;
  half = ptq_weight_new (values, dims, 4, &options);

  for (guint m = 0; m < 8; m++) {
    const gint *codes = safe->codes + m * 45;

    for (guint k = 0; k + 1 < 45; k += 2) {
      guint a = k % 5 * 9 + k / 5, b = (k + 1) % 5 * 9 + (k + 1) / 5;

      g_assert_cmpint (ABS (codes[k]) + ABS (codes[k + 1]), <=, 128);
      g_assert_cmpint (ABS (codes[a]) + ABS (codes[b]), <=, 128);
    }
  }
  for (guint i = 0; i < half->n; i++)
    g_assert_cmpint (ABS (half->codes[i]), <=, 64);
  g_assert_cmpfloat (
      squared_error (safe, values), <, squared_error (half, values));
}

/* One large weight among small ones needs no coarser scale at all. */
static void
test_pairs_outlier (void)
{
  const gfloat values[] = { 127, 1, -3, 2, 50, 60 };
  const gint64 dims[] = { 1, 6 };
  PtqWeightOptions options = default_options ();
  g_autoptr (PtqWeight) weight = NULL;

  options.pairs = PTQ_PAIRS_SAFE;
  weight = ptq_weight_new (values, dims, 2, &options);
  for (guint i = 0; i < 6; i++)
    g_assert_cmpint (weight->codes[i], ==, (gint) values[i]);
}

static void
test_one_bit (void)
{
  const gfloat values[] = { -0.7f, 0.4f, -0.2f };
  const gint64 dims[] = { 1, 3 };
  PtqWeightOptions options = default_options ();
  g_autoptr (PtqWeight) weight = NULL;

  options.bits = 1;
  weight = ptq_weight_new (values, dims, 2, &options);
  g_assert_cmpfloat_with_epsilon (weight->scales[0].scale, 1.1, 1e-6);
  g_assert_cmpint (weight->codes[0], ==, -1);
  g_assert_cmpint (weight->codes[1], ==, 0);
  g_assert_cmpint (weight->codes[2], ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/weight/per-channel", test_per_channel);
  g_test_add_func ("/weight/last-axis", test_last_axis);
  g_test_add_func ("/weight/zeros", test_zeros);
  g_test_add_func ("/weight/min-scales", test_min_scales);
  g_test_add_func ("/weight/pairs", test_pairs);
  g_test_add_func ("/weight/pairs-outlier", test_pairs_outlier);
  g_test_add_func ("/weight/one-bit", test_one_bit);
  return g_test_run ();
}
