/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The tables are printed by print-ranges.py.
 */
#include <math.h>
#include <string.h>
#include "histogram.h"
#include "ptq-kl-observer.h"
#include "ptq-outlier-observer.h"

/* A generator of 32 bits, three numbers summed: -3 .. 3 */
static gfloat *
make_values (const gchar *shape, gsize n)
{
  gfloat *values = g_new (gfloat, n);
  guint32 state = 1;

  for (gsize i = 0; i < n; i++) {
    guint32 total = 0;
    gdouble x;

    for (gint j = 0; j < 3; j++) {
      state = state * 1664525u + 1013904223u;
      total += state >> 16;
    }
    x = total / 32768.0 - 3;
    if (g_str_equal (shape, "tail"))
      x = x * x * x * x * x;
    else if (g_str_equal (shape, "relu"))
      x = MAX (x, 0);
    else if (g_str_equal (shape, "square"))
      x = x * x * x * x;
    values[i] = x;
  }
  return values;
}

static void
observe_in_pieces (PtqObserver *observer, const gfloat *values, gsize n)
{
  for (gsize i = 0; i < n; i += 1000) {
    g_assert_true (
        ptq_observer_observe (observer, values + i, MIN (1000, n - i), NULL));
    ptq_observer_commit (observer);
  }
}

static void
test_kl (void)
{
  static const struct
  {
    const gchar *shape;
    gsize n;
    guint bits;
    gdouble two_sided;
    gdouble one_sided;
  } rows[] = {
    { "plain", 4000, 4, 2.72558594, 2.72558594 },
    { "tail", 4000, 4, 1.0625, 2.1875 },
    { "tail", 4000, 3, 0.5625, 1.0625 },
    { "relu", 4000, 4, 2.60839844, 2.72363281 },
    { "square", 4000, 4, 0.265625, 8.390625 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree gfloat *values = make_values (rows[i].shape, rows[i].n);
    g_autoptr (PtqObserver) two = ptq_kl_observer_new (rows[i].bits, FALSE);
    g_autoptr (PtqObserver) one = ptq_kl_observer_new (rows[i].bits, TRUE);
    gboolean negative = g_str_equal (rows[i].shape, "plain")
        || g_str_equal (rows[i].shape, "tail");
    gdouble min, max;

    g_assert_false (ptq_observer_get_range (two, &min, &max));
    observe_in_pieces (two, values, rows[i].n);
    observe_in_pieces (one, values, rows[i].n);
    g_assert_true (ptq_observer_get_range (two, &min, &max));
    g_assert_cmpfloat_with_epsilon (max, rows[i].two_sided, 1e-6);
    g_assert_cmpfloat (min, ==, -max);
    g_assert_true (ptq_observer_get_range (one, &min, &max));
    g_assert_cmpfloat_with_epsilon (
        max, negative ? rows[i].two_sided : rows[i].one_sided, 1e-6);
    g_assert_cmpfloat (min, ==, negative ? -max : 0);
  }
}

/* Outside the exact bound, by less than a bin */
static void
test_outliers (void)
{
  static const struct
  {
    const gchar *shape;
    gsize n;
    gdouble low;
    gdouble high;
    gdouble width;
  } rows[] = {
    { "plain", 50000, -2.85006714, 2.82623291, 0.001953125 },
    { "tail", 50000, -188.050919, 180.318283, 0.125 },
    { "relu", 50000, 0, 2.82623291, 0.001953125 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree gfloat *values = make_values (rows[i].shape, rows[i].n);
    g_autoptr (PtqObserver) observer = ptq_outlier_observer_new ();
    gdouble min, max;

    observe_in_pieces (observer, values, rows[i].n);
    g_assert_true (ptq_observer_get_range (observer, &min, &max));
    g_assert_cmpfloat (min, <=, rows[i].low + 1e-6);
    g_assert_cmpfloat (min, >=, rows[i].low - rows[i].width - 1e-6);
    g_assert_cmpfloat (max, >=, rows[i].high - 1e-6);
    g_assert_cmpfloat (max, <=, rows[i].high + rows[i].width + 1e-6);
  }
}

/* As a sample of its own */
static gboolean
add (PtqHistogram *histogram, const gfloat *values, gsize n)
{
  g_autofree PtqActivationHistogram *tally = g_new (PtqActivationHistogram, 1);

  ptq_activation_histogram_clear (tally, histogram->exponent);
  if (!ptq_activation_histogram_add (tally, values, n, NULL))
    return FALSE;
  ptq_histogram_add (histogram, tally);
  return TRUE;
}

/* By hand, of ten values: four zeros, the rest in bins of width 2^-8 */
static void
test_quantiles (void)
{
  static const gfloat values[] = { 0, -0.0f, 0, 0, 1, 2, 3, 4, -1, -7 };
  PtqHistogram *histogram = g_new (PtqHistogram, 1);
  gdouble low, high, width = 1 / 256.0;

  ptq_histogram_clear (histogram);
  g_assert_true (add (histogram, values, 10));
  g_assert_cmpfloat (ptq_histogram_get_width (histogram), ==, width);
  g_assert_cmpuint (histogram->n, ==, 10);
  g_assert_cmpuint (histogram->n_zero, ==, 4);
  ptq_histogram_get_quantiles (histogram, 0, 0, &low, &high);
  g_assert_cmpfloat (low, ==, -7);
  g_assert_cmpfloat (high, ==, 4);
  ptq_histogram_get_quantiles (histogram, 0.1, 0.2, &low, &high);
  g_assert_cmpfloat (low, ==, -1 - width);
  g_assert_cmpfloat (high, ==, 2 + width);
  ptq_histogram_get_quantiles (histogram, 0.2, 0.4, &low, &high);
  g_assert_cmpfloat (low, ==, 0);
  g_assert_cmpfloat (high, ==, 0);
  ptq_histogram_get_quantiles (histogram, 0.6, 0.8, &low, &high);
  g_assert_cmpfloat (low, ==, 1);
  g_assert_cmpfloat (high, ==, -1);
  g_free (histogram);
}

static void
assert_equal (const PtqHistogram *a, const PtqHistogram *b)
{
  g_assert_cmpint (a->exponent, ==, b->exponent);
  g_assert_cmpuint (a->n, ==, b->n);
  g_assert_cmpuint (a->n_zero, ==, b->n_zero);
  g_assert_cmpfloat (a->min, ==, b->min);
  g_assert_cmpfloat (a->max, ==, b->max);
  g_assert_cmpmem (a->counts, sizeof a->counts, b->counts, sizeof b->counts);
}

/* Growing in steps, merged pieces in any order, and all at once */
static void
test_pieces (void)
{
  const gsize n = 150000, cut = 50001;
  g_autofree gfloat *values = make_values ("tail", n);
  g_autofree PtqHistogram *whole = g_new (PtqHistogram, 1);
  g_autofree PtqHistogram *grown = g_new (PtqHistogram, 1);
  g_autofree PtqHistogram *head = g_new (PtqHistogram, 1);
  g_autofree PtqHistogram *tail = g_new (PtqHistogram, 1);

  for (gsize i = 0; i < cut; i++)
    values[i] /= 4096; /* so that much growth is needed */
  ptq_histogram_clear (whole);
  ptq_histogram_clear (grown);
  ptq_histogram_clear (head);
  ptq_histogram_clear (tail);
  add (whole, values, n);
  for (gsize i = 0; i < n; i += 100)
    add (grown, values + i, 100);
  assert_equal (whole, grown);
  add (head, values, cut);
  add (tail, values + cut, n - cut);
  g_assert_cmpint (head->exponent, <, tail->exponent);
  ptq_histogram_clear (grown);
  ptq_histogram_merge (grown, tail);
  ptq_histogram_merge (grown, head);
  assert_equal (whole, grown);
  ptq_histogram_merge (head, tail);
  assert_equal (whole, head);
}

static void
test_extremes (void)
{
  static const gfloat zeros[4] = { 0 };
  static const gfloat extremes[] = { G_MAXFLOAT, -G_MAXFLOAT, 1e-45f, 0 };
  static const gfloat bad[] = { 1, NAN };
  g_autofree PtqHistogram *histogram = g_new (PtqHistogram, 1);
  g_autoptr (PtqObserver) kl = ptq_kl_observer_new (8, TRUE);
  gdouble low, high;

  ptq_histogram_clear (histogram);
  g_assert_false (add (histogram, bad, 2));
  g_assert_cmpuint (histogram->n, ==, 0);
  g_assert_true (add (histogram, zeros, 4));
  ptq_histogram_get_quantiles (histogram, 0.5, 0.5, &low, &high);
  g_assert_cmpfloat (low, ==, 0);
  g_assert_cmpfloat (high, ==, 0);
  g_assert_true (add (histogram, extremes, 4));
  g_assert_cmpuint (histogram->counts[0][PTQ_HISTOGRAM_BINS - 1], ==, 1);
  g_assert_cmpuint (histogram->counts[1][PTQ_HISTOGRAM_BINS - 1], ==, 1);
  g_assert_cmpuint (histogram->counts[0][0], ==, 1);
  g_assert_cmpuint (histogram->n_zero, ==, 5);

  ptq_observer_observe (kl, zeros, 4, NULL);
  ptq_observer_commit (kl);
  g_assert_true (ptq_observer_get_range (kl, &low, &high));
  g_assert_cmpfloat (low, ==, 0);
  g_assert_cmpfloat (high, ==, 0);
}

static void
test_rollback (void)
{
  static const gfloat values[] = { 1, 2 }, more[] = { 100, -100 };
  g_autoptr (PtqObserver) observer = ptq_outlier_observer_new ();
  gdouble min, max;

  ptq_observer_observe (observer, values, 2, NULL);
  ptq_observer_commit (observer);
  ptq_observer_observe (observer, more, 2, NULL);
  ptq_observer_rollback (observer);
  ptq_observer_commit (observer);
  g_assert_true (ptq_observer_get_range (observer, &min, &max));
  g_assert_cmpfloat (min, ==, 1);
  g_assert_cmpfloat (max, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/histogram/pieces", test_pieces);
  g_test_add_func ("/histogram/quantiles", test_quantiles);
  g_test_add_func ("/histogram/extremes", test_extremes);
  g_test_add_func ("/observer/kl", test_kl);
  g_test_add_func ("/observer/outliers", test_outliers);
  g_test_add_func ("/observer/rollback", test_rollback);
  return g_test_run ();
}
