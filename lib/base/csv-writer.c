/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writes rows of comma separated values.
 */
#include "csv-writer.h"

#include <string.h>

void
ptq_csv_writer_init (PtqCsvWriter *self, PtqSafeFile *file)
{
  self->file = file;
  self->row = g_string_sized_new (256);
}

void
ptq_csv_writer_clear (PtqCsvWriter *self)
{
  g_string_free (self->row, TRUE);
}

void
ptq_csv_writer_text (PtqCsvWriter *self, const gchar *text)
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
ptq_csv_writer_texts (PtqCsvWriter *self, const gchar *const *texts)
{
  for (guint i = 0; texts[i] != NULL; i++)
    ptq_csv_writer_text (self, texts[i]);
  ptq_csv_writer_end_row (self);
}

/* Nine digits name every float32. */
void
ptq_csv_writer_number (PtqCsvWriter *self, gdouble number)
{
  gchar text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (
      self->row, g_ascii_formatd (text, sizeof text, "%.9g", number));
  g_string_append_c (self->row, ',');
}

void
ptq_csv_writer_integer (PtqCsvWriter *self, gint64 number)
{
  g_string_append_printf (self->row, "%" G_GINT64_FORMAT ",", number);
}

void
ptq_csv_writer_end_row (PtqCsvWriter *self)
{
  g_string_append_c (self->row, '\n');
  ptq_safe_file_write (self->file, self->row->str, self->row->len);
  g_string_truncate (self->row, 0);
}
