/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which nodes are better left float: the three rules for reading the reports.
 */
#pragma once

#include "report-data.h"

G_BEGIN_DECLS

#define ADVICE_LOW_COSINE 0.99
#define ADVICE_HIGH_CLIP 0.01
#define ADVICE_RANGE_RATIO 8.0

typedef enum
{
  ADVICE_NONE = 0,
  ADVICE_LOSS = 1 << 0,  /* the output is off, by the node's doing */
  ADVICE_MERGE = 1 << 1, /* joins inputs of very different ranges */
  ADVICE_CLIP = 1 << 2   /* cuts off much of its output */
} Advice;

Advice report_advise (const ReportNode *node);
/* Is it an operator that joins tensors, such as Add or Concat? */
gboolean report_is_merge (const ReportNode *node);
/* Widest over narrowest range of the activations that a node joins */
gdouble report_get_range_ratio (const ReportNode *node);
/* Those that something is advised for, the greatest loss first */
GPtrArray *report_list_advised (const ReportData *data);

G_END_DECLS
