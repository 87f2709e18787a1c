/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A table of comma separated values whose first row names the columns.
 */
#pragma once

#include "ptq-error.h"

G_BEGIN_DECLS

typedef struct _CsvTable CsvTable;

/* @columns, NULL-terminated: those that must be there; asked for by their
 * index in this list afterwards */
CsvTable *csv_table_load (const gchar *path, const gchar *const *columns,
    GError **error);
void csv_table_free (CsvTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvTable, csv_table_free)
guint csv_table_get_n_rows (CsvTable *self);
const gchar *csv_table_get_text (CsvTable *self, guint row, guint column);
gboolean csv_table_get_number (CsvTable *self, guint row, guint column,
    gdouble *number, GError **error);

G_END_DECLS
