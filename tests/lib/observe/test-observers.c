/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Smallest and largest values.
 */
#include <math.h>
#include "ptq-minmax-observer.h"
#include "value-range.h"
#include "../small-model.h"

static gfloat *
random_values (gsize n, guint32 seed)
{
  gfloat *values = g_new (gfloat, n);
  GRand *random = g_rand_new_with_seed (seed);

  for (gsize i = 0; i < n; i++)
    values[i] = g_rand_double_range (random, -1000, 1000);
  g_rand_free (random);
  return values;
}

/* Every place, every length about that of a vector: a plain loop is the
 * judge. */
static void
test_scan (void)
{
  g_autofree gfloat *values = random_values (100, 1);

  for (gsize n = 1; n <= 70; n++) {
    for (gsize at = 0; at + n <= 100; at += 3) {
      gfloat min = INFINITY, max = -INFINITY, found_min, found_max;

      for (gsize i = at; i < at + n; i++) {
        min = fminf (min, values[i]);
        max = fmaxf (max, values[i]);
      }
      g_assert_true (
          ptq_value_range_scan (values + at, n, NULL, &found_min, &found_max));
      g_assert_cmpfloat (found_min, ==, min);
      g_assert_cmpfloat (found_max, ==, max);
    }
  }
}

static void
test_scan_signs (void)
{
  static const gfloat negative[] = { -3, -1.5f, -1e-40f, -G_MAXFLOAT };
  static const gfloat positive[] = { 3, 1.5f, 1e-40f, G_MAXFLOAT };
  gfloat min, max;

  g_assert_true (ptq_value_range_scan (negative, 4, NULL, &min, &max));
  g_assert_cmpfloat (min, ==, -G_MAXFLOAT);
  g_assert_cmpfloat (max, ==, -1e-40f);
  g_assert_true (ptq_value_range_scan (positive, 4, NULL, &min, &max));
  g_assert_cmpfloat (min, ==, 1e-40f);
  g_assert_cmpfloat (max, ==, G_MAXFLOAT);
}

static void
test_scan_not_finite (void)
{
  const gfloat bad[] = { INFINITY, -INFINITY, NAN, -NAN };
  gfloat values[40] = { 1, -1 };
  gfloat min, max;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    for (guint at = 0; at < 40; at++) {
      gfloat before = values[at];

      values[at] = bad[i];
      g_assert_false (ptq_value_range_scan (values, 40, NULL, &min, &max));
      values[at] = before;
    }
  }
  g_assert_true (ptq_value_range_scan (values, 40, NULL, &min, &max));
}

typedef struct
{
  PtqObserver *parallel;
  PtqObserver *serial;
} Pair;

static gboolean
observe_both (gint64 id G_GNUC_UNUSED, const PtqTensor *tensor,
    PtqParallel *parallel, gpointer user_data, GError **error G_GNUC_UNUSED)
{
  Pair *pair = user_data;
  gsize n = tensor->size / sizeof (gfloat);

  g_assert_true (
      ptq_observer_observe (pair->parallel, tensor->data, n, parallel));
  g_assert_true (ptq_observer_observe (pair->serial, tensor->data, n, NULL));
  return TRUE;
}

static PtqModel *
large_model (gint size)
{
  SmallModel *small = small_model_new (13);

  small_model_add_input (small, "x", PTQ_ELEMENT_FLOAT, 1, size);
  small_model_add_node (small, "Neg", "x", "y");
  small_model_add_output (small, "y", PTQ_ELEMENT_FLOAT, 1, size);
  small_model_add_observe (small, "y", 0);
  return small_model_finish (small);
}

/* On the runtime's threads and on one, from a size that is not a multiple of
 * anything */
static void
test_parallel_equals_serial (void)
{
  const gint n = 1234567;
  g_autofree gfloat *values = random_values (n, 2);
  g_autoptr (PtqModel) model = large_model (n);
  g_autoptr (PtqObserver) parallel = ptq_minmax_observer_new ();
  g_autoptr (PtqObserver) serial = ptq_minmax_observer_new ();
  Pair pair = { parallel, serial };
  PtqSessionOptions options = { PTQ_OPTIMIZE_ALL, FALSE, observe_both, &pair };
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqSession) session = ptq_session_new (model, &options, &error);
  PtqTensor input = { PTQ_ELEMENT_FLOAT, 1, { n }, values,
    n * sizeof (gfloat) };
  gdouble min, max, other_min, other_max;

  g_assert_no_error (error);
  values[n - 1] = -2000;
  ptq_session_run (session, &input, 1, NULL, &error);
  g_assert_no_error (error);
  ptq_observer_commit (parallel);
  ptq_observer_commit (serial);
  g_assert_true (ptq_observer_get_range (parallel, &min, &max));
  g_assert_true (ptq_observer_get_range (serial, &other_min, &other_max));
  g_assert_cmpfloat (min, ==, other_min);
  g_assert_cmpfloat (max, ==, other_max);
  g_assert_cmpfloat (max, ==, 2000);
}

static void
test_commit_and_rollback (void)
{
  static const gfloat a[] = { 1, 2 }, b[] = { -5, 9 }, bad[] = { -9, NAN };
  g_autoptr (PtqObserver) observer = ptq_minmax_observer_new ();
  gdouble min, max;

  g_assert_false (ptq_observer_get_range (observer, &min, &max));
  g_assert_true (ptq_observer_observe (observer, a, 2, NULL));
  g_assert_false (ptq_observer_get_range (observer, &min, &max));
  ptq_observer_commit (observer);
  g_assert_true (ptq_observer_observe (observer, b, 2, NULL));
  ptq_observer_rollback (observer);
  g_assert_false (ptq_observer_observe (observer, bad, 2, NULL));
  ptq_observer_commit (observer);
  g_assert_true (ptq_observer_observe (observer, NULL, 0, NULL));
  ptq_observer_commit (observer);
  g_assert_true (ptq_observer_get_range (observer, &min, &max));
  g_assert_cmpfloat (min, ==, 1);
  g_assert_cmpfloat (max, ==, 2);
}

static void
test_merge (void)
{
  static const gfloat a[] = { 1, 2 }, b[] = { -5, 1.5f };
  g_autoptr (PtqObserver) one = ptq_minmax_observer_new ();
  g_autoptr (PtqObserver) other = ptq_minmax_observer_new ();
  gdouble min, max;

  ptq_observer_observe (one, a, 2, NULL);
  ptq_observer_commit (one);
  ptq_observer_merge (one, other);
  g_assert_true (ptq_observer_get_range (one, &min, &max));
  g_assert_cmpfloat (min, ==, 1);
  ptq_observer_observe (other, b, 2, NULL);
  ptq_observer_commit (other);
  ptq_observer_merge (one, other);
  g_assert_true (ptq_observer_get_range (one, &min, &max));
  g_assert_cmpfloat (min, ==, -5);
  g_assert_cmpfloat (max, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/range/scan", test_scan);
  g_test_add_func ("/range/signs", test_scan_signs);
  g_test_add_func ("/range/not-finite", test_scan_not_finite);
  g_test_add_func (
      "/minmax/parallel-equals-serial", test_parallel_equals_serial);
  g_test_add_func ("/minmax/commit-and-rollback", test_commit_and_rollback);
  g_test_add_func ("/minmax/merge", test_merge);
  return g_test_run ();
}
