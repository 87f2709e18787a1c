/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ptq-compare on the samples of a pipeline.
 */
#include "compare-pipeline.h"

#include <glib-unix.h>
#include <gst/gst.h>
#include <string.h>
#include "ptq-error.h"

#define SINK "ptqcompare"

typedef struct
{
  Comparison *comparison;
  GstElement *pipeline;
  GMainLoop *loop;
  gboolean interrupted;
  gboolean done;
  GError *error;
} Run;

static void
take_figures (PtqComparison *figures, const GstStructure *stats)
{
  gst_structure_get (stats, "samples", G_TYPE_UINT64, &figures->samples,
      "labelled", G_TYPE_UINT64, &figures->labelled, "reference-top1",
      G_TYPE_DOUBLE, &figures->reference_top1, "model-top1", G_TYPE_DOUBLE,
      &figures->model_top1, "reference-top5", G_TYPE_DOUBLE,
      &figures->reference_top5, "model-top5", G_TYPE_DOUBLE,
      &figures->model_top5, "agreement", G_TYPE_DOUBLE, &figures->agreement,
      "cosine", G_TYPE_DOUBLE, &figures->cosine, "sqnr-db", G_TYPE_DOUBLE,
      &figures->sqnr_db, "max-error", G_TYPE_DOUBLE, &figures->max_error,
      "reference-ms", G_TYPE_DOUBLE, &figures->reference_ms, "model-ms",
      G_TYPE_DOUBLE, &figures->model_ms, "integer-kernels", G_TYPE_UINT,
      &figures->integer_kernels, "float-kernels", G_TYPE_UINT,
      &figures->float_kernels, NULL);
  /* the message goes, the name stays */
  figures->cpu = g_intern_string (gst_structure_get_string (stats, "cpu"));
}

static void
print_warning (GstMessage *message)
{
  g_autoptr (GError) warning = NULL;

  gst_message_parse_warning (message, &warning, NULL);
  g_printerr ("ptq-compare: warning: %s\n", warning->message);
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  Run *run = user_data;

  (void) bus;
  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ELEMENT:
      if (gst_message_has_name (message, SINK)) {
        take_figures (
            &run->comparison->figures, gst_message_get_structure (message));
        run->done = TRUE;
      }
      break;
    case GST_MESSAGE_WARNING:
      print_warning (message);
      break;
    case GST_MESSAGE_ERROR:
      gst_message_parse_error (message, &run->error, NULL);
      g_main_loop_quit (run->loop);
      return G_SOURCE_REMOVE;
    case GST_MESSAGE_EOS:
      g_main_loop_quit (run->loop);
      return G_SOURCE_REMOVE;
    default:
      break;
  }
  return G_SOURCE_CONTINUE;
}

/* The second Ctrl-C kills, as the handler has gone by then. */
static gboolean
on_interrupt (gpointer user_data)
{
  Run *run = user_data;

  run->interrupted = TRUE;
  gst_element_send_event (run->pipeline, gst_event_new_eos ());
  return G_SOURCE_REMOVE;
}

/* What the user sees is a part of the whole, so the parser's words alone would
 * speak of a sink that nobody has written. */
static const gchar *
explain (const GError *reason)
{
  if (g_error_matches (reason, GST_PARSE_ERROR, GST_PARSE_ERROR_SYNTAX))
    return "; elements are joined by \" ! \", with none in front of the first "
           "and behind the last";
  if (g_error_matches (
          reason, GST_PARSE_ERROR, GST_PARSE_ERROR_NO_SUCH_ELEMENT))
    return " (GST_PLUGIN_PATH names further folders of elements)";
  if (g_error_matches (reason, GST_PARSE_ERROR, GST_PARSE_ERROR_LINK)
      && strstr (reason->message, " to " SINK) != NULL)
    return "; the pipeline has no sink of its own and ends in what makes "
           "tensors, as a rule ptqnormalize";
  return "";
}

static GstElement *
make_pipeline (Comparison *comparison, const gchar *description,
    const gchar *labels, guint max_samples, GError **error)
{
  g_autofree gchar *whole =
      g_strdup_printf ("%s ! " SINK " name=" SINK, description);
  g_autoptr (GError) parse_error = NULL;
  GstElement *pipeline, *sink;

  pipeline = gst_parse_launch_full (
      whole, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &parse_error);
  if (pipeline == NULL) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS,
        "The pipeline cannot be built: %s%s", parse_error->message,
        explain (parse_error));
    return NULL;
  }

  sink = gst_bin_get_by_name (GST_BIN (pipeline), SINK);
  g_object_set (sink, "reference", comparison->reference_path, "model",
      comparison->model_path, "labels", labels, "max-samples",
      (guint64) max_samples, NULL);
  gst_object_unref (sink);
  return pipeline;
}

static void
play (Run *run)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (run->pipeline);
  guint watch = gst_bus_add_watch (bus, on_message, run);
  guint handler = g_unix_signal_add (SIGINT, on_interrupt, run);

  run->loop = g_main_loop_new (NULL, FALSE);
  /* a failure to start is on the bus as well */
  gst_element_set_state (run->pipeline, GST_STATE_PLAYING);
  g_main_loop_run (run->loop);
  gst_element_set_state (run->pipeline, GST_STATE_NULL);

  if (!run->interrupted)
    g_source_remove (handler);
  if (g_main_context_find_source_by_id (NULL, watch) != NULL)
    g_source_remove (watch);
  g_main_loop_unref (run->loop);
}

gboolean
compare_pipeline (Comparison *comparison, const gchar *description,
    const gchar *labels, guint max_samples, gboolean *interrupted,
    GError **error)
{
  Run run = { .comparison = comparison };

  run.pipeline =
      make_pipeline (comparison, description, labels, max_samples, error);
  if (run.pipeline == NULL)
    return FALSE;

  play (&run);
  gst_object_unref (run.pipeline);

  *interrupted = run.interrupted;
  if (run.error == NULL && !run.done)
    g_set_error_literal (&run.error, PTQ_ERROR, PTQ_ERROR_FAILED,
        "The pipeline ended without a result");
  if (run.error != NULL) {
    g_propagate_error (error, run.error);
    return FALSE;
  }
  return TRUE;
}
