/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From a configuration file to the pipeline that does what it says.
 */
#include <string.h>
#include "convert-pipeline.h"
#include "gstptqfilelist.h"
#include "gstptqtensorcaps.h"
#include "ptq-error.h"

static const gchar *
nick_of_method (PtqResizeMethod method)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (PTQ_TYPE_RESIZE_METHOD);

  return g_enum_get_value (klass, method)->value_nick;
}

/* Quotes where the pipeline parser, or a shell, would take something for a
 * mark of its own. Backslash and quotation mark are the parser's escapes. */
static void
append_text (GString *line, const gchar *property, const gchar *value)
{
  gboolean plain =
      value[strspn (value, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "_-+./:@%~")]
      == '\0';

  g_string_append_printf (line, " %s=", property);
  if (plain) {
    g_string_append (line, value);
    return;
  }
  g_string_append_c (line, '"');
  for (; *value != '\0'; value++) {
    if (*value == '"' || *value == '\\')
      g_string_append_c (line, '\\');
    g_string_append_c (line, *value);
  }
  g_string_append_c (line, '"');
}

/* As few digits as make the same number, so that 0.1 stays 0.1 */
static void
format_number (gdouble number, gchar *text)
{
  static const gchar *const formats[] = { "%.15g", "%.16g", "%.17g" };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    g_ascii_formatd (text, G_ASCII_DTOSTR_BUF_SIZE, formats[i], number);
    if (g_ascii_strtod (text, NULL) == number)
      return;
  }
}

static void
append_vector (
    GString *line, const gchar *property, const gdouble *values, guint n)
{
  if (n == 0)
    return;
  g_string_append_printf (line, " %s=\"<", property);
  for (guint i = 0; i < n; i++) {
    gchar number[G_ASCII_DTOSTR_BUF_SIZE];

    format_number (values[i], number);
    g_string_append_printf (line, "%s%s", i > 0 ? "," : "", number);
    /* Without a point it would be an integer. */
    if (number[strcspn (number, ".e")] == '\0')
      g_string_append (line, ".0");
  }
  g_string_append (line, ">\"");
}

static const gchar *
name_of_format (PtqImageFormat format)
{
  switch (format) {
    case PTQ_IMAGE_FORMAT_RGB:
      return "RGB";
    case PTQ_IMAGE_FORMAT_GRAY:
      return "GRAY8";
    default:
      return "BGR";
  }
}

static void
append_normalize (GString *line, PtqPreprocess *preprocess)
{
  const gdouble *values;
  guint n;

  g_string_append (line, " ! ptqnormalize");
  values = ptq_preprocess_get_normalize_mean (preprocess, &n);
  append_vector (line, "mean", values, n);
  values = ptq_preprocess_get_normalize_std (preprocess, &n);
  append_vector (line, "std", values, n);
}

static void
append_image_branch (
    GString *line, PtqPreprocess *preprocess, const gchar *folder)
{
  PtqResizeMethod method;
  guint width, height;

  g_string_append (line, "ptqimagesrc");
  append_text (line, "location", folder);
  g_string_append_printf (line,
      " num-samples=%u ! ptqconvert ! "
      "video/x-raw,format=%s",
      ptq_preprocess_get_calibrate_size (preprocess),
      name_of_format (ptq_preprocess_get_image_to_format (preprocess)));
  append_normalize (line, preprocess);
  if (ptq_preprocess_get_resize (preprocess, &method, &width, &height))
    g_string_append_printf (line, " ! ptqresize width=%u height=%u method=%s",
        width, height, nick_of_method (method));
  if (ptq_preprocess_get_center_crop (preprocess, &width, &height))
    g_string_append_printf (
        line, " ! ptqcrop width=%u height=%u", width, height);
}

static void
append_bin_branch (GString *line, const ConvertOptions *options,
    PtqPreprocess *preprocess, const gchar *folder)
{
  g_string_append (line, "ptqbinsrc");
  append_text (line, "location", folder);
  g_string_append_printf (
      line, " num-samples=%u", ptq_preprocess_get_calibrate_size (preprocess));
  if (options->input_data_format != NULL) {
    g_autofree gchar *layout = g_ascii_strdown (options->input_data_format, -1);

    append_text (line, "layout", layout);
  }
}

static void
append_branch (GString *line, const ConvertOptions *options,
    PtqPreprocess *preprocess, const gchar *folder)
{
  if (ptq_preprocess_get_input_type (preprocess) == PTQ_INPUT_TYPE_IMAGE)
    append_image_branch (line, preprocess, folder);
  else
    append_bin_branch (line, options, preprocess, folder);
}

static void
append_data_type (GString *line, const gchar *property, const gchar *word)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (PTQ_TYPE_DATA_TYPE);
  PtqDataType type;

  if (convert_options_parse_data_type (word, &type))
    append_text (line, property, g_enum_get_value (klass, type)->value_nick);
}

static void
append_sink (
    GString *line, const ConvertOptions *options, const gchar *settings_type)
{
  g_string_append (line, "ptqsink");
  append_text (line, "model", options->model_file);
  append_text (line, "location", options->output_file);
  if (options->config_file != NULL)
    append_text (line, "config", options->config_file);
  if (settings_type != NULL)
    append_text (line, "quant-type", settings_type);
  if (options->input_shape != NULL)
    append_text (line, "input-shape", options->input_shape);
  if (options->fp16 != NULL)
    append_text (
        line, "fp16", g_str_equal (options->fp16, "on") ? "true" : "false");
  append_data_type (line, "input-data-type", options->input_data_type);
  append_data_type (line, "output-data-type", options->output_data_type);
}

/* What an input takes, innermost dimension first. ptqmux takes tensors of any
 * shape, so that it has to be said in front of it. Nothing where the model
 * leaves a dimension open, other than that of the batch. */
static void
append_shape (
    GString *line, PtqPreprocess *preprocess, const PtqValueInfo *input)
{
  g_autoptr (GString) dims = g_string_new (NULL);
  gboolean is_image =
      ptq_preprocess_get_input_type (preprocess) == PTQ_INPUT_TYPE_IMAGE;
  /* Pictures become float32, which an input of float16 takes as well. */
  const gchar *type = gst_ptq_tensor_type_to_string (
      is_image && input->type == PTQ_ELEMENT_FLOAT16 ? PTQ_ELEMENT_FLOAT
                                                     : input->type);

  for (gint i = input->rank - 1; i >= 0; i--) {
    gint64 dim = i == 0 && input->dims[i] < 0 ? 1 : input->dims[i];

    if (dim < 0)
      return;
    g_string_append_printf (
        dims, "%s%" G_GINT64_FORMAT, dims->len > 0 ? ":" : "", dim);
  }
  for (gint i = MAX (input->rank, 1); i < 4; i++)
    g_string_append (dims, ":1");
  if (input->rank > 0 && type != NULL)
    g_string_append_printf (
        line, " ! other/tensors,types=%s,dimensions=%s", type, dims->str);
}

/* The folders in the order of the model's inputs; the strings are not owned.
 * As the original has it, one entry for a model of one input is taken
 * whatever its name is. */
static const gchar **
sort_folders (PtqModel *model, PtqPreprocess *preprocess, GPtrArray *warnings,
    GError **error)
{
  guint n = ptq_model_get_n_inputs (model);
  g_autofree const gchar **folders = g_new0 (const gchar *, n + 1);
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < n; i++) {
    const gchar *name = ptq_model_get_input (model, i)->name;

    g_string_append_printf (names, "%s\"%s\"", i > 0 ? ", " : "", name);
    for (guint k = 0; k < ptq_preprocess_get_n_inputs (preprocess); k++) {
      if (g_str_equal (name, ptq_preprocess_get_input_name (preprocess, k)))
        folders[i] = ptq_preprocess_get_folder (preprocess, k);
    }
  }
  if (n == 1 && ptq_preprocess_get_n_inputs (preprocess) == 1
      && folders[0] == NULL) {
    folders[0] = ptq_preprocess_get_folder (preprocess, 0);
    g_ptr_array_add (warnings,
        g_strdup_printf (
            "calibrate_path names the "
            "input \"%s\", but the model's input is %s; it is taken for that",
            ptq_preprocess_get_input_name (preprocess, 0), names->str));
  }
  for (guint i = 0; i < n; i++) {
    if (folders[i] == NULL || ptq_preprocess_get_n_inputs (preprocess) != n) {
      g_set_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS,
          "calibrate_path must have one folder for each input of the model: "
          "%s",
          names->str);
      return NULL;
    }
  }

  return g_steal_pointer (&folders);
}

static gboolean
check_folder (const gchar *folder, guint n_samples, GError **error)
{
  g_autoptr (GPtrArray) files = NULL;

  if (!g_file_test (folder, G_FILE_TEST_IS_DIR)) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_NOT_FOUND,
        "calibrate_path: there is no folder %s", folder);
    return FALSE;
  }
  files = gst_ptq_file_list_new (folder, error);
  if (files == NULL) {
    g_prefix_error (error, "calibrate_path: ");
    return FALSE;
  }
  if (files->len < n_samples) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS,
        "calibrate_size=%u, but the folder %s holds only %u file%s (those in "
        "sub-folders do not count)",
        n_samples, folder, files->len, files->len == 1 ? "" : "s");
    return FALSE;
  }

  return TRUE;
}

gchar *
convert_pipeline_describe (const ConvertOptions *options, PtqModel *model,
    PtqPreprocess *preprocess, const gchar *settings_type, GPtrArray *warnings,
    GError **error)
{
  g_autoptr (GString) line = g_string_new (NULL);
  guint n = ptq_model_get_n_inputs (model);
  g_autofree const gchar **folders =
      sort_folders (model, preprocess, warnings, error);

  if (folders == NULL)
    return NULL;
  for (guint i = 0; i < n; i++) {
    if (!check_folder (
            folders[i], ptq_preprocess_get_calibrate_size (preprocess), error))
      return NULL;
  }

  if (n == 1) {
    append_branch (line, options, preprocess, folders[0]);
    g_string_append (line, " ! ");
    append_sink (line, options, settings_type);
  } else {
    g_string_append (line, "ptqmux name=mux ! ");
    append_sink (line, options, settings_type);
    for (guint i = 0; i < n; i++) {
      g_string_append_c (line, ' ');
      append_branch (line, options, preprocess, folders[i]);
      append_shape (line, preprocess, ptq_model_get_input (model, i));
      g_string_append_printf (line, " ! mux.sink_%u", i);
    }
  }

  return g_string_free (g_steal_pointer (&line), FALSE);
}
