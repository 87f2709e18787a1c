/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * PtqQuantizer:
 *
 * Turns a float32 model and what a #PtqCalibrator saw into a quantized model.
 */

#include "ptq-quantizer.h"
#include "quantizer-private.h"
#include "pipeline.h"
#include "prepare.h"

#include <math.h>

struct _PtqQuantizer
{
  GObject parent_instance;

  PtqModel *model;
  PtqSettings *settings;
  PtqCalibrator *calibrator; /* weight quantization may do without */

  /* of the last run */
  GPtrArray *warnings; /* made NULL-terminated */
  guint n_quantized;
  guint n_float;
  gdouble mean_bits;
  gdouble entropy_bits;
  gdouble sqnr;           /* NaN where it is not known */
  PtqModel *float_model;  /* prepared and equalized; NULL before */
  GPtrArray *float_nodes; /* of GStrv: name, type, reason */
};

G_DEFINE_FINAL_TYPE (PtqQuantizer, ptq_quantizer, G_TYPE_OBJECT)

static void
ptq_quantizer_init (PtqQuantizer *self)
{
  self->warnings = g_ptr_array_new_null_terminated (1, g_free, TRUE);
}

static void
ptq_quantizer_finalize (GObject *object)
{
  PtqQuantizer *self = PTQ_QUANTIZER (object);

  g_ptr_array_unref (self->warnings);
  g_clear_pointer (&self->float_nodes, g_ptr_array_unref);
  g_clear_object (&self->float_model);
  g_clear_object (&self->calibrator);
  g_object_unref (self->settings);
  g_object_unref (self->model);
  G_OBJECT_CLASS (ptq_quantizer_parent_class)->finalize (object);
}

static void
ptq_quantizer_class_init (PtqQuantizerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ptq_quantizer_finalize;
}

/**
 * ptq_quantizer_new:
 * @model: the float32 model
 * @settings: how to quantize
 * @calibrator: (nullable): what saw the samples. Weight quantization needs
 *   none; auto-tune scores its trials on them, or on random inputs
 *
 * Returns: (transfer full): a quantizer
 *
 * Since: 0.1
 */
PtqQuantizer *
ptq_quantizer_new (
    PtqModel *model, PtqSettings *settings, PtqCalibrator *calibrator)
{
  PtqQuantizer *self = g_object_new (PTQ_TYPE_QUANTIZER, NULL);

  self->model = g_object_ref (model);
  self->settings = g_object_ref (settings);
  if (calibrator != NULL)
    self->calibrator = g_object_ref (calibrator);
  return self;
}

/* A range from fewer samples misses much of what others reach. */
#define FEW_SAMPLES 20

static void
warn_of_few_samples (PtqQuantizer *self)
{
  guint64 n = ptq_calibrator_get_n_samples (self->calibrator);

  if (n < FEW_SAMPLES)
    g_ptr_array_add (self->warnings,
        g_strdup_printf (
            "only %" G_GUINT64_FORMAT
            " calibration sample%s arrived: 100 or so are "
            "usual, and what the ranges of few leave out is cut off later",
            n, n == 1 ? "" : "s"));
}

static gboolean
check_calibration (PtqQuantizer *self, GError **error)
{
  if (self->calibrator == NULL) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_NO_SAMPLES,
        "full quantization needs calibration samples, and there is no "
        "calibrator; weight quantization needs none");
    return FALSE;
  }
  if (ptq_calibrator_get_n_samples (self->calibrator) == 0) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_NO_SAMPLES,
        "no calibration sample arrived: ranges of activations are unknown");
    return FALSE;
  }
  return TRUE;
}

static void
count_nodes (PtqQuantizer *self, PtqPlan *plan)
{
  const PtqPlanNode *nodes;
  guint n;

  self->n_quantized = 0;
  self->n_float = 0;
  nodes = ptq_plan_get_nodes (plan, &n);
  for (guint i = 0; i < n; i++) {
    if (nodes[i].quantized)
      self->n_quantized++;
    else
      self->n_float++;
    if (!nodes[i].quantized)
      g_debug ("node '%s' (%s) stays float: %s", nodes[i].proto->name,
          nodes[i].proto->op_type, nodes[i].reason);
  }
}

static gchar **
describe_node (const PtqPlanNode *node)
{
  gchar **row = g_new0 (gchar *, 4);

  row[0] = g_strdup (node->proto->name);
  row[1] = g_strdup (node->proto->op_type);
  row[2] = g_strdup (node->reason != NULL ? node->reason : "");
  return row;
}

static GPtrArray *
list_float_nodes (PtqPlan *plan)
{
  GPtrArray *rows =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  const PtqPlanNode *nodes;
  guint n;

  nodes = ptq_plan_get_nodes (plan, &n);
  for (guint i = 0; i < n; i++)
    if (!nodes[i].quantized)
      g_ptr_array_add (rows, describe_node (&nodes[i]));
  return rows;
}

/* What a report is made from */
static void
remember (PtqQuantizer *self, PtqModel *float_model, GPtrArray *float_nodes)
{
  g_set_object (&self->float_model, float_model);
  g_clear_pointer (&self->float_nodes, g_ptr_array_unref);
  self->float_nodes = float_nodes;
}

/* Below it a model is hardly of use. */
#define POOR_SQNR 10.0

static void
warn_of_noise (PtqQuantizer *self)
{
  g_autofree gchar *width = NULL;

  if (isnan (self->sqnr) || self->sqnr >= POOR_SQNR)
    return;
  if (ptq_settings_get_bit_num (self->settings) < 8)
    width = g_strdup_printf ("bit-num=8 instead of %d has finer steps, ",
        ptq_settings_get_bit_num (self->settings));
  g_ptr_array_add (self->warnings,
      g_strdup_printf (
          "the signal to "
          "quantization noise ratio of the outputs is only %.1f dB: "
          "%smin-sqnr=%g leaves the layers float that make most of the noise, "
          "report-location=page.html shows them (as min_sqnr and "
          "report_location below [ptq_param] in a configuration file)",
          self->sqnr, width != NULL ? width : "", POOR_SQNR + 2));
}

/* With many layers float, what is added for the others can outweigh what they
 * save. */
static void
warn_of_growth (PtqQuantizer *self, PtqModel *quantized)
{
  guint64 before = ptq_model_get_file_size (self->model);
  gsize after;

  if (ptq_settings_get_min_sqnr (self->settings) <= 0 || before == 0)
    return;
  after = onnx__model_proto__get_packed_size (ptq_model_get_proto (quantized));
  if (after >= before)
    g_ptr_array_add (self->warnings,
        g_strdup_printf (
            "with so many layers "
            "float the model is not smaller than before (%" G_GSIZE_FORMAT
            " bytes, from %" G_GUINT64_FORMAT "): a lower min-sqnr leaves "
            "fewer of them float",
            after, before));
}

static gboolean
run_full (PtqQuantizer *self, PtqQuantization *quantization, const PtqRun *run,
    GError **error)
{
  if (!check_calibration (self, error))
    return FALSE;
  warn_of_few_samples (self);
  if (!ptq_pipeline_run (quantization, NULL, run, error))
    return FALSE;
  count_nodes (self, quantization->chosen_plan);
  self->sqnr = quantization->sqnr;
  warn_of_noise (self);
  warn_of_growth (self, quantization->quantized);
  remember (self, quantization->float_model,
      list_float_nodes (quantization->chosen_plan));
  return TRUE;
}

/* Whoever asks for a ratio must not take the result to have it. */
static void
warn_of_min_sqnr (PtqQuantizer *self)
{
  if (ptq_settings_get_min_sqnr (self->settings) > 0)
    g_ptr_array_add (self->warnings,
        g_strdup (
            "min-sqnr has no effect on "
            "weight quantization: more bits, or auto-tune with bit-num=0, "
            "bring the outputs closer to those of the float model"));
}

/* The model is quantized in place: a report needs it as it was. */
static gboolean
remember_weights (PtqQuantizer *self, GError **error)
{
  g_autoptr (PtqModel) float_model = NULL;

  if (!ptq_settings_wants_report (self->settings))
    return TRUE;
  float_model = ptq_prepare_model (self->model, error);
  if (float_model == NULL)
    return FALSE;
  remember (self, float_model, g_ptr_array_new ());
  return TRUE;
}

static gboolean
run_weight (PtqQuantizer *self, PtqQuantization *quantization,
    const PtqRun *run, GError **error)
{
  const PtqWeightOnlyResult *result = &quantization->weights;

  warn_of_min_sqnr (self);
  if (!ptq_pipeline_run (quantization, NULL, run, error))
    return FALSE;
  self->n_quantized = result->n_quantized;
  self->n_float = result->n_float;
  self->mean_bits = (gdouble) result->n_bits / result->n_weights;
  self->entropy_bits = result->entropy_bits / result->n_weights;
  return remember_weights (self, error);
}

/**
 * ptq_quantizer_run:
 * @self: a quantizer
 * @progress: (scope call) (nullable): called between steps
 * @user_data: passed to @progress
 * @cancellable: (nullable): stops the work between steps
 * @error: return location for a #GError
 *
 * Quantizes. Inputs and outputs of the result have the names and shapes of
 * the float model's, and its types unless the settings have others. The float
 * model stays as it is.
 *
 * Returns: (transfer full): the quantized model, or %NULL with @error set:
 *   %PTQ_ERROR_NO_SAMPLES without calibration, %PTQ_ERROR_UNSUPPORTED when
 *   there is nothing to quantize, %G_IO_ERROR_CANCELLED
 *
 * Since: 0.1
 */
PtqModel *
ptq_quantizer_run (PtqQuantizer *self, PtqProgressFunc progress,
    gpointer user_data, GCancellable *cancellable, GError **error)
{
  PtqRun run = { progress, user_data, cancellable,
    ptq_settings_wants_report (self->settings) ? PTQ_QUANTIZER_SHARE : 1, 0 };
  g_autoptr (PtqQuantization) quantization = NULL;
  gboolean done;

  g_return_val_if_fail (PTQ_IS_QUANTIZER (self), NULL);

  g_ptr_array_set_size (self->warnings, 0);
  self->sqnr = NAN;
  if (!ptq_quantizer_check_settings (self->settings, error))
    return NULL;
  quantization = ptq_quantization_new (
      self->model, self->settings, self->calibrator, self->warnings);
  done = ptq_settings_get_quant_type (self->settings) == PTQ_QUANT_TYPE_WEIGHT
      ? run_weight (self, quantization, &run, error)
      : run_full (self, quantization, &run, error);
  if (!done || !ptq_run_step (&run, "done", 1, error))
    return NULL;
  return g_steal_pointer (&quantization->quantized);
}

/**
 * ptq_quantizer_check_settings:
 * @settings: the settings of a quantization
 * @error: return location for an error
 *
 * To be known before the first sample: that ptq_quantizer_run() will take
 * @settings, names of passes included.
 *
 * Returns: whether it will; %PTQ_ERROR_SETTINGS names the first setting that
 *   is wrong
 *
 * Since: 0.1
 */
gboolean
ptq_quantizer_check_settings (PtqSettings *settings, GError **error)
{
  g_return_val_if_fail (PTQ_IS_SETTINGS (settings), FALSE);

  return ptq_settings_validate (settings, error)
      && ptq_pipeline_check (settings, error);
}

/**
 * ptq_quantizer_list_passes:
 * @quant_type: a kind of quantization
 *
 * Returns: (transfer full): the names of the passes that it goes through, in
 *   their order; free it with g_strfreev()
 *
 * Since: 0.1
 */
gchar **
ptq_quantizer_list_passes (PtqQuantType quant_type)
{
  guint n;
  const PtqPass *passes = ptq_pipeline_get_passes (quant_type, &n);
  gchar **names = g_new0 (gchar *, n + 1);

  for (guint i = 0; i < n; i++)
    names[i] = g_strdup (passes[i].name);
  return names;
}

/**
 * ptq_quantizer_get_n_quantized:
 * @self: a quantizer
 *
 * Returns: how many nodes the last run put on integer kernels
 *
 * Since: 0.1
 */
guint
ptq_quantizer_get_n_quantized (PtqQuantizer *self)
{
  return self->n_quantized;
}

/**
 * ptq_quantizer_get_n_float:
 * @self: a quantizer
 *
 * Returns: how many nodes the last run left in float
 *
 * Since: 0.1
 */
guint
ptq_quantizer_get_n_float (PtqQuantizer *self)
{
  return self->n_float;
}

/**
 * ptq_quantizer_get_sqnr:
 * @self: a quantizer
 *
 * Returns: the signal to quantization noise ratio in dB of the worst output
 *   in the last full quantization, on up to 8 of the replayed samples; NaN
 *   where it is not known
 *
 * Since: 0.1
 */
gdouble
ptq_quantizer_get_sqnr (PtqQuantizer *self)
{
  g_return_val_if_fail (PTQ_IS_QUANTIZER (self), NAN);

  return self->sqnr;
}

/**
 * ptq_quantizer_get_mean_bits:
 * @self: a quantizer
 * @entropy: (out) (optional): bits that an ideal entropy coder would need for
 *   a weight
 *
 * Returns: bits of a weight's code, the mean over all quantized weights of
 *   the last weight quantization; 0 after a full one
 *
 * Since: 0.1
 */
gdouble
ptq_quantizer_get_mean_bits (PtqQuantizer *self, gdouble *entropy)
{
  if (entropy != NULL)
    *entropy = self->entropy_bits;
  return self->mean_bits;
}

/**
 * ptq_quantizer_get_warnings:
 * @self: a quantizer
 *
 * Returns: (transfer none) (array zero-terminated=1): what the last run found
 *   worth telling, a sentence each, as far as it has come; empty when there
 *   is nothing. The calibrator, if there is one, has warnings of its own
 *
 * Since: 0.1
 */
const gchar *const *
ptq_quantizer_get_warnings (PtqQuantizer *self)
{
  return (const gchar *const *) self->warnings->pdata;
}

PtqModel *
ptq_quantizer_get_float_model (PtqQuantizer *self)
{
  return self->float_model;
}

GPtrArray *
ptq_quantizer_get_float_nodes (PtqQuantizer *self)
{
  return self->float_nodes;
}

PtqSettings *
ptq_quantizer_get_settings (PtqQuantizer *self)
{
  return self->settings;
}

PtqCalibrator *
ptq_quantizer_get_calibrator (PtqQuantizer *self)
{
  return self->calibrator;
}
