/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Quantizes without data, in a thread, so that signals are heard.
 */
#include <glib-unix.h>
#include "convert-progress.h"
#include "ptq-report.h"
#include "convert-run.h"

#define REDRAW_MS 100

typedef struct
{
  PtqQuantizer *quantizer;
  const gchar *path;
  GCancellable *cancellable;
  ConvertProgress *progress;
  GMainLoop *loop;

  GAsyncQueue *steps; /* what the thread has to tell */
  guint n_warnings;   /* the thread's: told so far */

  GError *error; /* the thread's, until it has ended */
} QuantizerRun;

/* A stage or a warning */
typedef struct
{
  gchar *stage;
  gdouble fraction;
  gchar *warning;
} Step;

static void
step_free (Step *step)
{
  g_free (step->stage);
  g_free (step->warning);
  g_free (step);
}

/* A warning is worth most while there is still something to stop. */
static void
tell_warnings (QuantizerRun *run)
{
  const gchar *const *warnings = ptq_quantizer_get_warnings (run->quantizer);

  for (; warnings[run->n_warnings] != NULL; run->n_warnings++) {
    Step *step = g_new0 (Step, 1);

    step->warning = g_strdup (warnings[run->n_warnings]);
    g_async_queue_push (run->steps, step);
  }
}

static void
on_progress (const gchar *stage, gdouble fraction, gpointer data)
{
  QuantizerRun *run = data;
  Step *step = g_new0 (Step, 1);

  tell_warnings (run);
  step->stage = g_strdup (stage);
  step->fraction = fraction;
  g_async_queue_push (run->steps, step);
}

/* All of them: a trial between two redraws has its line as well. */
static gboolean
show_steps (gpointer data)
{
  QuantizerRun *run = data;
  Step *step;

  while ((step = g_async_queue_try_pop (run->steps)) != NULL) {
    if (step->warning != NULL)
      convert_progress_print (run->progress, "warning: %s", step->warning);
    else
      convert_progress_update (
          run->progress, step->stage, step->fraction, 0, 0);
    step_free (step);
  }

  return G_SOURCE_CONTINUE;
}

static gboolean
on_done (gpointer data)
{
  QuantizerRun *run = data;

  g_main_loop_quit (run->loop);
  return G_SOURCE_REMOVE;
}

static gpointer
quantize (gpointer data)
{
  QuantizerRun *run = data;
  g_autoptr (PtqModel) model = ptq_quantizer_run (
      run->quantizer, on_progress, run, run->cancellable, &run->error);

  if (model != NULL
      && ptq_report_write (run->quantizer, model, on_progress, run,
          run->cancellable, &run->error))
    ptq_model_save (model, run->path, PTQ_MODEL_SAVE_DEFAULT, run->cancellable,
        &run->error);
  tell_warnings (run);
  g_idle_add (on_done, run);

  return NULL;
}

/* The second signal finds the default action again. */
static gboolean
on_signal (gpointer data)
{
  QuantizerRun *run = data;

  g_cancellable_cancel (run->cancellable);
  return G_SOURCE_REMOVE;
}

static void
remove_source (guint id)
{
  if (g_main_context_find_source_by_id (NULL, id) != NULL)
    g_source_remove (id);
}

static void
run_thread (QuantizerRun *run)
{
  guint timer = g_timeout_add (REDRAW_MS, show_steps, run);
  guint interrupt = g_unix_signal_add (SIGINT, on_signal, run);
  guint terminate = g_unix_signal_add (SIGTERM, on_signal, run);
  GThread *thread = g_thread_new ("quantize", quantize, run);

  g_main_loop_run (run->loop);
  g_thread_join (thread);
  show_steps (run);

  remove_source (timer);
  remove_source (interrupt);
  remove_source (terminate);
}

gboolean
convert_run_quantizer (
    PtqQuantizer *quantizer, const gchar *path, GError **error)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (ConvertProgress) progress = convert_progress_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  QuantizerRun run = { .quantizer = quantizer,
    .path = path,
    .cancellable = cancellable,
    .progress = progress,
    .loop = loop };

  run.steps = g_async_queue_new_full ((GDestroyNotify) step_free);
  run_thread (&run);
  g_async_queue_unref (run.steps);
  if (run.error == NULL)
    return TRUE;
  g_propagate_error (error, run.error);

  return FALSE;
}
