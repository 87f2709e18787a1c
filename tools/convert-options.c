/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The flags of ptq-convert.
 */
#include "convert-options.h"
#include "ptq-error.h"

/* Frameworks that the flag can name, and what makes ONNX of their models. */
static const struct
{
  const gchar *name;
  const gchar *way;
} frameworks[] = { { "TF",
                       "tf2onnx makes ONNX of them: python -m tf2onnx.convert "
                       "--saved-model FOLDER --output model.onnx" },
  { "TFLITE",
      "tf2onnx makes ONNX of them: python -m tf2onnx.convert "
      "--tflite FILE --output model.onnx" },
  { "CAFFE", "caffe2onnx makes ONNX of them" },
  { "PYTORCH", "torch.onnx.export() makes ONNX of them, in PyTorch" },
  { "MINDIR",
      "mindspore.export() makes ONNX of the network that the file "
      "was made of, with file_format=\"ONNX\"" },
  { "MSLITE",
      "they cannot be read back; export the network that the file "
      "was made of with mindspore.export() and file_format=\"ONNX\"" },
  { "OM",
      "they cannot be read back; export the network that the file was "
      "made of to ONNX" } };

static const struct
{
  const gchar *word;
  PtqDataType type;
} data_types[] = { { "DEFAULT", PTQ_DATA_TYPE_DEFAULT },
  { "FLOAT", PTQ_DATA_TYPE_FLOAT32 }, { "FLOAT32", PTQ_DATA_TYPE_FLOAT32 },
  { "FLOAT16", PTQ_DATA_TYPE_FLOAT16 } };

/* What the original knows, and why there is none of it here */
static const struct
{
  const gchar *word;
  const gchar *reason;
} other_data_types[] = {
  { "UINT8",
      "a quantized model takes and gives the numbers of the float "
      "model, and holds scales and zero points itself" },
  { "INT8",
      "a quantized model takes and gives the numbers of the float "
      "model, and holds scales and zero points itself" },
  { "INT32", "integers keep their type" },
  { "INT64", "integers keep their type" }
};

static const struct
{
  const gchar *word;
  PtqQuantType type;
} quant_types[] = { { "WEIGHT_QUANT", PTQ_QUANT_TYPE_WEIGHT },
  { "WeightQuant", PTQ_QUANT_TYPE_WEIGHT },
  { "FULL_QUANT", PTQ_QUANT_TYPE_FULL }, { "FullQuant", PTQ_QUANT_TYPE_FULL },
  { "PostTraining", PTQ_QUANT_TYPE_FULL } };

typedef struct
{
  const gchar *name;
  gsize offset;          /* in ConvertOptions */
  const gchar *harmless; /* the values of those that mean nothing */
  const gchar *help;
  const gchar *value;
} Flag;

#define FLAG(name, field, help, value) \
  { \
    name, G_STRUCT_OFFSET (ConvertOptions, field), NULL, help, value \
  }
#define IDLE(name, harmless) \
  { \
    name, 0, harmless, NULL, "VALUE" \
  }

static const Flag flags[] = {
  FLAG ("fmk", fmk, "What the model is; only ONNX can be read", "ONNX"),
  FLAG ("modelFile", model_file, "The float model", "FILE"),
  FLAG ("outputFile", output_file,
      "The model to write; .onnx is added where "
      "it is missing",
      "FILE"),
  FLAG ("configFile", config_file,
      "What to do; without it the model is only "
      "written anew",
      "FILE"),
  FLAG ("inputShape", input_shape, "Values for open dimensions of inputs",
      "NAME:1,3,224,224;..."),
  FLAG ("inputDataFormat", input_data_format,
      "Layout of 4-dimensional BIN "
      "files (default: as the model has it)",
      "NHWC|NCHW"),
  FLAG ("quantType", quant_type,
      "WEIGHT_QUANT or FULL_QUANT, where the "
      "configuration file does not say",
      "TYPE"),
  FLAG ("fp16", fp16,
      "Store the constants that stay float as float16 "
      "(default: off)",
      "on|off"),
  FLAG ("inputDataType", input_data_type,
      "Type of float inputs of the "
      "result (default: as the model has it)",
      "FLOAT|FLOAT16|DEFAULT"),
  FLAG ("outputDataType", output_data_type,
      "Type of float outputs of the "
      "result (default: as the model has it)",
      "FLOAT|FLOAT16|DEFAULT"),
  FLAG ("outputDataFormat", output_data_format,
      "Layout of 4-dimensional "
      "outputs; only the one that the model has",
      "NHWC|NCHW"),
  IDLE ("weightFile", ""), IDLE ("trainModel", "false"),
  IDLE ("infer", "false"), IDLE ("optimize", "general none"),
  IDLE ("optimizeTransformer", "false"), IDLE ("saveType", ""),
  IDLE ("encryption", "false"), IDLE ("encryptKey", ""),
  IDLE ("decryptKey", ""), IDLE ("decryptMode", ""), IDLE ("device", "")
};

static gboolean refuse (GError **error, const gchar *format, ...)
    G_GNUC_PRINTF (2, 3);

static gboolean
refuse (GError **error, const gchar *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (PTQ_ERROR, PTQ_ERROR_SETTINGS, format, args);
  va_end (args);

  return FALSE;
}

static gboolean
check_idle (const Flag *flag, const gchar *value, GError **error)
{
  g_auto (GStrv) words = g_strsplit (flag->harmless, " ", -1);
  g_autofree gchar *list = g_strjoinv (" or ", words);

  if (g_strv_contains ((const gchar *const *) words, value))
    return TRUE;
  if (*flag->harmless == '\0')
    return refuse (error,
        "--%s=%s has no counterpart for ONNX models: leave "
        "the flag out",
        flag->name, value);

  return refuse (error,
      "--%s=%s is not supported: it can be %s, or be left "
      "out",
      flag->name, value, list);
}

/* @values: how often the flag is there, and with what; NULL for not at all */
static gboolean
take_flag (
    ConvertOptions *self, const Flag *flag, gchar **values, GError **error)
{
  if (values == NULL)
    return TRUE;
  if (values[1] != NULL)
    return refuse (error, "--%s is given twice", flag->name);
  if (*values[0] == '\0')
    return refuse (error, "--%s has no value", flag->name);
  if (flag->harmless != NULL)
    return check_idle (flag, values[0], error);
  *(gchar **) G_STRUCT_MEMBER_P (self, flag->offset) = g_strdup (values[0]);

  return TRUE;
}

static void
add_entries (GOptionContext *context, ConvertOptions *self,
    gchar **values[G_N_ELEMENTS (flags)])
{
  GOptionEntry entries[G_N_ELEMENTS (flags) + 4] = {
    { "print-pipeline", 0, 0, G_OPTION_ARG_NONE, &self->print_pipeline,
        "Print the pipeline for gst-launch-1.0 instead of running it", NULL },
    { "list-passes", 0, 0, G_OPTION_ARG_NONE, &self->list_passes,
        "Print the names of the passes of a quantization", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &self->version, "Print the version",
        NULL }
  };

  /* Lists, so that a flag that is repeated is seen */
  for (guint i = 0; i < G_N_ELEMENTS (flags); i++) {
    GOptionEntry entry = { flags[i].name, 0,
      flags[i].harmless ? G_OPTION_FLAG_HIDDEN : 0, G_OPTION_ARG_FILENAME_ARRAY,
      &values[i], flags[i].help, flags[i].value };

    entries[i + 3] = entry;
  }
  g_option_context_add_main_entries (context, entries, NULL);
}

/* What other converters need, and files of commands pass on */
static gchar *
describe_idle (void)
{
  g_autoptr (GString) text = g_string_new ("Taken as well, without an effect:");

  for (guint i = 0; i < G_N_ELEMENTS (flags); i++) {
    g_auto (GStrv) words = NULL;
    g_autofree gchar *list = NULL;

    if (flags[i].harmless == NULL || *flags[i].harmless == '\0')
      continue;
    words = g_strsplit (flags[i].harmless, " ", -1);
    list = g_strjoinv ("|", words);
    g_string_append_printf (text, "\n  --%s=%s", flags[i].name, list);
  }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
check_framework (const ConvertOptions *self, GError **error)
{
  if (g_str_equal (self->fmk, "ONNX"))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (frameworks); i++) {
    if (g_ascii_strcasecmp (self->fmk, frameworks[i].name) == 0) {
      g_set_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED,
          "--fmk=%s: only ONNX models can be read, no %s models: %s", self->fmk,
          frameworks[i].name, frameworks[i].way);
      return FALSE;
    }
  }

  return refuse (error, "--fmk=%s is not known: it must be ONNX", self->fmk);
}

static gboolean
check_mandatory (const ConvertOptions *self, GError **error)
{
  const gchar *missing = self->fmk == NULL ? "fmk=ONNX"
      : self->model_file == NULL           ? "modelFile=FILE"
      : self->output_file == NULL          ? "outputFile=FILE"
                                           : NULL;

  return missing == NULL
      || refuse (error, "--%s is mandatory (--help lists the flags)", missing);
}

static gboolean
check_format (const gchar *flag, const gchar *format, GError **error)
{
  return format == NULL || g_str_equal (format, "NHWC")
      || g_str_equal (format, "NCHW")
      || refuse (error, "--%s=%s must be NHWC or NCHW", flag, format);
}

static gboolean
check_data_type (const gchar *flag, const gchar *word, GError **error)
{
  PtqDataType type;

  if (word == NULL || convert_options_parse_data_type (word, &type))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (other_data_types); i++) {
    if (g_str_equal (word, other_data_types[i].word))
      return refuse (error,
          "--%s=%s is not supported: %s. It can be FLOAT, "
          "FLOAT16 or DEFAULT",
          flag, word, other_data_types[i].reason);
  }

  return refuse (
      error, "--%s=%s must be FLOAT, FLOAT16 or DEFAULT", flag, word);
}

static gboolean
check_words (const ConvertOptions *self, GError **error)
{
  PtqQuantType type;

  if (!check_format ("inputDataFormat", self->input_data_format, error)
      || !check_format ("outputDataFormat", self->output_data_format, error)
      || !check_data_type ("inputDataType", self->input_data_type, error)
      || !check_data_type ("outputDataType", self->output_data_type, error))
    return FALSE;
  if (self->quant_type != NULL && !convert_options_get_quant_type (self, &type))
    return refuse (error,
        "--quantType=%s must be WEIGHT_QUANT (WeightQuant) "
        "or FULL_QUANT (FullQuant, PostTraining)",
        self->quant_type);

  return self->fp16 == NULL || g_str_equal (self->fp16, "on")
      || g_str_equal (self->fp16, "off")
      || refuse (error, "--fp16=%s must be on or off", self->fp16);
}

static gboolean
complete_output (ConvertOptions *self, GError **error)
{
  gchar *path = self->output_file;

  if (g_str_has_suffix (path, G_DIR_SEPARATOR_S))
    return refuse (error,
        "--outputFile=%s is a folder: it must name the "
        "file to write",
        path);
  if (!g_str_has_suffix (path, ".onnx")) {
    self->output_file = g_strconcat (path, ".onnx", NULL);
    g_free (path);
  }

  return TRUE;
}

/* Hours of samples must not end with a folder that was never there. */
static gboolean
check_output (const ConvertOptions *self, GError **error)
{
  g_autofree gchar *folder = g_path_get_dirname (self->output_file);

  if (!g_file_test (folder, G_FILE_TEST_IS_DIR))
    return refuse (error, "--outputFile=%s: there is no folder %s",
        self->output_file, folder);

  return TRUE;
}

static gboolean
parse_flags (ConvertOptions *self, gint *argc, gchar ***argv, GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (
      "- quantize an ONNX model as a configuration file says");
  g_autoptr (GError) reason = NULL;
  g_autofree gchar *idle = describe_idle ();
  gchar **values[G_N_ELEMENTS (flags)] = { NULL };
  gboolean valid;

  add_entries (context, self, values);
  g_option_context_set_description (context, idle);
  valid = g_option_context_parse (context, argc, argv, &reason)
      || refuse (error, "%s (--help lists the flags)", reason->message);
  for (guint i = 0; i < G_N_ELEMENTS (flags); i++) {
    valid = valid && take_flag (self, &flags[i], values[i], error);
    g_strfreev (values[i]);
  }

  return valid;
}

/* @self is all zeros before. */
gboolean
convert_options_parse (
    ConvertOptions *self, gint *argc, gchar ***argv, GError **error)
{
  if (!parse_flags (self, argc, argv, error))
    return FALSE;
  if (self->version || self->list_passes)
    return TRUE;
  if (*argc > 1)
    return refuse (
        error, "\"%s\" is no flag: flags look like --key=value", (*argv)[1]);

  return check_mandatory (self, error) && check_framework (self, error)
      && check_words (self, error) && complete_output (self, error)
      && check_output (self, error);
}

gboolean
convert_options_get_quant_type (const ConvertOptions *self, PtqQuantType *type)
{
  for (guint i = 0; i < G_N_ELEMENTS (quant_types); i++) {
    if (g_strcmp0 (self->quant_type, quant_types[i].word) == 0) {
      *type = quant_types[i].type;
      return TRUE;
    }
  }

  return FALSE;
}

gboolean
convert_options_parse_data_type (const gchar *word, PtqDataType *type)
{
  for (guint i = 0; i < G_N_ELEMENTS (data_types); i++) {
    if (g_strcmp0 (word, data_types[i].word) == 0) {
      *type = data_types[i].type;
      return TRUE;
    }
  }

  return FALSE;
}

static gboolean
is_channels (gint64 dim)
{
  return dim == 1 || dim == 3;
}

/* Operators of ONNX work on NCHW; a model that takes pictures interleaved has
 * a Transpose, at both ends as a rule. */
static gboolean
is_interleaved (PtqModel *model)
{
  for (guint i = 0; i < ptq_model_get_n_inputs (model); i++) {
    const PtqValueInfo *input = ptq_model_get_input (model, i);

    if (input->rank == 4 && is_channels (input->dims[3])
        && !is_channels (input->dims[1]))
      return TRUE;
  }

  return FALSE;
}

gboolean
convert_options_check_model (
    const ConvertOptions *self, PtqModel *model, GError **error)
{
  const gchar *layout = is_interleaved (model) ? "NHWC" : "NCHW";

  for (guint i = 0;
       self->output_data_format != NULL && i < ptq_model_get_n_outputs (model);
       i++) {
    const PtqValueInfo *output = ptq_model_get_output (model, i);

    if (output->rank == 4 && !g_str_equal (self->output_data_format, layout))
      return refuse (error,
          "--outputDataFormat=%s is not supported for this "
          "model: it works on %s, and output \"%s\" stays as it is. Leave "
          "the flag out, and transpose where the output is read",
          self->output_data_format, layout, output->name);
  }

  return TRUE;
}

void
convert_options_clear (ConvertOptions *self)
{
  g_free (self->fmk);
  g_free (self->model_file);
  g_free (self->output_file);
  g_free (self->config_file);
  g_free (self->input_shape);
  g_free (self->input_data_format);
  g_free (self->output_data_format);
  g_free (self->input_data_type);
  g_free (self->output_data_type);
  g_free (self->quant_type);
  g_free (self->fp16);
}
