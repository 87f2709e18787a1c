/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The passes of full quantization, and those that both kinds end with. What
 * each computes stands in a file of its own; here it is told what to read and
 * where to leave its result.
 */

#include "passes.h"
#include "choose-ranges.h"
#include "clip-channels.h"
#include "equalize.h"
#include "evaluator.h"
#include "fit-activation-ranges.h"
#include "mixed-precision.h"
#include "observe-private.h"

/* The calibrator's model serves other quantizations as well. */
gboolean
ptq_pass_copy_prepared (
    PtqQuantization *self, const PtqRun *run G_GNUC_UNUSED, GError **error)
{
  self->float_model =
      ptq_model_copy (ptq_calibrator_get_prepared (self->calibrator), error);
  return self->float_model != NULL;
}

static gboolean
is_calibrated_for (const PtqQuantization *self)
{
  PtqSettings *before = ptq_calibrator_get_settings (self->calibrator);

  return ptq_calibrator_get_plan (self->calibrator) != NULL
      && g_strv_equal (ptq_settings_get_skip_quant_node (before),
          ptq_settings_get_skip_quant_node (self->settings))
      && ptq_settings_get_target (before)
      == ptq_settings_get_target (self->settings)
      && ptq_settings_get_equalization (before)
      == ptq_settings_get_equalization (self->settings);
}

gboolean
ptq_pass_plan (
    PtqQuantization *self, const PtqRun *run G_GNUC_UNUSED, GError **error)
{
  self->plan = is_calibrated_for (self)
      ? ptq_plan_copy_for (
          ptq_calibrator_get_plan (self->calibrator), self->float_model)
      : ptq_plan_new (self->float_model, self->settings, error);
  return self->plan != NULL;
}

gboolean
ptq_pass_equalizes (const PtqQuantization *self)
{
  return ptq_settings_get_equalization (self->settings);
}

gboolean
ptq_pass_clip_channels (
    PtqQuantization *self, const PtqRun *run, GError **error)
{
  GHashTable *clips =
      ptq_clip_channels (self->plan, self->calibrator, run, error);

  if (clips == NULL)
    return FALSE;
  g_hash_table_unref (self->clips);
  self->clips = clips;
  return TRUE;
}

gboolean
ptq_pass_equalize (PtqQuantization *self, const PtqRun *run G_GNUC_UNUSED,
    GError **error G_GNUC_UNUSED)
{
  ptq_equalize (self->plan, self->calibrator, self->clips, self->factors);
  return TRUE;
}

gboolean
ptq_pass_choose_ranges (
    PtqQuantization *self, const PtqRun *run, GError **error)
{
  ptq_equalized_ranges_find (
      self->plan, self->calibrator, self->clips, self->factors, self->ranges);
  return ptq_choose_ranges (
      self->plan, self->settings, self->calibrator, self->ranges, run, error);
}

gboolean
ptq_pass_fit_activation_ranges (
    PtqQuantization *self, const PtqRun *run, GError **error)
{
  return ptq_fit_activation_ranges (
      self->plan, self->settings, self->calibrator, self->ranges, run, error);
}

gboolean
ptq_pass_searches (const PtqQuantization *self)
{
  return ptq_settings_get_min_sqnr (self->settings) > 0;
}

gboolean
ptq_pass_partition (PtqQuantization *self, const PtqRun *run, GError **error)
{
  return ptq_mixed_precision_choose (self, run, error);
}

gboolean
ptq_pass_rewrite (
    PtqQuantization *self, const PtqRun *run G_GNUC_UNUSED, GError **error)
{
  self->chosen_plan = ptq_quantization_plan (self, self->chosen, error);
  if (self->chosen_plan == NULL)
    return FALSE;
  self->quantized = ptq_quantization_rewrite (
      self, self->chosen_plan, self->chosen, self->warnings, error);
  return self->quantized != NULL;
}

gboolean
ptq_pass_corrects (const PtqQuantization *self)
{
  return ptq_settings_get_bias_correction (self->settings);
}

gboolean
ptq_pass_correct_biases (
    PtqQuantization *self, const PtqRun *run, GError **error)
{
  return ptq_quantization_correct (self, self->chosen_plan, self->quantized,
      self->chosen, self->warnings, run, error);
}

/* Outputs that cannot be compared are no reason to fail, and random inputs
 * would say little. */
gboolean
ptq_pass_measure (PtqQuantization *self, const PtqRun *run, GError **error)
{
  g_autoptr (PtqEvaluator) evaluator = NULL;
  gdouble cosine, sqnr;

  if (ptq_calibrator_get_n_replay (self->calibrator) > 0)
    evaluator = ptq_evaluator_new (self->float_model, self->calibrator,
        PTQ_EVALUATOR_FEW_SAMPLES, run->cancellable, NULL);
  if (evaluator != NULL
      && ptq_evaluator_score (
          evaluator, self->quantized, &cosine, &sqnr, run->cancellable, NULL)) {
    self->loads = TRUE;
    if (sqnr < G_MAXDOUBLE)
      self->sqnr = sqnr;
  }
  return !g_cancellable_set_error_if_cancelled (run->cancellable, error);
}

gboolean
ptq_pass_store_types (
    PtqQuantization *self, const PtqRun *run G_GNUC_UNUSED, GError **error)
{
  g_auto (GStrv) warnings = NULL;
  gboolean half = ptq_settings_get_fp16 (self->settings);
  PtqElementType input =
      (PtqElementType) ptq_settings_get_input_data_type (self->settings);
  PtqElementType output =
      (PtqElementType) ptq_settings_get_output_data_type (self->settings);

  if (half && !ptq_model_store_float16 (self->quantized, &warnings, error))
    return FALSE;
  for (guint i = 0; warnings != NULL && warnings[i] != NULL; i++)
    g_ptr_array_add (self->warnings, g_strdup (warnings[i]));
  if (half || input != PTQ_ELEMENT_UNDEFINED || output != PTQ_ELEMENT_UNDEFINED)
    self->loads = FALSE;
  return ptq_model_set_data_types (self->quantized, input, output, error);
}

/* The runtime must accept what is about to be written. */
gboolean
ptq_pass_verify (
    PtqQuantization *self, const PtqRun *run G_GNUC_UNUSED, GError **error)
{
  PtqSessionOptions options = { PTQ_OPTIMIZE_ALL, FALSE, NULL, NULL };
  PtqSession *session;

  if (self->loads)
    return TRUE;
  session = ptq_session_new (self->quantized, &options, error);
  if (session == NULL) {
    g_prefix_error (error, "the quantized model does not load: ");
    return FALSE;
  }
  g_object_unref (session);
  self->loads = TRUE;
  return TRUE;
}
