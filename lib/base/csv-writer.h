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
} PtqCsvWriter;

void ptq_csv_writer_init (PtqCsvWriter *self, PtqSafeFile *file);
void ptq_csv_writer_clear (PtqCsvWriter *self);
/* In quotes where it holds a comma, a quote or a line end */
void ptq_csv_writer_text (PtqCsvWriter *self, const gchar *text);
/* A whole row */
void ptq_csv_writer_texts (PtqCsvWriter *self, const gchar *const *texts);
/* With a point, whatever the locale */
void ptq_csv_writer_number (PtqCsvWriter *self, gdouble number);
void ptq_csv_writer_integer (PtqCsvWriter *self, gint64 number);
void ptq_csv_writer_end_row (PtqCsvWriter *self);

G_END_DECLS
