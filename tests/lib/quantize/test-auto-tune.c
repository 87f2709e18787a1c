/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The search for the smallest model that agrees: what it is scored on, what it
 * tells, how it is stopped. */

#include "../run-model.h"
#include "observe-private.h"

#include <math.h>
#include <string.h>

static PtqSettings *
new_settings (void)
{
  PtqSettings *settings = ptq_settings_new ();

  g_object_set (settings, "quant-type", PTQ_QUANT_TYPE_WEIGHT, "bit-num", 0,
      "min-quant-weight-channel", 0, "auto-tune", TRUE, NULL);
  return settings;
}

static const gchar net[] =
    "input x 1x3x12x12\n weight W 24x3x3x3\n"
    "floats b 0.1 -0.2 0.3 0 0.1 0.2 -0.1 0.05 0.1 -0.2 0.3 0 0.1 0.2 -0.1 "
    "0.05 0.1 -0.2 0.3 0 0.1 0.2 -0.1 0.05\n Conv x,W,b c pads=1,1,1,1\n"
    "Relu c r\n weight V 20x24x3x3\n Conv r,V d pads=1,1,1,1\n Relu d e\n"
    "GlobalAveragePool e g\n Flatten g f\n weight G 20x30\n Gemm f,G y\n"
    "output y";

static void
count_trials (const gchar *stage, gdouble fraction, gpointer user_data)
{
  g_assert_cmpfloat (fraction, >=, 0);
  g_assert_cmpfloat (fraction, <=, 1);
  if (g_str_has_prefix (stage, "trial "))
    ++*(guint *) user_data;
}

static gdouble
find_cosine (PtqModel *a, PtqModel *b, const PtqTensor *sample)
{
  gsize n;
  g_autofree gfloat *x = run (a, sample, FALSE, &n);
  g_autofree gfloat *y = run (b, sample, FALSE, &n);
  gdouble xy = 0, xx = 0, yy = 0;

  for (gsize i = 0; i < n; i++) {
    xy += (gdouble) x[i] * y[i];
    xx += (gdouble) x[i] * x[i];
    yy += (gdouble) y[i] * y[i];
  }
  return xy / sqrt (xx * yy);
}

/* On samples of the kind that the search draws, but others */
static void
test_random (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqModel) model = build_model (net);
  g_autoptr (PtqSettings) settings = new_settings ();
  g_autoptr (PtqQuantizer) quantizer =
      ptq_quantizer_new (model, settings, NULL);
  g_autoptr (Samples) samples = samples_new (model, 0.1, 1);
  g_autoptr (PtqModel) quantized = NULL;
  gdouble sum = 0;
  guint n_trials = 0;

  quantized =
      ptq_quantizer_run (quantizer, count_trials, &n_trials, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_trials, >, 1);
  g_assert_cmpfloat (ptq_quantizer_get_mean_bits (quantizer, NULL), <, 8);
  for (guint i = 0; i < N_SAMPLES; i++)
    sum += find_cosine (model, quantized, &samples->tensors[i]);
  g_assert_cmpfloat (sum / N_SAMPLES, >=, 0.9945);
}

/* One large row of weights and 39 small ones. Samples that have nothing at the
 * large one need more bits than random inputs tell. */
static PtqModel *
build_uneven_model (void)
{
  PtqModel *model = build_model ("input x 1x40\n weight W 40x30\n"
                                 "MatMul x,W y\n output y");
  Onnx__TensorProto *tensor =
      ptq_graph_find_initializer (ptq_model_get_graph (model), "W");
  const gint64 dims[] = { 40, 30 };
  gfloat values[1200];

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    values[i] = (gfloat) ((i < 30 ? 40 : 1) * sin (1 + i * i));
  ptq_tensor_proto_set_data (
      tensor, PTQ_ELEMENT_FLOAT, dims, 2, values, sizeof values);
  return model;
}

static void
push_uneven_samples (PtqCalibrator *calibrator, guint n)
{
  g_autoptr (GError) error = NULL;
  PtqTensor sample = { 0 };
  gfloat data[40];

  sample.type = PTQ_ELEMENT_FLOAT;
  sample.rank = 2;
  sample.dims[0] = 1;
  sample.dims[1] = 40;
  sample.data = data;
  sample.size = sizeof data;
  for (guint s = 0; s < n; s++) {
    for (guint i = 0; i < 40; i++)
      data[i] = i == 0 ? 0 : (gfloat) cos (s * 40 + i);
    ptq_calibrator_push (calibrator, &sample, 1, NULL, &error);
    g_assert_no_error (error);
  }
}

/* The cosines of the replayed samples, independently of the search */
typedef struct
{
  PtqModel *a, *b;
  gdouble sum;
  guint n;
} Scores;

static gboolean
add_score (
    const PtqTensor *inputs, guint n_inputs, gpointer user_data, GError **error)
{
  Scores *scores = user_data;

  (void) error;
  g_assert_cmpuint (n_inputs, ==, 1);
  scores->sum += find_cosine (scores->a, scores->b, inputs);
  scores->n++;
  return TRUE;
}

static gdouble
score_replayed (PtqCalibrator *calibrator, PtqModel *a, PtqModel *b, guint n)
{
  g_autoptr (GError) error = NULL;
  Scores scores = { a, b, 0, 0 };

  ptq_calibrator_replay (
      calibrator, G_MAXUINT, add_score, &scores, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (scores.n, ==, n);
  return scores.sum / n;
}

static void
keep_stages (const gchar *stage, gdouble fraction, gpointer user_data)
{
  (void) fraction;
  g_string_append_printf (user_data, "%s\n", stage);
}

static PtqModel *
tune (PtqModel *model, PtqSettings *settings, PtqCalibrator *calibrator,
    const gchar *scored_on)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) stages = g_string_new (NULL);
  g_autoptr (PtqQuantizer) quantizer =
      ptq_quantizer_new (model, settings, calibrator);
  PtqModel *quantized =
      ptq_quantizer_run (quantizer, keep_stages, stages, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (strstr (stages->str, "\ntrial 1: init_scale 0.32"));
  g_assert_nonnull (strstr (stages->str, scored_on));
  return quantized;
}

/* At most replay-samples of what was pushed are what trials are scored on. */
static void
test_samples (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqModel) model = build_uneven_model ();
  g_autoptr (PtqSettings) settings = new_settings ();
  g_autoptr (PtqCalibrator) calibrator = NULL;
  g_autoptr (PtqModel) by_random = NULL;
  g_autoptr (PtqModel) by_samples = NULL;

  g_object_set (settings, "replay-samples", 6, NULL);
  calibrator = ptq_calibrator_new (model, settings, &error);
  g_assert_no_error (error);
  push_uneven_samples (calibrator, 9);

  by_random = tune (model, settings, NULL, " on random inputs\n");
  by_samples = tune (model, settings, calibrator, " on 6 samples\n");
  g_assert_cmpfloat (
      score_replayed (calibrator, model, by_random, 6), <, 0.995);
  g_assert_cmpfloat (
      score_replayed (calibrator, model, by_samples, 6), >=, 0.995);
}

/* Weights of a model in which full quantization finds nothing */
static void
test_recurrent (void)
{
  g_autoptr (PtqModel) model =
      build_model ("input x 3x1x7\n"
                   "weight W 1x80x7\n weight R 1x80x20\n weight B 1x160\n"
                   "LSTM x,W,R,B y hidden_size:i=20\n output y");
  g_autoptr (PtqSettings) settings = new_settings ();
  g_autoptr (Samples) samples = samples_new (model, -1, 1);
  g_autoptr (PtqCalibrator) calibrator = NULL;
  g_autoptr (PtqModel) quantized = NULL;
  gdouble sum = 0;

  calibrator = calibrate (model, settings, samples);
  quantized = tune (model, settings, calibrator, " on 4 samples\n");
  for (guint i = 0; i < N_SAMPLES; i++)
    sum += find_cosine (model, quantized, &samples->tensors[i]);
  g_assert_cmpfloat (sum / N_SAMPLES, >=, 0.995);
}

/* It is refused, not counted, and not scored on. */
static void
test_not_finite (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqModel) model = build_uneven_model ();
  g_autoptr (PtqSettings) settings = new_settings ();
  g_autoptr (PtqCalibrator) calibrator = NULL;
  g_autoptr (PtqModel) quantized = NULL;
  PtqTensor sample = { 0 };
  gfloat data[40] = { 0 };

  calibrator = ptq_calibrator_new (model, settings, &error);
  g_assert_no_error (error);
  push_uneven_samples (calibrator, 2);
  data[3] = NAN;
  sample.type = PTQ_ELEMENT_FLOAT;
  sample.rank = 2;
  sample.dims[0] = 1;
  sample.dims[1] = 40;
  sample.data = data;
  sample.size = sizeof data;
  g_assert_false (ptq_calibrator_push (calibrator, &sample, 1, NULL, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_DATA);
  g_assert_nonnull (strstr (error->message, "\"y\""));
  g_assert_cmpuint (ptq_calibrator_get_n_samples (calibrator), ==, 2);
  quantized = tune (model, settings, calibrator, " on 2 samples\n");
}

/* A calibrator without samples is as good as none. */
static void
test_no_samples (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqModel) model = build_uneven_model ();
  g_autoptr (PtqSettings) settings = new_settings ();
  g_autoptr (PtqCalibrator) calibrator = NULL;
  g_autoptr (PtqModel) quantized = NULL;

  calibrator = ptq_calibrator_new (model, settings, &error);
  g_assert_no_error (error);
  quantized = tune (model, settings, calibrator, " on random inputs\n");
}

static void
cancel_at_trial (const gchar *stage, gdouble fraction, gpointer user_data)
{
  (void) fraction;
  g_assert_false (g_str_has_prefix (stage, "trial 3"));
  if (g_str_has_prefix (stage, "trial 2"))
    g_cancellable_cancel (user_data);
}

static void
test_stopped (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqModel) model = build_model (net);
  g_autoptr (PtqSettings) settings = new_settings ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (PtqQuantizer) quantizer =
      ptq_quantizer_new (model, settings, NULL);

  g_assert_null (ptq_quantizer_run (
      quantizer, cancel_at_trial, cancellable, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_cancelled (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqModel) model = build_model (net);
  g_autoptr (PtqSettings) settings = new_settings ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (PtqQuantizer) quantizer =
      ptq_quantizer_new (model, settings, NULL);

  g_cancellable_cancel (cancellable);
  g_assert_null (
      ptq_quantizer_run (quantizer, NULL, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/auto-tune/random", test_random);
  g_test_add_func ("/auto-tune/samples", test_samples);
  g_test_add_func ("/auto-tune/recurrent", test_recurrent);
  g_test_add_func ("/auto-tune/not-finite", test_not_finite);
  g_test_add_func ("/auto-tune/no-samples", test_no_samples);
  g_test_add_func ("/auto-tune/stopped", test_stopped);
  g_test_add_func ("/auto-tune/cancelled", test_cancelled);
  return g_test_run ();
}
