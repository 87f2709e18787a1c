/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The range chosen for what a LeakyRelu reads, against the error of its result
 * when the very values are rounded to 8 bits in this range and in others. */

#include "equalize.h"
#include "observe-private.h"
#include "run-model.h"
#include "slope-range.h"

#include <math.h>

#define HEAD "input x 1x4x16x16\n weight W 8x4x3x3\n Conv x,W c\n"
#define TAIL "weight V 5x8x3x3\n Conv m,V y\n output y"

static gdouble
leak (gdouble value, gdouble slope)
{
  return value < 0 ? slope * value : value;
}

/* Squared error of the LeakyRelu's result when its input has 256 codes from
 * @min to @max */
static gdouble
measure_error (GArray *values, gdouble min, gdouble max, gdouble slope)
{
  gdouble step = (max - min) / 255, sum = 0;

  for (guint i = 0; i < values->len; i++) {
    gdouble value = g_array_index (values, gfloat, i);
    gdouble code = CLAMP (rint (value / step), rint (min / step),
        rint (max / step));
    gdouble d = leak (value, slope) - leak (code * step, slope);

    sum += d * d;
  }
  return sum;
}

/* Ranges before and after the fit */
static GHashTable *
fit (PtqModel *model, const Samples *samples, PtqRange *before,
    const gchar *tensor)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (PtqCalibrator) calibrator = NULL;
  g_autoptr (PtqPlan) plan = NULL;
  GHashTable *ranges =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  g_object_set (settings, "equalization", TRUE, "bias-correction", TRUE,
      NULL);
  calibrator = calibrate (model, settings, samples);
  plan = ptq_plan_new (ptq_calibrator_get_prepared (calibrator), settings,
      &error);
  g_assert_no_error (error);
  ptq_calibrator_get_range (calibrator, tensor, &before->min, &before->max);
  g_hash_table_insert (ranges, g_strdup (tensor),
      g_memdup2 (before, sizeof *before));
  ptq_slope_ranges_fit (plan, calibrator, ranges, NULL, &error);
  g_assert_no_error (error);
  return ranges;
}

static void
check_slope (gdouble slope)
{
  gchar number[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree gchar *text = g_strdup_printf (HEAD "LeakyRelu c m alpha:f=%s\n"
      TAIL, g_ascii_dtostr (number, sizeof number, slope));
  g_autoptr (PtqModel) model = build_model (text);
  g_autoptr (Samples) samples = samples_new (model, -1, 1);
  PtqRange before;
  g_autoptr (GHashTable) ranges = fit (model, samples, &before, "c");
  g_autoptr (GArray) values = collect_values (model, "c", samples);
  const PtqRange *after = g_hash_table_lookup (ranges, "c");
  gdouble chosen, least = G_MAXDOUBLE;

  g_assert_cmpfloat (after->max, ==, before.max);
  g_assert_cmpfloat (after->min, >=, before.min);
  g_assert_cmpfloat (after->min, <, 0);
  chosen = measure_error (values, after->min, after->max, slope);
  for (guint i = 1; i <= 200; i++)
    least = MIN (least, measure_error (values, before.min * i / 200,
            before.max, slope));
  g_assert_cmpfloat (chosen, <, 1.05 * least);
}

static void
test_small_slope (void)
{
  check_slope (0.01);
}

static void
test_usual_slope (void)
{
  check_slope (0.1);
}

static void
test_large_slope (void)
{
  check_slope (0.5);
}

/* Another node wants the negative side as it is. */
static void
test_two_readers (void)
{
  g_autoptr (PtqModel) model = build_model (HEAD
      "LeakyRelu c l alpha:f=0.01\n Add c,l m\n" TAIL);
  g_autoptr (Samples) samples = samples_new (model, -1, 1);
  PtqRange before;
  g_autoptr (GHashTable) ranges = fit (model, samples, &before, "c");
  const PtqRange *after = g_hash_table_lookup (ranges, "c");

  g_assert_cmpfloat (before.min, <, 0);
  g_assert_cmpfloat (after->min, ==, before.min);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/slope-range/small", test_small_slope);
  g_test_add_func ("/slope-range/usual", test_usual_slope);
  g_test_add_func ("/slope-range/large", test_large_slope);
  g_test_add_func ("/slope-range/two-readers", test_two_readers);
  return g_test_run ();
}
