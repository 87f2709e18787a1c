/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "report-advice.h"

G_BEGIN_DECLS

/* The nodes that are best left float next, as they are executed (PtqReportNode,
 * not owned). */
GPtrArray *ptq_report_skip_list_new (const PtqReportData *data);

G_END_DECLS
