/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The keys that a configuration file may have: where each ends, and what it
 * may say.
 */
#include "config-private.h"

#define COMMON "common_quant_param"
#define WEIGHT "weight_quant_param"
#define MIXED "mixed_bit_weight_quant_param"
#define FULL "full_quant_param"
#define PREPROCESS "data_preprocess_param"
#define PTQ "ptq_param"

static const PtqIniWord quant_types[] = { { "FULL_QUANT", PTQ_QUANT_TYPE_FULL },
  { "WEIGHT_QUANT", PTQ_QUANT_TYPE_WEIGHT }, { NULL, 0 } };

static const PtqIniWord activation_methods[] = {
  { "MAX_MIN", PTQ_ACTIVATION_MAX_MIN }, { "KL", PTQ_ACTIVATION_KL },
  { "REMOVAL_OUTLIER", PTQ_ACTIVATION_REMOVAL_OUTLIER },
  { "RemovalOutlier", PTQ_ACTIVATION_REMOVAL_OUTLIER }, { NULL, 0 }
};

/* What comes nearest to the number formats that each device was given */
static const PtqIniWord target_devices[] = { { "CPU", PTQ_TARGET_ONNXRUNTIME },
  { "KIRIN", PTQ_TARGET_ONNXRUNTIME }, { "NVGPU", PTQ_TARGET_TENSORRT },
  { "DSP", PTQ_TARGET_MINDSPORE }, { "ASCEND", PTQ_TARGET_MINDSPORE },
  { NULL, 0 } };

static const PtqIniWord encodings[] = { { "true", PTQ_WEIGHT_STORAGE_FOLDED },
  { "false", PTQ_WEIGHT_STORAGE_QDQ }, { NULL, 0 } };

static const PtqIniWord input_types[] = { { "IMAGE", PTQ_INPUT_TYPE_IMAGE },
  { "BIN", PTQ_INPUT_TYPE_BIN }, { NULL, 0 } };

static const PtqIniWord image_formats[] = { { "RGB", PTQ_IMAGE_FORMAT_RGB },
  { "GRAY", PTQ_IMAGE_FORMAT_GRAY }, { "BGR", PTQ_IMAGE_FORMAT_BGR },
  { NULL, 0 } };

static const PtqIniWord resize_methods[] = { { "LINEAR", PTQ_RESIZE_LINEAR },
  { "NEAREST", PTQ_RESIZE_NEAREST }, { "CUBIC", PTQ_RESIZE_CUBIC },
  { NULL, 0 } };

static const PtqIniWord targets[] = { { "onnxruntime", PTQ_TARGET_ONNXRUNTIME },
  { "tensorrt", PTQ_TARGET_TENSORRT }, { "mindspore", PTQ_TARGET_MINDSPORE },
  { NULL, 0 } };

static const PtqIniWord reduce_ranges[] = { { "auto", PTQ_REDUCE_RANGE_AUTO },
  { "on", PTQ_REDUCE_RANGE_ON }, { "off", PTQ_REDUCE_RANGE_OFF }, { NULL, 0 } };

static const PtqIniWord weight_storages[] = {
  { "folded", PTQ_WEIGHT_STORAGE_FOLDED }, { "qdq", PTQ_WEIGHT_STORAGE_QDQ },
  { "native", PTQ_WEIGHT_STORAGE_NATIVE }, { NULL, 0 }
};

static const PtqIniWord data_types[] = { { "DEFAULT", PTQ_DATA_TYPE_DEFAULT },
  { "FLOAT", PTQ_DATA_TYPE_FLOAT32 }, { "FLOAT16", PTQ_DATA_TYPE_FLOAT16 },
  { NULL, 0 } };

static const PtqIniWord kl_sides[] = { { "auto", PTQ_KL_SIDES_AUTO },
  { "two", PTQ_KL_SIDES_TWO }, { NULL, 0 } };

#define SETTING(section, key, type, min, max, words, property) \
  { \
    section, key, PTQ_INI_##type, min, max, words, property, 0, PTQ_INI_ALWAYS \
  }
#define STEP(key, type, min, max, words, field) \
  { \
    PREPROCESS, key, PTQ_INI_##type, min, max, words, NULL, \
        G_STRUCT_OFFSET (struct _PtqPreprocess, field), PTQ_INI_ALWAYS \
  }

const PtqIniKey ptq_ini_keys[] = { SETTING (COMMON, "quant_type", WORD, 0, 0,
                                       quant_types, "quant-type"),
  SETTING (COMMON, "bit_num", INTEGER, 0, 16, NULL, "bit-num"),
  SETTING (COMMON, "min_quant_weight_size", INTEGER, 0, 65535, NULL,
      "min-quant-weight-size"),
  SETTING (COMMON, "min_quant_weight_channel", INTEGER, 0, 65535, NULL,
      "min-quant-weight-channel"),
  SETTING (COMMON, "skip_quant_node", TEXT, 0, 0, NULL, "skip-quant-node"),
  SETTING (
      COMMON, "debug_info_save_path", TEXT, 0, 0, NULL, "debug-info-save-path"),
  SETTING (COMMON, "enable_encode", WORD, 0, 0, encodings, "weight-storage"),

  { WEIGHT, "per_channel", PTQ_INI_BOOLEAN, 0, 0, NULL, "weight-per-channel", 0,
      PTQ_INI_WEIGHT_ONLY },
  SETTING (
      WEIGHT, "bias_correction", BOOLEAN, 0, 0, NULL, "weight-bias-correction"),

  SETTING (MIXED, "init_scale", OPEN_INTERVAL, 0, 1, NULL, "init-scale"),
  SETTING (MIXED, "auto_tune", BOOLEAN, 0, 0, NULL, "auto-tune"),

  SETTING (FULL, "activation_quant_method", WORD, 0, 0, activation_methods,
      "activation-quant-method"),
  SETTING (FULL, "bias_correction", BOOLEAN, 0, 0, NULL, "bias-correction"),
  SETTING (FULL, "target_device", WORD, 0, 0, target_devices, "target"),
  { FULL, "per_channel", PTQ_INI_BOOLEAN, 0, 0, NULL, "weight-per-channel", 0,
      PTQ_INI_FULL_ONLY },

  STEP ("calibrate_path", FOLDERS, 0, 0, NULL, calibrate_path),
  STEP ("calibrate_size", INTEGER, 1, 65535, NULL, calibrate_size),
  STEP ("input_type", WORD, 0, 0, input_types, input_type),
  STEP ("image_to_format", WORD, 0, 0, image_formats, image_to_format),
  STEP ("normalize_mean", VECTOR, 0, 0, NULL, normalize_mean),
  STEP ("normalize_std", DIVISOR, 0, 0, NULL, normalize_std),
  STEP ("resize_width", INTEGER, 1, 65535, NULL, resize_width),
  STEP ("resize_height", INTEGER, 1, 65535, NULL, resize_height),
  STEP ("resize_method", WORD, 0, 0, resize_methods, resize_method),
  STEP ("center_crop_width", INTEGER, 1, 65535, NULL, center_crop_width),
  STEP ("center_crop_height", INTEGER, 1, 65535, NULL, center_crop_height),

  SETTING (PTQ, "target", WORD, 0, 0, targets, "target"),
  SETTING (PTQ, "reduce_range", WORD, 0, 0, reduce_ranges, "reduce-range"),
  SETTING (PTQ, "equalization", BOOLEAN, 0, 0, NULL, "equalization"),
  SETTING (PTQ, "replay_samples", INTEGER, 1, 65535, NULL, "replay-samples"),
  SETTING (
      PTQ, "weight_kernel_sums", BOOLEAN, 0, 0, NULL, "weight-kernel-sums"),
  SETTING (PTQ, "min_sqnr", NUMBER, 0, 100, NULL, "min-sqnr"),
  SETTING (PTQ, "disable_passes", TEXT, 0, 0, NULL, "disable-passes"),
  SETTING (PTQ, "kl_sides", WORD, 0, 0, kl_sides, "kl-sides"),
  SETTING (
      PTQ, "weight_storage", WORD, 0, 0, weight_storages, "weight-storage"),
  SETTING (PTQ, "fp16", BOOLEAN, 0, 0, NULL, "fp16"),
  SETTING (PTQ, "input_data_type", WORD, 0, 0, data_types, "input-data-type"),
  SETTING (PTQ, "output_data_type", WORD, 0, 0, data_types, "output-data-type"),
  SETTING (PTQ, "report_location", TEXT, 0, 0, NULL, "report-location") };

const guint ptq_n_ini_keys = G_N_ELEMENTS (ptq_ini_keys);
