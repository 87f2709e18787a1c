/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The calibrator: ranges of small models, refused samples, threads.
 */
#include <math.h>
#include <string.h>
#include "observe-private.h"
#include "../small-model.h"

/* A convolution that doubles, with ReLU, and a sum over the picture */
static PtqModel *
doubling_model (gint size)
{
  static const gfloat w[] = { 2 };
  static const gfloat b[] = { 0.5f };
  SmallModel *small = small_model_new (13);

  small_model_add_input (small, "x", PTQ_ELEMENT_FLOAT, 4, -1, 1, size, size);
  small_model_add_floats (small, "w", w, 4, 1, 1, 1, 1);
  small_model_add_floats (small, "b", b, 1, 1);
  small_model_add_node (small, "Conv", "x,w,b", "c");
  small_model_add_node (small, "Relu", "c", "r");
  small_model_add_node (small, "Conv", "r,w,b", "y");
  small_model_add_output (small, "y", PTQ_ELEMENT_FLOAT, 4, -1, 1, -1, -1);
  return small_model_finish (small);
}

static PtqCalibrator *
new_calibrator (PtqModel *model)
{
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (GError) error = NULL;
  PtqCalibrator *calibrator = ptq_calibrator_new (model, settings, &error);

  g_assert_no_error (error);
  return calibrator;
}

static PtqTensor
picture (const gfloat *data, gint64 height, gint64 width)
{
  PtqTensor tensor = { PTQ_ELEMENT_FLOAT, 4, { 1, 1, height, width }, data,
    height * width * sizeof (gfloat) };

  return tensor;
}

static void
push (
    PtqCalibrator *calibrator, const gfloat *data, gint64 height, gint64 width)
{
  PtqTensor input = picture (data, height, width);
  g_autoptr (GError) error = NULL;

  ptq_calibrator_push (calibrator, &input, 1, NULL, &error);
  g_assert_no_error (error);
}

static void
assert_range (
    PtqCalibrator *calibrator, const gchar *tensor, gdouble min, gdouble max)
{
  gdouble found_min = NAN, found_max = NAN;

  g_assert_true (
      ptq_calibrator_get_range (calibrator, tensor, &found_min, &found_max));
  g_assert_cmpfloat (found_min, ==, min);
  g_assert_cmpfloat (found_max, ==, max);
}

static const gfloat first[] = { -1, 2, 0, 1 };
static const gfloat second[] = { 4, 3, -3, 1 };

static void
test_ranges (void)
{
  g_autoptr (PtqModel) model = doubling_model (-1);
  g_autoptr (PtqCalibrator) calibrator = new_calibrator (model);
  PtqElementType type;
  gint64 dims[PTQ_TENSOR_MAX_RANK];
  gint rank;
  gdouble min, max;

  g_assert_true (ptq_calibrator_get_model (calibrator) == model);
  g_assert_false (ptq_calibrator_get_range (calibrator, "x", &min, &max));
  g_assert_false (
      ptq_calibrator_get_tensor (calibrator, "x", &type, &rank, dims));
  push (calibrator, first, 2, 2);
  push (calibrator, second, 2, 2);
  g_assert_cmpuint (ptq_calibrator_get_n_samples (calibrator), ==, 2);
  /* by hand: r = max (2 x + 0.5, 0), y = 2 r + 0.5 */
  assert_range (calibrator, "x", -3, 4);
  assert_range (calibrator, "r", 0, 8.5);
  assert_range (calibrator, "y", 0.5, 17.5);
  g_assert_false (ptq_calibrator_get_range (calibrator, "no", &min, &max));

  g_assert_true (
      ptq_calibrator_get_tensor (calibrator, "r", &type, &rank, dims));
  g_assert_cmpint (type, ==, PTQ_ELEMENT_FLOAT);
  g_assert_cmpint (rank, ==, 4);
  g_assert_cmpint (dims[0], ==, 1);
  g_assert_cmpint (dims[1], ==, 1);
  g_assert_cmpint (dims[2], ==, 2);
  g_assert_cmpint (dims[3], ==, 2);
}

static void
assert_refused (PtqCalibrator *calibrator, const PtqTensor *inputs, guint n,
    GQuark domain, gint code, const gchar *const *words)
{
  g_autoptr (GError) error = NULL;
  guint64 before = ptq_calibrator_get_n_samples (calibrator);

  g_assert_false (ptq_calibrator_push (calibrator, inputs, n, NULL, &error));
  g_assert_error (error, domain, code);
  for (; *words != NULL; words++) {
    if (strstr (error->message, *words) == NULL)
      g_error ("\"%s\" is not in \"%s\"", *words, error->message);
  }
  g_assert_cmpuint (ptq_calibrator_get_n_samples (calibrator), ==, before);
}

static void
test_wrong_shape (void)
{
  static const gfloat data[16] = { 0 };
  g_autoptr (PtqModel) model = doubling_model (2);
  g_autoptr (PtqCalibrator) calibrator = new_calibrator (model);
  PtqTensor input = picture (data, 3, 4);
  g_autofree gchar *found = ptq_dims_to_string (input.dims, 4);
  g_autofree gchar *wanted = ptq_dims_to_string ((gint64[]){ -1, 1, 2, 2 }, 4);
  const gchar *words[] = { "\"x\"", found, wanted, NULL };
  const gchar *counts[] = { "2 tensors", "1 input", NULL };
  PtqTensor two[2];

  assert_refused (calibrator, &input, 1, PTQ_ERROR, PTQ_ERROR_SHAPE, words);
  two[0] = two[1] = picture (data, 2, 2);
  assert_refused (calibrator, two, 2, PTQ_ERROR, PTQ_ERROR_SHAPE, counts);
  push (calibrator, first, 2, 2);
}

static void
test_open_shape (void)
{
  static const gfloat data[16] = { 0 };
  g_autoptr (PtqModel) model = doubling_model (-1);
  g_autoptr (PtqCalibrator) calibrator = new_calibrator (model);
  PtqTensor other = picture (data, 4, 4);
  PtqTensor empty = picture (data, 0, 4);
  g_autofree gchar *found = ptq_dims_to_string (other.dims, 4);
  g_autofree gchar *fixed = ptq_dims_to_string ((gint64[]){ 1, 1, 2, 2 }, 4);
  const gchar *words[] = { "\"x\"", "sample 2", found, fixed, NULL };
  const gchar *none[] = { "\"x\"", "empty", NULL };

  assert_refused (calibrator, &empty, 1, PTQ_ERROR, PTQ_ERROR_SHAPE, none);
  push (calibrator, first, 2, 2);
  assert_refused (calibrator, &other, 1, PTQ_ERROR, PTQ_ERROR_SHAPE, words);
  push (calibrator, second, 2, 2);

  ptq_calibrator_reset (calibrator);
  g_assert_cmpuint (ptq_calibrator_get_n_samples (calibrator), ==, 0);
  push (calibrator, data, 4, 4);
  assert_range (calibrator, "x", 0, 0);
}

/* The sample is refused as a whole, also what was seen before the tensor
 * that overflows. */
static void
test_not_finite (void)
{
  static const gfloat nan_picture[] = { 100, 1, NAN, 1 };
  static const gfloat overflow[] = { -100, 1, 2, 2e38f };
  g_autoptr (PtqModel) model = doubling_model (-1);
  g_autoptr (PtqCalibrator) calibrator = new_calibrator (model);
  const gchar *in_input[] = { "\"x\"", "sample 2", NULL };
  const gchar *inside[] = { "\"r\"", "sample 2", NULL };
  PtqTensor input;

  push (calibrator, first, 2, 2);
  input = picture (nan_picture, 2, 2);
  assert_refused (calibrator, &input, 1, PTQ_ERROR, PTQ_ERROR_DATA, in_input);
  input = picture (overflow, 2, 2);
  assert_refused (calibrator, &input, 1, PTQ_ERROR, PTQ_ERROR_DATA, inside);
  assert_range (calibrator, "x", -1, 2);
  push (calibrator, second, 2, 2);
  assert_range (calibrator, "x", -3, 4);
}

static void
test_not_finite_at_first (void)
{
  static const gfloat bad[16] = { INFINITY };
  g_autoptr (PtqModel) model = doubling_model (-1);
  g_autoptr (PtqCalibrator) calibrator = new_calibrator (model);
  const gchar *words[] = { "\"x\"", "sample 1", NULL };
  PtqTensor input = picture (bad, 4, 4);
  gdouble min, max;

  assert_refused (calibrator, &input, 1, PTQ_ERROR, PTQ_ERROR_DATA, words);
  g_assert_false (ptq_calibrator_get_range (calibrator, "x", &min, &max));
  push (calibrator, first, 2, 2);
  assert_range (calibrator, "x", -1, 2);
}

static void
test_cancelled (void)
{
  g_autoptr (PtqModel) model = doubling_model (-1);
  g_autoptr (PtqCalibrator) calibrator = new_calibrator (model);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  PtqTensor input = picture (second, 2, 2);

  push (calibrator, first, 2, 2);
  g_cancellable_cancel (cancellable);
  g_assert_false (
      ptq_calibrator_push (calibrator, &input, 1, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (ptq_calibrator_get_n_samples (calibrator), ==, 1);
  assert_range (calibrator, "x", -1, 2);
  push (calibrator, second, 2, 2);
  assert_range (calibrator, "x", -3, 4);
}

typedef struct
{
  PtqCalibrator *calibrator;
  GCancellable *cancellable;
  guint64 n_pushed;
} Racer;

static gpointer
push_until_cancelled (gpointer data)
{
  Racer *racer = data;
  g_autoptr (GError) error = NULL;
  PtqTensor input = picture (first, 2, 2);

  while (ptq_calibrator_push (
      racer->calibrator, &input, 1, racer->cancellable, &error))
    racer->n_pushed++;
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  return NULL;
}

/* Wherever the run is when it is cancelled, a sample counts or it does not. */
static void
test_cancelled_by_another_thread (void)
{
  g_autoptr (PtqModel) model = doubling_model (-1);
  g_autoptr (PtqCalibrator) calibrator = new_calibrator (model);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  guint64 total = 0;

  for (guint i = 0; i < 20; i++) {
    Racer racer = { calibrator, cancellable, 0 };
    GThread *thread = g_thread_new ("push", push_until_cancelled, &racer);

    while (ptq_calibrator_get_n_samples (calibrator) < total + i)
      g_thread_yield ();
    g_cancellable_cancel (cancellable);
    g_thread_join (thread);
    g_cancellable_reset (cancellable);
    total += racer.n_pushed;
    g_assert_cmpuint (ptq_calibrator_get_n_samples (calibrator), ==, total);
  }
  assert_range (calibrator, "r", 0, 4.5);
}

static gpointer
push_some (gpointer data)
{
  for (gint i = 0; i < 40; i++) {
    gfloat values[] = { i, -i, 0, 1 };

    push (data, values, 2, 2);
  }
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (PtqModel) model = doubling_model (-1);
  g_autoptr (PtqCalibrator) one = new_calibrator (model);
  g_autoptr (PtqCalibrator) other = new_calibrator (model);
  GThread *threads[] = {
    g_thread_new ("one", push_some, one),
    g_thread_new ("again", push_some, one),
    g_thread_new ("other", push_some, other),
  };

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (ptq_calibrator_get_n_samples (one), ==, 80);
  g_assert_cmpuint (ptq_calibrator_get_n_samples (other), ==, 40);
  assert_range (one, "x", -39, 39);
  assert_range (other, "r", 0, 78.5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/calibrator/ranges", test_ranges);
  g_test_add_func ("/calibrator/wrong-shape", test_wrong_shape);
  g_test_add_func ("/calibrator/open-shape", test_open_shape);
  g_test_add_func ("/calibrator/not-finite", test_not_finite);
  g_test_add_func ("/calibrator/not-finite-at-first", test_not_finite_at_first);
  g_test_add_func ("/calibrator/cancelled", test_cancelled);
  g_test_add_func ("/calibrator/cancelled-by-another-thread",
      test_cancelled_by_another_thread);
  g_test_add_func ("/calibrator/threads", test_threads);
  return g_test_run ();
}
