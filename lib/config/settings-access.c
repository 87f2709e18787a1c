/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the settings are.
 */
#include "config-private.h"

/**
 * ptq_settings_get_quant_type:
 * @self: settings
 *
 * Returns: what is quantized
 *
 * Since: 0.1
 */
PtqQuantType
ptq_settings_get_quant_type (PtqSettings *self)
{
  g_return_val_if_fail (PTQ_IS_SETTINGS (self), 0);

  return self->quant_type;
}

/**
 * ptq_settings_get_bit_num:
 * @self: settings
 *
 * Returns: bits of a code; 0 = a width for each weight
 *
 * Since: 0.1
 */
gint
ptq_settings_get_bit_num (PtqSettings *self)
{
  g_return_val_if_fail (PTQ_IS_SETTINGS (self), 0);

  return self->bit_num;
}

/**
 * ptq_settings_get_min_quant_weight_size:
 * @self: settings
 *
 * Returns: the number of elements that a weight must exceed
 *   to be quantized
 *
 * Since: 0.1
 */
guint
ptq_settings_get_min_quant_weight_size (PtqSettings *self)
{
  g_return_val_if_fail (PTQ_IS_SETTINGS (self), 0);

  return self->min_quant_weight_size;
}

/**
 * ptq_settings_get_min_quant_weight_channel:
 * @self: settings
 *
 * Returns: the number of output channels that a weight must
 *   exceed to be quantized
 *
 * Since: 0.1
 */
guint
ptq_settings_get_min_quant_weight_channel (PtqSettings *self)
{
  g_return_val_if_fail (PTQ_IS_SETTINGS (self), 0);

  return self->min_quant_weight_channel;
}

/**
 * ptq_settings_get_skip_quant_node:
 * @self: settings
 *
 * Returns: (transfer none) (array zero-terminated=1): names of the nodes that
 *   stay float
 *
 * Since: 0.1
 */
const gchar *const *
ptq_settings_get_skip_quant_node (PtqSettings *self)
{
  g_return_val_if_fail (PTQ_IS_SETTINGS (self), NULL);

  return (const gchar *const *) self->skip_quant_node;
}

/**
 * ptq_settings_get_debug_info_save_path:
 * @self: settings
 *
 * Returns: (nullable): folder of the debug reports, %NULL for none
 *
 * Since: 0.1
 */
const gchar *
ptq_settings_get_debug_info_save_path (PtqSettings *self)
{
  g_return_val_if_fail (PTQ_IS_SETTINGS (self), NULL);

  return self->debug_info_save_path;
}

/**
 * ptq_settings_get_report_location:
 * @self: settings
 *
 * Returns: (nullable): the HTML page of the debug reports, %NULL for none
 *
 * Since: 0.1
 */
const gchar *
ptq_settings_get_report_location (PtqSettings *self)
{
  g_return_val_if_fail (PTQ_IS_SETTINGS (self), NULL);

  return self->report_location;
}

/**
 * ptq_settings_get_init_scale:
 * @self: settings
 *
 * Returns: the relative error that mixed bits aim at
 *
 * Since: 0.1
 */
gdouble
ptq_settings_get_init_scale (PtqSettings *self)
{
  g_return_val_if_fail (PTQ_IS_SETTINGS (self), 0);

  return self->init_scale;
}

/**
 * ptq_settings_get_auto_tune:
 * @self: settings
 *
 * Returns: whether the best init-scale is searched for
 *
 * Since: 0.1
 */
gboolean
ptq_settings_get_auto_tune (PtqSettings *self)
{
  g_return_val_if_fail (PTQ_IS_SETTINGS (self), FALSE);

  return self->auto_tune;
}

/**
 * ptq_settings_get_activation_quant_method:
 * @self: settings
 *
 * Returns: how the range of an activation is found
 *
 * Since: 0.1
 */
PtqActivationMethod
ptq_settings_get_activation_quant_method (PtqSettings *self)
{
  g_return_val_if_fail (PTQ_IS_SETTINGS (self), 0);

  return self->activation_quant_method;
}

/**
 * ptq_settings_get_bias_correction:
 * @self: settings
 *
 * Returns: whether biases are corrected with data
 *
 * Since: 0.1
 */
gboolean
ptq_settings_get_bias_correction (PtqSettings *self)
{
  g_return_val_if_fail (PTQ_IS_SETTINGS (self), FALSE);

  return self->bias_correction;
}

/**
 * ptq_settings_get_target:
 * @self: settings
 *
 * Returns: the runtime that the model is written for
 *
 * Since: 0.1
 */
PtqTarget
ptq_settings_get_target (PtqSettings *self)
{
  g_return_val_if_fail (PTQ_IS_SETTINGS (self), 0);

  return self->target;
}

/**
 * ptq_settings_get_reduce_range:
 * @self: settings
 *
 * Returns: whether weights keep clear of saturating sums
 *
 * Since: 0.1
 */
PtqReduceRange
ptq_settings_get_reduce_range (PtqSettings *self)
{
  g_return_val_if_fail (PTQ_IS_SETTINGS (self), 0);

  return self->reduce_range;
}

/**
 * ptq_settings_get_replay_samples:
 * @self: settings
 *
 * Returns: the most samples that are kept to be looked at again
 *
 * Since: 0.1
 */
guint
ptq_settings_get_replay_samples (PtqSettings *self)
{
  g_return_val_if_fail (PTQ_IS_SETTINGS (self), 0);

  return self->replay_samples;
}

/**
 * ptq_settings_get_kl_sides:
 * @self: settings
 *
 * Returns: the sides of zero that the KL method looks at
 *
 * Since: 0.1
 */
PtqKlSides
ptq_settings_get_kl_sides (PtqSettings *self)
{
  g_return_val_if_fail (PTQ_IS_SETTINGS (self), 0);

  return self->kl_sides;
}

/**
 * ptq_settings_get_weight_storage:
 * @self: settings
 *
 * Returns: how a weight-only model holds its weights
 *
 * Since: 0.1
 */
PtqWeightStorage
ptq_settings_get_weight_storage (PtqSettings *self)
{
  g_return_val_if_fail (PTQ_IS_SETTINGS (self), 0);

  return self->weight_storage;
}

/**
 * ptq_settings_get_weight_per_channel:
 * @self: settings
 *
 * Returns: whether each output channel of a weight has its scale
 *
 * Since: 0.1
 */
gboolean
ptq_settings_get_weight_per_channel (PtqSettings *self)
{
  g_return_val_if_fail (PTQ_IS_SETTINGS (self), FALSE);

  return self->weight_per_channel;
}

/**
 * ptq_settings_get_weight_bias_correction:
 * @self: settings
 *
 * Returns: whether mean and variance of weights are corrected
 *
 * Since: 0.1
 */
gboolean
ptq_settings_get_weight_bias_correction (PtqSettings *self)
{
  g_return_val_if_fail (PTQ_IS_SETTINGS (self), FALSE);

  return self->weight_bias_correction;
}

/**
 * ptq_settings_get_warnings:
 * @self: settings
 *
 * Returns: (transfer none) (array zero-terminated=1): what was odd in the
 *   file that was read last
 *
 * Since: 0.1
 */
const gchar *const *
ptq_settings_get_warnings (PtqSettings *self)
{
  g_return_val_if_fail (PTQ_IS_SETTINGS (self), NULL);

  return (const gchar *const *) self->warnings;
}

/**
 * ptq_settings_get_equalization:
 * @self: settings
 *
 * Returns: whether the channels of a tensor are brought to like ranges, by
 *   factors moved between the layers before and after it
 *
 * Since: 0.1
 */
gboolean
ptq_settings_get_equalization (PtqSettings *self)
{
  g_return_val_if_fail (PTQ_IS_SETTINGS (self), FALSE);

  return self->equalization;
}

/**
 * ptq_settings_get_weight_kernel_sums:
 * @self: settings
 *
 * Returns: whether weight quantization rounds so that the sums of kernels
 *   stay what they are
 *
 * Since: 0.1
 */
gboolean
ptq_settings_get_weight_kernel_sums (PtqSettings *self)
{
  g_return_val_if_fail (PTQ_IS_SETTINGS (self), FALSE);

  return self->weight_kernel_sums;
}

/**
 * ptq_settings_get_disable_passes:
 * @self: settings
 *
 * Returns: (transfer none) (array zero-terminated=1): names of the passes to
 *   leave out
 *
 * Since: 0.1
 */
const gchar *const *
ptq_settings_get_disable_passes (PtqSettings *self)
{
  g_return_val_if_fail (PTQ_IS_SETTINGS (self), NULL);

  return (const gchar *const *) self->disable_passes;
}

/**
 * ptq_settings_wants_report:
 * @self: settings
 *
 * Returns: whether "debug-info-save-path" or "report-location" asks for what
 *   ptq_report_write() writes
 *
 * Since: 0.1
 */
gboolean
ptq_settings_wants_report (PtqSettings *self)
{
  g_return_val_if_fail (PTQ_IS_SETTINGS (self), FALSE);

  return ptq_settings_get_debug_info_save_path (self) != NULL
      || ptq_settings_get_report_location (self) != NULL;
}

/**
 * ptq_settings_uses_samples:
 * @self: settings
 *
 * Returns: whether calibration samples are of any use. Full quantization
 *   needs them; weight quantization looks at them where auto-tune scores
 *   trials or reports are written, and takes random inputs without them.
 *
 * Since: 0.1
 */
gboolean
ptq_settings_uses_samples (PtqSettings *self)
{
  g_return_val_if_fail (PTQ_IS_SETTINGS (self), FALSE);

  return self->quant_type == PTQ_QUANT_TYPE_FULL
      || (self->bit_num == 0 && self->auto_tune)
      || self->debug_info_save_path != NULL || self->report_location != NULL;
}

/**
 * ptq_settings_get_min_sqnr:
 * @self: settings
 *
 * Returns: the signal to quantization noise ratio in dB that all outputs are
 *   to have, 0 for none
 *
 * Since: 0.1
 */
gdouble
ptq_settings_get_min_sqnr (PtqSettings *self)
{
  g_return_val_if_fail (PTQ_IS_SETTINGS (self), 0);

  return self->min_sqnr;
}

/**
 * ptq_settings_get_fp16:
 * @self: settings
 *
 * Returns: whether the constants that stay float are stored as float16
 *
 * Since: 0.1
 */
gboolean
ptq_settings_get_fp16 (PtqSettings *self)
{
  g_return_val_if_fail (PTQ_IS_SETTINGS (self), FALSE);

  return self->fp16;
}

/**
 * ptq_settings_get_input_data_type:
 * @self: settings
 *
 * Returns: the type that the float inputs of the result have
 *
 * Since: 0.1
 */
PtqDataType
ptq_settings_get_input_data_type (PtqSettings *self)
{
  g_return_val_if_fail (PTQ_IS_SETTINGS (self), 0);

  return self->input_data_type;
}

/**
 * ptq_settings_get_output_data_type:
 * @self: settings
 *
 * Returns: the type that the float outputs of the result have
 *
 * Since: 0.1
 */
PtqDataType
ptq_settings_get_output_data_type (PtqSettings *self)
{
  g_return_val_if_fail (PTQ_IS_SETTINGS (self), 0);

  return self->output_data_type;
}
