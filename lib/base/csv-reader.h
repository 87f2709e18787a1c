/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A table of comma separated values whose first row names the columns.
 */
#pragma once

#include "ptq-error.h"

G_BEGIN_DECLS

typedef struct _PtqCsvReader PtqCsvReader;

/* @columns, NULL-terminated: those that must be there; asked for by their
 * index in this list afterwards */
PtqCsvReader *ptq_csv_reader_load (
    const gchar *path, const gchar *const *columns, GError **error);
void ptq_csv_reader_free (PtqCsvReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtqCsvReader, ptq_csv_reader_free)
guint ptq_csv_reader_get_n_rows (PtqCsvReader *self);
const gchar *ptq_csv_reader_get_text (
    PtqCsvReader *self, guint row, guint column);
gboolean ptq_csv_reader_get_number (PtqCsvReader *self, guint row, guint column,
    gdouble *number, GError **error);

G_END_DECLS
