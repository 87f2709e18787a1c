/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The settings of a quantization as properties of an object.
 */
#include "config-private.h"

enum
{
  PROP_0,
  PROP_QUANT_TYPE,
  PROP_BIT_NUM,
  PROP_MIN_QUANT_WEIGHT_SIZE,
  PROP_MIN_QUANT_WEIGHT_CHANNEL,
  PROP_SKIP_QUANT_NODE,
  PROP_DEBUG_INFO_SAVE_PATH,
  PROP_INIT_SCALE,
  PROP_AUTO_TUNE,
  PROP_ACTIVATION_QUANT_METHOD,
  PROP_BIAS_CORRECTION,
  PROP_TARGET,
  PROP_REDUCE_RANGE,
  PROP_REPLAY_SAMPLES,
  PROP_KL_SIDES,
  PROP_WEIGHT_STORAGE,
  PROP_WEIGHT_PER_CHANNEL,
  PROP_WEIGHT_BIAS_CORRECTION,
  PROP_EQUALIZATION,
  PROP_WEIGHT_KERNEL_SUMS,
  PROP_REPORT_LOCATION,
  PROP_FP16,
  PROP_MIN_SQNR,
  PROP_INPUT_DATA_TYPE,
  PROP_OUTPUT_DATA_TYPE,
  N_PROPS
};

G_STATIC_ASSERT (N_PROPS <= 32);

#define DEFAULT_QUANT_TYPE PTQ_QUANT_TYPE_FULL
#define DEFAULT_BIT_NUM 8
#define DEFAULT_MIN_QUANT_WEIGHT_SIZE 0
#define DEFAULT_MIN_QUANT_WEIGHT_CHANNEL 16
#define DEFAULT_INIT_SCALE 0.02
#define DEFAULT_AUTO_TUNE FALSE
#define DEFAULT_ACTIVATION_QUANT_METHOD PTQ_ACTIVATION_MAX_MIN
#define DEFAULT_BIAS_CORRECTION TRUE
#define DEFAULT_TARGET PTQ_TARGET_ONNXRUNTIME
#define DEFAULT_REDUCE_RANGE PTQ_REDUCE_RANGE_AUTO
#define DEFAULT_REPLAY_SAMPLES 128
#define DEFAULT_KL_SIDES PTQ_KL_SIDES_AUTO
#define DEFAULT_WEIGHT_STORAGE PTQ_WEIGHT_STORAGE_FOLDED
#define DEFAULT_WEIGHT_PER_CHANNEL TRUE
#define DEFAULT_WEIGHT_BIAS_CORRECTION TRUE
#define DEFAULT_EQUALIZATION TRUE
#define DEFAULT_FP16 FALSE
#define DEFAULT_MIN_SQNR 0.0
#define DEFAULT_DATA_TYPE PTQ_DATA_TYPE_DEFAULT
#define DEFAULT_WEIGHT_KERNEL_SUMS TRUE

static GParamSpec *properties[N_PROPS];

/**
 * PtqSettings:
 *
 * Every knob of a quantization, as properties.
 *
 * INI files, element properties and command line flags all end here, and
 * what they may say is checked here.
 *
 * The object knows which properties were set. A file that is read into it
 * (ptq_settings_load_from_file()) fills in only what nobody has set, so that
 * a property beside a file overrides the file, in whatever order they come.
 */
G_DEFINE_FINAL_TYPE (PtqSettings, ptq_settings, G_TYPE_OBJECT)

static void
ptq_settings_set_property (
    GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  PtqSettings *self = PTQ_SETTINGS (object);

  switch (prop_id) {
    case PROP_QUANT_TYPE:
      self->quant_type = g_value_get_enum (value);
      break;
    case PROP_BIT_NUM:
      self->bit_num = g_value_get_int (value);
      break;
    case PROP_MIN_QUANT_WEIGHT_SIZE:
      self->min_quant_weight_size = g_value_get_uint (value);
      break;
    case PROP_MIN_QUANT_WEIGHT_CHANNEL:
      self->min_quant_weight_channel = g_value_get_uint (value);
      break;
    case PROP_SKIP_QUANT_NODE:
      g_strfreev (self->skip_quant_node);
      self->skip_quant_node = ptq_split_names (g_value_get_string (value));
      break;
    case PROP_DEBUG_INFO_SAVE_PATH:
      g_free (self->debug_info_save_path);
      self->debug_info_save_path = g_value_dup_string (value);
      break;
    case PROP_REPORT_LOCATION:
      g_free (self->report_location);
      self->report_location = g_value_dup_string (value);
      break;
    case PROP_INIT_SCALE:
      self->init_scale = g_value_get_double (value);
      break;
    case PROP_AUTO_TUNE:
      self->auto_tune = g_value_get_boolean (value);
      break;
    case PROP_ACTIVATION_QUANT_METHOD:
      self->activation_quant_method = g_value_get_enum (value);
      break;
    case PROP_BIAS_CORRECTION:
      self->bias_correction = g_value_get_boolean (value);
      break;
    case PROP_TARGET:
      self->target = g_value_get_enum (value);
      break;
    case PROP_REDUCE_RANGE:
      self->reduce_range = g_value_get_enum (value);
      break;
    case PROP_REPLAY_SAMPLES:
      self->replay_samples = g_value_get_uint (value);
      break;
    case PROP_KL_SIDES:
      self->kl_sides = g_value_get_enum (value);
      break;
    case PROP_WEIGHT_STORAGE:
      self->weight_storage = g_value_get_enum (value);
      break;
    case PROP_WEIGHT_PER_CHANNEL:
      self->weight_per_channel = g_value_get_boolean (value);
      break;
    case PROP_EQUALIZATION:
      self->equalization = g_value_get_boolean (value);
      break;
    case PROP_WEIGHT_KERNEL_SUMS:
      self->weight_kernel_sums = g_value_get_boolean (value);
      break;
    case PROP_WEIGHT_BIAS_CORRECTION:
      self->weight_bias_correction = g_value_get_boolean (value);
      break;
    case PROP_FP16:
      self->fp16 = g_value_get_boolean (value);
      break;
    case PROP_MIN_SQNR:
      self->min_sqnr = g_value_get_double (value);
      break;
    case PROP_INPUT_DATA_TYPE:
      self->input_data_type = g_value_get_enum (value);
      break;
    case PROP_OUTPUT_DATA_TYPE:
      self->output_data_type = g_value_get_enum (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      return;
  }
  self->set |= 1u << prop_id;
}

static void
ptq_settings_get_property (
    GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  PtqSettings *self = PTQ_SETTINGS (object);

  switch (prop_id) {
    case PROP_QUANT_TYPE:
      g_value_set_enum (value, self->quant_type);
      break;
    case PROP_BIT_NUM:
      g_value_set_int (value, self->bit_num);
      break;
    case PROP_MIN_QUANT_WEIGHT_SIZE:
      g_value_set_uint (value, self->min_quant_weight_size);
      break;
    case PROP_MIN_QUANT_WEIGHT_CHANNEL:
      g_value_set_uint (value, self->min_quant_weight_channel);
      break;
    case PROP_SKIP_QUANT_NODE:
      g_value_take_string (value, g_strjoinv (",", self->skip_quant_node));
      break;
    case PROP_DEBUG_INFO_SAVE_PATH:
      g_value_set_string (value, self->debug_info_save_path);
      break;
    case PROP_REPORT_LOCATION:
      g_value_set_string (value, self->report_location);
      break;
    case PROP_INIT_SCALE:
      g_value_set_double (value, self->init_scale);
      break;
    case PROP_AUTO_TUNE:
      g_value_set_boolean (value, self->auto_tune);
      break;
    case PROP_ACTIVATION_QUANT_METHOD:
      g_value_set_enum (value, self->activation_quant_method);
      break;
    case PROP_BIAS_CORRECTION:
      g_value_set_boolean (value, self->bias_correction);
      break;
    case PROP_TARGET:
      g_value_set_enum (value, self->target);
      break;
    case PROP_REDUCE_RANGE:
      g_value_set_enum (value, self->reduce_range);
      break;
    case PROP_REPLAY_SAMPLES:
      g_value_set_uint (value, self->replay_samples);
      break;
    case PROP_KL_SIDES:
      g_value_set_enum (value, self->kl_sides);
      break;
    case PROP_WEIGHT_STORAGE:
      g_value_set_enum (value, self->weight_storage);
      break;
    case PROP_WEIGHT_PER_CHANNEL:
      g_value_set_boolean (value, self->weight_per_channel);
      break;
    case PROP_EQUALIZATION:
      g_value_set_boolean (value, self->equalization);
      break;
    case PROP_WEIGHT_KERNEL_SUMS:
      g_value_set_boolean (value, self->weight_kernel_sums);
      break;
    case PROP_WEIGHT_BIAS_CORRECTION:
      g_value_set_boolean (value, self->weight_bias_correction);
      break;
    case PROP_FP16:
      g_value_set_boolean (value, self->fp16);
      break;
    case PROP_MIN_SQNR:
      g_value_set_double (value, self->min_sqnr);
      break;
    case PROP_INPUT_DATA_TYPE:
      g_value_set_enum (value, self->input_data_type);
      break;
    case PROP_OUTPUT_DATA_TYPE:
      g_value_set_enum (value, self->output_data_type);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
  }
}

static void
ptq_settings_finalize (GObject *object)
{
  PtqSettings *self = PTQ_SETTINGS (object);

  g_strfreev (self->skip_quant_node);
  g_free (self->debug_info_save_path);
  g_free (self->report_location);
  g_strfreev (self->warnings);

  G_OBJECT_CLASS (ptq_settings_parent_class)->finalize (object);
}

#define FLAGS (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS)

static void
install_common_properties (void)
{
  properties[PROP_QUANT_TYPE] =
      g_param_spec_enum ("quant-type", "Quantization type",
          "Weights and activations (full) or weights alone (weight)",
          PTQ_TYPE_QUANT_TYPE, DEFAULT_QUANT_TYPE, FLAGS);
  properties[PROP_BIT_NUM] = g_param_spec_int ("bit-num", "Number of bits",
      "Bits of a code: 1 to 8 for full, 1 to 16 for weight quantization, "
      "0 = a width for each weight (weight quantization)",
      0, 16, DEFAULT_BIT_NUM, FLAGS);
  properties[PROP_MIN_QUANT_WEIGHT_SIZE] =
      g_param_spec_uint ("min-quant-weight-size", "Minimum weight size",
          "Weights with more elements than this are quantized "
          "(weight quantization)",
          0, 65535, DEFAULT_MIN_QUANT_WEIGHT_SIZE, FLAGS);
  properties[PROP_MIN_QUANT_WEIGHT_CHANNEL] =
      g_param_spec_uint ("min-quant-weight-channel", "Minimum weight channels",
          "Weights with more output channels than this are quantized "
          "(weight quantization)",
          0, 65535, DEFAULT_MIN_QUANT_WEIGHT_CHANNEL, FLAGS);
  properties[PROP_SKIP_QUANT_NODE] =
      g_param_spec_string ("skip-quant-node", "Skipped nodes",
          "Names of the nodes that stay float, separated by commas", "", FLAGS);
  properties[PROP_DEBUG_INFO_SAVE_PATH] =
      g_param_spec_string ("debug-info-save-path", "Debug folder",
          "Folder that the debug reports are written to (unset = none)", NULL,
          FLAGS);
  properties[PROP_REPORT_LOCATION] =
      g_param_spec_string ("report-location", "Report page",
          "HTML page that the debug reports are shown on (unset = none)", NULL,
          FLAGS);
  properties[PROP_TARGET] = g_param_spec_enum ("target", "Target",
      "Runtime that the model is written for", PTQ_TYPE_TARGET, DEFAULT_TARGET,
      FLAGS);
  properties[PROP_FP16] = g_param_spec_boolean ("fp16", "Float16",
      "Store the constants that stay float as float16", DEFAULT_FP16, FLAGS);
  properties[PROP_INPUT_DATA_TYPE] = g_param_spec_enum ("input-data-type",
      "Input data type", "Type that float inputs of the result have",
      PTQ_TYPE_DATA_TYPE, DEFAULT_DATA_TYPE, FLAGS);
  properties[PROP_OUTPUT_DATA_TYPE] = g_param_spec_enum ("output-data-type",
      "Output data type", "Type that float outputs of the result have",
      PTQ_TYPE_DATA_TYPE, DEFAULT_DATA_TYPE, FLAGS);
}

static void
install_full_properties (void)
{
  properties[PROP_ACTIVATION_QUANT_METHOD] =
      g_param_spec_enum ("activation-quant-method", "Activation method",
          "How the range of an activation is found (full quantization)",
          PTQ_TYPE_ACTIVATION_METHOD, DEFAULT_ACTIVATION_QUANT_METHOD, FLAGS);
  properties[PROP_BIAS_CORRECTION] =
      g_param_spec_boolean ("bias-correction", "Bias correction",
          "Correct the mean error of each layer in its bias "
          "(full quantization)",
          DEFAULT_BIAS_CORRECTION, FLAGS);
  properties[PROP_REDUCE_RANGE] =
      g_param_spec_enum ("reduce-range", "Reduce range",
          "Keep weights clear of saturating 16-bit sums (full quantization)",
          PTQ_TYPE_REDUCE_RANGE, DEFAULT_REDUCE_RANGE, FLAGS);
  properties[PROP_REPLAY_SAMPLES] =
      g_param_spec_uint ("replay-samples", "Replayed samples",
          "Most samples that are kept for the steps that look at data again", 1,
          65535, DEFAULT_REPLAY_SAMPLES, FLAGS);
  properties[PROP_MIN_SQNR] = g_param_spec_double ("min-sqnr",
      "Least signal to quantization noise ratio",
      "Leave as many layers float as it takes for all outputs to have this "
      "ratio in dB on replayed samples; 0 quantizes all (full quantization)",
      0.0, 100.0, DEFAULT_MIN_SQNR, FLAGS);
  properties[PROP_KL_SIDES] = g_param_spec_enum ("kl-sides", "KL sides",
      "Sides of zero that the range of the KL method has", PTQ_TYPE_KL_SIDES,
      DEFAULT_KL_SIDES, FLAGS);
}

static void
install_weight_properties (void)
{
  properties[PROP_INIT_SCALE] =
      g_param_spec_double ("init-scale", "Initial scale",
          "Relative error that mixed bits aim at, above 0 and below 1", 0.0,
          1.0, DEFAULT_INIT_SCALE, FLAGS);
  properties[PROP_AUTO_TUNE] =
      g_param_spec_boolean ("auto-tune", "Tune automatically",
          "Search the init-scale that keeps the outputs' cosine similarity "
          "at 0.995 (mixed bits)",
          DEFAULT_AUTO_TUNE, FLAGS);
  properties[PROP_WEIGHT_STORAGE] = g_param_spec_enum ("weight-storage",
      "Weight storage", "How a weight-only model holds its weights",
      PTQ_TYPE_WEIGHT_STORAGE, DEFAULT_WEIGHT_STORAGE, FLAGS);
  properties[PROP_WEIGHT_PER_CHANNEL] =
      g_param_spec_boolean ("weight-per-channel", "Weights per channel",
          "One scale for each output channel of a weight",
          DEFAULT_WEIGHT_PER_CHANNEL, FLAGS);
  properties[PROP_EQUALIZATION] =
      g_param_spec_boolean ("equalization", "Equalization",
          "Bring the channels of activations to like ranges, by factors moved "
          "between layers (full quantization)",
          DEFAULT_EQUALIZATION, FLAGS);
  properties[PROP_WEIGHT_KERNEL_SUMS] = g_param_spec_boolean (
      "weight-kernel-sums", "Kernel sums of weights",
      "Weight quantization: round so that the sum of every kernel stays what "
      "it is, rather than each weight to the nearest code",
      DEFAULT_WEIGHT_KERNEL_SUMS, FLAGS);
  properties[PROP_WEIGHT_BIAS_CORRECTION] =
      g_param_spec_boolean ("weight-bias-correction", "Weight bias correction",
          "Correct mean and variance of each channel of a weight "
          "(weight quantization)",
          DEFAULT_WEIGHT_BIAS_CORRECTION, FLAGS);
}

static void
ptq_settings_class_init (PtqSettingsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = ptq_settings_set_property;
  object_class->get_property = ptq_settings_get_property;
  object_class->finalize = ptq_settings_finalize;

  install_common_properties ();
  install_full_properties ();
  install_weight_properties ();
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
ptq_settings_init (PtqSettings *self)
{
  self->quant_type = DEFAULT_QUANT_TYPE;
  self->bit_num = DEFAULT_BIT_NUM;
  self->min_quant_weight_size = DEFAULT_MIN_QUANT_WEIGHT_SIZE;
  self->min_quant_weight_channel = DEFAULT_MIN_QUANT_WEIGHT_CHANNEL;
  self->skip_quant_node = g_new0 (gchar *, 1);
  self->warnings = g_new0 (gchar *, 1);
  self->init_scale = DEFAULT_INIT_SCALE;
  self->auto_tune = DEFAULT_AUTO_TUNE;
  self->activation_quant_method = DEFAULT_ACTIVATION_QUANT_METHOD;
  self->bias_correction = DEFAULT_BIAS_CORRECTION;
  self->target = DEFAULT_TARGET;
  self->reduce_range = DEFAULT_REDUCE_RANGE;
  self->replay_samples = DEFAULT_REPLAY_SAMPLES;
  self->kl_sides = DEFAULT_KL_SIDES;
  self->weight_storage = DEFAULT_WEIGHT_STORAGE;
  self->weight_per_channel = DEFAULT_WEIGHT_PER_CHANNEL;
  self->weight_bias_correction = DEFAULT_WEIGHT_BIAS_CORRECTION;
  self->equalization = DEFAULT_EQUALIZATION;
  self->fp16 = DEFAULT_FP16;
  self->min_sqnr = DEFAULT_MIN_SQNR;
  self->input_data_type = DEFAULT_DATA_TYPE;
  self->output_data_type = DEFAULT_DATA_TYPE;
  self->weight_kernel_sums = DEFAULT_WEIGHT_KERNEL_SUMS;
}

/**
 * ptq_settings_new:
 *
 * Returns: (transfer full): settings with the default of every property
 *
 * Since: 0.1
 */
PtqSettings *
ptq_settings_new (void)
{
  return g_object_new (PTQ_TYPE_SETTINGS, NULL);
}

void
ptq_settings_assign (PtqSettings *self, PtqSettings *other)
{
  self->quant_type = other->quant_type;
  self->bit_num = other->bit_num;
  self->min_quant_weight_size = other->min_quant_weight_size;
  self->min_quant_weight_channel = other->min_quant_weight_channel;
  g_strfreev (self->skip_quant_node);
  self->skip_quant_node = g_strdupv (other->skip_quant_node);
  g_free (self->debug_info_save_path);
  self->debug_info_save_path = g_strdup (other->debug_info_save_path);
  g_free (self->report_location);
  self->report_location = g_strdup (other->report_location);
  self->init_scale = other->init_scale;
  self->auto_tune = other->auto_tune;
  self->activation_quant_method = other->activation_quant_method;
  self->bias_correction = other->bias_correction;
  self->target = other->target;
  self->reduce_range = other->reduce_range;
  self->replay_samples = other->replay_samples;
  self->kl_sides = other->kl_sides;
  self->weight_storage = other->weight_storage;
  self->weight_per_channel = other->weight_per_channel;
  self->weight_bias_correction = other->weight_bias_correction;
  self->equalization = other->equalization;
  self->fp16 = other->fp16;
  self->min_sqnr = other->min_sqnr;
  self->input_data_type = other->input_data_type;
  self->output_data_type = other->output_data_type;
  self->weight_kernel_sums = other->weight_kernel_sums;
  self->set = other->set;
}

/**
 * ptq_settings_copy:
 * @self: settings
 *
 * Returns: (transfer full): settings with the same values, that know the same
 *   properties as set
 *
 * Since: 0.1
 */
PtqSettings *
ptq_settings_copy (PtqSettings *self)
{
  PtqSettings *copy;

  g_return_val_if_fail (PTQ_IS_SETTINGS (self), NULL);

  copy = ptq_settings_new ();
  ptq_settings_assign (copy, self);

  return copy;
}

/**
 * ptq_settings_is_set:
 * @self: settings
 * @property: name of a property
 *
 * Returns: whether the property was set, to whatever value, rather than left
 *   at its default or filled in by a file
 *
 * Since: 0.1
 */
gboolean
ptq_settings_is_set (PtqSettings *self, const gchar *property)
{
  GParamSpec *pspec;

  g_return_val_if_fail (PTQ_IS_SETTINGS (self), FALSE);

  pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (self), property);
  g_return_val_if_fail (pspec != NULL, FALSE);

  return (self->set & (1u << pspec->param_id)) != 0;
}

void
ptq_settings_fill (
    PtqSettings *self, const gchar *property, const GValue *value)
{
  guint32 set = self->set;

  if (ptq_settings_is_set (self, property))
    return;
  g_object_set_property (G_OBJECT (self), property, value);
  self->set = set;
}

void
ptq_settings_take_warnings (PtqSettings *self, gchar **warnings)
{
  g_strfreev (self->warnings);
  self->warnings = warnings;
}

/**
 * ptq_settings_validate:
 * @self: settings
 * @error: return location for a #GError
 *
 * Checks what the range of a single property cannot say: the bits that the
 * quantization type allows, and the open interval of "init-scale".
 *
 * Returns: whether a quantization can run with the settings;
 *   %PTQ_ERROR_SETTINGS if not
 *
 * Since: 0.1
 */
gboolean
ptq_settings_validate (PtqSettings *self, GError **error)
{
  g_return_val_if_fail (PTQ_IS_SETTINGS (self), FALSE);

  if (self->quant_type == PTQ_QUANT_TYPE_FULL
      && (self->bit_num < 1 || self->bit_num > 8)) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS,
        "bit_num is %d, but full quantization has 1 to 8 bits; "
        "0 and 9 to 16 are for weight quantization",
        self->bit_num);
    return FALSE;
  }
  if (!(self->init_scale > 0.0 && self->init_scale < 1.0)) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS,
        "init_scale is %g, but must be above 0 and below 1", self->init_scale);
    return FALSE;
  }

  return TRUE;
}

/**
 * ptq_settings_set_skip_quant_node:
 * @self: settings
 * @names: (array zero-terminated=1) (nullable): node names
 *
 * Sets the names of the nodes that stay float, as they are: unlike in the
 * property, a name may hold a comma.
 *
 * Since: 0.1
 */
void
ptq_settings_set_skip_quant_node (PtqSettings *self, const gchar *const *names)
{
  g_return_if_fail (PTQ_IS_SETTINGS (self));

  g_strfreev (self->skip_quant_node);
  self->skip_quant_node =
      names ? g_strdupv ((gchar **) names) : g_new0 (gchar *, 1);
  self->set |= 1u << PROP_SKIP_QUANT_NODE;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SKIP_QUANT_NODE]);
}
