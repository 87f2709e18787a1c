/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Comma separated values, a comma behind the last one as well.
 */
#pragma once

#include "safe-file.h"

G_BEGIN_DECLS

typedef struct
{
  PtqSafeFile *file; /* not owned */
  GString *row;
} CsvWriter;

void csv_writer_init (CsvWriter *self, PtqSafeFile *file);
void csv_writer_clear (CsvWriter *self);
/* In quotes where it holds a comma, a quote or a line end */
void csv_writer_text (CsvWriter *self, const gchar *text);
/* A whole row */
void csv_writer_texts (CsvWriter *self, const gchar *const *texts);
/* With a point, whatever the locale */
void csv_writer_number (CsvWriter *self, gdouble number);
void csv_writer_integer (CsvWriter *self, gint64 number);
void csv_writer_end_row (CsvWriter *self);

G_END_DECLS
