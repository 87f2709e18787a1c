/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "report-advice.h"

G_BEGIN_DECLS

/* The nodes that are best left float next, as they are executed (ReportNode,
 * not owned). */
GPtrArray *report_skip_list_new (const ReportData *data);

G_END_DECLS
