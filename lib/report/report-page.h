/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "report-data.h"

G_BEGIN_DECLS

/* The whole page; nothing in it is fetched from elsewhere. */
gchar *ptq_report_page_new (const PtqReportData *data);

G_END_DECLS
