/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The enumerations of the settings: their types, and the words that INI
 * files have for their values.
 */
#include "config-private.h"

G_DEFINE_ENUM_TYPE (PtqQuantType, ptq_quant_type,
    G_DEFINE_ENUM_VALUE (PTQ_QUANT_TYPE_FULL, "full"),
    G_DEFINE_ENUM_VALUE (PTQ_QUANT_TYPE_WEIGHT, "weight"))

G_DEFINE_ENUM_TYPE (PtqActivationMethod, ptq_activation_method,
    G_DEFINE_ENUM_VALUE (PTQ_ACTIVATION_MAX_MIN, "max-min"),
    G_DEFINE_ENUM_VALUE (PTQ_ACTIVATION_KL, "kl"),
    G_DEFINE_ENUM_VALUE (PTQ_ACTIVATION_REMOVAL_OUTLIER, "removal-outlier"))

G_DEFINE_ENUM_TYPE (PtqTarget, ptq_target,
    G_DEFINE_ENUM_VALUE (PTQ_TARGET_ONNXRUNTIME, "onnxruntime"),
    G_DEFINE_ENUM_VALUE (PTQ_TARGET_TENSORRT, "tensorrt"),
    G_DEFINE_ENUM_VALUE (PTQ_TARGET_MINDSPORE, "mindspore"))

G_DEFINE_ENUM_TYPE (PtqReduceRange, ptq_reduce_range,
    G_DEFINE_ENUM_VALUE (PTQ_REDUCE_RANGE_AUTO, "auto"),
    G_DEFINE_ENUM_VALUE (PTQ_REDUCE_RANGE_ON, "on"),
    G_DEFINE_ENUM_VALUE (PTQ_REDUCE_RANGE_OFF, "off"))

G_DEFINE_ENUM_TYPE (PtqWeightStorage, ptq_weight_storage,
    G_DEFINE_ENUM_VALUE (PTQ_WEIGHT_STORAGE_FOLDED, "folded"),
    G_DEFINE_ENUM_VALUE (PTQ_WEIGHT_STORAGE_QDQ, "qdq"),
    G_DEFINE_ENUM_VALUE (PTQ_WEIGHT_STORAGE_NATIVE, "native"))

G_DEFINE_ENUM_TYPE (PtqKlSides, ptq_kl_sides,
    G_DEFINE_ENUM_VALUE (PTQ_KL_SIDES_AUTO, "auto"),
    G_DEFINE_ENUM_VALUE (PTQ_KL_SIDES_TWO, "two"))

G_DEFINE_ENUM_TYPE (PtqDataType, ptq_data_type,
    G_DEFINE_ENUM_VALUE (PTQ_DATA_TYPE_DEFAULT, "default"),
    G_DEFINE_ENUM_VALUE (PTQ_DATA_TYPE_FLOAT32, "float32"),
    G_DEFINE_ENUM_VALUE (PTQ_DATA_TYPE_FLOAT16, "float16"))
