/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writes the tables of the debug report: it runs the float and the quantized
 * model on the same samples and puts down what each tensor lost.
 */
#include "ptq-report.h"
#include "quantizer-private.h"
#include "debug-folder.h"
#include "debug-target.h"
#include "observe-private.h"
#include "quant-param.h"
#include "random-input.h"
#include "round-file.h"
#include "temporary-folder.h"

#include <glib/gstdio.h>

static const gchar *const float_node_columns[] = { "NodeName", "NodeType",
  "Reason", NULL };

static const gchar *const summary_columns[] = { "Round", "TensorName",
  "CosineSimilarity", NULL };

typedef struct
{
  PtqModel *float_model; /* as it was when it was quantized */
  PtqModel *quantized;
  PtqSettings *settings;
  /* Its samples are replayed; NULL for one random sample */
  PtqCalibrator *calibrator;
  GPtrArray *float_nodes; /* of GStrv: name, type, reason */
} DebugReport;

typedef struct
{
  const DebugReport *report;
  PtqDebugFolder *folder;
  PtqTensorPairs *pairs;
  PtqRoundObserver *observer;
  PtqCsvWriter summary;
  guint n_rounds;

  PtqProgressFunc progress;
  gpointer user_data;
  GCancellable *cancellable;
} Writing;

static gboolean
check_page (
    PtqModel *model, const gchar *folder, const gchar *page, GError **error)
{
  if ((folder == NULL || ptq_debug_target_check (folder, page, error))
      && ptq_model_check_target (model, page, error))
    return TRUE;
  g_prefix_error (error, "report-location: ");
  return FALSE;
}

/**
 * ptq_report_check:
 * @settings: the settings of a quantization
 * @model: the float model that it begins with
 * @error: return location for an error
 *
 * To be known before long work: that the reports which @settings ask for can
 * be written where they are to go.
 *
 * Returns: whether they can, or none is asked for; %PTQ_ERROR_WRITE where a
 *   folder cannot be made or written to, %PTQ_ERROR_SETTINGS where the page is
 *   a file of the model, or a table
 *
 * Since: 0.1
 */
gboolean
ptq_report_check (PtqSettings *settings, PtqModel *model, GError **error)
{
  const gchar *path = ptq_settings_get_debug_info_save_path (settings);
  const gchar *page = ptq_settings_get_report_location (settings);
  g_autoptr (PtqDebugFolder) folder = NULL;

  if (path != NULL) {
    folder = ptq_debug_folder_new (path, error);
    if (folder == NULL
        || !ptq_debug_folder_add (folder, "quant_param.csv", NULL, error))
      return FALSE;
  }
  /* the page may go into the folder, which is there for so long */
  return page == NULL || check_page (model, path, page, error);
}

static gboolean
open_file (
    Writing *self, const gchar *name, PtqCsvWriter *writer, GError **error)
{
  PtqSafeFile *file =
      ptq_debug_folder_add (self->folder, name, self->cancellable, error);

  if (file == NULL)
    return FALSE;
  ptq_csv_writer_init (writer, file);
  return TRUE;
}

static gboolean
close_file (PtqCsvWriter *writer, GError **error)
{
  PtqSafeFile *file = writer->file;

  ptq_csv_writer_clear (writer);
  return ptq_safe_file_finish (file, error);
}

static gboolean
write_float_nodes (Writing *self, GError **error)
{
  GPtrArray *nodes = self->report->float_nodes;
  PtqCsvWriter writer;

  if (!open_file (self, "float_nodes.csv", &writer, error))
    return FALSE;
  ptq_csv_writer_texts (&writer, float_node_columns);
  for (guint i = 0; i < nodes->len; i++)
    ptq_csv_writer_texts (&writer, nodes->pdata[i]);
  return close_file (&writer, error);
}

static gboolean
write_quant_param (Writing *self, GError **error)
{
  PtqCsvWriter writer;
  gboolean done;

  if (!open_file (self, "quant_param.csv", &writer, error))
    return FALSE;
  done = ptq_quant_param_write (&writer, self->report->quantized, self->pairs,
      self->observer, ptq_settings_get_bit_num (self->report->settings), error);
  return close_file (&writer, done ? error : NULL) && done;
}

static gboolean
write_round (Writing *self, GError **error)
{
  g_autofree gchar *name = g_strdup_printf ("round_%u.csv", self->n_rounds);
  PtqCsvWriter writer;

  if (!open_file (self, name, &writer, error))
    return FALSE;
  ptq_round_file_write (&writer, self->pairs, self->observer);
  return close_file (&writer, error);
}

static void
add_to_summary (Writing *self)
{
  guint n = ptq_round_observer_get_n_outputs (self->observer);

  for (guint i = 0; i < n; i++) {
    gdouble cosine;
    const gchar *name =
        ptq_round_observer_get_output (self->observer, i, &cosine);

    if (name == NULL)
      continue;
    ptq_csv_writer_integer (&self->summary, self->n_rounds);
    ptq_csv_writer_text (&self->summary, name);
    ptq_csv_writer_number (&self->summary, cosine);
    ptq_csv_writer_end_row (&self->summary);
  }
}

static guint
count_rounds (const DebugReport *self)
{
  return self->calibrator != NULL
      ? ptq_calibrator_get_n_replay (self->calibrator)
      : 1;
}

static void
tell_progress (const Writing *self)
{
  guint n = count_rounds (self->report);

  if (self->progress != NULL)
    self->progress ("writing reports",
        PTQ_QUANTIZER_SHARE + (1 - PTQ_QUANTIZER_SHARE) * self->n_rounds / n,
        self->user_data);
}

static gboolean
do_round (
    const PtqTensor *inputs, guint n_inputs, gpointer user_data, GError **error)
{
  Writing *self = user_data;

  tell_progress (self);
  if (!ptq_round_observer_run (
          self->observer, inputs, n_inputs, self->cancellable, error)
      || !write_round (self, error))
    return FALSE;
  add_to_summary (self);
  self->n_rounds++;
  return TRUE;
}

/* Weights need no data; random values show how their errors spread. */
static gboolean
do_random_round (Writing *self, GError **error)
{
  PtqModel *model = self->report->float_model;
  guint n = ptq_model_get_n_inputs (model);
  g_autofree PtqTensor *inputs = g_new0 (PtqTensor, n);
  GRand *rand = g_rand_new_with_seed (1);
  gboolean done;

  for (guint i = 0; i < n; i++)
    ptq_random_input_fill (model, i, rand, &inputs[i]);
  done = do_round (inputs, n, self, error);
  for (guint i = 0; i < n; i++)
    g_free ((gpointer) inputs[i].data);
  g_rand_free (rand);
  return done;
}

static gboolean
do_rounds (Writing *self, GError **error)
{
  gboolean done;

  if (!open_file (self, "output_summary.csv", &self->summary, error))
    return FALSE;
  ptq_csv_writer_texts (&self->summary, summary_columns);
  done = self->report->calibrator == NULL
      ? do_random_round (self, error)
      : ptq_calibrator_replay (self->report->calibrator, G_MAXUINT, do_round,
          self, self->cancellable, error);
  return close_file (&self->summary, done ? error : NULL) && done;
}

/* Rounds of an earlier run that had more of them */
static void
remove_old_rounds (const gchar *path, guint first)
{
  for (guint i = first;; i++) {
    g_autofree gchar *name = g_strdup_printf ("round_%u.csv", i);
    g_autofree gchar *file = g_build_filename (path, name, NULL);

    if (g_unlink (file) != 0)
      return;
  }
}

static gboolean
write_tables (Writing *self, const gchar *path, GError **error)
{
  const DebugReport *report = self->report;

  self->folder = ptq_debug_folder_new (path, error);
  if (self->folder == NULL)
    return FALSE;
  self->pairs = ptq_tensor_pairs_new (report->float_model, report->quantized);
  self->observer = ptq_round_observer_new (
      report->float_model, report->quantized, self->pairs, error);
  if (self->observer == NULL || !do_rounds (self, error)
      || !write_quant_param (self, error) || !write_float_nodes (self, error)
      || !ptq_debug_folder_commit (self->folder, error))
    return FALSE;
  remove_old_rounds (path, self->n_rounds);
  return TRUE;
}

static void
writing_clear (Writing *self)
{
  g_clear_pointer (&self->observer, ptq_round_observer_free);
  g_clear_pointer (&self->pairs, ptq_tensor_pairs_free);
  g_clear_pointer (&self->folder, ptq_debug_folder_free);
}

static gboolean
check_samples (const DebugReport *self, GError **error)
{
  if (count_rounds (self) > 0)
    return TRUE;
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_NO_SAMPLES,
      "the debug reports "
      "need samples to look at again, and none were kept: set "
      "debug-info-save-path or report-location before the first sample");
  return FALSE;
}

static gboolean
write_to (const DebugReport *self, const gchar *path, PtqProgressFunc progress,
    gpointer user_data, GCancellable *cancellable, GError **error)
{
  const gchar *page = ptq_settings_get_report_location (self->settings);
  Writing writing = { 0 };
  gboolean done;

  writing.report = self;
  writing.progress = progress;
  writing.user_data = user_data;
  writing.cancellable = cancellable;
  done = write_tables (&writing, path, error);
  writing_clear (&writing);
  return done
      && (page == NULL
          || ptq_report_write_page (path, page, cancellable, error));
}

static gboolean
write_anywhere (const DebugReport *self, PtqProgressFunc progress,
    gpointer user_data, GCancellable *cancellable, GError **error)
{
  const gchar *path = ptq_settings_get_debug_info_save_path (self->settings);
  g_autoptr (PtqTemporaryFolder) temporary = NULL;

  if (!check_samples (self, error))
    return FALSE;
  if (path != NULL)
    return write_to (self, path, progress, user_data, cancellable, error);

  temporary = ptq_temporary_folder_new (error);
  if (temporary == NULL)
    return FALSE;
  return write_to (self, ptq_temporary_folder_get_path (temporary), progress,
      user_data, cancellable, error);
}

/**
 * ptq_report_write:
 * @quantizer: a quantizer after ptq_quantizer_run()
 * @quantized: what it returned
 * @progress: (scope call) (nullable): called between samples
 * @user_data: passed to @progress
 * @cancellable: (nullable): stops the work between samples
 * @error: return location for an error
 *
 * Writes the tables into "debug-info-save-path" and the page to
 * "report-location", where the settings of @quantizer ask for them; otherwise
 * it does nothing. The samples that its calibrator kept are replayed; without
 * any, the errors of weights are shown on random values. On an error of the
 * tables nothing of them is left. They are complete and stay where the page
 * cannot be written after them.
 *
 * Returns: whether all that is asked for is written; %PTQ_ERROR_NO_SAMPLES
 *   where no sample was kept, %PTQ_ERROR_WRITE, %PTQ_ERROR_NO_SPACE,
 *   %PTQ_ERROR_RUNTIME, %G_IO_ERROR_CANCELLED
 *
 * Since: 0.1
 */
gboolean
ptq_report_write (PtqQuantizer *quantizer, PtqModel *quantized,
    PtqProgressFunc progress, gpointer user_data, GCancellable *cancellable,
    GError **error)
{
  PtqCalibrator *calibrator = ptq_quantizer_get_calibrator (quantizer);
  DebugReport report = { ptq_quantizer_get_float_model (quantizer), quantized,
    ptq_quantizer_get_settings (quantizer), calibrator,
    ptq_quantizer_get_float_nodes (quantizer) };

  g_return_val_if_fail (PTQ_IS_QUANTIZER (quantizer), FALSE);
  g_return_val_if_fail (PTQ_IS_MODEL (quantized), FALSE);

  if (!ptq_settings_wants_report (report.settings))
    return TRUE;
  g_return_val_if_fail (report.float_model != NULL, FALSE);
  if (ptq_settings_get_quant_type (report.settings) == PTQ_QUANT_TYPE_WEIGHT
      && calibrator != NULL && ptq_calibrator_get_n_replay (calibrator) == 0)
    report.calibrator = NULL;
  return write_anywhere (&report, progress, user_data, cancellable, error);
}
