/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The section [data_preprocess_param] of a configuration file: what is done to
 * pictures before the model sees them.
 */
#include "config-private.h"

/**
 * PtqPreprocess:
 *
 * How calibration data is made from files: the section
 * `data_preprocess_param` of a configuration file.
 *
 * The steps are, in this order: read, image_to_format, normalize, resize,
 * centre crop.
 */
G_DEFINE_FINAL_TYPE (PtqPreprocess, ptq_preprocess, G_TYPE_OBJECT)

static const gchar section[] = "data_preprocess_param";

static void
ptq_preprocess_finalize (GObject *object)
{
  PtqPreprocess *self = PTQ_PREPROCESS (object);

  g_free (self->path);
  g_strfreev (self->warnings);
  g_strfreev (self->calibrate_path);
  g_clear_pointer (&self->normalize_mean, g_array_unref);
  g_clear_pointer (&self->normalize_std, g_array_unref);

  G_OBJECT_CLASS (ptq_preprocess_parent_class)->finalize (object);
}

static void
ptq_preprocess_class_init (PtqPreprocessClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ptq_preprocess_finalize;
}

static void
ptq_preprocess_init (PtqPreprocess *self)
{
  self->resize_method = -1;
}

static void
fill_step (const PtqIniKey *key, const GValue *value, gpointer user_data)
{
  gpointer field = G_STRUCT_MEMBER_P (user_data, key->offset);

  if (key->property != NULL)
    return;
  if (G_VALUE_HOLDS_INT (value))
    *(gint *) field = g_value_get_int (value);
  else if (G_VALUE_HOLDS (value, G_TYPE_ARRAY))
    *(GArray **) field = g_value_dup_boxed (value);
  else if (G_VALUE_HOLDS (value, G_TYPE_STRV))
    *(gchar ***) field = g_value_dup_boxed (value);
  else
    g_assert_not_reached ();
}

static gboolean
check_length (PtqPreprocess *self, PtqIniFile *file, const gchar *key,
    const GArray *vector, GError **error)
{
  gboolean gray = self->image_to_format == PTQ_IMAGE_FORMAT_GRAY;
  guint channels = gray ? 1 : 3;

  if (vector == NULL || vector->len == channels)
    return TRUE;

  return ptq_ini_file_refuse (file, section, key, error,
      "has %u value%s, but %s pictures have %u channel%s", vector->len,
      vector->len == 1 ? "" : "s", gray ? "GRAY" : "colour", channels,
      gray ? "" : "s");
}

/* A step for which a part is missing is left out, with a word. */
static void
warn_incomplete (PtqPreprocess *self, GPtrArray *warnings)
{
  gboolean width = self->resize_width > 0;
  gboolean height = self->resize_height > 0;

  if (self->resize_method < 0 && (width || height))
    g_ptr_array_add (warnings,
        g_strdup ("resize_width and resize_height "
                  "have no effect without resize_method: pictures are not "
                  "resized"));
  if ((self->center_crop_width > 0) != (self->center_crop_height > 0))
    g_ptr_array_add (warnings,
        g_strdup (
            "center_crop_width and "
            "center_crop_height have an effect only together: pictures are "
            "not cropped"));
}

static gboolean
check_steps (PtqPreprocess *self, PtqIniFile *file, GError **error)
{
  if (self->input_type == PTQ_INPUT_TYPE_BIN)
    return TRUE;
  if (!check_length (self, file, "normalize_mean", self->normalize_mean, error)
      || !check_length (
          self, file, "normalize_std", self->normalize_std, error))
    return FALSE;
  if (self->resize_method >= 0 && self->resize_width == 0)
    return ptq_ini_file_refuse (file, section, "resize_width", error,
        "is missing beside resize_method: an integer from 1 to 65535");
  if (self->resize_method >= 0 && self->resize_height == 0)
    return ptq_ini_file_refuse (file, section, "resize_height", error,
        "is missing beside resize_method: an integer from 1 to 65535");

  return TRUE;
}

PtqPreprocess *
ptq_preprocess_new_from_ini (PtqIniFile *file, GError **error)
{
  g_autoptr (PtqPreprocess) self = g_object_new (PTQ_TYPE_PREPROCESS, NULL);
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);

  self->path = g_strdup (ptq_ini_file_get_path (file));
  if (!ptq_ini_read (file, fill_step, self, NULL, error)
      || !check_steps (self, file, error))
    return NULL;
  warn_incomplete (self, warnings);
  g_ptr_array_add (warnings, NULL);
  self->warnings = (gchar **) g_ptr_array_steal (warnings, NULL);

  return g_steal_pointer (&self);
}

/**
 * ptq_preprocess_new_from_file:
 * @path: a configuration file
 * @error: return location for a #GError
 *
 * Reads the section `data_preprocess_param`; a file without it is fine. The
 * whole file is checked, as ptq_settings_load_from_file() does. Sections that
 * are not known are what that one warns of.
 *
 * Returns: (transfer full): what the file says, or %NULL with
 *   %PTQ_ERROR_NOT_FOUND, %PTQ_ERROR_READ or %PTQ_ERROR_SETTINGS
 *
 * Since: 0.1
 */
PtqPreprocess *
ptq_preprocess_new_from_file (const gchar *path, GError **error)
{
  g_autoptr (PtqIniFile) file = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  file = ptq_ini_file_new (path, error);

  return file != NULL ? ptq_preprocess_new_from_ini (file, error) : NULL;
}

static gboolean
refuse_missing (
    PtqPreprocess *self, const gchar *key, const gchar *allowed, GError **error)
{
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS,
      "%s: [%s] %s is mandatory for calibration: %s", self->path, section, key,
      allowed);
  return FALSE;
}

/**
 * ptq_preprocess_validate:
 * @self: preprocessing
 * @error: return location for a #GError
 *
 * Checks that everything is there that calibration needs.
 *
 * Returns: whether calibrate_path, calibrate_size and input_type are set;
 *   %PTQ_ERROR_SETTINGS if not
 *
 * Since: 0.1
 */
gboolean
ptq_preprocess_validate (PtqPreprocess *self, GError **error)
{
  g_return_val_if_fail (PTQ_IS_PREPROCESS (self), FALSE);

  if (self->calibrate_path == NULL)
    return refuse_missing (self, "calibrate_path",
        "input_name:folder for each input of the model", error);
  if (self->calibrate_size == 0)
    return refuse_missing (
        self, "calibrate_size", "an integer from 1 to 65535", error);
  if (self->input_type == PTQ_INPUT_TYPE_UNSET)
    return refuse_missing (self, "input_type", "IMAGE or BIN", error);

  return TRUE;
}

/**
 * ptq_preprocess_get_warnings:
 * @self: preprocessing
 *
 * Returns: (transfer none) (array zero-terminated=1): what is odd in the
 *   section
 *
 * Since: 0.1
 */
const gchar *const *
ptq_preprocess_get_warnings (PtqPreprocess *self)
{
  g_return_val_if_fail (PTQ_IS_PREPROCESS (self), NULL);

  return (const gchar *const *) self->warnings;
}

/**
 * ptq_preprocess_get_n_inputs:
 * @self: preprocessing
 *
 * Returns: how many inputs calibrate_path has a folder for
 *
 * Since: 0.1
 */
guint
ptq_preprocess_get_n_inputs (PtqPreprocess *self)
{
  g_return_val_if_fail (PTQ_IS_PREPROCESS (self), 0);

  return self->calibrate_path ? g_strv_length (self->calibrate_path) / 2 : 0;
}

/**
 * ptq_preprocess_get_input_name:
 * @self: preprocessing
 * @index: below the number of inputs
 *
 * Returns: (transfer none): name of an input of the model
 *
 * Since: 0.1
 */
const gchar *
ptq_preprocess_get_input_name (PtqPreprocess *self, guint index)
{
  g_return_val_if_fail (index < ptq_preprocess_get_n_inputs (self), NULL);

  return self->calibrate_path[2 * index];
}

/**
 * ptq_preprocess_get_folder:
 * @self: preprocessing
 * @index: below the number of inputs
 *
 * Returns: (transfer none): the folder of that input's files
 *
 * Since: 0.1
 */
const gchar *
ptq_preprocess_get_folder (PtqPreprocess *self, guint index)
{
  g_return_val_if_fail (index < ptq_preprocess_get_n_inputs (self), NULL);

  return self->calibrate_path[2 * index + 1];
}

/**
 * ptq_preprocess_get_calibrate_size:
 * @self: preprocessing
 *
 * Returns: number of samples, 0 where the file does not say
 *
 * Since: 0.1
 */
guint
ptq_preprocess_get_calibrate_size (PtqPreprocess *self)
{
  g_return_val_if_fail (PTQ_IS_PREPROCESS (self), 0);

  return self->calibrate_size;
}

/**
 * ptq_preprocess_get_input_type:
 * @self: preprocessing
 *
 * Returns: what the files are
 *
 * Since: 0.1
 */
PtqInputType
ptq_preprocess_get_input_type (PtqPreprocess *self)
{
  g_return_val_if_fail (PTQ_IS_PREPROCESS (self), PTQ_INPUT_TYPE_UNSET);

  return self->input_type;
}

/**
 * ptq_preprocess_get_image_to_format:
 * @self: preprocessing
 *
 * Returns: the channels that pictures are converted to
 *
 * Since: 0.1
 */
PtqImageFormat
ptq_preprocess_get_image_to_format (PtqPreprocess *self)
{
  g_return_val_if_fail (PTQ_IS_PREPROCESS (self), PTQ_IMAGE_FORMAT_UNSET);

  return self->image_to_format;
}

static const gdouble *
get_vector (const GArray *vector, guint *n)
{
  *n = vector ? vector->len : 0;
  return vector ? (const gdouble *) vector->data : NULL;
}

/**
 * ptq_preprocess_get_normalize_mean:
 * @self: preprocessing
 * @n: (out): number of values, 0 where the file does not say
 *
 * Returns: (array length=n) (transfer none) (nullable): what is subtracted,
 *   one value a channel
 *
 * Since: 0.1
 */
const gdouble *
ptq_preprocess_get_normalize_mean (PtqPreprocess *self, guint *n)
{
  g_return_val_if_fail (PTQ_IS_PREPROCESS (self), NULL);

  return get_vector (self->normalize_mean, n);
}

/**
 * ptq_preprocess_get_normalize_std:
 * @self: preprocessing
 * @n: (out): number of values, 0 where the file does not say
 *
 * Returns: (array length=n) (transfer none) (nullable): what is divided by
 *   after that, one value a channel
 *
 * Since: 0.1
 */
const gdouble *
ptq_preprocess_get_normalize_std (PtqPreprocess *self, guint *n)
{
  g_return_val_if_fail (PTQ_IS_PREPROCESS (self), NULL);

  return get_vector (self->normalize_std, n);
}

/**
 * ptq_preprocess_get_resize:
 * @self: preprocessing
 * @method: (out): the kernel
 * @width: (out): pixels in a row
 * @height: (out): rows
 *
 * Returns: whether pictures are resized
 *
 * Since: 0.1
 */
gboolean
ptq_preprocess_get_resize (
    PtqPreprocess *self, PtqResizeMethod *method, guint *width, guint *height)
{
  g_return_val_if_fail (PTQ_IS_PREPROCESS (self), FALSE);

  if (self->resize_method < 0)
    return FALSE;
  *method = self->resize_method;
  *width = self->resize_width;
  *height = self->resize_height;

  return TRUE;
}

/**
 * ptq_preprocess_get_center_crop:
 * @self: preprocessing
 * @width: (out): pixels in a row
 * @height: (out): rows
 *
 * Returns: whether pictures are cropped
 *
 * Since: 0.1
 */
gboolean
ptq_preprocess_get_center_crop (
    PtqPreprocess *self, guint *width, guint *height)
{
  g_return_val_if_fail (PTQ_IS_PREPROCESS (self), FALSE);

  if (self->center_crop_width == 0 || self->center_crop_height == 0)
    return FALSE;
  *width = self->center_crop_width;
  *height = self->center_crop_height;

  return TRUE;
}
