/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The same samples through two models, and what their answers have in common.
 */
#include "ptq-comparer.h"

#include <math.h>
#include <string.h>
#include "output-difference.h"
#include "runtime-private.h"

/* The median is that of so many samples, the last ones, so that memory does
 * not grow with the stream. */
#define N_TIMES 4096

#define BEST_FEW 5

enum
{
  REFERENCE,
  MODEL,
  N_SIDES
};

typedef struct
{
  PtqModel *model;
  PtqSession *session;
  gdouble *times; /* ms, N_TIMES of them */
  guint64 right;
  guint64 right_among_few;
} Side;

struct _PtqComparer
{
  GObject parent_instance;

  Side sides[N_SIDES];
  PtqOutputDifference *outputs;
  guint n_outputs;

  guint64 samples;
  guint64 labelled;
  guint64 agreed;
  /* Index of the output that lists classes; -1 where there is none, known
   * from the first sample on */
  gint class_output;

  gboolean counted;
  guint integer_kernels;
  guint float_kernels;
};

G_DEFINE_FINAL_TYPE (PtqComparer, ptq_comparer, G_TYPE_OBJECT)

static const gchar *const side_names[N_SIDES] = { "reference", "other" };

static void
ptq_comparer_finalize (GObject *object)
{
  PtqComparer *self = PTQ_COMPARER (object);

  for (guint i = 0; i < N_SIDES; i++) {
    g_clear_object (&self->sides[i].session);
    g_clear_object (&self->sides[i].model);
    g_free (self->sides[i].times);
  }
  g_free (self->outputs);

  G_OBJECT_CLASS (ptq_comparer_parent_class)->finalize (object);
}

static void
ptq_comparer_class_init (PtqComparerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ptq_comparer_finalize;
}

static void
ptq_comparer_init (PtqComparer *self)
{
  self->class_output = -1;
}

/* "a.onnx", or what stands for a model that was never a file */
static const gchar *
model_name (PtqModel *model, guint side)
{
  const gchar *path = ptq_model_get_path (model);

  return path != NULL ? path : side_names[side];
}

static gboolean
values_fit (const PtqValueInfo *a, const PtqValueInfo *b)
{
  if (a->rank < 0 || b->rank < 0)
    return TRUE;
  if (a->rank != b->rank)
    return FALSE;
  for (gint i = 0; i < a->rank; i++) {
    if (a->dims[i] >= 0 && b->dims[i] >= 0 && a->dims[i] != b->dims[i])
      return FALSE;
  }
  return TRUE;
}

typedef const PtqValueInfo *(*GetValue) (PtqModel *model, guint index);

static gboolean
check_values (PtqModel *reference, PtqModel *model, const gchar *kind,
    guint n_reference, guint n_model, GetValue get, GError **error)
{
  if (n_reference != n_model) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
        "%s has %u %ss and %s has %u: only models of the same task can be "
        "compared",
        model_name (reference, REFERENCE), n_reference, kind,
        model_name (model, MODEL), n_model);
    return FALSE;
  }

  for (guint i = 0; i < n_model; i++) {
    const PtqValueInfo *a = get (reference, i);
    const PtqValueInfo *b = get (model, i);
    g_autofree gchar *a_dims = NULL, *b_dims = NULL;

    if (values_fit (a, b))
      continue;
    a_dims = ptq_dims_to_string (a->dims, a->rank);
    b_dims = ptq_dims_to_string (b->dims, b->rank);
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
        "The %s \"%s\" is %s in %s, and the %s \"%s\" is %s in %s: only "
        "models of the same task can be compared",
        kind, a->name, a_dims, model_name (reference, REFERENCE), kind, b->name,
        b_dims, model_name (model, MODEL));
    return FALSE;
  }
  return TRUE;
}

static gboolean
open_side (PtqComparer *self, guint i, PtqModel *model, GError **error)
{
  const PtqSessionOptions options = { .level = PTQ_OPTIMIZE_ALL };

  self->sides[i].model = g_object_ref (model);
  self->sides[i].times = g_new (gdouble, N_TIMES);
  self->sides[i].session = ptq_session_new (model, &options, error);
  return self->sides[i].session != NULL;
}

/**
 * ptq_comparer_new:
 * @reference: the model that is taken as right, as a rule the float one
 * @model: the model to judge
 * @error: return location for an error
 *
 * Prepares both models for the same samples. They must have the same inputs
 * and outputs; what the files leave open is checked with the first sample.
 *
 * Returns: (transfer full): a comparer, or %NULL with %PTQ_ERROR_SHAPE where
 *   inputs or outputs differ, and the errors of a model that does not run:
 *   %PTQ_ERROR_INVALID_MODEL, %PTQ_ERROR_UNSUPPORTED, %PTQ_ERROR_RUNTIME
 *
 * Since: 0.1
 */
PtqComparer *
ptq_comparer_new (PtqModel *reference, PtqModel *model, GError **error)
{
  g_autoptr (PtqComparer) self = NULL;

  g_return_val_if_fail (PTQ_IS_MODEL (reference), NULL);
  g_return_val_if_fail (PTQ_IS_MODEL (model), NULL);

  if (!check_values (reference, model, "input",
          ptq_model_get_n_inputs (reference), ptq_model_get_n_inputs (model),
          ptq_model_get_input, error))
    return NULL;
  if (!check_values (reference, model, "output",
          ptq_model_get_n_outputs (reference), ptq_model_get_n_outputs (model),
          ptq_model_get_output, error))
    return NULL;

  self = g_object_new (PTQ_TYPE_COMPARER, NULL);
  self->n_outputs = ptq_model_get_n_outputs (model);
  self->outputs = g_new0 (PtqOutputDifference, self->n_outputs);
  for (guint i = 0; i < N_SIDES; i++) {
    if (!open_side (self, i, i == REFERENCE ? reference : model, error))
      return NULL;
  }

  return g_steal_pointer (&self);
}

static gboolean
run_side (PtqComparer *self, guint i, const PtqTensor *inputs, guint n_inputs,
    GCancellable *cancellable, GError **error)
{
  gint64 start = g_get_monotonic_time ();

  if (!ptq_session_run (
          self->sides[i].session, inputs, n_inputs, cancellable, error))
    return FALSE;

  self->sides[i].times[self->samples % N_TIMES] =
      (g_get_monotonic_time () - start) / 1000.0;
  return TRUE;
}

/* Both in turns, and every other time in the other order, so that neither
 * always finds the caches warmed by the other. */
static gboolean
run_both (PtqComparer *self, const PtqTensor *inputs, guint n_inputs,
    GCancellable *cancellable, GError **error)
{
  guint first = self->samples % 2 == 0 ? REFERENCE : MODEL;

  return run_side (self, first, inputs, n_inputs, cancellable, error)
      && run_side (self, !first, inputs, n_inputs, cancellable, error);
}

static const PtqTensor *
get_output (PtqComparer *self, guint side, guint index)
{
  return ptq_session_get_output (self->sides[side].session, index);
}

static const gchar *
get_output_name (PtqComparer *self, guint index)
{
  return ptq_session_get_output_name (self->sides[REFERENCE].session, index);
}

static gboolean
check_output (PtqComparer *self, guint index, GError **error)
{
  const PtqTensor *a = get_output (self, REFERENCE, index);
  const PtqTensor *b = get_output (self, MODEL, index);

  if (!ptq_element_type_is_numeric (a->type)
      || !ptq_element_type_is_numeric (b->type)) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED,
        "The output \"%s\" is of type %s, which cannot be compared",
        get_output_name (self, index), ptq_element_type_name (a->type));
    return FALSE;
  }
  if (ptq_tensor_count (a) != ptq_tensor_count (b)) {
    g_autofree gchar *a_dims = ptq_dims_to_string (a->dims, a->rank);
    g_autofree gchar *b_dims = ptq_dims_to_string (b->dims, b->rank);

    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
        "The output \"%s\" is %s in %s and %s in %s",
        get_output_name (self, index), a_dims,
        model_name (self->sides[REFERENCE].model, REFERENCE), b_dims,
        model_name (self->sides[MODEL].model, MODEL));
    return FALSE;
  }
  return TRUE;
}

/* On a copy of the sums, so that a sample counts for all outputs or none */
static gboolean
add_differences (PtqComparer *self, GError **error)
{
  g_autofree PtqOutputDifference *sums =
      g_memdup2 (self->outputs, self->n_outputs * sizeof (PtqOutputDifference));

  for (guint i = 0; i < self->n_outputs; i++) {
    gsize element;
    gboolean in_reference;

    if (!check_output (self, i, error))
      return FALSE;
    if (!ptq_output_difference_add (&sums[i], get_output (self, REFERENCE, i),
            get_output (self, MODEL, i), &element, &in_reference)) {
      guint side = in_reference ? REFERENCE : MODEL;

      g_set_error (error, PTQ_ERROR, PTQ_ERROR_DATA,
          "Sample %" G_GUINT64_FORMAT ": element %" G_GSIZE_FORMAT
          " of the output \"%s\" of %s is NaN or infinite",
          self->samples + 1, element, get_output_name (self, i),
          model_name (self->sides[side].model, side));
      return FALSE;
    }
  }

  g_free (self->outputs);
  self->outputs = g_steal_pointer (&sums);
  return TRUE;
}

/* One sample, and along one axis only more than one value */
static gboolean
is_list_of_classes (const PtqTensor *tensor)
{
  guint n_long = 0;

  if (tensor->rank < 2 || tensor->dims[0] != 1)
    return FALSE;
  for (guint i = 1; i < tensor->rank; i++) {
    if (tensor->dims[i] != 1)
      n_long++;
  }
  return n_long == 1 && ptq_tensor_count (tensor) > 1;
}

static void
find_class_output (PtqComparer *self)
{
  for (guint i = 0; i < self->n_outputs && self->class_output < 0; i++) {
    if (is_list_of_classes (get_output (self, REFERENCE, i)))
      self->class_output = i;
  }
}

static gboolean
check_label (PtqComparer *self, gint label, GError **error)
{
  const PtqTensor *classes;

  if (label < 0)
    return TRUE;

  if (self->class_output < 0) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
        "There are labels, but no output of %s is a list of classes "
        "(1 by the number of classes)",
        model_name (self->sides[REFERENCE].model, REFERENCE));
    return FALSE;
  }
  classes = get_output (self, REFERENCE, self->class_output);
  if ((gsize) label >= ptq_tensor_count (classes)) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
        "Sample %" G_GUINT64_FORMAT " is labelled %d, but the output \"%s\" "
        "has only the classes 0 to %" G_GSIZE_FORMAT,
        self->samples + 1, label, get_output_name (self, self->class_output),
        ptq_tensor_count (classes) - 1);
    return FALSE;
  }
  return TRUE;
}

static void
add_classes (PtqComparer *self, gint label)
{
  gsize best[N_SIDES];

  if (self->class_output < 0)
    return;

  for (guint i = 0; i < N_SIDES; i++) {
    const PtqTensor *classes = get_output (self, i, self->class_output);

    best[i] = ptq_tensor_best (classes);
    if (label < 0)
      continue;
    if (best[i] == (gsize) label)
      self->sides[i].right++;
    if (ptq_tensor_among_best (classes, label, BEST_FEW))
      self->sides[i].right_among_few++;
  }

  if (best[REFERENCE] == best[MODEL])
    self->agreed++;
  if (label >= 0)
    self->labelled++;
}

/**
 * ptq_comparer_push:
 * @self: a comparer
 * @inputs: (array length=n_inputs): one tensor for each input of the models
 * @n_inputs: number of inputs
 * @label: the right class, or -1 where it is not known
 * @cancellable: (nullable): to stop from another thread
 * @error: return location for an error
 *
 * Runs both models and compares. A sample that fails or is cancelled leaves
 * no trace in the result.
 *
 * Returns: whether the sample was counted; if not, %PTQ_ERROR_SHAPE where it
 *   or its label does not fit, %PTQ_ERROR_DATA for NaN or infinity in an
 *   output, %PTQ_ERROR_UNSUPPORTED for outputs that can not be compared,
 *   %PTQ_ERROR_RUNTIME or %G_IO_ERROR_CANCELLED
 *
 * Since: 0.1
 */
gboolean
ptq_comparer_push (PtqComparer *self, const PtqTensor *inputs, guint n_inputs,
    gint label, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (PTQ_IS_COMPARER (self), FALSE);

  if (!run_both (self, inputs, n_inputs, cancellable, error))
    return FALSE;
  if (self->samples == 0)
    find_class_output (self);
  if (!check_label (self, label, error))
    return FALSE;
  if (!add_differences (self, error))
    return FALSE;

  add_classes (self, label);
  self->samples++;
  return TRUE;
}

/**
 * ptq_comparer_reset:
 * @self: a comparer
 *
 * Forgets all samples.
 *
 * Since: 0.1
 */
void
ptq_comparer_reset (PtqComparer *self)
{
  g_return_if_fail (PTQ_IS_COMPARER (self));

  memset (self->outputs, 0, self->n_outputs * sizeof (PtqOutputDifference));
  for (guint i = 0; i < N_SIDES; i++)
    self->sides[i].right = self->sides[i].right_among_few = 0;
  self->samples = self->labelled = self->agreed = 0;
  self->class_output = -1;
}

static gint
compare_times (gconstpointer a, gconstpointer b)
{
  gdouble difference = *(const gdouble *) a - *(const gdouble *) b;

  return difference < 0 ? -1 : difference > 0;
}

static gdouble
median_time (PtqComparer *self, guint side)
{
  gsize n = MIN (self->samples, N_TIMES);
  g_autofree gdouble *times =
      g_memdup2 (self->sides[side].times, n * sizeof (gdouble));

  qsort (times, n, sizeof (gdouble), compare_times);
  return (times[(n - 1) / 2] + times[n / 2]) / 2;
}

static gdouble
share (guint64 part, guint64 whole)
{
  return whole > 0 ? (gdouble) part / whole : -1;
}

static gboolean
count_kernels (PtqComparer *self, GError **error)
{
  if (!self->counted)
    self->counted = ptq_runtime_count_kernels (self->sides[MODEL].model,
        &self->integer_kernels, &self->float_kernels, error);
  return self->counted;
}

static void
fill_worst_output (PtqComparer *self, PtqComparison *result)
{
  result->cosine = 1;
  result->sqnr_db = INFINITY;
  result->max_error = 0;

  for (guint i = 0; i < self->n_outputs; i++) {
    PtqOutputComparison output;

    ptq_comparer_get_output (self, i, &output);
    result->cosine = MIN (result->cosine, output.cosine);
    result->sqnr_db = MIN (result->sqnr_db, output.sqnr_db);
    result->max_error = MAX (result->max_error, output.max_error);
  }
}

/**
 * ptq_comparer_get_result:
 * @self: a comparer
 * @result: (out caller-allocates): filled with the figures over all samples
 * @error: return location for an error
 *
 * Sums up. More samples may follow.
 *
 * Returns: whether there is a result; without a sample there is none, but
 *   %PTQ_ERROR_NO_SAMPLES. The kernels are counted in a model that the runtime
 *   writes, which may fail with %PTQ_ERROR_RUNTIME or an error of the file.
 *
 * Since: 0.1
 */
gboolean
ptq_comparer_get_result (
    PtqComparer *self, PtqComparison *result, GError **error)
{
  Side *reference, *model;

  g_return_val_if_fail (PTQ_IS_COMPARER (self), FALSE);
  g_return_val_if_fail (result != NULL, FALSE);

  if (self->samples == 0) {
    g_set_error_literal (error, PTQ_ERROR, PTQ_ERROR_NO_SAMPLES,
        "No sample was compared: the stream was empty");
    return FALSE;
  }
  if (!count_kernels (self, error))
    return FALSE;

  reference = &self->sides[REFERENCE];
  model = &self->sides[MODEL];
  *result = (PtqComparison){
    .samples = self->samples,
    .labelled = self->labelled,
    .reference_top1 = share (reference->right, self->labelled),
    .model_top1 = share (model->right, self->labelled),
    .reference_top5 = share (reference->right_among_few, self->labelled),
    .model_top5 = share (model->right_among_few, self->labelled),
    .agreement =
        self->class_output < 0 ? -1 : share (self->agreed, self->samples),
    .reference_ms = median_time (self, REFERENCE),
    .model_ms = median_time (self, MODEL),
    .integer_kernels = self->integer_kernels,
    .float_kernels = self->float_kernels,
    .cpu = ptq_runtime_cpu_class (),
  };
  fill_worst_output (self, result);
  return TRUE;
}

/**
 * ptq_comparer_get_n_outputs:
 * @self: a comparer
 *
 * Returns: how many outputs each of the models has
 *
 * Since: 0.1
 */
guint
ptq_comparer_get_n_outputs (PtqComparer *self)
{
  g_return_val_if_fail (PTQ_IS_COMPARER (self), 0);

  return self->n_outputs;
}

/**
 * ptq_comparer_get_output:
 * @self: a comparer that has seen a sample
 * @index: which output
 * @result: (out caller-allocates): filled with the figures of that output
 *
 * Since: 0.1
 */
void
ptq_comparer_get_output (
    PtqComparer *self, guint index, PtqOutputComparison *result)
{
  const PtqOutputDifference *output;

  g_return_if_fail (PTQ_IS_COMPARER (self));
  g_return_if_fail (index < self->n_outputs);
  g_return_if_fail (self->samples > 0);

  output = &self->outputs[index];
  *result = (PtqOutputComparison){
    .name = get_output_name (self, index),
    .cosine = ptq_output_difference_cosine (output),
    .sqnr_db = ptq_output_difference_sqnr_db (output),
    .max_error = output->max_error,
  };
}
