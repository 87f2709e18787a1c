/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From the text of a value to the value.
 */
#include <math.h>
#include <string.h>
#include "config-private.h"

static gboolean
parse_integer (
    const PtqIniKey *key, const gchar *text, GValue *value, gchar **allowed)
{
  gint64 number;

  if (!g_ascii_string_to_signed (text[0] == '+' ? text + 1 : text, 10, key->min,
          key->max, &number, NULL)) {
    *allowed =
        g_strdup_printf ("an integer from %.0f to %.0f", key->min, key->max);
    return FALSE;
  }
  g_value_init (value, G_TYPE_INT);
  g_value_set_int (value, number);

  return TRUE;
}

/* Decimal numbers alone: strtod() reads "nan", "inf" and "0x1" too. */
static gboolean
parse_number (const gchar *text, gdouble *number)
{
  gchar *end;

  if (text[strspn (text, "0123456789+-.eE")] != '\0')
    return FALSE;
  *number = g_ascii_strtod (text, &end);

  return end != text && *end == '\0' && isfinite (*number);
}

static gboolean
parse_closed_interval (
    const PtqIniKey *key, const gchar *text, GValue *value, gchar **allowed)
{
  gdouble number;

  if (!parse_number (text, &number)
      || !(number >= key->min && number <= key->max)) {
    *allowed = g_strdup_printf ("a number from %g to %g", key->min, key->max);
    return FALSE;
  }
  g_value_init (value, G_TYPE_DOUBLE);
  g_value_set_double (value, number);

  return TRUE;
}

static gboolean
parse_open_interval (
    const PtqIniKey *key, const gchar *text, GValue *value, gchar **allowed)
{
  gdouble number;

  if (!parse_number (text, &number)
      || !(number > key->min && number < key->max)) {
    *allowed =
        g_strdup_printf ("a number above %g and below %g", key->min, key->max);
    return FALSE;
  }
  g_value_init (value, G_TYPE_DOUBLE);
  g_value_set_double (value, number);

  return TRUE;
}

static gboolean
parse_boolean (const gchar *text, GValue *value, gchar **allowed)
{
  gboolean yes = g_ascii_strcasecmp (text, "true") == 0;

  if (!yes && g_ascii_strcasecmp (text, "false") != 0) {
    *allowed = g_strdup ("true or false");
    return FALSE;
  }
  g_value_init (value, G_TYPE_BOOLEAN);
  g_value_set_boolean (value, yes);

  return TRUE;
}

static gchar *
list_words (const PtqIniWord *words, const gchar *text)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree gchar *list = NULL;
  const gchar *nearest;

  for (; words->word != NULL; words++)
    g_ptr_array_add (names, (gpointer) words->word);
  g_ptr_array_add (names, NULL);
  list = g_strjoinv (", ", (gchar **) names->pdata);
  nearest = ptq_nearest_name (text, (const gchar *const *) names->pdata);

  return nearest
      ? g_strdup_printf ("one of %s; did you mean %s?", list, nearest)
      : g_strdup_printf ("one of %s", list);
}

static gboolean
parse_word (
    const PtqIniKey *key, const gchar *text, GValue *value, gchar **allowed)
{
  for (const PtqIniWord *word = key->words; word->word != NULL; word++) {
    if (g_str_equal (text, word->word)) {
      g_value_init (value, G_TYPE_INT);
      g_value_set_int (value, word->value);
      return TRUE;
    }
  }
  *allowed = list_words (key->words, text);

  return FALSE;
}

/* "[1, 2, 3]" */
static GArray *
parse_array (const gchar *text)
{
  g_autoptr (GArray) array = g_array_new (FALSE, FALSE, sizeof (gdouble));
  g_auto (GStrv) pieces = NULL;
  g_autofree gchar *inner = NULL;
  gsize length = strlen (text);

  if (length < 3 || text[0] != '[' || text[length - 1] != ']')
    return NULL;
  inner = g_strndup (text + 1, length - 2);
  pieces = g_strsplit (inner, ",", -1);
  for (guint i = 0; pieces[i] != NULL; i++) {
    gdouble number;

    if (!parse_number (g_strstrip (pieces[i]), &number))
      return NULL;
    g_array_append_val (array, number);
  }

  return g_steal_pointer (&array);
}

static gboolean
has_zero (const GArray *array)
{
  for (guint i = 0; i < array->len; i++) {
    if (g_array_index (array, gdouble, i) == 0.0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
parse_vector (
    const PtqIniKey *key, const gchar *text, GValue *value, gchar **allowed)
{
  g_autoptr (GArray) array = parse_array (text);
  gboolean divisor = key->type == PTQ_INI_DIVISOR;

  if (array == NULL || (array->len != 1 && array->len != 3)
      || (divisor && has_zero (array))) {
    *allowed = g_strdup_printf ("[a, b, c] for three channels or [a] for "
                                "one, decimal numbers%s",
        divisor ? " other than 0" : "");
    return FALSE;
  }
  g_value_init (value, G_TYPE_ARRAY);
  g_value_set_boxed (value, array);

  return TRUE;
}

/* Reads one `input:folder` at @text and returns where it ends, at a comma or
 * the end of the text. The last colon divides, so that names such as
 * "input:0" work; in single quotes a folder may hold colons and commas. */
static const gchar *
parse_folder (const gchar *text, gchar **input, gchar **folder)
{
  const gchar *end = text + strcspn (text, ",");
  const gchar *colon = g_strrstr_len (text, end - text, ":");

  for (const gchar *p = text; p < end; p++) {
    const gchar *open = p + 1 + strspn (p + 1, " \t");
    const gchar *close;

    if (*p != ':' || *open != '\'')
      continue;
    close = strchr (open + 1, '\'');
    if (close == NULL)
      continue;
    *input = g_strstrip (g_strndup (text, p - text));
    *folder = g_strndup (open + 1, close - open - 1);
    return close + 1 + strspn (close + 1, " \t");
  }
  if (colon == NULL)
    return NULL;
  *input = g_strstrip (g_strndup (text, colon - text));
  *folder = g_strstrip (g_strndup (colon + 1, end - colon - 1));

  return end;
}

static gboolean
parse_folders (const gchar *text, GValue *value, gchar **allowed)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GHashTable) inputs =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (const gchar *p = text;; p++) {
    g_autofree gchar *input = NULL;
    g_autofree gchar *folder = NULL;

    p = parse_folder (p, &input, &folder);
    if (p == NULL || (*p != ',' && *p != '\0') || *input == '\0'
        || *folder == '\0') {
      *allowed = g_strdup (
          "input_name:folder for each input of the model, "
          "separated by commas; a folder with a comma or a colon in it is "
          "put in single quotes");
      return FALSE;
    }
    if (!g_hash_table_add (inputs, g_strdup (input))) {
      *allowed = g_strdup_printf ("one folder for each input, but \"%s\" "
                                  "has two",
          input);
      return FALSE;
    }
    g_strv_builder_add_many (builder, input, folder, NULL);
    if (*p == '\0')
      break;
  }
  g_value_init (value, G_TYPE_STRV);
  g_value_take_boxed (value, g_strv_builder_end (builder));

  return TRUE;
}

gboolean
ptq_ini_parse (
    const PtqIniKey *key, const gchar *text, GValue *value, gchar **allowed)
{
  switch (key->type) {
    case PTQ_INI_INTEGER:
      return parse_integer (key, text, value, allowed);
    case PTQ_INI_NUMBER:
      return parse_closed_interval (key, text, value, allowed);
    case PTQ_INI_OPEN_INTERVAL:
      return parse_open_interval (key, text, value, allowed);
    case PTQ_INI_BOOLEAN:
      return parse_boolean (text, value, allowed);
    case PTQ_INI_WORD:
      return parse_word (key, text, value, allowed);
    case PTQ_INI_VECTOR:
    case PTQ_INI_DIVISOR:
      return parse_vector (key, text, value, allowed);
    case PTQ_INI_FOLDERS:
      return parse_folders (text, value, allowed);
    case PTQ_INI_TEXT:
      g_value_init (value, G_TYPE_STRING);
      g_value_set_string (value, text);
      return TRUE;
  }
  g_return_val_if_reached (FALSE);
}
