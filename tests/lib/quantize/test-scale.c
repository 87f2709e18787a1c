/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Expected values: the worked examples of MindSpore Lite's arithmetic, and
 * ranges worked out by hand. */

#include "scale.h"

typedef struct
{
  gdouble min, max;
  gint qmin, qmax;
  gboolean symmetric;
  gdouble scale;
  gint zero_point;
} RangeRow;

static const RangeRow ranges[] = {
  { -5.1, 5.1, -128, 127, FALSE, 0.04, 0 },
  { 1, 5, -128, 127, FALSE, 5.0 / 255, -128 },
  { -5, -1, -128, 127, FALSE, 5.0 / 255, 127 },
  { 0, 0, -128, 127, FALSE, 1e-10 / 255, -128 },
  { 0, 6, 0, 255, FALSE, 6.0 / 255, 0 },
  { -1, 3, 0, 255, FALSE, 4.0 / 255, 64 },
  { -0.5, 2, -127, 127, TRUE, 2.0 / 127, 0 },
  { -3, 1, -128, 127, TRUE, 6.0 / 255, 0 },
  { -0.7, 0.4, -1, 0, FALSE, 1.1, 0 }, /* 1 bit: levels -1.1 and 0 */
  { 0, 3, 0, 3, FALSE, 1, 0 },         /* 2 bits */
};

static void
test_ranges (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (ranges); i++) {
    const RangeRow *row = &ranges[i];
    PtqScale scale;

    ptq_scale_from_range (
        &scale, row->min, row->max, row->qmin, row->qmax, row->symmetric);
    g_assert_cmpfloat_with_epsilon (scale.scale, row->scale, row->scale * 1e-6);
    g_assert_cmpint (scale.zero_point, ==, row->zero_point);
  }
}

static void
test_nudged_range (void)
{
  PtqScale scale;

  ptq_scale_from_range (&scale, -5.1, 5.1, -128, 127, FALSE);
  g_assert_cmpfloat_with_epsilon (ptq_scale_get_min (&scale), -5.12, 1e-5);
  g_assert_cmpfloat_with_epsilon (ptq_scale_get_max (&scale), 5.08, 1e-5);
}

/* Halves go away from zero in the sum of code and zero point. */
static void
test_rounding (void)
{
  PtqScale scale = { 1, 0, -128, 127 };
  PtqScale shifted = { 1, 10, 0, 255 };

  g_assert_cmpint (ptq_scale_quantize (&scale, 0.5), ==, 1);
  g_assert_cmpint (ptq_scale_quantize (&scale, -0.5), ==, -1);
  g_assert_cmpint (ptq_scale_quantize (&scale, 2.5), ==, 3);
  g_assert_cmpint (ptq_scale_quantize (&shifted, -0.5), ==, 10);
  g_assert_cmpint (ptq_scale_quantize (&shifted, -2.5), ==, 8);
  g_assert_cmpint (ptq_scale_quantize (&scale, 1000), ==, 127);
  g_assert_cmpint (ptq_scale_quantize (&scale, -1000), ==, -128);
  g_assert_cmpfloat (ptq_scale_dequantize (&shifted, 8), ==, -2);
}

static void
test_limits (void)
{
  gint qmin, qmax;

  ptq_scale_limits_signed (8, FALSE, &qmin, &qmax);
  g_assert_cmpint (qmin, ==, -128);
  g_assert_cmpint (qmax, ==, 127);
  ptq_scale_limits_signed (8, TRUE, &qmin, &qmax);
  g_assert_cmpint (qmin, ==, -127);
  ptq_scale_limits_signed (1, TRUE, &qmin, &qmax);
  g_assert_cmpint (qmin, ==, -1);
  g_assert_cmpint (qmax, ==, 0);
  ptq_scale_limits_unsigned (4, &qmin, &qmax);
  g_assert_cmpint (qmin, ==, 0);
  g_assert_cmpint (qmax, ==, 15);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scale/ranges", test_ranges);
  g_test_add_func ("/scale/nudged-range", test_nudged_range);
  g_test_add_func ("/scale/rounding", test_rounding);
  g_test_add_func ("/scale/limits", test_limits);
  return g_test_run ();
}
