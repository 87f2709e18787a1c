/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib-object.h>
#include "ptq-macros.h"

G_BEGIN_DECLS

typedef enum
{
  PTQ_QUANT_TYPE_FULL,
  PTQ_QUANT_TYPE_WEIGHT
} PtqQuantType;

typedef enum
{
  PTQ_ACTIVATION_MAX_MIN,
  PTQ_ACTIVATION_KL,
  PTQ_ACTIVATION_REMOVAL_OUTLIER
} PtqActivationMethod;

typedef enum
{
  PTQ_TARGET_ONNXRUNTIME,
  PTQ_TARGET_TENSORRT,
  PTQ_TARGET_MINDSPORE
} PtqTarget;

typedef enum
{
  PTQ_REDUCE_RANGE_AUTO,
  PTQ_REDUCE_RANGE_ON,
  PTQ_REDUCE_RANGE_OFF
} PtqReduceRange;

#define PTQ_TYPE_QUANT_TYPE (ptq_quant_type_get_type ())
PTQ_API GType ptq_quant_type_get_type (void);
#define PTQ_TYPE_ACTIVATION_METHOD (ptq_activation_method_get_type ())
PTQ_API GType ptq_activation_method_get_type (void);
#define PTQ_TYPE_TARGET (ptq_target_get_type ())
PTQ_API GType ptq_target_get_type (void);
#define PTQ_TYPE_REDUCE_RANGE (ptq_reduce_range_get_type ())
PTQ_API GType ptq_reduce_range_get_type (void);

#define PTQ_TYPE_SETTINGS (ptq_settings_get_type ())
PTQ_API G_DECLARE_FINAL_TYPE (PtqSettings, ptq_settings, PTQ, SETTINGS,
    GObject)

PTQ_API PtqSettings *ptq_settings_new (void);
PTQ_API PtqSettings *ptq_settings_copy (PtqSettings *self);

PTQ_API PtqQuantType ptq_settings_get_quant_type (PtqSettings *self);
PTQ_API gint ptq_settings_get_bit_num (PtqSettings *self);
PTQ_API PtqActivationMethod ptq_settings_get_activation_quant_method (
    PtqSettings *self);
PTQ_API gboolean ptq_settings_get_bias_correction (PtqSettings *self);
PTQ_API guint ptq_settings_get_min_quant_weight_size (PtqSettings *self);
PTQ_API guint ptq_settings_get_min_quant_weight_channel (PtqSettings *self);
PTQ_API const gchar *const *ptq_settings_get_skip_quant_node (
    PtqSettings *self);
PTQ_API PtqTarget ptq_settings_get_target (PtqSettings *self);
PTQ_API PtqReduceRange ptq_settings_get_reduce_range (PtqSettings *self);
PTQ_API gdouble ptq_settings_get_init_scale (PtqSettings *self);
PTQ_API gboolean ptq_settings_get_auto_tune (PtqSettings *self);
PTQ_API const gchar *ptq_settings_get_debug_info_save_path (
    PtqSettings *self);
PTQ_API guint ptq_settings_get_replay_samples (PtqSettings *self);

G_END_DECLS
