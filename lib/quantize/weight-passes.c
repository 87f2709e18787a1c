/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The passes of weight quantization.
 */

#include "passes.h"
#include "auto-tune.h"
#include "prepare.h"
#include "skip-names.h"

/* A calibrator has said it before the first sample. */
static void
warn_of_names (PtqQuantization *self)
{
  g_auto (GStrv) warnings = NULL;

  if (self->calibrator != NULL)
    return;
  warnings =
      ptq_skip_names_check (self->settings, self->model, self->quantized);
  for (guint i = 0; warnings[i] != NULL; i++)
    g_ptr_array_add (self->warnings, g_strdup (warnings[i]));
}

gboolean
ptq_pass_prepare_weights (
    PtqQuantization *self, const PtqRun *run G_GNUC_UNUSED, GError **error)
{
  self->init_scale = ptq_settings_get_init_scale (self->settings);
  self->quantized = ptq_prepare_model (self->model, error);
  if (self->quantized == NULL)
    return FALSE;
  warn_of_names (self);
  return TRUE;
}

gboolean
ptq_pass_tunes (const PtqQuantization *self)
{
  return ptq_settings_get_bit_num (self->settings) == 0
      && ptq_settings_get_auto_tune (self->settings);
}

gboolean
ptq_pass_tune_widths (PtqQuantization *self, const PtqRun *run, GError **error)
{
  self->init_scale = ptq_auto_tune (
      self->quantized, self->settings, self->calibrator, run, error);
  return self->init_scale > 0;
}

gboolean
ptq_pass_code_weights (PtqQuantization *self, const PtqRun *run, GError **error)
{
  return ptq_weight_only_run (self->quantized, self->settings, self->init_scale,
      run->cancellable, &self->weights, error);
}
