/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "report-data.h"

G_BEGIN_DECLS

/* The whole page; nothing in it is fetched from elsewhere. */
gchar *report_page_new (const ReportData *data);

G_END_DECLS
