/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Expected figures: debug-values.py, which asks NumPy.
 */
#include <math.h>
#include "tensor-statistics.h"

static void
check (const gfloat *values, gsize n, const PtqTensorStatistics *expected)
{
  g_autofree gfloat *copy = g_memdup2 (values, n * sizeof (gfloat));
  PtqTensorStatistics found;

  ptq_tensor_statistics_take (&found, copy, n);
  g_assert_cmpfloat (found.min, ==, expected->min);
  g_assert_cmpfloat (found.q1, ==, expected->q1);
  g_assert_cmpfloat (found.median, ==, expected->median);
  g_assert_cmpfloat (found.q3, ==, expected->q3);
  g_assert_cmpfloat (found.max, ==, expected->max);
  g_assert_cmpfloat_with_epsilon (found.mean, expected->mean, 1e-8);
  g_assert_cmpfloat_with_epsilon (found.variance, expected->variance, 1e-7);
  g_assert_cmpfloat_with_epsilon (found.sparsity, expected->sparsity, 1e-8);
}

static void
test_few (void)
{
  static const gfloat seven[] = { 4, -1, 0, 2, 2, 0, 9 };
  static const gfloat four[] = { 1, 2, 3, 10 };
  static const gfloat one[] = { 5 };
  static const PtqTensorStatistics of_seven = { -1, 0, 2, 3, 9, 2.28571429,
    9.91836735, 0.285714286 };
  static const PtqTensorStatistics of_four = { 1, 1.75, 2.5, 4.75, 10, 4, 12.5,
    0 };
  static const PtqTensorStatistics of_one = { 5, 5, 5, 5, 5, 5, 0, 0 };

  check (seven, 7, &of_seven);
  check (four, 4, &of_four);
  check (one, 1, &of_one);
}

/* 0 to 4 n in any order: the quartiles are n, 2 n and 3 n. */
static void
test_many (void)
{
  const guint quarter = 5000, n = 4 * quarter + 1;
  g_autofree gfloat *values = g_new (gfloat, n);
  PtqTensorStatistics found;

  for (guint i = 0; i < n; i++)
    values[i] = (i * 7919u) % n; /* n is no multiple of the prime */
  ptq_tensor_statistics_take (&found, values, n);
  g_assert_cmpfloat (found.q1, ==, quarter);
  g_assert_cmpfloat (found.median, ==, 2 * quarter);
  g_assert_cmpfloat (found.q3, ==, 3 * quarter);
  g_assert_cmpfloat_with_epsilon (found.mean, 2 * quarter, 1e-6);
}

/* Few different values, as codes are: a quarter of ones, the rest zeros */
static void
test_equal_values (void)
{
  const guint n = 40001;
  g_autofree gfloat *values = g_new0 (gfloat, n);
  PtqTensorStatistics found;

  for (guint i = 0; i < n; i += 4)
    values[i] = 1;
  ptq_tensor_statistics_take (&found, values, n);
  g_assert_cmpfloat (found.q1, ==, 0);
  g_assert_cmpfloat (found.median, ==, 0);
  g_assert_cmpfloat (found.q3, ==, 1);
  g_assert_cmpfloat_with_epsilon (found.sparsity, 30000.0 / n, 1e-9);
}

static void
test_clip (void)
{
  static const gfloat values[] = { -2, -1, 0, 1, 2, 3, 4, 5 };

  g_assert_cmpfloat (ptq_tensor_clip_share (values, 8, -1, 3), ==, 3 / 8.0);
  g_assert_cmpfloat (ptq_tensor_clip_share (values, 8, -2, 5), ==, 0);
}

static void
test_cosine (void)
{
  static const gfloat a[] = { 1, 2, 3 }, b[] = { 2, 4, 6 };
  static const gfloat c[] = { 3, 0, -1 }, zero[3] = { 0 };

  g_assert_cmpfloat_with_epsilon (ptq_tensor_cosine (a, b, 3), 1, 1e-12);
  g_assert_cmpfloat (ptq_tensor_cosine (a, c, 3), ==, 0);
  g_assert_cmpfloat (ptq_tensor_cosine (a, zero, 3), ==, 0);
  g_assert_cmpfloat (ptq_tensor_cosine (zero, zero, 3), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/tensor-statistics/few", test_few);
  g_test_add_func ("/tensor-statistics/many", test_many);
  g_test_add_func ("/tensor-statistics/equal-values", test_equal_values);
  g_test_add_func ("/tensor-statistics/clip", test_clip);
  g_test_add_func ("/tensor-statistics/cosine", test_cosine);

  return g_test_run ();
}
