/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Runs a calibration pipeline to its end.
 */
#include <glib-unix.h>
#include "convert-progress.h"
#include "convert-run.h"
#include "ptq-error.h"

#define REDRAW_MS 100

typedef struct
{
  GMainLoop *loop;
  GstElement *pipeline;
  GstElement *sink;
  ConvertProgress *progress;
  guint n_samples;
  const gchar *const *shown; /* warnings that need no repetition */
  gboolean quantizing;       /* the sink says itself how far it is */
  GError *error;
} PipelineRun;

static GstElement *
find_sink (GstElement *pipeline)
{
  GstIterator *sinks = gst_bin_iterate_sinks (GST_BIN (pipeline));
  GValue item = G_VALUE_INIT;
  GstElement *sink = NULL;

  if (gst_iterator_next (sinks, &item) == GST_ITERATOR_OK) {
    sink = g_value_dup_object (&item);
    g_value_unset (&item);
  }
  gst_iterator_free (sinks);

  return sink;
}

static gboolean
show_samples (gpointer data)
{
  PipelineRun *run = data;
  guint64 samples = 0;

  if (run->quantizing)
    return G_SOURCE_CONTINUE;
  g_object_get (run->sink, "samples", &samples, NULL);
  convert_progress_update (run->progress, "Calibrating",
      (gdouble) samples / run->n_samples, samples, run->n_samples);

  return G_SOURCE_CONTINUE;
}

static void
show_progress (PipelineRun *run, GstMessage *message)
{
  GstProgressType type;
  const GstStructure *progress = gst_message_get_structure (message);
  gint percent = 0;

  gst_message_parse_progress (message, &type, NULL, NULL);
  if (!run->quantizing)
    show_samples (run);
  run->quantizing = TRUE;
  gst_structure_get_int (progress, "percent", &percent);
  if (type == GST_PROGRESS_TYPE_CONTINUE)
    convert_progress_update (run->progress,
        gst_structure_get_string (progress, "stage"), percent / 100.0, 0, 0);
}

static void
show_warning (PipelineRun *run, GstMessage *message)
{
  g_autoptr (GError) warning = NULL;

  gst_message_parse_warning (message, &warning, NULL);
  if (!g_strv_contains (run->shown, warning->message))
    convert_progress_print (run->progress, "warning: %s", warning->message);
}

static void
show_result (PipelineRun *run, GstMessage *message)
{
  const GstStructure *result = gst_message_get_structure (message);
  guint64 samples = 0, before = 0, after = 0;
  g_autofree gchar *quality = NULL;
  guint n_quantized = 0, n_float = 0;
  gdouble sqnr;

  if (!gst_structure_has_name (result, "ptqsink"))
    return;
  gst_structure_get (result, "samples", G_TYPE_UINT64, &samples,
      "nodes-quantized", G_TYPE_UINT, &n_quantized, "nodes-float", G_TYPE_UINT,
      &n_float, "bytes-before", G_TYPE_UINT64, &before, "bytes-after",
      G_TYPE_UINT64, &after, NULL);
  if (gst_structure_get_double (result, "sqnr", &sqnr))
    quality = g_strdup_printf (", SQNR %.1f dB", sqnr);
  convert_progress_print (run->progress,
      "%s: %" G_GUINT64_FORMAT
      " samples, %u nodes quantized, %u nodes float, %" G_GUINT64_FORMAT
      " bytes (from %" G_GUINT64_FORMAT ")%s",
      gst_structure_get_string (result, "location"), samples, n_quantized,
      n_float, after, before, quality != NULL ? quality : "");
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer data)
{
  PipelineRun *run = data;

  (void) bus;
  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ERROR:
      /* The first is the cause of those that follow. */
      if (run->error == NULL)
        gst_message_parse_error (message, &run->error, NULL);
      g_main_loop_quit (run->loop);
      break;
    case GST_MESSAGE_EOS:
      g_main_loop_quit (run->loop);
      break;
    case GST_MESSAGE_WARNING:
      show_warning (run, message);
      break;
    case GST_MESSAGE_PROGRESS:
      show_progress (run, message);
      break;
    case GST_MESSAGE_ELEMENT:
      show_result (run, message);
      break;
    default:
      break;
  }

  return G_SOURCE_CONTINUE;
}

/* The second signal finds the default action again. */
static gboolean
on_signal (gpointer data)
{
  PipelineRun *run = data;

  if (run->error == NULL)
    run->error = g_error_new_literal (
        G_IO_ERROR, G_IO_ERROR_CANCELLED, "The pipeline was stopped");
  g_main_loop_quit (run->loop);

  return G_SOURCE_REMOVE;
}

static void
remove_source (guint id)
{
  if (g_main_context_find_source_by_id (NULL, id) != NULL)
    g_source_remove (id);
}

static void
play (PipelineRun *run)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (run->pipeline);
  guint watch = gst_bus_add_watch (bus, on_message, run);
  guint timer = g_timeout_add (REDRAW_MS, show_samples, run);
  guint interrupt = g_unix_signal_add (SIGINT, on_signal, run);
  guint terminate = g_unix_signal_add (SIGTERM, on_signal, run);

  /* A failure has posted its error. */
  gst_element_set_state (run->pipeline, GST_STATE_PLAYING);
  g_main_loop_run (run->loop);
  gst_element_set_state (run->pipeline, GST_STATE_NULL);

  remove_source (watch);
  remove_source (timer);
  remove_source (interrupt);
  remove_source (terminate);
}

static GstElement *
parse (const gchar *description, GError **error)
{
  g_autoptr (GError) reason = NULL;
  GstElement *pipeline = gst_parse_launch_full (
      description, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &reason);

  if (pipeline == NULL
      && g_error_matches (
          reason, GST_PARSE_ERROR, GST_PARSE_ERROR_NO_SUCH_ELEMENT))
    g_prefix_error (&reason,
        "GStreamer does not find the plugin (set "
        "GST_PLUGIN_PATH to its folder): ");
  if (pipeline == NULL)
    g_propagate_error (error, g_steal_pointer (&reason));

  return pipeline;
}

gboolean
convert_run_pipeline (const gchar *description, guint n_samples,
    const gchar *const *shown, GError **error)
{
  g_autoptr (ConvertProgress) progress = convert_progress_new ();
  g_autoptr (GstElement) pipeline = NULL;
  g_autoptr (GstElement) sink = NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  PipelineRun run = {
    .loop = loop, .progress = progress, .n_samples = n_samples, .shown = shown
  };

  pipeline = parse (description, error);
  if (pipeline == NULL)
    return FALSE;
  sink = find_sink (pipeline);
  run.pipeline = pipeline;
  run.sink = sink;
  play (&run);
  if (run.error == NULL)
    return TRUE;
  g_propagate_error (error, run.error);

  return FALSE;
}
