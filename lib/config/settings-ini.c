/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Settings from a configuration file.
 */
#include "config-private.h"

static const gchar common_section[] = "common_quant_param";

static gboolean
is_meant (const PtqIniKey *key, PtqQuantType type)
{
  switch (key->when) {
    case PTQ_INI_FULL_ONLY:
      return type == PTQ_QUANT_TYPE_FULL;
    case PTQ_INI_WEIGHT_ONLY:
      return type == PTQ_QUANT_TYPE_WEIGHT;
    default:
      return TRUE;
  }
}

/* The type comes first in the table of keys. */
static void
fill_setting (const PtqIniKey *key, const GValue *value, gpointer user_data)
{
  PtqSettings *self = user_data;

  if (key->property != NULL
      && is_meant (key, ptq_settings_get_quant_type (self)))
    ptq_settings_fill (self, key->property, value);
}

static gboolean
check_quant_type (PtqSettings *self, PtqIniFile *file, GError **error)
{
  g_autofree gchar *value =
      ptq_ini_file_get_value (file, common_section, "quant_type");

  if (value != NULL || ptq_settings_is_set (self, "quant-type"))
    return TRUE;

  return ptq_ini_file_refuse (file, common_section, "quant_type", error,
      "is mandatory: FULL_QUANT or WEIGHT_QUANT");
}

/* What a range alone cannot say, with the place in the file. */
static gboolean
check_together (PtqSettings *candidate, PtqIniFile *file, GError **error)
{
  g_autoptr (GError) reason = NULL;

  if (ptq_settings_validate (candidate, &reason))
    return TRUE;

  return ptq_ini_file_refuse (
      file, common_section, "bit_num", error, "%s", reason->message);
}

gboolean
ptq_settings_load_ini (PtqSettings *self, PtqIniFile *file, GError **error)
{
  g_autoptr (PtqSettings) candidate = ptq_settings_copy (self);
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);

  if (!ptq_ini_read (file, fill_setting, candidate, warnings, error)
      || !check_quant_type (candidate, file, error)
      || !check_together (candidate, file, error))
    return FALSE;
  ptq_settings_assign (self, candidate);
  g_ptr_array_add (warnings, NULL);
  ptq_settings_take_warnings (
      self, (gchar **) g_ptr_array_steal (warnings, NULL));

  return TRUE;
}

/**
 * ptq_settings_load_from_file:
 * @self: settings
 * @path: a configuration file
 * @error: return location for a #GError
 *
 * Fills in, from a file, the properties that were not set. The whole file is
 * checked, whatever was set, and when anything in it is wrong @self stays as
 * it was. The type of quantization is mandatory: the file has to name it
 * unless "quant-type" was set.
 *
 * Sections that are not known are left out, with a warning
 * (ptq_settings_get_warnings()).
 *
 * Returns: whether the file was read. %PTQ_ERROR_NOT_FOUND and
 *   %PTQ_ERROR_READ when it could not be, %PTQ_ERROR_SETTINGS for what is
 *   wrong in it: an unknown key, a value of the wrong type or out of range
 *
 * Since: 0.1
 */
gboolean
ptq_settings_load_from_file (
    PtqSettings *self, const gchar *path, GError **error)
{
  g_autoptr (PtqIniFile) file = NULL;

  g_return_val_if_fail (PTQ_IS_SETTINGS (self), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);

  file = ptq_ini_file_new (path, error);

  return file != NULL && ptq_settings_load_ini (self, file, error);
}
