/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which nodes are better left float: the three rules for reading the reports.
 */
#pragma once

#include "report-data.h"

G_BEGIN_DECLS

#define PTQ_REPORT_ADVICE_LOW_COSINE 0.99
#define PTQ_REPORT_ADVICE_HIGH_CLIP 0.01
#define PTQ_REPORT_ADVICE_RANGE_RATIO 8.0

typedef enum
{
  PTQ_REPORT_ADVICE_NONE = 0,
  PTQ_REPORT_ADVICE_LOSS = 1 << 0,  /* the output is off, by the node's doing */
  PTQ_REPORT_ADVICE_MERGE = 1 << 1, /* joins inputs of very different ranges */
  PTQ_REPORT_ADVICE_CLIP = 1 << 2   /* cuts off much of its output */
} PtqReportAdvice;

PtqReportAdvice ptq_report_advise (const PtqReportNode *node);
/* Is it an operator that joins tensors, such as Add or Concat? */
gboolean ptq_report_is_merge (const PtqReportNode *node);
/* Widest over narrowest range of the activations that a node joins */
gdouble ptq_report_get_range_ratio (const PtqReportNode *node);
/* Those that something is advised for, the greatest loss first */
GPtrArray *ptq_report_list_advised (const PtqReportData *data);

G_END_DECLS
