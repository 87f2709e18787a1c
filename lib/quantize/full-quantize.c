/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "full-quantize.h"
#include "observe-private.h"
#include "bias-correction.h"
#include "clip-channels.h"
#include "equalize.h"
#include "choose-ranges.h"
#include "fit-activation-ranges.h"
#include "rewrite.h"

struct _PtqFullQuantize
{
  PtqCalibrator *calibrator;
  PtqModel *float_model;
  PtqPlan *plan;      /* of all that may be quantized */
  GHashTable *ranges; /* where others than the calibrator's */
};

/* One set of scales */
typedef struct
{
  PtqFullQuantize *full;
  PtqSettings *settings;
  GPtrArray *warnings;
} Scales;

void
ptq_full_quantize_free (PtqFullQuantize *self)
{
  g_hash_table_unref (self->ranges);
  g_clear_pointer (&self->plan, ptq_plan_free);
  g_clear_object (&self->float_model);
  g_object_unref (self->calibrator);
  g_free (self);
}

static gboolean
equalize (PtqFullQuantize *self, PtqSettings *settings, const PtqRun *run,
    GError **error)
{
  g_autoptr (GHashTable) clips =
      ptq_clip_channels (self->plan, self->calibrator, run, error);

  if (clips == NULL)
    return FALSE;
  ptq_equalize (self->plan, self->calibrator, clips, self->ranges);
  return ptq_choose_ranges (
             self->plan, settings, self->calibrator, self->ranges, run, error)
      && ptq_fit_activation_ranges (
          self->plan, settings, self->calibrator, self->ranges, run, error);
}

PtqFullQuantize *
ptq_full_quantize_new (PtqCalibrator *calibrator, PtqSettings *settings,
    const PtqRun *run, GError **error)
{
  g_autoptr (PtqFullQuantize) self = g_new0 (PtqFullQuantize, 1);

  self->calibrator = g_object_ref (calibrator);
  self->ranges =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->float_model =
      ptq_model_copy (ptq_calibrator_get_prepared (calibrator), error);
  if (self->float_model == NULL)
    return NULL;
  self->plan = ptq_plan_new (self->float_model, settings, error);
  if (self->plan == NULL)
    return NULL;
  if (ptq_settings_get_equalization (settings)
      && !equalize (self, settings, run, error))
    return NULL;
  return g_steal_pointer (&self);
}

PtqModel *
ptq_full_quantize_get_float_model (PtqFullQuantize *self)
{
  return self->float_model;
}

PtqPlan *
ptq_full_quantize_plan (
    PtqFullQuantize *self, PtqSettings *settings, GError **error)
{
  return ptq_plan_new (self->float_model, settings, error);
}

/* A tensor that was 0 in every sample has no range; with scale 1 the codes of
 * whatever arrives later are at least of its magnitude. */
static void
settle_constant_tensor (const Scales *self, const gchar *name, PtqScale *scale)
{
  scale->scale = 1;
  g_ptr_array_add (self->warnings,
      g_strdup_printf (
          "tensor '%s' was 0 in "
          "every sample; its scale is a guess (1). Are the calibration "
          "samples right?",
          name));
}

/* With fewer layers quantized than during calibration, a tensor that was only
 * moved can have a scale of its own: its values are those it was made of. */
static gboolean
find_range (
    PtqFullQuantize *self, const gchar *name, gdouble *min, gdouble *max)
{
  PtqPlan *calibrated = ptq_calibrator_get_plan (self->calibrator);
  const gchar *root =
      calibrated == NULL ? name : ptq_plan_get_root (calibrated, name);
  const PtqRange *range = g_hash_table_lookup (self->ranges, root);

  if (range == NULL)
    return ptq_calibrator_get_range (self->calibrator, root, min, max);
  *min = range->min;
  *max = range->max;
  return TRUE;
}

static gboolean
find_scale (
    const Scales *self, const gchar *name, PtqScale *scale, GError **error)
{
  PtqElementType type;
  gdouble min, max;
  gint qmin, qmax, rank;
  gint64 dims[PTQ_TENSOR_MAX_RANK];
  gboolean symmetric;

  if (ptq_calibrator_get_tensor (
          self->full->calibrator, name, &type, &rank, dims)
      && type != PTQ_ELEMENT_FLOAT) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED,
        "tensor '%s' holds %s, not float32: convert the model to float32 "
        "first",
        name, ptq_element_type_name (type));
    return FALSE;
  }
  if (!find_range (self->full, name, &min, &max)) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_FAILED,
        "tensor '%s' was never computed during calibration", name);
    return FALSE;
  }
  ptq_activation_limits (ptq_settings_get_target (self->settings),
      ptq_settings_get_bit_num (self->settings), &qmin, &qmax, &symmetric);
  /* Symmetric codes of one bit would be {0}. */
  ptq_scale_from_range (scale, min, max, qmin, qmax, symmetric && qmax > 0);
  if (min == 0 && max == 0)
    settle_constant_tensor (self, name, scale);
  return TRUE;
}

static GHashTable *
find_scales (const Scales *self, PtqPlan *plan, GError **error)
{
  GHashTable *scales =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  guint n;
  const gchar *const *names = ptq_plan_get_tensors (plan, &n);

  for (guint i = 0; i < n; i++) {
    PtqScale *scale = g_new0 (PtqScale, 1);

    g_hash_table_insert (scales, g_strdup (names[i]), scale);
    if (!find_scale (self, names[i], scale, error)) {
      g_hash_table_unref (scales);
      return NULL;
    }
  }
  return scales;
}

PtqModel *
ptq_full_quantize_run (PtqFullQuantize *self, PtqSettings *settings,
    GPtrArray *warnings, GError **error)
{
  Scales chooser = { self, settings, warnings };
  g_autoptr (PtqModel) quantized = ptq_model_copy (self->float_model, error);
  g_autoptr (PtqPlan) plan = NULL;
  g_autoptr (GHashTable) scales = NULL;

  if (quantized == NULL)
    return NULL;
  plan = ptq_plan_new (quantized, settings, error);
  if (plan == NULL)
    return NULL;
  scales = find_scales (&chooser, plan, error);
  if (scales == NULL)
    return NULL;
  ptq_rewrite (plan, settings, scales, warnings);
  ptq_model_changed (quantized);
  return g_steal_pointer (&quantized);
}

gboolean
ptq_full_quantize_correct (PtqFullQuantize *self, PtqModel *quantized,
    PtqSettings *settings, GPtrArray *warnings, const PtqRun *run,
    GError **error)
{
  g_autoptr (PtqPlan) plan = NULL;

  if (!ptq_settings_get_bias_correction (settings)
      || ptq_calibrator_get_n_replay (self->calibrator) == 0)
    return TRUE;
  plan = ptq_plan_new (self->float_model, settings, error);
  return plan != NULL
      && ptq_bias_correct (
          plan, quantized, settings, self->calibrator, warnings, run, error);
}
