/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A configuration file as text and as a GKeyFile. The text is kept because a
 * GKeyFile does not know line numbers, and a good message needs them.
 */
#include <string.h>
#include "config-private.h"

#define MAX_FILE_SIZE (1 << 20)
#define UTF8_BOM "\xef\xbb\xbf"

struct _PtqIniFile
{
  gchar *path;
  gchar *text;
  GKeyFile *key_file;
};

/* What a line is, and the section or key that it names. */
typedef enum
{
  LINE_EMPTY,
  LINE_SECTION,
  LINE_KEY,
  LINE_WRONG
} LineKind;

static LineKind
classify_line (const gchar *line, gchar **name)
{
  g_autofree gchar *text = g_strstrip (g_strdup (line));
  gsize length = strlen (text);
  const gchar *equals;

  *name = NULL;
  if (length == 0 || text[0] == '#')
    return LINE_EMPTY;
  if (text[0] == '[') {
    if (length < 3 || text[length - 1] != ']')
      return LINE_WRONG;
    *name = g_strndup (text + 1, length - 2);
    return LINE_SECTION;
  }
  equals = strchr (text, '=');
  if (equals == NULL || equals == text)
    return LINE_WRONG;
  *name = g_strchomp (g_strndup (text, equals - text));
  return LINE_KEY;
}

/* The last line that has @key in @section, counted from 1; 0 if none. With
 * @key NULL, the first line of @section. */
static guint
find_line (PtqIniFile *self, const gchar *section, const gchar *key)
{
  g_auto (GStrv) lines = g_strsplit (self->text, "\n", -1);
  gboolean inside = FALSE;
  guint found = 0;

  for (guint i = 0; lines[i] != NULL; i++) {
    g_autofree gchar *name = NULL;

    switch (classify_line (lines[i], &name)) {
      case LINE_SECTION:
        inside = g_str_equal (name, section);
        if (inside && key == NULL)
          return i + 1;
        break;
      case LINE_KEY:
        if (inside && g_strcmp0 (name, key) == 0)
          found = i + 1;
        break;
      default:
        break;
    }
  }

  return found;
}

/* Says where the text is no configuration file. @reason is GKeyFile's. */
static void
refuse_syntax (PtqIniFile *self, const gchar *reason, GError **error)
{
  g_auto (GStrv) lines = g_strsplit (self->text, "\n", -1);
  gboolean inside = FALSE;

  for (guint i = 0; lines[i] != NULL; i++) {
    g_autofree gchar *name = NULL;
    LineKind kind = classify_line (lines[i], &name);

    if (kind == LINE_WRONG || (kind == LINE_KEY && !inside)) {
      g_autofree gchar *valid = g_utf8_make_valid (lines[i], -1);

      g_set_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS, "%s:%u: \"%s\" %s",
          self->path, i + 1, g_strstrip (valid),
          kind == LINE_WRONG ? "is none of [section], key=value and # comment"
                             : "stands before the first [section]");
      return;
    }
    inside |= kind == LINE_SECTION;
  }
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS,
      "%s is not a configuration file: %s", self->path, reason);
}

static gboolean
parse_text (PtqIniFile *self, gsize length, GError **error)
{
  g_autoptr (GError) reason = NULL;

  if (length > MAX_FILE_SIZE || strlen (self->text) != length) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS,
        "%s is not a configuration file: it %s", self->path,
        length > MAX_FILE_SIZE ? "is larger than 1 MiB" : "holds NUL bytes");
    return FALSE;
  }
  if (g_str_has_prefix (self->text, UTF8_BOM))
    memset (self->text, ' ', strlen (UTF8_BOM));
  /* Keys such as "bit_num[de]" are to be seen, and then refused. */
  if (!g_key_file_load_from_data (self->key_file, self->text, -1,
          G_KEY_FILE_KEEP_TRANSLATIONS, &reason)) {
    refuse_syntax (self, reason->message, error);
    return FALSE;
  }

  return TRUE;
}

/* Takes @text, which has a NUL after its @length bytes. */
PtqIniFile *
ptq_ini_file_new_take (
    const gchar *path, gchar *text, gsize length, GError **error)
{
  g_autoptr (PtqIniFile) self = g_new0 (PtqIniFile, 1);

  self->path = g_strdup (path);
  self->text = text;
  self->key_file = g_key_file_new ();

  return parse_text (self, length, error) ? g_steal_pointer (&self) : NULL;
}

PtqIniFile *
ptq_ini_file_new (const gchar *path, GError **error)
{
  g_autoptr (GError) reason = NULL;
  const gchar *missing = NULL;
  gchar *text;
  gsize length;

  if (g_file_get_contents (path, &text, &length, &reason))
    return ptq_ini_file_new_take (path, text, length, error);

  if (g_error_matches (reason, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    missing = "there is no such file";
  else if (g_file_test (path, G_FILE_TEST_IS_DIR))
    missing = "this is a folder, name a file";
  g_set_error (error, PTQ_ERROR, missing ? PTQ_ERROR_NOT_FOUND : PTQ_ERROR_READ,
      "The configuration file %s cannot be read: %s", path,
      missing ? missing : reason->message);

  return NULL;
}

const gchar *
ptq_ini_file_get_path (PtqIniFile *self)
{
  return self->path;
}

void
ptq_ini_file_free (PtqIniFile *self)
{
  if (self == NULL)
    return;
  g_key_file_unref (self->key_file);
  g_free (self->text);
  g_free (self->path);
  g_free (self);
}

gchar **
ptq_ini_file_get_sections (PtqIniFile *self)
{
  return g_key_file_get_groups (self->key_file, NULL);
}

gchar **
ptq_ini_file_get_keys (PtqIniFile *self, const gchar *section)
{
  return g_key_file_get_keys (self->key_file, section, NULL, NULL);
}

/* The value itself rather than g_key_file_get_string(), which would take
 * backslashes as escapes. */
gchar *
ptq_ini_file_get_value (
    PtqIniFile *self, const gchar *section, const gchar *key)
{
  gchar *value = g_key_file_get_value (self->key_file, section, key, NULL);
  gchar *out = value;

  if (value == NULL)
    return NULL;
  for (const gchar *in = value; *in != '\0'; in++) {
    if (*in != '"')
      *out++ = *in;
  }
  *out = '\0';

  return g_strstrip (value);
}

gchar *
ptq_ini_file_get_place (
    PtqIniFile *self, const gchar *section, const gchar *key)
{
  guint line = find_line (self, section, key);

  return line > 0 ? g_strdup_printf ("%s:%u", self->path, line)
                  : g_strdup (self->path);
}

gboolean
ptq_ini_file_refuse (PtqIniFile *self, const gchar *section, const gchar *key,
    GError **error, const gchar *format, ...)
{
  g_autofree gchar *place = ptq_ini_file_get_place (self, section, key);
  g_autofree gchar *value = ptq_ini_file_get_value (self, section, key);
  g_autofree gchar *valid = g_utf8_make_valid (value ? value : "", -1);
  g_autofree gchar *reason = NULL;
  g_autoptr (GString) key_value = g_string_new (key);
  va_list args;

  va_start (args, format);
  reason = g_strdup_vprintf (format, args);
  va_end (args);

  if (value != NULL)
    g_string_append_printf (key_value, "=%s", valid);
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS, "%s: [%s] %s: %s%s", place,
      section, key_value->str, reason,
      strchr (valid, '#') ? "; a comment needs a line of its own" : "");

  return FALSE;
}
