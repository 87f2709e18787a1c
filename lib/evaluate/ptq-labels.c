/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A list of labels: comma separated text whose first row names the columns.
 */
#include "ptq-comparer.h"

#include <string.h>
#include "ptq-error.h"

struct _PtqLabels
{
  GObject parent_instance;

  GHashTable *classes; /* file name -> class index */
};

G_DEFINE_FINAL_TYPE (PtqLabels, ptq_labels, G_TYPE_OBJECT)

static void
ptq_labels_finalize (GObject *object)
{
  PtqLabels *self = PTQ_LABELS (object);

  g_clear_pointer (&self->classes, g_hash_table_unref);

  G_OBJECT_CLASS (ptq_labels_parent_class)->finalize (object);
}

static void
ptq_labels_class_init (PtqLabelsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ptq_labels_finalize;
}

static void
ptq_labels_init (PtqLabels *self)
{
  self->classes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/* One field; *@text moves behind it and the comma that ends it, and becomes
 * NULL behind the last. A field in quotes may hold commas, and "" for a
 * quote. */
static gchar *
take_field (const gchar **text)
{
  GString *field = g_string_new (NULL);
  const gchar *p = *text;
  gboolean quoted = *p == '"';

  if (quoted)
    p++;
  while (*p != '\0') {
    if (quoted && p[0] == '"' && p[1] == '"') {
      p++;
    } else if (quoted && p[0] == '"') {
      quoted = FALSE;
      p++;
      continue;
    } else if (!quoted && *p == ',') {
      break;
    }
    g_string_append_c (field, *p++);
  }

  *text = *p == ',' ? p + 1 : NULL;
  return g_strstrip (g_string_free (field, FALSE));
}

static GPtrArray *
split_fields (const gchar *line)
{
  GPtrArray *fields = g_ptr_array_new_with_free_func (g_free);

  while (line != NULL)
    g_ptr_array_add (fields, take_field (&line));
  return fields;
}

/* Where column @name stands, or @fallback */
static guint
find_column (GPtrArray *header, const gchar *name, guint fallback)
{
  for (guint i = 0; i < header->len; i++) {
    if (g_ascii_strcasecmp (g_ptr_array_index (header, i), name) == 0)
      return i;
  }
  return fallback;
}

static gboolean
add_row (PtqLabels *self, GPtrArray *fields, guint file_column,
    guint class_column, GError **error)
{
  const gchar *file, *text;
  gpointer known;
  guint64 class_index;

  if (fields->len <= MAX (file_column, class_column)) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_DATA,
        "%u columns where a file and its class index were expected",
        fields->len);
    return FALSE;
  }

  file = g_ptr_array_index (fields, file_column);
  text = g_ptr_array_index (fields, class_column);
  if (*file == '\0') {
    g_set_error_literal (
        error, PTQ_ERROR, PTQ_ERROR_DATA, "the file name is empty");
    return FALSE;
  }
  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT, &class_index, NULL)) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_DATA,
        "the class of \"%s\" is \"%s\", not a number from 0", file, text);
    return FALSE;
  }
  if (g_hash_table_lookup_extended (self->classes, file, NULL, &known)
      && GPOINTER_TO_INT (known) != (gint) class_index) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_DATA,
        "\"%s\" is of class %d here and of class %d further up", file,
        (gint) class_index, GPOINTER_TO_INT (known));
    return FALSE;
  }

  g_hash_table_replace (
      self->classes, g_strdup (file), GINT_TO_POINTER ((gint) class_index));
  return TRUE;
}

static gboolean
parse (PtqLabels *self, gchar **lines, const gchar *path, GError **error)
{
  guint file_column = 0, class_column = 1;
  gboolean in_header = TRUE;

  for (guint i = 0; lines[i] != NULL; i++) {
    g_autoptr (GPtrArray) fields = NULL;

    if (*g_strstrip (lines[i]) == '\0')
      continue;
    fields = split_fields (lines[i]);

    if (in_header) {
      file_column = find_column (fields, "file", 0);
      class_column = find_column (fields, "class_index", 1);
      in_header = FALSE;
    } else if (!add_row (self, fields, file_column, class_column, error)) {
      g_prefix_error (error, "%s, line %u: ", path, i + 1);
      return FALSE;
    }
  }

  if (g_hash_table_size (self->classes) == 0) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_DATA,
        "%s names no file: expected a row of column names, then a row for "
        "each file with its name and its class index",
        path);
    return FALSE;
  }
  return TRUE;
}

/**
 * ptq_labels_load:
 * @path: a file of comma separated values
 * @error: return location for an error
 *
 * Reads which file shows which class. The first row names the columns: those
 * called `file` and `class_index` are read, wherever they stand, else the
 * first two. Class indices count from 0 in the order of the model's output.
 *
 * Returns: (transfer full): the labels, or %NULL with %PTQ_ERROR_NOT_FOUND,
 *   %PTQ_ERROR_READ, or %PTQ_ERROR_DATA for a row that is not understood
 *
 * Since: 0.1
 */
PtqLabels *
ptq_labels_load (const gchar *path, GError **error)
{
  g_autoptr (PtqLabels) self = NULL;
  g_autofree gchar *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) read_error = NULL;
  const gchar *start;

  g_return_val_if_fail (path != NULL, NULL);

  if (!g_file_get_contents (path, &text, NULL, &read_error)) {
    gboolean missing =
        g_error_matches (read_error, G_FILE_ERROR, G_FILE_ERROR_NOENT);

    g_set_error (error, PTQ_ERROR,
        missing ? PTQ_ERROR_NOT_FOUND : PTQ_ERROR_READ,
        "The labels cannot be read: %s", read_error->message);
    return NULL;
  }

  /* spreadsheets begin their text with a byte order mark */
  start = g_str_has_prefix (text, "\xef\xbb\xbf") ? text + 3 : text;
  lines = g_strsplit (start, "\n", -1);
  self = g_object_new (PTQ_TYPE_LABELS, NULL);
  if (!parse (self, lines, path, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * ptq_labels_get_n_files:
 * @self: labels
 *
 * Returns: how many files are named
 *
 * Since: 0.1
 */
guint
ptq_labels_get_n_files (PtqLabels *self)
{
  g_return_val_if_fail (PTQ_IS_LABELS (self), 0);

  return g_hash_table_size (self->classes);
}

/**
 * ptq_labels_lookup:
 * @self: labels
 * @file: name of a file, with or without its folders
 *
 * Looks for the name as it is, then without its first folder, and so on down
 * to the bare name, so that the list may name files from any folder above.
 *
 * Returns: the class index, or -1 where the list does not name the file
 *
 * Since: 0.1
 */
gint
ptq_labels_lookup (PtqLabels *self, const gchar *file)
{
  gpointer found;

  g_return_val_if_fail (PTQ_IS_LABELS (self), -1);
  g_return_val_if_fail (file != NULL, -1);

  for (;;) {
    const gchar *slash;

    if (g_hash_table_lookup_extended (self->classes, file, NULL, &found))
      return GPOINTER_TO_INT (found);
    slash = strchr (file, '/');
    if (slash == NULL)
      return -1;
    file = slash + 1;
  }
}
