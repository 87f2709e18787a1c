/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What calibration costs beside plain inference of the same model.
 *
 *     bench-calibrate MODEL.onnx [--rounds=25]
 *     bench-calibrate MODEL.onnx --memory [--samples=10000] [--method=KL]
 *
 * Times of plain inference and of each method are taken in turns in one
 * process, so that whatever else the machine does meets all alike: look at the
 * ratios. Peak memory is that of separate
 * processes; plain inference is there a program that knows ONNX Runtime alone
 * and uses it with its defaults. Samples are random, open dimensions are 1 for the batch and 224
 * otherwise.
 */
#include <stdlib.h>
#include <string.h>
#include <onnxruntime_c_api.h>
#include "observe-private.h"

#define N_PICTURES 8

static gint n_rounds = 25;
static gint n_samples = 10000;
static gboolean memory = FALSE;
static gchar *method = NULL;
static gchar *child = NULL;

static const GOptionEntry entries[] = {
  { "rounds", 0, 0, G_OPTION_ARG_INT, &n_rounds, "Measurements of time", "N" },
  { "memory", 0, 0, G_OPTION_ARG_NONE, &memory,
      "Measure peak memory instead of time", NULL },
  { "method", 0, 0, G_OPTION_ARG_STRING, &method,
      "Method whose memory to measure: MAX_MIN, KL or REMOVAL_OUTLIER",
      "NAME" },
  { "samples", 0, 0, G_OPTION_ARG_INT, &n_samples,
      "Samples of the long run for memory", "N" },
  { "child", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &child, NULL, NULL },
  { NULL, 0, 0, 0, NULL, NULL, NULL }
};

static void
stop (GError *error)
{
  g_printerr ("bench-calibrate: %s\n", error->message);
  exit (1);
}

static PtqTensor
random_tensor (const PtqValueInfo *info, GRand *random)
{
  PtqTensor tensor = { .type = info->type, .rank = MAX (info->rank, 0) };
  gfloat *data;
  gsize n;

  for (guint i = 0; i < tensor.rank; i++)
    tensor.dims[i] = info->dims[i] >= 0 ? info->dims[i] : i == 0 ? 1 : 224;
  n = ptq_tensor_count (&tensor);
  data = g_new (gfloat, n);
  for (gsize i = 0; i < n; i++)
    data[i] = g_rand_double_range (random, -2, 2);
  tensor.data = data;
  tensor.size = n * sizeof *data;
  return tensor;
}

/* Sample after sample, each one tensor an input */
static PtqTensor *
random_samples (PtqModel *model)
{
  guint n_inputs = ptq_model_get_n_inputs (model);
  PtqTensor *samples = g_new (PtqTensor, N_PICTURES * n_inputs);
  GRand *random = g_rand_new_with_seed (1);

  for (guint i = 0; i < N_PICTURES * n_inputs; i++)
    samples[i] =
        random_tensor (ptq_model_get_input (model, i % n_inputs), random);
  g_rand_free (random);
  return samples;
}

static void
free_samples (PtqTensor *samples, guint n_inputs)
{
  for (guint i = 0; i < N_PICTURES * n_inputs; i++)
    g_free ((gpointer) samples[i].data);
  g_free (samples);
}

static PtqSession *
plain_session (PtqModel *model, const PtqTensor *samples)
{
  PtqSessionOptions options = { PTQ_OPTIMIZE_ALL, FALSE, NULL, NULL };
  GError *error = NULL;
  g_autoptr (PtqModel) fixed = ptq_model_copy (model, &error);
  PtqSession *session = NULL;

  if (fixed == NULL)
    stop (error);
  for (guint i = 0; i < ptq_model_get_n_inputs (fixed); i++) {
    if (!ptq_model_set_input_shape (
            fixed, i, samples[i].dims, samples[i].rank, &error))
      stop (error);
  }
  session = ptq_session_new (fixed, &options, &error);
  if (session == NULL)
    stop (error);
  return session;
}

static const gchar *const methods[] = { "MAX_MIN", "KL", "REMOVAL_OUTLIER" };

static PtqActivationMethod
method_from_name (const gchar *name)
{
  if (g_str_equal (name, "KL"))
    return PTQ_ACTIVATION_KL;
  if (g_str_equal (name, "REMOVAL_OUTLIER"))
    return PTQ_ACTIVATION_REMOVAL_OUTLIER;
  return PTQ_ACTIVATION_MAX_MIN;
}

static PtqCalibrator *
new_calibrator (PtqModel *model, const gchar *name)
{
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  GError *error = NULL;
  PtqCalibrator *calibrator;

  g_object_set (
      settings, "activation-quant-method", method_from_name (name), NULL);
  calibrator = ptq_calibrator_new (model, settings, &error);
  if (calibrator == NULL)
    stop (error);
  return calibrator;
}

static gdouble
time_plain (PtqSession *session, const PtqTensor *sample, guint n_inputs)
{
  gint64 start = g_get_monotonic_time ();
  GError *error = NULL;

  if (!ptq_session_run (session, sample, n_inputs, NULL, &error))
    stop (error);
  return (g_get_monotonic_time () - start) / 1000.0;
}

static gdouble
time_push (PtqCalibrator *calibrator, const PtqTensor *sample, guint n_inputs)
{
  gint64 start = g_get_monotonic_time ();
  GError *error = NULL;

  if (!ptq_calibrator_push (calibrator, sample, n_inputs, NULL, &error))
    stop (error);
  return (g_get_monotonic_time () - start) / 1000.0;
}

static gint
compare_doubles (gconstpointer a, gconstpointer b)
{
  gdouble x = *(const gdouble *) a, y = *(const gdouble *) b;

  return (x > y) - (x < y);
}

static gdouble
median (GArray *values)
{
  g_array_sort (values, compare_doubles);
  return g_array_index (values, gdouble, values->len / 2);
}

/* What is measured in turns: plain inference, then the methods */
#define N_WAYS (1 + G_N_ELEMENTS (methods))

static void
time_round (PtqSession *session, PtqCalibrator **calibrators,
    const PtqTensor *sample, guint n_inputs, gdouble *times)
{
  times[0] = time_plain (session, sample, n_inputs);
  for (guint i = 1; i < N_WAYS; i++)
    times[i] = time_push (calibrators[i - 1], sample, n_inputs);
}

/* Of each round, then the median */
static gdouble
median_ratio (GArray *rounds, guint way, guint to)
{
  const gdouble *times = (const gdouble *) rounds->data;
  g_autoptr (GArray) ratios = g_array_new (FALSE, FALSE, sizeof (gdouble));

  for (gint i = 0; i < n_rounds; i++) {
    gdouble ratio = times[i * N_WAYS + way] / times[i * N_WAYS + to];

    g_array_append_val (ratios, ratio);
  }
  return median (ratios);
}

static gdouble
median_time (GArray *rounds, guint way)
{
  const gdouble *times = (const gdouble *) rounds->data;
  g_autoptr (GArray) of_way = g_array_new (FALSE, FALSE, sizeof (gdouble));

  for (gint i = 0; i < n_rounds; i++)
    g_array_append_val (of_way, times[i * N_WAYS + way]);
  return median (of_way);
}

static void
print_times (GArray *rounds, guint n_tensors)
{
  g_print ("plain inference: %.2f ms (medians of %d; %u tensors observed; "
           "%s)\n",
      median_time (rounds, 0), n_rounds, n_tensors, ptq_runtime_cpu_class ());
  for (guint i = 1; i < N_WAYS; i++)
    g_print ("%s: %.2f ms, %.2f times plain inference, %.2f times %s\n",
        methods[i - 1], median_time (rounds, i), median_ratio (rounds, i, 0),
        median_ratio (rounds, i, 1), methods[0]);
}

static void
measure_time (PtqModel *model)
{
  guint n_inputs = ptq_model_get_n_inputs (model);
  PtqTensor *samples = random_samples (model);
  g_autoptr (PtqSession) session = plain_session (model, samples);
  PtqCalibrator *calibrators[G_N_ELEMENTS (methods)];
  g_autoptr (GArray) rounds = g_array_new (FALSE, FALSE, sizeof (gdouble));
  guint n_tensors;

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    calibrators[i] = new_calibrator (model, methods[i]);
  for (gint i = -3; i < n_rounds; i++) {
    const PtqTensor *sample = samples + (i + 3) % N_PICTURES * n_inputs;
    gdouble times[N_WAYS];

    time_round (session, calibrators, sample, n_inputs, times);
    if (i >= 0) /* warm */
      g_array_append_vals (rounds, times, N_WAYS);
  }
  ptq_plan_get_tensors (ptq_calibrator_get_plan (calibrators[0]), &n_tensors);
  print_times (rounds, n_tensors);
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    g_object_unref (calibrators[i]);
  free_samples (samples, n_inputs);
}

static void
check (const OrtApi *api, OrtStatus *status)
{
  if (status == NULL)
    return;
  g_printerr ("bench-calibrate: %s\n", api->GetErrorMessage (status));
  exit (1);
}

static OrtValue *
wrap (const OrtApi *api, const PtqTensor *tensor)
{
  OrtMemoryInfo *memory;
  OrtValue *value;

  check (api,
      api->CreateCpuMemoryInfo (OrtArenaAllocator, OrtMemTypeDefault, &memory));
  check (api,
      api->CreateTensorWithDataAsOrtValue (memory, (gpointer) tensor->data,
          tensor->size, tensor->dims, tensor->rank,
          (ONNXTensorElementDataType) tensor->type, &value));
  api->ReleaseMemoryInfo (memory);
  return value;
}

static gchar **
list_names (
    guint n, const PtqValueInfo *(*get) (PtqModel *, guint), PtqModel *model)
{
  gchar **names = g_new0 (gchar *, n + 1);

  for (guint i = 0; i < n; i++)
    names[i] = g_strdup (get (model, i)->name);
  return names;
}

static void
run_plain (const gchar *path, PtqModel **model, const PtqTensor *samples)
{
  const OrtApi *api = OrtGetApiBase ()->GetApi (ORT_API_VERSION);
  guint n_in = ptq_model_get_n_inputs (*model);
  guint n_out = ptq_model_get_n_outputs (*model);
  g_auto (GStrv) in = list_names (n_in, ptq_model_get_input, *model);
  g_auto (GStrv) out = list_names (n_out, ptq_model_get_output, *model);
  g_autofree OrtValue **inputs = g_new0 (OrtValue *, n_in);
  g_autofree OrtValue **outputs = g_new0 (OrtValue *, n_out);
  OrtSessionOptions *options;
  OrtSession *session;
  OrtEnv *env;

  g_clear_object (model);
  g_setenv ("ORT_DISABLE_TELEMETRY", "1", TRUE);
  check (api, api->CreateEnv (ORT_LOGGING_LEVEL_ERROR, "plain", &env));
  check (api, api->CreateSessionOptions (&options));
  check (api, api->CreateSession (env, path, options, &session));
  for (gint i = 0; i < n_samples; i++) {
    for (guint j = 0; j < n_in; j++)
      inputs[j] = wrap (api, samples + i % N_PICTURES * n_in + j);
    check (api,
        api->Run (session, NULL, (const gchar *const *) in,
            (const OrtValue *const *) inputs, n_in, (const gchar *const *) out,
            n_out, outputs));
    for (guint j = 0; j < n_in; j++)
      api->ReleaseValue (inputs[j]);
    for (guint j = 0; j < n_out; j++)
      g_clear_pointer (&outputs[j], api->ReleaseValue);
  }
  api->ReleaseSession (session);
  api->ReleaseSessionOptions (options);
  api->ReleaseEnv (env);
}

static void
run_calibration (PtqModel **model, const PtqTensor *samples)
{
  g_autoptr (PtqCalibrator) calibrator =
      new_calibrator (*model, method != NULL ? method : "MAX_MIN");
  guint n_inputs = ptq_model_get_n_inputs (*model);

  g_clear_object (model);
  for (gint i = 0; i < n_samples; i++)
    time_push (calibrator, samples + i % N_PICTURES * n_inputs, n_inputs);
}

/* Nothing but the work, then the peak in kB. The plain one asks the model for
 * its inputs too, which costs no more than the runtime will use. */
static void
run_child (const gchar *path)
{
  GError *error = NULL;
  PtqModel *model = ptq_model_load (path, &error);
  g_autofree gchar *status = NULL;
  PtqTensor *samples;
  guint n_inputs;

  if (model == NULL)
    stop (error);
  n_inputs = ptq_model_get_n_inputs (model);
  samples = random_samples (model);
  if (g_str_equal (child, "plain"))
    run_plain (path, &model, samples);
  else
    run_calibration (&model, samples);
  free_samples (samples, n_inputs);
  if (!g_file_get_contents ("/proc/self/status", &status, NULL, &error))
    stop (error);
  g_print ("%s\n", strstr (status, "VmHWM:") + strlen ("VmHWM:"));
}

static gdouble
peak_of_child (
    const gchar *program, const gchar *path, const gchar *what, gint samples)
{
  g_autofree gchar *kind = g_strconcat ("--child=", what, NULL);
  g_autofree gchar *count = g_strdup_printf ("--samples=%d", samples);
  g_autofree gchar *how =
      g_strconcat ("--method=", method != NULL ? method : "MAX_MIN", NULL);
  gchar *argv[] = { (gchar *) program, (gchar *) path, kind, count, how, NULL };
  g_autofree gchar *output = NULL;
  GError *error = NULL;
  gint status = 0;

  if (!g_spawn_sync (
          NULL, argv, NULL, 0, NULL, NULL, &output, NULL, &status, &error)
      || !g_spawn_check_wait_status (status, &error))
    stop (error);
  return g_ascii_strtod (output, NULL) / 1024;
}

static void
measure_memory (const gchar *program, const gchar *path)
{
  gdouble plain = peak_of_child (program, path, "plain", 100);
  gdouble few = peak_of_child (program, path, "calibrate", 100);
  gdouble many = peak_of_child (program, path, "calibrate", n_samples);

  g_print ("peak memory: plain %.0f MB, calibration with 100 samples %.0f MB "
           "(ratio %.2f), with %d samples %.0f MB (ratio to 100: %.3f)\n",
      plain, few, few / plain, n_samples, many, many / few);
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("MODEL.onnx");
  g_autoptr (PtqModel) model = NULL;
  GError *error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    stop (error);
  if (argc != 2) {
    g_printerr ("bench-calibrate: name one model\n");
    return 2;
  }
  if (child != NULL) {
    run_child (argv[1]);
  } else if (memory) {
    measure_memory ("/proc/self/exe", argv[1]);
  } else {
    model = ptq_model_load (argv[1], &error);
    if (model == NULL)
      stop (error);
    measure_time (model);
  }
  return 0;
}
