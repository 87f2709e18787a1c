/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gio/gio.h>
#include "ptq-macros.h"
#include "ptq-model.h"
#include "ptq-settings.h"
#include "ptq-comparer.h"
#include "ptq-quantizer.h"

G_BEGIN_DECLS

PTQ_API gboolean ptq_report_check (
    PtqSettings *settings, PtqModel *model, GError **error);
PTQ_API gboolean ptq_report_write (PtqQuantizer *quantizer, PtqModel *quantized,
    PtqProgressFunc progress, gpointer user_data, GCancellable *cancellable,
    GError **error);
PTQ_API gboolean ptq_report_check_target (
    PtqSettings *settings, const gchar *path, GError **error);
PTQ_API gboolean ptq_report_write_page (const gchar *folder, const gchar *path,
    GCancellable *cancellable, GError **error);

G_END_DECLS
