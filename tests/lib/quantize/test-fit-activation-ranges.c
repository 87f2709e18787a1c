/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The range chosen for what an activation function reads, against the error of
 * the function's result when the very values are rounded to 8 bits in this
 * range and in others. */

#include "equalize.h"
#include "observe-private.h"
#include "../run-model.h"
#include "fit-activation-ranges.h"

#include <math.h>

#define HEAD "input x 1x4x16x16\n weight W 8x4x3x3\n Conv x,W c\n"
#define TAIL "weight V 5x8x3x3\n Conv m,V y\n output y"

typedef struct
{
  const gchar *name;
  const gchar *nodes; /* from c to m */
  gdouble (*func) (gdouble value);
  gboolean saturates;
} Row;

static gdouble
leak_little (gdouble value)
{
  return value < 0 ? 0.01 * value : value;
}

static gdouble
leak (gdouble value)
{
  return value < 0 ? 0.1 * value : value;
}

static gdouble
leak_much (gdouble value)
{
  return value < 0 ? 0.5 * value : value;
}

static gdouble
sigmoid (gdouble value)
{
  return 1 / (1 + exp (-value));
}

static gdouble
silu (gdouble value)
{
  return value * sigmoid (value);
}

static gdouble
hard_sigmoid (gdouble value)
{
  return CLAMP (0.2 * value + 0.5, 0, 1);
}

static gdouble
hard_swish (gdouble value)
{
  return value * CLAMP (value / 6 + 0.5, 0, 1);
}

static gdouble
elu (gdouble value)
{
  return value < 0 ? expm1 (value) : value;
}

static const Row rows[] = {
  { "leaky-relu-0.01", "LeakyRelu c m alpha:f=0.01\n", leak_little, FALSE },
  { "leaky-relu-0.1", "LeakyRelu c m alpha:f=0.1\n", leak, FALSE },
  { "leaky-relu-0.5", "LeakyRelu c m alpha:f=0.5\n", leak_much, FALSE },
  { "prelu",
      "floats a 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1\n"
      "ints shape 8 1 1\n Reshape a,shape slope\n PRelu c,slope m\n",
      leak, FALSE },
  { "elu", "Elu c m\n", elu, FALSE },
  { "sigmoid", "Sigmoid c m\n", sigmoid, TRUE },
  { "tanh", "Tanh c m\n", tanh, TRUE },
  { "hard-sigmoid", "HardSigmoid c m\n", hard_sigmoid, TRUE },
  { "hard-swish", "HardSwish c m\n", hard_swish, FALSE },
  { "silu", "Sigmoid c s\n Mul c,s m\n", silu, FALSE },
  { "silu-turned", "Sigmoid c s\n Mul s,c m\n", silu, FALSE },
};

/* Squared error of the function's result when its input has 256 codes from
 * @min to @max */
static gdouble
measure_error (const Row *row, GArray *values, gdouble min, gdouble max)
{
  gdouble step = (max - min) / 255, sum = 0;

  for (guint i = 0; i < values->len; i++) {
    gdouble value = g_array_index (values, gfloat, i);
    gdouble code =
        CLAMP (rint (value / step), rint (min / step), rint (max / step));
    gdouble d = row->func (value) - row->func (code * step);

    sum += d * d;
  }
  return sum;
}

/* Ranges after the fit; @before: of @tensor, as calibrated */
static GHashTable *
fit (PtqModel *model, const Samples *samples, PtqRange *before,
    const gchar *tensor)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (PtqCalibrator) calibrator = NULL;
  g_autoptr (PtqPlan) plan = NULL;
  PtqRun run = { NULL, NULL, NULL, 1, 0 };
  GHashTable *ranges =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  calibrator = calibrate (model, settings, samples);
  plan =
      ptq_plan_new (ptq_calibrator_get_prepared (calibrator), settings, &error);
  g_assert_no_error (error);
  ptq_calibrator_get_range (calibrator, tensor, &before->min, &before->max);
  ptq_fit_activation_ranges (plan, settings, calibrator, ranges, &run, &error);
  g_assert_no_error (error);
  return ranges;
}

/* Of 100 lower and, where that makes sense, as many upper ends */
static gdouble
find_least_error (const Row *row, GArray *values, const PtqRange *range)
{
  gdouble least = G_MAXDOUBLE;
  guint n_upper = row->saturates ? 100 : 1;

  for (guint i = 1; i <= 100; i++) {
    for (guint k = 0; k < n_upper; k++)
      least = MIN (least,
          measure_error (
              row, values, range->min * i / 100, range->max * (100 - k) / 100));
  }
  return least;
}

/* Opset 14 has HardSwish. */
static PtqModel *
build_newer_model (const gchar *text)
{
  PtqModel *model = build_model (text);

  ptq_model_get_proto (model)->opset_import[0]->version = 14;
  ptq_model_changed (model);
  return model;
}

static void
test_function (gconstpointer data)
{
  const Row *row = data;
  g_autofree gchar *text = g_strconcat (HEAD, row->nodes, TAIL, NULL);
  g_autoptr (PtqModel) model = build_newer_model (text);
  g_autoptr (Samples) samples = samples_new (model, -6, 6);
  PtqRange before;
  g_autoptr (GHashTable) ranges = fit (model, samples, &before, "c");
  g_autoptr (GArray) values = collect_values (model, "c", samples);
  const PtqRange *after = g_hash_table_lookup (ranges, "c");

  g_assert_nonnull (after);
  g_assert_cmpfloat (after->min, >=, before.min);
  g_assert_cmpfloat (after->min, <, 0);
  if (row->saturates)
    g_assert_cmpfloat (after->max, <, before.max);
  else
    g_assert_cmpfloat (after->max, ==, before.max);
  g_assert_cmpfloat (measure_error (row, values, after->min, after->max), <,
      1.1 * find_least_error (row, values, &before));
}

/* Another node wants the negative side as it is. */
static void
test_two_readers (void)
{
  g_autoptr (PtqModel) model =
      build_model (HEAD "LeakyRelu c l alpha:f=0.01\n Add c,l m\n" TAIL);
  g_autoptr (Samples) samples = samples_new (model, -1, 1);
  PtqRange before;
  g_autoptr (GHashTable) ranges = fit (model, samples, &before, "c");

  g_assert_cmpfloat (before.min, <, 0);
  g_assert_false (g_hash_table_contains (ranges, "c"));
}

/* So does whoever takes the sigmoid by itself. */
static void
test_sigmoid_is_output (void)
{
  g_autoptr (PtqModel) model =
      build_model (HEAD "Sigmoid c s\n Mul c,s m\n output s\n" TAIL);
  g_autoptr (Samples) samples = samples_new (model, -1, 1);
  PtqRange before;
  g_autoptr (GHashTable) ranges = fit (model, samples, &before, "c");

  g_assert_false (g_hash_table_contains (ranges, "c"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree gchar *path =
        g_strconcat ("/response-range/", rows[i].name, NULL);

    g_test_add_data_func (path, &rows[i], test_function);
  }
  g_test_add_func ("/response-range/two-readers", test_two_readers);
  g_test_add_func ("/response-range/sigmoid-is-output", test_sigmoid_is_output);
  return g_test_run ();
}
