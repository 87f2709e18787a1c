/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Ranges of equalized tensors, against the values that the equalized model
 * really has. */

#include "equalize.h"
#include "choose-ranges.h"
#include "observe-private.h"
#include "observer-choice.h"
#include "../run-model.h"

#include <math.h>

/* The channels of c differ by powers of two. */
#define NET \
  "input x 1x4x40x40\n weight W 8x4x3x3\n" \
  "Conv x,W c pads=1,1,1,1\n Relu c m\n" \
  "weight V 5x8x3x3\n Conv m,V y pads=1,1,1,1\n output y"
#define REMOVED 0.0001

typedef struct
{
  PtqSettings *settings;
  PtqModel *equalized;
  GHashTable *ranges;
  Samples *samples;
} Fixture;

static PtqModel *
build_uneven_model (void)
{
  PtqModel *model = build_model (NET);
  Onnx__TensorProto *tensor =
      ptq_graph_find_initializer (ptq_model_get_graph (model), "W");
  g_autofree gfloat *values = NULL;
  gsize n;

  values = ptq_tensor_proto_read_floats (model, tensor, &n, NULL);
  for (gsize i = 0; i < n; i++)
    values[i] *= 1 << (i / (n / 8));
  set_weight (model, "W", values);
  return model;
}

static void
set_up (Fixture *self, gconstpointer method)
{
  g_autoptr (GHashTable) factors =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqModel) model = build_uneven_model ();
  g_autoptr (PtqCalibrator) calibrator = NULL;
  g_autoptr (PtqPlan) plan = NULL;
  PtqRun run = { NULL, NULL, NULL, 1, 0 };

  self->settings = ptq_settings_new ();
  g_object_set (self->settings, "activation-quant-method",
      GPOINTER_TO_INT (method), NULL);
  self->samples = samples_new (model, -1, 1);
  self->ranges =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  calibrator = calibrate (model, self->settings, self->samples);
  self->equalized =
      ptq_model_copy (ptq_calibrator_get_prepared (calibrator), &error);
  g_assert_no_error (error);
  plan = ptq_plan_new (self->equalized, self->settings, &error);
  g_assert_no_error (error);
  ptq_equalize (plan, calibrator, NULL, factors);
  ptq_equalized_ranges_find (plan, calibrator, NULL, factors, self->ranges);
  ptq_choose_ranges (
      plan, self->settings, calibrator, self->ranges, &run, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self, gconstpointer method G_GNUC_UNUSED)
{
  g_hash_table_unref (self->ranges);
  g_object_unref (self->equalized);
  g_object_unref (self->settings);
  samples_free (self->samples);
}

static gint
compare_floats (gconstpointer a, gconstpointer b)
{
  gfloat x = *(const gfloat *) a, y = *(const gfloat *) b;

  return (x > y) - (x < y);
}

/* The largest is the one that leaves out one value of 10,000. */
static void
test_removal_outlier (Fixture *self, gconstpointer method G_GNUC_UNUSED)
{
  g_autoptr (GArray) values =
      collect_values (self->equalized, "m", self->samples);
  const PtqRange *range = g_hash_table_lookup (self->ranges, "m");
  guint n_removed = REMOVED * values->len;
  gfloat largest, extreme;

  g_array_sort (values, compare_floats);
  extreme = g_array_index (values, gfloat, values->len - 1);
  largest = g_array_index (values, gfloat, values->len - 1 - n_removed);
  g_assert_cmpuint (n_removed, >, 2);
  g_assert_cmpfloat (range->min, ==, 0);
  g_assert_cmpfloat (range->max, >=, largest);
  g_assert_cmpfloat (range->max, <=, largest + extreme / 1024);
  g_assert_cmpfloat (range->max, <, extreme);
}

static void
test_kl (Fixture *self, gconstpointer method G_GNUC_UNUSED)
{
  g_autoptr (GArray) values =
      collect_values (self->equalized, "m", self->samples);
  const PtqRange *range = g_hash_table_lookup (self->ranges, "m");
  g_autoptr (PtqObserver) observer =
      ptq_observer_new_for_settings (self->settings);
  gdouble min, max;

  ptq_observer_observe (
      observer, (const gfloat *) values->data, values->len, NULL);
  ptq_observer_commit (observer);
  ptq_observer_get_range (observer, &min, &max);
  g_assert_cmpfloat (range->min, ==, 0);
  g_assert_cmpfloat (range->max, ==, max);
}

/* The extremes of the values are those that were foretold. */
static void
test_max_min (Fixture *self, gconstpointer method G_GNUC_UNUSED)
{
  g_autoptr (GArray) values =
      collect_values (self->equalized, "m", self->samples);
  const PtqRange *range = g_hash_table_lookup (self->ranges, "m");
  gfloat extreme;

  g_array_sort (values, compare_floats);
  extreme = g_array_index (values, gfloat, values->len - 1);
  g_assert_cmpfloat_with_epsilon (range->max, extreme, 1e-5 * extreme);
}

/* What keeps its channels keeps the range that all samples gave. */
static void
test_others (Fixture *self, gconstpointer method G_GNUC_UNUSED)
{
  g_assert_cmpuint (g_hash_table_size (self->ranges), ==, 1);
}

#define ADD(name, method, func) \
  g_test_add ("/method-range/" name, Fixture, GINT_TO_POINTER (method), \
      set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("removal-outlier", PTQ_ACTIVATION_REMOVAL_OUTLIER, test_removal_outlier);
  ADD ("kl", PTQ_ACTIVATION_KL, test_kl);
  ADD ("max-min", PTQ_ACTIVATION_MAX_MIN, test_max_min);
  ADD ("others", PTQ_ACTIVATION_KL, test_others);
  return g_test_run ();
}
