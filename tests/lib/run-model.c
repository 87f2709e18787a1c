/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Runs a model that a test has built or quantized.
 */

#include "run-model.h"
#include "ptq-report.h"

#include <math.h>
#include <string.h>

Samples *
samples_new (PtqModel *model, gdouble min, gdouble max)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  Samples *samples = g_new0 (Samples, 1);

  for (guint i = 0; i < N_SAMPLES; i++) {
    PtqTensor *tensor = &samples->tensors[i];
    gfloat *values = random_sample (rand, model, 1, tensor);

    for (gsize k = 0; k < ptq_tensor_count (tensor); k++)
      values[k] = (gfloat) (min + (max - min) * (values[k] + 1) / 2);
  }
  return samples;
}

void
samples_free (Samples *samples)
{
  for (guint i = 0; i < N_SAMPLES; i++)
    g_free ((gpointer) samples->tensors[i].data);
  g_free (samples);
}

PtqCalibrator *
calibrate (PtqModel *model, PtqSettings *settings, const Samples *samples)
{
  g_autoptr (GError) error = NULL;
  PtqCalibrator *calibrator = ptq_calibrator_new (model, settings, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < N_SAMPLES; i++) {
    ptq_calibrator_push (calibrator, &samples->tensors[i], 1, NULL, &error);
    g_assert_no_error (error);
  }
  return calibrator;
}

PtqModel *
quantize (PtqModel *model, PtqSettings *settings, const Samples *samples,
    PtqQuantizer **quantizer)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqCalibrator) calibrator = calibrate (model, settings, samples);
  g_autoptr (PtqQuantizer) self =
      ptq_quantizer_new (model, settings, calibrator);
  PtqModel *quantized = ptq_quantizer_run (self, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  ptq_report_write (self, quantized, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  if (quantizer != NULL)
    *quantizer = g_steal_pointer (&self);
  return quantized;
}

gfloat *
run (PtqModel *model, const PtqTensor *sample, gboolean precise, gsize *n)
{
  g_autoptr (GError) error = NULL;
  PtqSessionOptions options = { PTQ_OPTIMIZE_ALL, precise, NULL, NULL };
  g_autoptr (PtqSession) session = ptq_session_new (model, &options, &error);
  const PtqTensor *output;

  g_assert_no_error (error);
  ptq_session_run (session, sample, 1, NULL, &error);
  g_assert_no_error (error);
  output = ptq_session_get_output (session, 0);
  g_assert_cmpint (output->type, ==, PTQ_ELEMENT_FLOAT);
  *n = output->size / sizeof (gfloat);
  return g_memdup2 (output->data, output->size);
}

static gdouble
find_sqnr (PtqModel *model, PtqModel *quantized, const Samples *samples,
    gboolean precise)
{
  gdouble signal = 0, noise = 1e-30;

  for (guint i = 0; i < N_SAMPLES; i++) {
    gsize n, m;
    g_autofree gfloat *x = run (model, &samples->tensors[i], FALSE, &n);
    g_autofree gfloat *y = run (quantized, &samples->tensors[i], precise, &m);

    g_assert_cmpuint (n, ==, m);
    for (gsize k = 0; k < n; k++) {
      signal += (gdouble) x[k] * x[k];
      noise += ((gdouble) x[k] - y[k]) * ((gdouble) x[k] - y[k]);
    }
  }
  return 10 * log10 (signal / noise);
}

gdouble
compare (PtqModel *model, PtqModel *quantized, const Samples *samples)
{
  return find_sqnr (model, quantized, samples, FALSE);
}

gdouble
compare_exactly (PtqModel *model, PtqModel *quantized, const Samples *samples)
{
  return find_sqnr (model, quantized, samples, TRUE);
}

Onnx__NodeProto *
find_node (PtqModel *model, const gchar *name)
{
  Onnx__GraphProto *graph = ptq_model_get_graph (model);

  for (gsize i = 0; i < graph->n_node; i++)
    if (g_str_equal (graph->node[i]->name, name))
      return graph->node[i];
  g_error ("there is no node '%s'", name);
}

/* Elements of an integer initializer; free with g_free () */
gint64 *
find_ints (PtqModel *model, const gchar *name, gsize *n)
{
  g_autoptr (GError) error = NULL;
  Onnx__TensorProto *tensor =
      ptq_graph_find_initializer (ptq_model_get_graph (model), name);
  gint64 *values;

  g_assert_nonnull (tensor);
  values = ptq_tensor_proto_read_ints (model, tensor, n, &error);
  g_assert_no_error (error);
  return values;
}

void
set_weight (PtqModel *model, const gchar *name, const gfloat *values)
{
  Onnx__TensorProto *tensor =
      ptq_graph_find_initializer (ptq_model_get_graph (model), name);
  gsize n = ptq_tensor_proto_count (tensor);
  g_autofree gint64 *dims =
      g_memdup2 (tensor->dims, tensor->n_dims * sizeof (gint64));

  ptq_tensor_proto_set_data (tensor, PTQ_ELEMENT_FLOAT, dims, tensor->n_dims,
      values, n * sizeof (gfloat));
}

static gboolean
collect (gint64 id, const PtqTensor *tensor, PtqParallel *parallel,
    gpointer user_data, GError **error)
{
  (void) id;
  (void) parallel;
  (void) error;
  g_array_append_vals (user_data, tensor->data, ptq_tensor_count (tensor));
  return TRUE;
}

GArray *
collect_values (PtqModel *model, const gchar *tensor, const Samples *samples)
{
  GArray *values = g_array_new (FALSE, FALSE, sizeof (gfloat));
  PtqSessionOptions options = { PTQ_OPTIMIZE_ALL, FALSE, collect, values };
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqSession) session = ptq_session_new_observed (
      model, samples->tensors, &tensor, 1, &options, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < N_SAMPLES; i++) {
    ptq_session_run (session, &samples->tensors[i], 1, NULL, &error);
    g_assert_no_error (error);
  }
  return values;
}

gboolean
is_among (const gchar *const *warnings, const gchar *a, const gchar *b)
{
  for (guint i = 0; warnings[i] != NULL; i++)
    if (strstr (warnings[i], a) != NULL && strstr (warnings[i], b) != NULL)
      return TRUE;
  return FALSE;
}

gboolean
has_warning (PtqQuantizer *quantizer, const gchar *a, const gchar *b)
{
  return is_among (ptq_quantizer_get_warnings (quantizer), a, b);
}
