/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Small drawings in SVG, part of the page.
 */
#pragma once

#include "report-data.h"

G_BEGIN_DECLS

/* Both spreads of a tensor on one axis: whiskers from minimum to maximum, a
 * box from the first to the third quartile, a line at the median. */
void ptq_report_chart_boxes (GString *page, const PtqReportTensor *tensor);
/* A bar for the range of @spread on the axis from @min to @max */
void ptq_report_chart_range (
    GString *page, const PtqReportSpread *spread, gdouble min, gdouble max);

G_END_DECLS
