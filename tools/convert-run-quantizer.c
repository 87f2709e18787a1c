/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Quantizes without data, in a thread, so that signals are heard.
 */
#include <glib-unix.h>
#include "convert-progress.h"
#include "convert-run.h"

#define REDRAW_MS 100

typedef struct
{
  PtqQuantizer *quantizer;
  const gchar *path;
  GCancellable *cancellable;
  ConvertProgress *progress;
  GMainLoop *loop;

  GMutex mutex;
  /* Protected by the mutex */
  const gchar *stage;
  gdouble fraction;
  GPtrArray *warnings;          /* not shown yet */
  guint n_warnings;             /* taken from the quantizer so far */

  GError *error;                /* the thread's, until it has ended */
} QuantizerRun;

/* In the quantizer's thread, under the mutex. A warning is worth most while
 * there is still something to stop. */
static void
take_warnings (QuantizerRun *run)
{
  const gchar *const *warnings = ptq_quantizer_get_warnings (run->quantizer);

  for (; warnings[run->n_warnings] != NULL; run->n_warnings++)
    g_ptr_array_add (run->warnings, g_strdup (warnings[run->n_warnings]));
}

static void
on_progress (const gchar *stage, gdouble fraction, gpointer data)
{
  QuantizerRun *run = data;

  g_mutex_lock (&run->mutex);
  run->stage = g_intern_string (stage);
  run->fraction = fraction;
  take_warnings (run);
  g_mutex_unlock (&run->mutex);
}

static void
show_warnings (QuantizerRun *run)
{
  g_autoptr (GPtrArray) warnings = NULL;

  g_mutex_lock (&run->mutex);
  warnings = g_steal_pointer (&run->warnings);
  run->warnings = g_ptr_array_new_with_free_func (g_free);
  g_mutex_unlock (&run->mutex);

  for (guint i = 0; i < warnings->len; i++)
    convert_progress_print (run->progress, "warning: %s",
        (const gchar *) warnings->pdata[i]);
}

static gboolean
show_stage (gpointer data)
{
  QuantizerRun *run = data;
  const gchar *stage;
  gdouble fraction;

  g_mutex_lock (&run->mutex);
  stage = run->stage;
  fraction = run->fraction;
  g_mutex_unlock (&run->mutex);
  if (stage != NULL)
    convert_progress_update (run->progress, stage, fraction, 0, 0);
  show_warnings (run);

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
  g_autoptr (PtqModel) model = ptq_quantizer_run (run->quantizer,
      on_progress, run, run->cancellable, &run->error);

  if (model != NULL)
    ptq_model_save (model, run->path, PTQ_MODEL_SAVE_DEFAULT,
        run->cancellable, &run->error);
  g_mutex_lock (&run->mutex);
  take_warnings (run);
  g_mutex_unlock (&run->mutex);
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
  guint timer = g_timeout_add (REDRAW_MS, show_stage, run);
  guint interrupt = g_unix_signal_add (SIGINT, on_signal, run);
  guint terminate = g_unix_signal_add (SIGTERM, on_signal, run);
  GThread *thread = g_thread_new ("quantize", quantize, run);

  g_main_loop_run (run->loop);
  g_thread_join (thread);
  show_stage (run);

  remove_source (timer);
  remove_source (interrupt);
  remove_source (terminate);
}

gboolean
convert_run_quantizer (PtqQuantizer *quantizer, const gchar *path,
    GError **error)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (ConvertProgress) progress = convert_progress_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  QuantizerRun run = { .quantizer = quantizer, .path = path,
    .cancellable = cancellable, .progress = progress, .loop = loop };

  g_mutex_init (&run.mutex);
  run.warnings = g_ptr_array_new_with_free_func (g_free);
  run_thread (&run);
  g_ptr_array_unref (run.warnings);
  g_mutex_clear (&run.mutex);
  if (run.error == NULL)
    return TRUE;
  g_propagate_error (error, run.error);

  return FALSE;
}
