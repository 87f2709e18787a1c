/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A configuration file held against the table of keys.
 */
#include "config-private.h"

static gchar **
list_sections (void)
{
  GStrvBuilder *builder = g_strv_builder_new ();
  const gchar *last = NULL;
  gchar **sections;

  for (guint i = 0; i < ptq_n_ini_keys; i++) {
    if (g_strcmp0 (last, ptq_ini_keys[i].section) != 0)
      g_strv_builder_add (builder, ptq_ini_keys[i].section);
    last = ptq_ini_keys[i].section;
  }
  sections = g_strv_builder_end (builder);
  g_strv_builder_unref (builder);

  return sections;
}

static gchar **
list_keys (const gchar *section)
{
  GStrvBuilder *builder = g_strv_builder_new ();
  gchar **keys;

  for (guint i = 0; i < ptq_n_ini_keys; i++) {
    if (g_str_equal (section, ptq_ini_keys[i].section))
      g_strv_builder_add (builder, ptq_ini_keys[i].key);
  }
  keys = g_strv_builder_end (builder);
  g_strv_builder_unref (builder);

  return keys;
}

/* NULL where no section has the key */
static const gchar *
find_section (const gchar *key)
{
  for (guint i = 0; i < ptq_n_ini_keys; i++)
    if (g_str_equal (key, ptq_ini_keys[i].key))
      return ptq_ini_keys[i].section;

  return NULL;
}

static gboolean
check_keys (PtqIniFile *file, const gchar *section, GError **error)
{
  g_auto (GStrv) known = list_keys (section);
  g_auto (GStrv) keys = ptq_ini_file_get_keys (file, section);

  for (guint i = 0; keys[i] != NULL; i++) {
    g_autofree gchar *list = NULL;
    const gchar *nearest, *other;

    if (g_strv_contains ((const gchar *const *) known, keys[i]))
      continue;
    other = find_section (keys[i]);
    if (other != NULL)
      return ptq_ini_file_refuse (file, section, keys[i], error,
          "this section has no such key; it belongs into [%s]", other);
    nearest = ptq_nearest_name (keys[i], (const gchar *const *) known);
    list = g_strjoinv (", ", known);
    if (nearest != NULL)
      return ptq_ini_file_refuse (file, section, keys[i], error,
          "there is no such key; did you mean %s? The section has %s", nearest,
          list);
    return ptq_ini_file_refuse (file, section, keys[i], error,
        "there is no such key; the section has %s", list);
  }

  return TRUE;
}

/* Other sections are for other programs, but a mistyped name is worth a
 * word. */
static void
warn_section (PtqIniFile *file, const gchar *section, const gchar *const *known,
    GPtrArray *warnings)
{
  const gchar *nearest = ptq_nearest_name (section, known);
  g_autofree gchar *place = ptq_ini_file_get_place (file, section, NULL);

  if (nearest != NULL)
    g_ptr_array_add (warnings,
        g_strdup_printf ("%s: section [%s] is not "
                         "known and was left out; did you mean [%s]?",
            place, section, nearest));
  else
    g_ptr_array_add (warnings,
        g_strdup_printf ("%s: section [%s] is not "
                         "known and was left out",
            place, section));
}

static gboolean
check_names (PtqIniFile *file, GPtrArray *warnings, GError **error)
{
  g_auto (GStrv) known = list_sections ();
  g_auto (GStrv) sections = ptq_ini_file_get_sections (file);

  for (guint i = 0; sections[i] != NULL; i++) {
    if (!g_strv_contains ((const gchar *const *) known, sections[i])) {
      if (warnings != NULL)
        warn_section (
            file, sections[i], (const gchar *const *) known, warnings);
    } else if (!check_keys (file, sections[i], error)) {
      return FALSE;
    }
  }

  return TRUE;
}

static gboolean
check_value (PtqIniFile *file, const PtqIniKey *key, const gchar *text,
    GValue *value, GError **error)
{
  g_autofree gchar *allowed = NULL;

  if (ptq_ini_parse (key, text, value, &allowed))
    return TRUE;

  return ptq_ini_file_refuse (
      file, key->section, key->key, error, "must be %s", allowed);
}

static gboolean
check_values (PtqIniFile *file, GValue *values, GError **error)
{
  for (guint i = 0; i < ptq_n_ini_keys; i++) {
    const PtqIniKey *key = &ptq_ini_keys[i];
    g_autofree gchar *text =
        ptq_ini_file_get_value (file, key->section, key->key);

    if (text != NULL && !check_value (file, key, text, &values[i], error))
      return FALSE;
  }

  return TRUE;
}

gboolean
ptq_ini_read (PtqIniFile *file, PtqIniFunc func, gpointer user_data,
    GPtrArray *warnings, GError **error)
{
  g_autofree GValue *values = g_new0 (GValue, ptq_n_ini_keys);
  gboolean valid =
      check_names (file, warnings, error) && check_values (file, values, error);

  for (guint i = 0; i < ptq_n_ini_keys; i++) {
    if (valid && G_IS_VALUE (&values[i]))
      func (&ptq_ini_keys[i], &values[i], user_data);
    if (G_IS_VALUE (&values[i]))
      g_value_unset (&values[i]);
  }

  return valid;
}
