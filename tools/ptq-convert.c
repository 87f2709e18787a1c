/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * ptq-convert: quantizes a model as a configuration file says.
 *
 * It writes the pipeline that one would write by hand and runs it, or, where
 * no data is needed, the quantizer alone. Exit status: 0, 130 when stopped by
 * a signal, else the lowest byte of the code that is printed.
 */
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <gst/gst.h>
#include "convert-options.h"
#include "convert-pipeline.h"
#include "convert-run.h"
#include "convert-status.h"
#include "ptq-error.h"
#include "ptq-report.h"
#include "ptq-runtime.h"

#define EXIT_STOPPED 130
#define OLDEST_OPSET 13

static void
print_warnings (const gchar *const *warnings)
{
  for (guint i = 0; warnings[i] != NULL; i++)
    g_printerr ("warning: %s\n", warnings[i]);
}

static PtqModel *
load_model (const ConvertOptions *options, GError **error)
{
  g_autoptr (PtqModel) model = ptq_model_load (options->model_file, error);

  if (model == NULL
      || (!options->print_pipeline
          && !ptq_model_check_target (model, options->output_file, error)))
    return NULL;
  if (options->input_shape != NULL
      && !ptq_model_set_input_shapes (model, options->input_shape, error)) {
    g_prefix_error (error, "--inputShape=%s: ", options->input_shape);
    return NULL;
  }
  if (!convert_options_check_model (options, model, error))
    return NULL;

  return g_steal_pointer (&model);
}

static gboolean
store_float16 (const ConvertOptions *options, PtqModel *model, GError **error)
{
  g_auto (GStrv) warnings = NULL;

  if (g_strcmp0 (options->fp16, "on") != 0)
    return TRUE;
  if (!ptq_model_store_float16 (model, &warnings, error))
    return FALSE;
  print_warnings ((const gchar *const *) warnings);

  return TRUE;
}

static gboolean
set_data_types (const ConvertOptions *options, PtqModel *model, GError **error)
{
  PtqDataType input = PTQ_DATA_TYPE_DEFAULT, output = PTQ_DATA_TYPE_DEFAULT;

  convert_options_parse_data_type (options->input_data_type, &input);
  convert_options_parse_data_type (options->output_data_type, &output);

  return ptq_model_set_data_types (
      model, (PtqElementType) input, (PtqElementType) output, error);
}

/* No quantization: the same model, of an opset that quantization can start
 * from. */
static gboolean
write_anew (const ConvertOptions *options, GError **error)
{
  g_autoptr (PtqModel) model = NULL;

  if (options->print_pipeline) {
    g_print ("# nothing is quantized, which needs no pipeline\n");
    return TRUE;
  }
  model = load_model (options, error);

  return model != NULL
      && (ptq_model_get_opset (model) >= OLDEST_OPSET
          || ptq_model_upgrade (model, OLDEST_OPSET, error))
      && store_float16 (options, model, error)
      && set_data_types (options, model, error)
      && ptq_model_save (
          model, options->output_file, PTQ_MODEL_SAVE_DEFAULT, NULL, error);
}

static gboolean
check_types_agree (
    const ConvertOptions *options, PtqSettings *settings, GError **error)
{
  PtqQuantType type;

  if (!convert_options_get_quant_type (options, &type)
      || type == ptq_settings_get_quant_type (settings))
    return TRUE;
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS,
      "--quantType=%s, but %s has quant_type=%s", options->quant_type,
      options->config_file,
      type == PTQ_QUANT_TYPE_FULL ? "WEIGHT_QUANT" : "FULL_QUANT");

  return FALSE;
}

static void
set_from_flags (const ConvertOptions *options, PtqSettings *settings)
{
  PtqDataType type;

  if (options->fp16 != NULL)
    g_object_set (settings, "fp16", g_str_equal (options->fp16, "on"), NULL);
  if (convert_options_parse_data_type (options->input_data_type, &type))
    g_object_set (settings, "input-data-type", type, NULL);
  if (convert_options_parse_data_type (options->output_data_type, &type))
    g_object_set (settings, "output-data-type", type, NULL);
}

/* The flag completes a file that does not name the type, and must not
 * contradict one that does. */
static PtqSettings *
load_settings (const ConvertOptions *options, GError **error)
{
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  PtqQuantType type;

  set_from_flags (options, settings);
  if (options->config_file != NULL
      && ptq_settings_load_from_file (settings, options->config_file, NULL))
    return check_types_agree (options, settings, error)
        ? g_steal_pointer (&settings)
        : NULL;

  if (convert_options_get_quant_type (options, &type))
    g_object_set (settings, "quant-type", type, NULL);
  if (options->config_file != NULL
      && !ptq_settings_load_from_file (settings, options->config_file, error))
    return NULL;

  return g_steal_pointer (&settings);
}

static gboolean
quantize_without_data (
    const ConvertOptions *options, PtqSettings *settings, GError **error)
{
  g_autoptr (PtqModel) model = NULL;
  g_autoptr (PtqQuantizer) quantizer = NULL;

  if (options->print_pipeline) {
    g_print ("# WEIGHT_QUANT needs no calibration data and no pipeline\n");
    return TRUE;
  }
  model = load_model (options, error);
  if (model == NULL
      || !ptq_report_check_target (settings, options->output_file, error)
      || !ptq_report_check (settings, model, error))
    return FALSE;
  quantizer = ptq_quantizer_new (model, settings, NULL);

  return convert_run_quantizer (quantizer, options->output_file, error);
}

/* What a shell would not pass on as it is, goes into quotes for the shell;
 * those of the pipeline parser stay inside. */
static gchar *
quote_for_shell (const gchar *pipeline)
{
  g_autoptr (GString) line = g_string_new (NULL);
  const gchar *p = pipeline;

  while (*p != '\0') {
    const gchar *start = p;
    gboolean quoted = FALSE;
    g_autofree gchar *word = NULL;

    for (; *p != '\0' && (quoted || *p != ' '); p++) {
      if (*p == '\\' && p[1] != '\0')
        p++;
      else if (*p == '"')
        quoted = !quoted;
    }
    word = g_strndup (start, p - start);
    if (strpbrk (word, "$`\\") != NULL) {
      g_autofree gchar *safe = g_shell_quote (word);

      g_string_append (line, safe);
    } else {
      g_string_append (line, word);
    }
    if (*p == ' ')
      g_string_append_c (line, *p++);
  }

  return g_string_free (g_steal_pointer (&line), FALSE);
}

static void
print_pipeline (const gchar *pipeline)
{
  g_autofree gchar *line = quote_for_shell (pipeline);

  g_print ("gst-launch-1.0 %s\n", line);
}

static gchar *
describe_pipeline (const ConvertOptions *options, PtqSettings *settings,
    PtqPreprocess *preprocess, GError **error)
{
  g_autoptr (PtqModel) model = load_model (options, error);
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  const gchar *type_by_flag = NULL;
  gchar *pipeline;

  if (model == NULL)
    return NULL;
  if (ptq_settings_is_set (settings, "quant-type"))
    type_by_flag = ptq_settings_get_quant_type (settings) == PTQ_QUANT_TYPE_FULL
        ? "full"
        : "weight";
  pipeline = convert_pipeline_describe (
      options, model, preprocess, type_by_flag, warnings, error);
  g_ptr_array_add (warnings, NULL);
  print_warnings ((const gchar *const *) warnings->pdata);

  return pipeline;
}

static gboolean
quantize_with_data (const ConvertOptions *options, PtqSettings *settings,
    PtqPreprocess *preprocess, GError **error)
{
  g_autofree gchar *pipeline = NULL;

  if (!ptq_preprocess_validate (preprocess, error))
    return FALSE;
  print_warnings (ptq_preprocess_get_warnings (preprocess));
  pipeline = describe_pipeline (options, settings, preprocess, error);
  if (pipeline == NULL)
    return FALSE;
  if (options->print_pipeline) {
    print_pipeline (pipeline);
    return TRUE;
  }

  return convert_run_pipeline (pipeline,
      ptq_preprocess_get_calibrate_size (preprocess),
      ptq_settings_get_warnings (settings), error);
}

/* Weights are looked at alone where data would be of no use, or is not
 * there. */
static gboolean
quantize (const ConvertOptions *options, PtqSettings *settings, GError **error)
{
  gboolean needs_data =
      ptq_settings_get_quant_type (settings) == PTQ_QUANT_TYPE_FULL;
  g_autoptr (PtqPreprocess) preprocess = NULL;

  if (!ptq_settings_uses_samples (settings))
    return quantize_without_data (options, settings, error);
  if (options->config_file == NULL) {
    if (!needs_data)
      return quantize_without_data (options, settings, error);
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS,
        "FULL_QUANT needs calibration data: --configFile must name a file "
        "with the section [data_preprocess_param]");
    return FALSE;
  }
  preprocess = ptq_preprocess_new_from_file (options->config_file, error);
  if (preprocess == NULL)
    return FALSE;
  if (!needs_data && ptq_preprocess_get_n_inputs (preprocess) == 0)
    return quantize_without_data (options, settings, error);

  return quantize_with_data (options, settings, preprocess, error);
}

static gboolean
convert (const ConvertOptions *options, GError **error)
{
  g_autoptr (PtqSettings) settings = NULL;

  if (options->config_file == NULL && options->quant_type == NULL)
    return write_anew (options, error);
  settings = load_settings (options, error);
  if (settings == NULL)
    return FALSE;

  print_warnings (ptq_settings_get_warnings (settings));
  return quantize (options, settings, error);
}

static gint
finish (const ConvertOptions *options, const GError *error)
{
  gint status;

  if (error == NULL) {
    if (!options->print_pipeline)
      g_print ("CONVERT RESULT SUCCESS:0\n");
    return 0;
  }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_printerr ("ptq-convert: stopped, nothing is written\n");
    return EXIT_STOPPED;
  }
  g_printerr ("ptq-convert: %s\n", error->message);
  status = convert_status_of_error (error);
  g_print ("CONVERT RESULT FAILED:%d\n", status);

  return status & 0xff;
}

static void
list_passes (const gchar *name, PtqQuantType quant_type)
{
  g_auto (GStrv) passes = ptq_quantizer_list_passes (quant_type);

  g_print ("%s:\n", name);
  for (guint i = 0; passes[i] != NULL; i++)
    g_print ("  %s\n", passes[i]);
}

int
main (int argc, char **argv)
{
  g_auto (ConvertOptions) options = { 0 };
  g_autoptr (GError) error = NULL;

  /* before there is a second thread */
  ptq_runtime_disable_telemetry ();
  setlocale (LC_ALL, "");
  /* a file that may not grow is an error, and no reason to die */
  signal (SIGXFSZ, SIG_IGN);
  gst_init (NULL, NULL);
  g_set_prgname ("ptq-convert");
  if (convert_options_parse (&options, &argc, &argv, &error)) {
    if (options.version) {
      g_print ("ptq-convert %s\n", PACKAGE_VERSION);
      return 0;
    }
    if (options.list_passes) {
      list_passes ("FULL_QUANT", PTQ_QUANT_TYPE_FULL);
      list_passes ("WEIGHT_QUANT", PTQ_QUANT_TYPE_WEIGHT);
      return 0;
    }
    convert (&options, &error);
  }

  return finish (&options, error);
}
