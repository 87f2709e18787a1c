/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "csv-writer.h"

#include <string.h>

void
csv_writer_init (CsvWriter *self, PtqSafeFile *file)
{
  self->file = file;
  self->row = g_string_sized_new (256);
}

void
csv_writer_clear (CsvWriter *self)
{
  g_string_free (self->row, TRUE);
}

void
csv_writer_text (CsvWriter *self, const gchar *text)
{
  if (strpbrk (text, ",\"\r\n") == NULL) {
    g_string_append (self->row, text);
  } else {
    g_string_append_c (self->row, '"');
    for (; *text != '\0'; text++) {
      if (*text == '"')
        g_string_append_c (self->row, '"');
      g_string_append_c (self->row, *text);
    }
    g_string_append_c (self->row, '"');
  }
  g_string_append_c (self->row, ',');
}

void
csv_writer_texts (CsvWriter *self, const gchar *const *texts)
{
  for (guint i = 0; texts[i] != NULL; i++)
    csv_writer_text (self, texts[i]);
  csv_writer_end_row (self);
}

/* Nine digits name every float32. */
void
csv_writer_number (CsvWriter *self, gdouble number)
{
  gchar text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (
      self->row, g_ascii_formatd (text, sizeof text, "%.9g", number));
  g_string_append_c (self->row, ',');
}

void
csv_writer_integer (CsvWriter *self, gint64 number)
{
  g_string_append_printf (self->row, "%" G_GINT64_FORMAT ",", number);
}

void
csv_writer_end_row (CsvWriter *self)
{
  g_string_append_c (self->row, '\n');
  ptq_safe_file_write (self->file, self->row->str, self->row->len);
  g_string_truncate (self->row, 0);
}
