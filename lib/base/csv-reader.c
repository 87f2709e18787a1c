/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads a table of comma separated values whose first row names the columns.
 */
#include "csv-reader.h"

#include <gio/gio.h>

struct _PtqCsvReader
{
  gchar *path;
  const gchar *const *columns;
  guint *places;   /* of the columns in a row */
  GPtrArray *rows; /* GPtrArray of fields */
};

/* Reads one field and what ends it. FALSE at the end of the row. */
static gboolean
read_field (const gchar **text, GString *field)
{
  const gchar *c = *text;
  gboolean more;

  g_string_truncate (field, 0);
  if (*c == '"') {
    for (c++; *c != '\0'; c++) {
      if (*c == '"' && *++c != '"')
        break;
      g_string_append_c (field, *c);
    }
  }
  for (; *c != '\0' && *c != ',' && *c != '\n'; c++)
    if (*c != '\r')
      g_string_append_c (field, *c);
  more = *c == ',';
  *text = *c == '\0' ? c : c + 1;
  return more;
}

static GPtrArray *
read_row (const gchar **text, GString *field)
{
  GPtrArray *row = g_ptr_array_new_with_free_func (g_free);
  gboolean more;

  do {
    more = read_field (text, field);
    g_ptr_array_add (row, g_strdup (field->str));
  } while (more);
  return row;
}

static void
read_rows (PtqCsvReader *self, const gchar *text)
{
  GString *field = g_string_new (NULL);

  while (*text != '\0')
    g_ptr_array_add (self->rows, read_row (&text, field));
  g_string_free (field, TRUE);
}

static gint
find_column (const PtqCsvReader *self, const gchar *name)
{
  const GPtrArray *header = self->rows->len > 0 ? self->rows->pdata[0] : NULL;

  for (guint i = 0; header != NULL && i < header->len; i++)
    if (g_str_equal (header->pdata[i], name))
      return i;
  return -1;
}

static gboolean
find_columns (PtqCsvReader *self, GError **error)
{
  guint n = g_strv_length ((gchar **) self->columns);

  self->places = g_new0 (guint, n);
  for (guint i = 0; i < n; i++) {
    gint place = find_column (self, self->columns[i]);

    if (place < 0) {
      g_set_error (error, PTQ_ERROR, PTQ_ERROR_READ,
          "%s: there is no column "
          "%s: this is not a table of the debug reports",
          self->path, self->columns[i]);
      return FALSE;
    }
    self->places[i] = place;
  }
  return TRUE;
}

static gboolean
check_rows (const PtqCsvReader *self, GError **error)
{
  for (guint r = 1; r < self->rows->len; r++) {
    const GPtrArray *row = self->rows->pdata[r];

    for (guint i = 0; self->columns[i] != NULL; i++) {
      if (self->places[i] < row->len)
        continue;
      g_set_error (error, PTQ_ERROR, PTQ_ERROR_READ,
          "%s: row %u ends before "
          "column %s: the file is damaged",
          self->path, r + 1, self->columns[i]);
      return FALSE;
    }
  }
  return TRUE;
}

static void
set_read_error (GError **error, const gchar *path, const GError *reason)
{
  gboolean missing = g_error_matches (reason, G_FILE_ERROR, G_FILE_ERROR_NOENT);

  g_set_error (error, PTQ_ERROR, missing ? PTQ_ERROR_NOT_FOUND : PTQ_ERROR_READ,
      missing ? "%s: there is no such file: is this a folder of debug reports?"
              : "%s: the file cannot be read",
      path);
}

PtqCsvReader *
ptq_csv_reader_load (
    const gchar *path, const gchar *const *columns, GError **error)
{
  g_autoptr (PtqCsvReader) self = g_new0 (PtqCsvReader, 1);
  g_autoptr (GError) reason = NULL;
  g_autofree gchar *text = NULL;

  self->path = g_strdup (path);
  self->columns = columns;
  self->rows =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  if (!g_file_get_contents (path, &text, NULL, &reason)) {
    set_read_error (error, path, reason);
    return NULL;
  }
  read_rows (self, text);
  if (!find_columns (self, error) || !check_rows (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
ptq_csv_reader_free (PtqCsvReader *self)
{
  g_ptr_array_unref (self->rows);
  g_free (self->places);
  g_free (self->path);
  g_free (self);
}

guint
ptq_csv_reader_get_n_rows (PtqCsvReader *self)
{
  return self->rows->len - 1;
}

const gchar *
ptq_csv_reader_get_text (PtqCsvReader *self, guint row, guint column)
{
  const GPtrArray *fields = self->rows->pdata[row + 1];

  return fields->pdata[self->places[column]];
}

gboolean
ptq_csv_reader_get_number (PtqCsvReader *self, guint row, guint column,
    gdouble *number, GError **error)
{
  const gchar *text = ptq_csv_reader_get_text (self, row, column);
  gchar *end;

  *number = g_ascii_strtod (text, &end);
  if (end != text && *end == '\0')
    return TRUE;
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_READ,
      "%s: row %u: %s is \"%s\", "
      "a number is expected",
      self->path, row + 2, self->columns[column], text);
  return FALSE;
}
