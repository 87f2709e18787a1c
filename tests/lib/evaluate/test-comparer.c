/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Two models whose answers are known beforehand: one repeats the sample, the
 * other adds 1 to element 3. The figures are worked out by hand.
 */
#include <math.h>
#include "ptq-error.h"
#include "ptq-report.h"
#include "../small-model.h"

#define N_CLASSES 7

static PtqModel *
adding_model (const gfloat *d)
{
  SmallModel *small = small_model_new (13);

  small_model_add_input (small, "x", PTQ_ELEMENT_FLOAT, 2, 1, N_CLASSES);
  small_model_add_floats (small, "d", d, 2, 1, N_CLASSES);
  small_model_add_node (small, "Add", "x,d", "y");
  small_model_add_output (small, "y", PTQ_ELEMENT_FLOAT, 2, 1, N_CLASSES);
  return small_model_finish (small);
}

static PtqComparer *
new_comparer (void)
{
  static const gfloat nothing[N_CLASSES] = { 0 };
  static const gfloat one_more[N_CLASSES] = { 0, 0, 0, 1 };
  g_autoptr (PtqModel) reference = adding_model (nothing);
  g_autoptr (PtqModel) model = adding_model (one_more);
  g_autoptr (GError) error = NULL;
  PtqComparer *comparer = ptq_comparer_new (reference, model, &error);

  g_assert_no_error (error);
  return comparer;
}

static gboolean
push (PtqComparer *comparer, const gfloat *x, gint label,
    GCancellable *cancellable, GError **error)
{
  PtqTensor input = { .type = PTQ_ELEMENT_FLOAT,
    .rank = 2,
    .dims = { 1, N_CLASSES },
    .data = x,
    .size = N_CLASSES * sizeof (gfloat) };

  return ptq_comparer_push (comparer, &input, 1, label, cancellable, error);
}

static void
push_good (PtqComparer *comparer, const gfloat *x, gint label)
{
  g_autoptr (GError) error = NULL;
  gboolean pushed = push (comparer, x, label, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (pushed);
}

static const gfloat first[N_CLASSES] = { 1, 2, 3, 4 };
static const gfloat second[N_CLASSES] = { 0, 0, 0, 2 };
static const gfloat third[N_CLASSES] = { 0, 0, 5, 4.5 };

static void
test_figures (void)
{
  g_autoptr (PtqComparer) comparer = new_comparer ();
  g_autoptr (GError) error = NULL;
  PtqComparison result;
  PtqOutputComparison output;
  gdouble cosine;

  push_good (comparer, first, 3);  /* both right */
  push_good (comparer, second, 6); /* five zeros before this one */
  push_good (comparer, third, 2);  /* 5 against 4.5 or 5.5 */
  push_good (comparer, second, -1);
  ptq_comparer_get_result (comparer, &result, &error);
  g_assert_no_error (error);

  g_assert_cmpuint (result.samples, ==, 4);
  g_assert_cmpuint (result.labelled, ==, 3);
  g_assert_cmpfloat_with_epsilon (result.reference_top1, 2 / 3.0, 1e-12);
  g_assert_cmpfloat_with_epsilon (result.model_top1, 1 / 3.0, 1e-12);
  g_assert_cmpfloat_with_epsilon (result.reference_top5, 2 / 3.0, 1e-12);
  g_assert_cmpfloat_with_epsilon (result.model_top5, 2 / 3.0, 1e-12);
  g_assert_cmpfloat_with_epsilon (result.agreement, 3 / 4.0, 1e-12);

  /* (1 2 3 4)(1 2 3 5); twice parallel; (5 4.5)(5 5.5) */
  cosine = (34 / sqrt (30.0 * 39.0) + 2 + 49.75 / sqrt (45.25 * 55.25)) / 4;
  g_assert_cmpfloat_with_epsilon (result.cosine, cosine, 1e-9);
  /* 30 + 4 + 45.25 + 4 over four times 1 */
  g_assert_cmpfloat_with_epsilon (result.sqnr_db, 10 * log10 (83.25 / 4), 1e-9);
  g_assert_cmpfloat_with_epsilon (result.max_error, 1, 1e-6);
  g_assert_cmpfloat (result.reference_ms, >, 0);
  g_assert_cmpfloat (result.model_ms, >, 0);
  g_assert_cmpuint (result.integer_kernels, ==, 0);
  g_assert_cmpuint (result.float_kernels, ==, 0);
  g_assert_nonnull (result.cpu);

  g_assert_cmpuint (ptq_comparer_get_n_outputs (comparer), ==, 1);
  ptq_comparer_get_output (comparer, 0, &output);
  g_assert_cmpstr (output.name, ==, "y");
  g_assert_cmpfloat (output.cosine, ==, result.cosine);
}

static void
test_ties (void)
{
  g_autoptr (PtqComparer) comparer = new_comparer ();
  g_autoptr (GError) error = NULL;
  PtqComparison result;

  /* behind element 3 and the zeros 0, 1 and 2: the fifth */
  push_good (comparer, second, 4);
  ptq_comparer_get_result (comparer, &result, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (result.reference_top1, ==, 0);
  g_assert_cmpfloat (result.reference_top5, ==, 1);
}

static void
test_same (void)
{
  static const gfloat nothing[N_CLASSES] = { 0 };
  g_autoptr (PtqModel) model = adding_model (nothing);
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqComparer) comparer = ptq_comparer_new (model, model, &error);
  PtqComparison result;

  g_assert_no_error (error);
  push_good (comparer, nothing, -1);
  push_good (comparer, first, -1);
  ptq_comparer_get_result (comparer, &result, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (result.cosine, ==, 1);
  g_assert_true (isinf (result.sqnr_db));
  g_assert_cmpfloat (result.max_error, ==, 0);
  g_assert_cmpfloat (result.agreement, ==, 1);
  g_assert_cmpfloat (result.reference_top1, ==, -1);
}

static void
test_nothing_counted (void)
{
  static const gfloat not_a_number[N_CLASSES] = { 1, NAN };
  g_autoptr (PtqComparer) comparer = new_comparer ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  PtqComparison result;

  g_assert_false (ptq_comparer_get_result (comparer, &result, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_NO_SAMPLES);
  g_clear_error (&error);

  g_assert_false (push (comparer, not_a_number, -1, NULL, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_DATA);
  g_assert_nonnull (strstr (error->message, "\"y\""));
  g_clear_error (&error);

  g_assert_false (push (comparer, first, N_CLASSES, NULL, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE);
  g_assert_nonnull (strstr (error->message, "0 to 6"));
  g_clear_error (&error);

  g_cancellable_cancel (cancellable);
  g_assert_false (push (comparer, first, -1, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  push_good (comparer, first, -1);
  ptq_comparer_get_result (comparer, &result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (result.samples, ==, 1);
  g_assert_cmpuint (result.labelled, ==, 0);

  ptq_comparer_reset (comparer);
  g_assert_false (ptq_comparer_get_result (comparer, &result, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_NO_SAMPLES);
}

static PtqModel *
doubling_model (gint rows, gint n_outputs)
{
  SmallModel *small = small_model_new (13);

  small_model_add_input (small, "x", PTQ_ELEMENT_FLOAT, 2, rows, 3);
  small_model_add_node (small, "Add", "x,x", "y");
  small_model_add_output (small, "y", PTQ_ELEMENT_FLOAT, 2, rows, 3);
  if (n_outputs > 1) {
    small_model_add_node (small, "Neg", "x", "z");
    small_model_add_output (small, "z", PTQ_ELEMENT_FLOAT, 2, rows, 3);
  }
  return small_model_finish (small);
}

static void
check_refused (PtqModel *a, PtqModel *b, const gchar *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ptq_comparer_new (a, b, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE);
  g_assert_nonnull (strstr (error->message, text));
}

static void
test_different_models (void)
{
  g_autoptr (PtqModel) one = doubling_model (1, 1);
  g_autoptr (PtqModel) more = doubling_model (1, 2);
  g_autoptr (PtqModel) rows = doubling_model (2, 1);

  check_refused (one, more, "1 output");
  check_refused (one, rows, "\"x\"");
}

/* Two rows are two samples, so there is no one best class. */
static void
test_no_classes (void)
{
  static const gfloat x[6] = { 1, 2, 3, 4, 5, 6 };
  g_autoptr (PtqModel) model = doubling_model (2, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqComparer) comparer = ptq_comparer_new (model, model, &error);
  PtqTensor input = { .type = PTQ_ELEMENT_FLOAT,
    .rank = 2,
    .dims = { 2, 3 },
    .data = x,
    .size = sizeof (x) };
  PtqComparison result;

  g_assert_no_error (error);
  g_assert_false (ptq_comparer_push (comparer, &input, 1, 0, NULL, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE);
  g_clear_error (&error);

  ptq_comparer_push (comparer, &input, 1, -1, NULL, &error);
  g_assert_no_error (error);
  ptq_comparer_get_result (comparer, &result, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (result.agreement, ==, -1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/comparer/figures", test_figures);
  g_test_add_func ("/comparer/ties", test_ties);
  g_test_add_func ("/comparer/same", test_same);
  g_test_add_func ("/comparer/nothing-counted", test_nothing_counted);
  g_test_add_func ("/comparer/different-models", test_different_models);
  g_test_add_func ("/comparer/no-classes", test_no_classes);

  return g_test_run ();
}
