/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How far the work is, on standard error: one line that is drawn again and
 * again on a terminal, a line for each tenth elsewhere. Not thread-safe. */
typedef struct _ConvertProgress ConvertProgress;

ConvertProgress *convert_progress_new (void);
void convert_progress_free (ConvertProgress *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConvertProgress, convert_progress_free)
/* @stage: a short phrase; @total: 0 where only @fraction is known */
void convert_progress_update (ConvertProgress *self, const gchar *stage,
    gdouble fraction, guint64 done, guint64 total);
/* Prints a line of its own. */
void convert_progress_print (ConvertProgress *self, const gchar *format, ...)
    G_GNUC_PRINTF (2, 3);

G_END_DECLS
