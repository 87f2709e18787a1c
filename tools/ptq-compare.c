/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ptq-compare: how far two models' answers agree, and how long each takes.
 */
#include <gst/gst.h>
#include <locale.h>
#include <string.h>
#include "compare-pipeline.h"
#include "compare-random.h"
#include "comparison-print.h"
#include "ptq-runtime.h"

#define DEFAULT_RANDOM_SAMPLES 30

#define EXIT_USAGE 2
#define EXIT_INTERRUPTED 130

#define SUMMARY \
  "Gives the same samples to two ONNX models, as a rule a float one and its\n" \
  "quantized descendant, and prints how right each is, how far they agree\n" \
  "and how long each takes."

#define DESCRIPTION \
  "The pipeline is what would stand before ptqsink in gst-launch-1.0:\n" \
  "\n" \
  "  ptq-compare net.onnx net-int8.onnx --labels=labels.csv \\\n" \
  "    --pipeline=\"ptqimagesrc location=pictures ! ptqconvert ! \\\n" \
  "      ptqresize width=256 height=256 ! ptqcrop width=224 height=224 ! \\\n" \
  "      ptqnormalize preset=imagenet\"\n" \
  "\n" \
  "Without a pipeline the samples are noise from 0 to 1: enough for the\n" \
  "speed and for a first look at the cosine, not for a verdict.\n" \
  "\n" \
  "The labels are comma separated values with a row of column names first;\n" \
  "the columns file and class_index are read, or else the first two. To\n" \
  "evaluate on a part of a folder, point the pipeline at a folder of links " \
  "to\n" \
  "that part: labels of other files do no harm.\n" \
  "\n" \
  "--json prints one object: samples, reference_top1, model_top1,\n" \
  "reference_top5, model_top5, agreement (shares of 0 to 1), cosine and\n" \
  "sqnr_db (lowest over the outputs), max_error, reference_ms, model_ms,\n" \
  "integer_kernels, float_kernels, cpu; null where something is not known.\n" \
  "\n" \
  "Ctrl-C ends the stream and prints what there is; the exit status is then\n" \
  "130. It is 0 only when the stream came to its end, 2 for wrong usage and\n" \
  "1 for every other error."

typedef struct
{
  gchar *pipeline;
  gchar *labels;
  gchar *input_shape;
  gint samples;
  gboolean json;
  gchar **models;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->pipeline);
  g_free (options->labels);
  g_free (options->input_shape);
  g_strfreev (options->models);
}

static gboolean
wrong_usage (GError **error, const gchar *text)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, text);
  return FALSE;
}

static gboolean
is_blank (const gchar *text)
{
  return text[strspn (text, " \t\n")] == '\0';
}

static gboolean
check_options (const Options *options, GError **error)
{
  if (options->models == NULL || g_strv_length (options->models) != 2)
    return wrong_usage (
        error, "two models are wanted: ptq-compare REFERENCE MODEL");
  if (options->samples < 0)
    return wrong_usage (error, "--samples cannot be negative");
  if (options->pipeline != NULL && is_blank (options->pipeline))
    return wrong_usage (error,
        "--pipeline is empty: it names the elements "
        "that bring the samples, and without it samples are random");
  if (options->labels != NULL && options->pipeline == NULL)
    return wrong_usage (
        error, "--labels needs --pipeline: random samples have no labels");
  if (options->input_shape != NULL && options->pipeline != NULL)
    return wrong_usage (error,
        "--input-shape is for random samples; with --pipeline the shape is "
        "that of the stream");
  return TRUE;
}

static gboolean
parse_options (Options *options, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "pipeline", 'p', 0, G_OPTION_ARG_STRING, &options->pipeline,
        "Where the samples come from, as for gst-launch-1.0", "ELEMENTS" },
    { "labels", 'l', 0, G_OPTION_ARG_FILENAME, &options->labels,
        "Which file shows which class", "FILE.csv" },
    { "samples", 'n', 0, G_OPTION_ARG_INT, &options->samples,
        "Stop after N samples (default: all; 30 without a pipeline)", "N" },
    { "input-shape", 0, 0, G_OPTION_ARG_STRING, &options->input_shape,
        "Shape of the random samples where the model leaves it open",
        "1,3,H,W" },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &options->json,
        "Print one JSON object", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->models,
        NULL, "REFERENCE MODEL" },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (context, SUMMARY);
  g_option_context_set_description (context, DESCRIPTION);
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());

  return g_option_context_parse (context, argc, argv, error)
      && check_options (options, error);
}

static gboolean
compare (const Options *options, Comparison *comparison, gboolean *interrupted,
    GError **error)
{
  if (options->pipeline != NULL)
    return compare_pipeline (comparison, options->pipeline, options->labels,
        options->samples, interrupted, error);

  return compare_random (comparison,
      options->samples > 0 ? options->samples : DEFAULT_RANDOM_SAMPLES,
      options->input_shape, error);
}

int
main (int argc, char **argv)
{
  Options options = { 0 };
  Comparison comparison = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean interrupted = FALSE;
  int status = EXIT_SUCCESS;

  /* before there is a second thread */
  ptq_runtime_disable_telemetry ();
  setlocale (LC_ALL, "");

  if (!parse_options (&options, &argc, &argv, &error)) {
    status = EXIT_USAGE;
    goto out;
  }

  comparison.reference_path = options.models[0];
  comparison.model_path = options.models[1];
  if (!compare (&options, &comparison, &interrupted, &error)) {
    status = interrupted ? EXIT_INTERRUPTED : EXIT_FAILURE;
    goto out;
  }

  if (options.json)
    comparison_print_json (&comparison);
  else
    comparison_print_table (&comparison);
  if (interrupted) {
    g_printerr ("ptq-compare: interrupted after %" G_GUINT64_FORMAT
                " samples\n",
        comparison.figures.samples);
    status = EXIT_INTERRUPTED;
  }

out:
  if (error != NULL)
    g_printerr ("ptq-compare: %s\n", error->message);
  options_clear (&options);
  return status;
}
