/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From ranges to scales, and from those to a quantized copy of the float model,
 * as often as it takes to choose between settings.
 */

#include "quantization.h"
#include "bias-correction.h"
#include "equalize.h"
#include "observe-private.h"
#include "rewrite.h"

#include <math.h>

/* One set of scales */
typedef struct
{
  PtqQuantization *quantization;
  PtqSettings *settings;
  GPtrArray *warnings;
} Scales;

PtqQuantization *
ptq_quantization_new (PtqModel *model, PtqSettings *settings,
    PtqCalibrator *calibrator, GPtrArray *warnings)
{
  PtqQuantization *self = g_new0 (PtqQuantization, 1);

  self->model = g_object_ref (model);
  self->settings = g_object_ref (settings);
  g_set_object (&self->calibrator, calibrator);
  self->warnings = g_ptr_array_ref (warnings);
  self->clips = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->factors =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->ranges =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->chosen = g_object_ref (settings);
  self->planned = g_object_ref (settings);
  self->sqnr = NAN;
  return self;
}

void
ptq_quantization_free (PtqQuantization *self)
{
  g_clear_object (&self->quantized);
  g_clear_pointer (&self->chosen_plan, ptq_plan_free);
  g_clear_object (&self->chosen);
  g_clear_object (&self->planned);
  g_hash_table_unref (self->ranges);
  g_hash_table_unref (self->factors);
  g_hash_table_unref (self->clips);
  g_clear_pointer (&self->plan, ptq_plan_free);
  g_clear_object (&self->float_model);
  g_ptr_array_unref (self->warnings);
  g_clear_object (&self->calibrator);
  g_object_unref (self->settings);
  g_object_unref (self->model);
  g_free (self);
}

#define SWAP(type, field) \
  G_STMT_START \
  { \
    type *kept = self->field; \
    self->field = other->field; \
    other->field = kept; \
  } \
  G_STMT_END

void
ptq_quantization_take (PtqQuantization *self, PtqQuantization *other)
{
  SWAP (PtqModel, float_model);
  SWAP (PtqPlan, plan);
  SWAP (PtqSettings, planned);
  SWAP (GHashTable, clips);
  SWAP (GHashTable, factors);
  SWAP (GHashTable, ranges);
}

static gboolean
skips_the_same (PtqSettings *a, PtqSettings *b)
{
  return g_strv_equal (ptq_settings_get_skip_quant_node (a),
      ptq_settings_get_skip_quant_node (b));
}

PtqPlan *
ptq_quantization_plan (
    PtqQuantization *self, PtqSettings *settings, GError **error)
{
  return skips_the_same (settings, self->planned)
      ? ptq_plan_copy_for (self->plan, self->float_model)
      : ptq_plan_new (self->float_model, settings, error);
}

/* A tensor that was 0 in every sample has no range to make a scale of. With
 * scale 1, values that come later are at least kept to whole numbers. */
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

/* The tensor may have had no range of its own during calibration: what only
 * moves data (Reshape, MaxPool) shares the range of what it moves. When fewer
 * layers are quantized it can become a tensor with its own scale, and then that
 * shared range is the right one. */
static gboolean
find_range (
    PtqQuantization *self, const gchar *name, gdouble *min, gdouble *max)
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
          self->quantization->calibrator, name, &type, &rank, dims)
      && type != PTQ_ELEMENT_FLOAT) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED,
        "tensor '%s' holds %s, not float32: convert the model to float32 "
        "first",
        name, ptq_element_type_name (type));
    return FALSE;
  }
  if (!find_range (self->quantization, name, &min, &max)) {
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
ptq_quantization_rewrite (PtqQuantization *self, PtqPlan *plan,
    PtqSettings *settings, GPtrArray *warnings, GError **error)
{
  Scales chooser = { self, settings, warnings };
  g_autoptr (GHashTable) scales = find_scales (&chooser, plan, error);
  g_autoptr (PtqModel) quantized = NULL;
  g_autoptr (PtqPlan) its_plan = NULL;

  if (scales == NULL)
    return NULL;
  quantized = ptq_model_copy (self->float_model, error);
  if (quantized == NULL)
    return NULL;
  its_plan = ptq_plan_copy_for (plan, quantized);
  ptq_rewrite (its_plan, settings, scales, warnings);
  ptq_model_changed (quantized);
  return g_steal_pointer (&quantized);
}

gboolean
ptq_quantization_correct (PtqQuantization *self, PtqPlan *plan,
    PtqModel *quantized, PtqSettings *settings, GPtrArray *warnings,
    const PtqRun *run, GError **error)
{
  return !ptq_settings_get_bias_correction (settings)
      || ptq_calibrator_get_n_replay (self->calibrator) == 0
      || ptq_bias_correct (
          plan, quantized, settings, self->calibrator, warnings, run, error);
}
