/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The settings, one row each, and what is done with a value by its row.
 */
#include "settings-table.h"

#define ROW(field, name, type, get_type, min, max, def, nick, blurb) \
  { \
    name, nick, blurb, PTQ_SETTING_##type, get_type, min, max, def, \
        G_STRUCT_OFFSET (struct _PtqSettings, field) \
  }
#define SWITCH(field, name, def, nick, blurb) \
  ROW (field, name, BOOLEAN, NULL, 0, 1, def, nick, blurb)
#define CHOICE(field, name, get_type, def, nick, blurb) \
  ROW (field, name, ENUM, get_type, 0, 0, def, nick, blurb)
#define NUMBER(field, name, type, min, max, def, nick, blurb) \
  ROW (field, name, type, NULL, min, max, def, nick, blurb)
#define TEXT(field, name, nick, blurb) \
  ROW (field, name, STRING, NULL, 0, 0, 0, nick, blurb)
#define NAMES(field, name, nick, blurb) \
  ROW (field, name, STRV, NULL, 0, 0, 0, nick, blurb)

/* The order is that of the properties: new rows go to the end. */
const PtqSetting ptq_settings_table[] = {
  CHOICE (quant_type, "quant-type", ptq_quant_type_get_type,
      PTQ_QUANT_TYPE_FULL, "Quantization type",
      "Weights and activations (full) or weights alone (weight)"),
  NUMBER (bit_num, "bit-num", INT, 0, 16, 8, "Number of bits",
      "Bits of a code: 1 to 8 for full, 1 to 16 for weight quantization, 0 = a "
      "width for each weight (weight quantization)"),
  NUMBER (min_quant_weight_size, "min-quant-weight-size", UINT, 0, 65535, 0,
      "Minimum weight size",
      "Weights with more elements than this are quantized (weight "
      "quantization)"),
  NUMBER (min_quant_weight_channel, "min-quant-weight-channel", UINT, 0, 65535,
      16, "Minimum weight channels",
      "Weights with more output channels than this are quantized (weight "
      "quantization)"),
  NAMES (skip_quant_node, "skip-quant-node", "Skipped nodes",
      "Names of the nodes that stay float, separated by commas"),
  TEXT (debug_info_save_path, "debug-info-save-path", "Debug folder",
      "Folder that the debug reports are written to (unset = none)"),
  NUMBER (init_scale, "init-scale", DOUBLE, 0.0, 1.0, 0.02, "Initial scale",
      "Relative error that mixed bits aim at, above 0 and below 1"),
  SWITCH (auto_tune, "auto-tune", FALSE, "Tune automatically",
      "Search the init-scale that keeps the outputs' cosine similarity at "
      "0.995 (mixed bits)"),
  CHOICE (activation_quant_method, "activation-quant-method",
      ptq_activation_method_get_type, PTQ_ACTIVATION_MAX_MIN,
      "Activation method",
      "How the range of an activation is found (full quantization)"),
  SWITCH (bias_correction, "bias-correction", TRUE, "Bias correction",
      "Correct the mean error of each layer in its bias (full quantization)"),
  CHOICE (target, "target", ptq_target_get_type, PTQ_TARGET_ONNXRUNTIME,
      "Target", "Runtime that the model is written for"),
  CHOICE (reduce_range, "reduce-range", ptq_reduce_range_get_type,
      PTQ_REDUCE_RANGE_AUTO, "Reduce range",
      "Keep weights clear of saturating 16-bit sums (full quantization)"),
  NUMBER (replay_samples, "replay-samples", UINT, 1, 65535, 128,
      "Replayed samples",
      "Most samples that are kept for the steps that look at data again"),
  CHOICE (kl_sides, "kl-sides", ptq_kl_sides_get_type, PTQ_KL_SIDES_AUTO,
      "KL sides", "Sides of zero that the range of the KL method has"),
  CHOICE (weight_storage, "weight-storage", ptq_weight_storage_get_type,
      PTQ_WEIGHT_STORAGE_FOLDED, "Weight storage",
      "How a weight-only model holds its weights"),
  SWITCH (weight_per_channel, "weight-per-channel", TRUE, "Weights per channel",
      "One scale for each output channel of a weight"),
  SWITCH (weight_bias_correction, "weight-bias-correction", TRUE,
      "Weight bias correction",
      "Correct mean and variance of each channel of a weight (weight "
      "quantization)"),
  SWITCH (equalization, "equalization", TRUE, "Equalization",
      "Bring the channels of activations to like ranges, by factors moved "
      "between layers (full quantization)"),
  SWITCH (weight_kernel_sums, "weight-kernel-sums", TRUE,
      "Kernel sums of weights",
      "Weight quantization: round so that the sum of every kernel stays what "
      "it is, rather than each weight to the nearest code"),
  TEXT (report_location, "report-location", "Report page",
      "HTML page that the debug reports are shown on (unset = none)"),
  SWITCH (fp16, "fp16", FALSE, "Float16",
      "Store the constants that stay float as float16"),
  NUMBER (min_sqnr, "min-sqnr", DOUBLE, 0.0, 100.0, 0.0,
      "Least signal to quantization noise ratio",
      "Leave as many layers float as it takes for all outputs to have this "
      "ratio in dB on replayed samples; 0 quantizes all (full quantization)"),
  CHOICE (input_data_type, "input-data-type", ptq_data_type_get_type,
      PTQ_DATA_TYPE_DEFAULT, "Input data type",
      "Type that float inputs of the result have"),
  CHOICE (output_data_type, "output-data-type", ptq_data_type_get_type,
      PTQ_DATA_TYPE_DEFAULT, "Output data type",
      "Type that float outputs of the result have"),
  NAMES (disable_passes, "disable-passes", "Disabled passes",
      "Names of passes to leave out, separated by commas, to find out what one "
      "of them does to a model (ptq-convert --list-passes prints them)"),
};

const guint ptq_n_settings = G_N_ELEMENTS (ptq_settings_table);

#define FIELD(type, setting, self) \
  G_STRUCT_MEMBER (type, self, (setting)->offset)
#define FLAGS (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS)

GParamSpec *
ptq_setting_new_pspec (const PtqSetting *s)
{
  switch (s->type) {
    case PTQ_SETTING_BOOLEAN:
      return g_param_spec_boolean (
          s->name, s->nick, s->blurb, s->def != 0, FLAGS);
    case PTQ_SETTING_INT:
      return g_param_spec_int (
          s->name, s->nick, s->blurb, s->min, s->max, s->def, FLAGS);
    case PTQ_SETTING_UINT:
      return g_param_spec_uint (
          s->name, s->nick, s->blurb, s->min, s->max, s->def, FLAGS);
    case PTQ_SETTING_DOUBLE:
      return g_param_spec_double (
          s->name, s->nick, s->blurb, s->min, s->max, s->def, FLAGS);
    case PTQ_SETTING_ENUM:
      return g_param_spec_enum (
          s->name, s->nick, s->blurb, s->get_type (), s->def, FLAGS);
    case PTQ_SETTING_STRING:
      return g_param_spec_string (s->name, s->nick, s->blurb, NULL, FLAGS);
    case PTQ_SETTING_STRV:
      return g_param_spec_string (s->name, s->nick, s->blurb, "", FLAGS);
  }
  g_return_val_if_reached (NULL);
}

void
ptq_setting_clear (const PtqSetting *s, PtqSettings *self)
{
  if (s->type == PTQ_SETTING_STRING)
    g_clear_pointer (&FIELD (gchar *, s, self), g_free);
  else if (s->type == PTQ_SETTING_STRV)
    g_clear_pointer (&FIELD (gchar **, s, self), g_strfreev);
}

void
ptq_setting_set (const PtqSetting *s, PtqSettings *self, const GValue *value)
{
  ptq_setting_clear (s, self);
  switch (s->type) {
    case PTQ_SETTING_BOOLEAN:
      FIELD (gboolean, s, self) = g_value_get_boolean (value);
      break;
    case PTQ_SETTING_INT:
      FIELD (gint, s, self) = g_value_get_int (value);
      break;
    case PTQ_SETTING_UINT:
      FIELD (guint, s, self) = g_value_get_uint (value);
      break;
    case PTQ_SETTING_DOUBLE:
      FIELD (gdouble, s, self) = g_value_get_double (value);
      break;
    case PTQ_SETTING_ENUM:
      FIELD (gint, s, self) = g_value_get_enum (value);
      break;
    case PTQ_SETTING_STRING:
      FIELD (gchar *, s, self) = g_value_dup_string (value);
      break;
    case PTQ_SETTING_STRV:
      FIELD (gchar **, s, self) = ptq_split_names (g_value_get_string (value));
      break;
  }
}

void
ptq_setting_get (const PtqSetting *s, PtqSettings *self, GValue *value)
{
  switch (s->type) {
    case PTQ_SETTING_BOOLEAN:
      g_value_set_boolean (value, FIELD (gboolean, s, self));
      break;
    case PTQ_SETTING_INT:
      g_value_set_int (value, FIELD (gint, s, self));
      break;
    case PTQ_SETTING_UINT:
      g_value_set_uint (value, FIELD (guint, s, self));
      break;
    case PTQ_SETTING_DOUBLE:
      g_value_set_double (value, FIELD (gdouble, s, self));
      break;
    case PTQ_SETTING_ENUM:
      g_value_set_enum (value, FIELD (gint, s, self));
      break;
    case PTQ_SETTING_STRING:
      g_value_set_string (value, FIELD (gchar *, s, self));
      break;
    case PTQ_SETTING_STRV:
      g_value_take_string (value, g_strjoinv (",", FIELD (gchar **, s, self)));
      break;
  }
}

/* Not by way of a GValue: a name in a list may hold the comma that divides
 * the text of the property. */
void
ptq_setting_copy (const PtqSetting *s, PtqSettings *self, PtqSettings *other)
{
  ptq_setting_clear (s, self);
  switch (s->type) {
    case PTQ_SETTING_BOOLEAN:
    case PTQ_SETTING_INT:
    case PTQ_SETTING_UINT:
    case PTQ_SETTING_ENUM:
      FIELD (gint, s, self) = FIELD (gint, s, other);
      break;
    case PTQ_SETTING_DOUBLE:
      FIELD (gdouble, s, self) = FIELD (gdouble, s, other);
      break;
    case PTQ_SETTING_STRING:
      FIELD (gchar *, s, self) = g_strdup (FIELD (gchar *, s, other));
      break;
    case PTQ_SETTING_STRV:
      FIELD (gchar **, s, self) = g_strdupv (FIELD (gchar **, s, other));
      break;
  }
}
