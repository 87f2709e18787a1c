/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib-object.h>
#include "ptq-macros.h"

G_BEGIN_DECLS

/**
 * PtqQuantType:
 * @PTQ_QUANT_TYPE_FULL: weights and activations are quantized (FULL_QUANT)
 * @PTQ_QUANT_TYPE_WEIGHT: only weights are (WEIGHT_QUANT)
 *
 * What is quantized.
 *
 * Since: 0.1
 */
typedef enum
{
  PTQ_QUANT_TYPE_FULL,
  PTQ_QUANT_TYPE_WEIGHT
} PtqQuantType;

/**
 * PtqActivationMethod:
 * @PTQ_ACTIVATION_MAX_MIN: the smallest and the largest value seen
 * @PTQ_ACTIVATION_KL: the range of least Kullback-Leibler divergence
 * @PTQ_ACTIVATION_REMOVAL_OUTLIER: the range without the extremes
 *
 * How the range of an activation is found.
 *
 * Since: 0.1
 */
typedef enum
{
  PTQ_ACTIVATION_MAX_MIN,
  PTQ_ACTIVATION_KL,
  PTQ_ACTIVATION_REMOVAL_OUTLIER
} PtqActivationMethod;

/**
 * PtqTarget:
 * @PTQ_TARGET_ONNXRUNTIME: unsigned asymmetric activations
 * @PTQ_TARGET_TENSORRT: signed symmetric activations
 * @PTQ_TARGET_MINDSPORE: signed asymmetric activations
 *
 * The runtime that the model is written for.
 *
 * Since: 0.1
 */
typedef enum
{
  PTQ_TARGET_ONNXRUNTIME,
  PTQ_TARGET_TENSORRT,
  PTQ_TARGET_MINDSPORE
} PtqTarget;

/**
 * PtqReduceRange:
 * @PTQ_REDUCE_RANGE_AUTO: where the target needs it
 * @PTQ_REDUCE_RANGE_ON: always
 * @PTQ_REDUCE_RANGE_OFF: never
 *
 * Whether weights keep clear of the saturating 16-bit sums of x86 CPUs
 * without 8-bit dot products.
 *
 * Since: 0.1
 */
typedef enum
{
  PTQ_REDUCE_RANGE_AUTO,
  PTQ_REDUCE_RANGE_ON,
  PTQ_REDUCE_RANGE_OFF
} PtqReduceRange;

/**
 * PtqWeightStorage:
 * @PTQ_WEIGHT_STORAGE_FOLDED: arithmetic that the runtime folds at load time
 * @PTQ_WEIGHT_STORAGE_QDQ: DequantizeLinear nodes
 * @PTQ_WEIGHT_STORAGE_NATIVE: the narrow integer types of ONNX
 *
 * How a weight-only model holds its weights.
 *
 * Since: 0.1
 */
typedef enum
{
  PTQ_WEIGHT_STORAGE_FOLDED,
  PTQ_WEIGHT_STORAGE_QDQ,
  PTQ_WEIGHT_STORAGE_NATIVE
} PtqWeightStorage;

/**
 * PtqKlSides:
 * @PTQ_KL_SIDES_AUTO: one-sided for a tensor without negative values
 * @PTQ_KL_SIDES_TWO: always symmetric about zero
 *
 * Which range the method %PTQ_ACTIVATION_KL may choose from.
 *
 * Since: 0.1
 */
typedef enum
{
  PTQ_KL_SIDES_AUTO,
  PTQ_KL_SIDES_TWO
} PtqKlSides;

/**
 * PtqDataType:
 * @PTQ_DATA_TYPE_DEFAULT: the one that the model has
 * @PTQ_DATA_TYPE_FLOAT32: float32
 * @PTQ_DATA_TYPE_FLOAT16: float16
 *
 * The type of inputs or outputs, with the numbers of #PtqElementType.
 *
 * Since: 0.1
 */
typedef enum
{
  PTQ_DATA_TYPE_DEFAULT = 0,
  PTQ_DATA_TYPE_FLOAT32 = 1,
  PTQ_DATA_TYPE_FLOAT16 = 10
} PtqDataType;

#define PTQ_TYPE_QUANT_TYPE (ptq_quant_type_get_type ())
PTQ_API GType ptq_quant_type_get_type (void);
#define PTQ_TYPE_ACTIVATION_METHOD (ptq_activation_method_get_type ())
PTQ_API GType ptq_activation_method_get_type (void);
#define PTQ_TYPE_TARGET (ptq_target_get_type ())
PTQ_API GType ptq_target_get_type (void);
#define PTQ_TYPE_REDUCE_RANGE (ptq_reduce_range_get_type ())
PTQ_API GType ptq_reduce_range_get_type (void);
#define PTQ_TYPE_WEIGHT_STORAGE (ptq_weight_storage_get_type ())
PTQ_API GType ptq_weight_storage_get_type (void);
#define PTQ_TYPE_KL_SIDES (ptq_kl_sides_get_type ())
PTQ_API GType ptq_kl_sides_get_type (void);
#define PTQ_TYPE_DATA_TYPE (ptq_data_type_get_type ())
PTQ_API GType ptq_data_type_get_type (void);

#define PTQ_TYPE_SETTINGS (ptq_settings_get_type ())
PTQ_API
G_DECLARE_FINAL_TYPE (PtqSettings, ptq_settings, PTQ, SETTINGS, GObject)

PTQ_API PtqSettings *ptq_settings_new (void);
PTQ_API PtqSettings *ptq_settings_copy (PtqSettings *self);
PTQ_API gboolean ptq_settings_is_set (PtqSettings *self, const gchar *property);
PTQ_API gboolean ptq_settings_validate (PtqSettings *self, GError **error);
PTQ_API gboolean ptq_settings_load_from_file (
    PtqSettings *self, const gchar *path, GError **error);
PTQ_API const gchar *const *ptq_settings_get_warnings (PtqSettings *self);

PTQ_API PtqQuantType ptq_settings_get_quant_type (PtqSettings *self);
PTQ_API gint ptq_settings_get_bit_num (PtqSettings *self);
PTQ_API guint ptq_settings_get_min_quant_weight_size (PtqSettings *self);
PTQ_API guint ptq_settings_get_min_quant_weight_channel (PtqSettings *self);
PTQ_API const gchar *const *ptq_settings_get_skip_quant_node (
    PtqSettings *self);
PTQ_API void ptq_settings_set_skip_quant_node (
    PtqSettings *self, const gchar *const *names);
PTQ_API const gchar *ptq_settings_get_debug_info_save_path (PtqSettings *self);
PTQ_API const gchar *ptq_settings_get_report_location (PtqSettings *self);
PTQ_API gdouble ptq_settings_get_init_scale (PtqSettings *self);
PTQ_API gboolean ptq_settings_get_auto_tune (PtqSettings *self);
PTQ_API PtqActivationMethod ptq_settings_get_activation_quant_method (
    PtqSettings *self);
PTQ_API gboolean ptq_settings_get_bias_correction (PtqSettings *self);
PTQ_API PtqTarget ptq_settings_get_target (PtqSettings *self);
PTQ_API PtqReduceRange ptq_settings_get_reduce_range (PtqSettings *self);
PTQ_API guint ptq_settings_get_replay_samples (PtqSettings *self);
PTQ_API PtqKlSides ptq_settings_get_kl_sides (PtqSettings *self);
PTQ_API PtqWeightStorage ptq_settings_get_weight_storage (PtqSettings *self);
PTQ_API gboolean ptq_settings_get_weight_per_channel (PtqSettings *self);
PTQ_API gboolean ptq_settings_get_weight_bias_correction (PtqSettings *self);
PTQ_API gboolean ptq_settings_get_equalization (PtqSettings *self);
PTQ_API gboolean ptq_settings_get_weight_kernel_sums (PtqSettings *self);
PTQ_API const gchar *const *ptq_settings_get_disable_passes (PtqSettings *self);
PTQ_API gboolean ptq_settings_wants_report (PtqSettings *self);
PTQ_API gboolean ptq_settings_uses_samples (PtqSettings *self);
PTQ_API gboolean ptq_settings_get_fp16 (PtqSettings *self);
PTQ_API gdouble ptq_settings_get_min_sqnr (PtqSettings *self);
PTQ_API PtqDataType ptq_settings_get_input_data_type (PtqSettings *self);
PTQ_API PtqDataType ptq_settings_get_output_data_type (PtqSettings *self);

G_END_DECLS
