/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The list of passes: what is done, in which order, and what it takes of the
 * time. A new pass is a row here and a function in full-passes.c or
 * weight-passes.c.
 */

#include "pipeline.h"
#include "passes.h"
#include "ptq-error.h"

#include <string.h>

static const PtqPass full_passes[] = {
  { "prepare", "copying the model", 0, TRUE, NULL, ptq_pass_copy_prepared },
  { "plan", "choosing scales", 0, TRUE, NULL, ptq_pass_plan },
  { "clip-channels", "looking for long tails", 0.04, FALSE, ptq_pass_equalizes,
      ptq_pass_clip_channels },
  { "equalize", "equalizing channels", 0, FALSE, ptq_pass_equalizes,
      ptq_pass_equalize },
  { "choose-ranges", "choosing ranges", 0.03, FALSE, ptq_pass_equalizes,
      ptq_pass_choose_ranges },
  { "fit-activation-ranges", "fitting ranges", 0.03, FALSE, ptq_pass_equalizes,
      ptq_pass_fit_activation_ranges },
  { "partition", "choosing float layers", 0.1, FALSE, ptq_pass_searches,
      ptq_pass_partition },
  { "rewrite", "quantizing weights", 0.2, TRUE, NULL, ptq_pass_rewrite },
  { "correct-biases", "correcting biases", 0.4, FALSE, ptq_pass_corrects,
      ptq_pass_correct_biases },
  { "measure", "measuring noise", 0.1, FALSE, NULL, ptq_pass_measure },
  { "store-types", "storing types", 0, TRUE, NULL, ptq_pass_store_types },
  { "verify", "verifying", 0.1, TRUE, NULL, ptq_pass_verify },
};

static const PtqPass weight_passes[] = {
  { "prepare", "folding constants", 0, TRUE, NULL, ptq_pass_prepare_weights },
  { "tune-widths", "choosing widths", 0.5, FALSE, ptq_pass_tunes,
      ptq_pass_tune_widths },
  { "code-weights", "quantizing weights", 0.3, TRUE, NULL,
      ptq_pass_code_weights },
  { "store-types", "storing types", 0, TRUE, NULL, ptq_pass_store_types },
  { "verify", "verifying", 0.2, TRUE, NULL, ptq_pass_verify },
};

const PtqPass *
ptq_pipeline_get_passes (PtqQuantType quant_type, guint *n)
{
  if (quant_type == PTQ_QUANT_TYPE_WEIGHT) {
    *n = G_N_ELEMENTS (weight_passes);
    return weight_passes;
  }
  *n = G_N_ELEMENTS (full_passes);
  return full_passes;
}

static gboolean
is_on (const PtqPass *pass, const PtqQuantization *quantization)
{
  const gchar *const *left_out =
      ptq_settings_get_disable_passes (quantization->settings);

  return (pass->is_on == NULL || pass->is_on (quantization))
      && (left_out == NULL || !g_strv_contains (left_out, pass->name));
}

static gboolean
run_pass (const PtqPass *pass, PtqQuantization *quantization,
    const PtqRun *whole, gdouble begin, GError **error)
{
  PtqRun run = { whole->progress, whole->user_data, whole->cancellable,
    whole->share * pass->share, whole->begin + whole->share * begin };

  g_debug ("pass %s", pass->name);
  return ptq_run_step (&run, pass->stage, 0, error)
      && pass->apply (quantization, &run, error);
}

static const PtqPass *
find_pass (const PtqPass *passes, guint n, const gchar *name)
{
  for (guint i = 0; i < n; i++)
    if (g_str_equal (passes[i].name, name))
      return &passes[i];
  return NULL;
}

gboolean
ptq_pipeline_check (PtqSettings *settings, GError **error)
{
  const gchar *const *names = ptq_settings_get_disable_passes (settings);
  guint n;
  const PtqPass *passes =
      ptq_pipeline_get_passes (ptq_settings_get_quant_type (settings), &n);

  for (guint i = 0; names != NULL && names[i] != NULL; i++) {
    const PtqPass *pass = find_pass (passes, n, names[i]);

    if (pass != NULL && !pass->required)
      continue;
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS,
        "disable-passes: %s \"%s\"; ptq-convert --list-passes prints the names",
        pass == NULL ? "there is no pass"
                     : "nothing comes of a quantization without the pass",
        names[i]);
    return FALSE;
  }
  return TRUE;
}

gboolean
ptq_pipeline_run (PtqQuantization *quantization, const gchar *until,
    const PtqRun *run, GError **error)
{
  guint n;
  const PtqPass *passes = ptq_pipeline_get_passes (
      ptq_settings_get_quant_type (quantization->settings), &n);
  gdouble begin = 0;

  for (guint i = 0; i < n && g_strcmp0 (passes[i].name, until) != 0; i++) {
    if (is_on (&passes[i], quantization)
        && !run_pass (&passes[i], quantization, run, begin, error))
      return FALSE;
    begin += passes[i].share;
  }
  return TRUE;
}
