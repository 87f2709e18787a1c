/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a layer suffers from, by the figures of the report.
 */
#include "report-advice.h"

#include <float.h>

/* From 3 dB on more than half of the noise is the node's own. */
#define LEAST_LOSS 3.0

gboolean
ptq_report_is_merge (const PtqReportNode *node)
{
  guint n = 0;

  if (!g_str_equal (node->type, "Add") && !g_str_equal (node->type, "Sub")
      && !g_str_equal (node->type, "Sum")
      && !g_str_equal (node->type, "Concat"))
    return FALSE;
  for (guint i = 0; i < node->tensors->len; i++) {
    const PtqReportTensor *tensor = node->tensors->pdata[i];

    n += !tensor->is_output && !tensor->is_weight;
  }
  return n > 1;
}

gdouble
ptq_report_get_range_ratio (const PtqReportNode *node)
{
  gdouble least = DBL_MAX, most = 0;

  for (guint i = 0; i < node->tensors->len; i++) {
    const PtqReportTensor *tensor = node->tensors->pdata[i];
    gdouble width = tensor->origin.max - tensor->origin.min;

    if (tensor->is_output || tensor->is_weight || width <= 0)
      continue;
    least = MIN (least, width);
    most = MAX (most, width);
  }
  return most > 0 ? most / least : 1;
}

static gboolean
loses (const PtqReportNode *node, const PtqReportTensor *output)
{
  return output->cosine < PTQ_REPORT_ADVICE_LOW_COSINE
      && ptq_report_node_get_loss (node) > LEAST_LOSS;
}

/* What was cut off made no difference to whatever reads it. */
static gboolean
is_made_good (const PtqReportTensor *output)
{
  return ptq_report_tensor_get_lasting_sqnr (output)
      > ptq_report_tensor_get_sqnr (output) + LEAST_LOSS;
}

PtqReportAdvice
ptq_report_advise (const PtqReportNode *node)
{
  const PtqReportTensor *output = ptq_report_node_get_output (node);
  PtqReportAdvice advice = PTQ_REPORT_ADVICE_NONE;

  if (output == NULL || node->is_float)
    return PTQ_REPORT_ADVICE_NONE;
  if (loses (node, output))
    advice |= PTQ_REPORT_ADVICE_LOSS;
  if (ptq_report_is_merge (node)
      && ptq_report_get_range_ratio (node) >= PTQ_REPORT_ADVICE_RANGE_RATIO)
    advice |= PTQ_REPORT_ADVICE_MERGE;
  if (output->clip > PTQ_REPORT_ADVICE_HIGH_CLIP && !is_made_good (output))
    advice |= PTQ_REPORT_ADVICE_CLIP;
  return advice;
}

static gint
compare_loss (gconstpointer a, gconstpointer b)
{
  gdouble x = ptq_report_node_get_loss (*(PtqReportNode *const *) a);
  gdouble y = ptq_report_node_get_loss (*(PtqReportNode *const *) b);

  return x < y ? 1 : x > y ? -1 : 0;
}

GPtrArray *
ptq_report_list_advised (const PtqReportData *data)
{
  GPtrArray *nodes = g_ptr_array_new ();

  for (guint i = 0; i < data->nodes->len; i++)
    if (ptq_report_advise (data->nodes->pdata[i]) != PTQ_REPORT_ADVICE_NONE)
      g_ptr_array_add (nodes, data->nodes->pdata[i]);
  g_ptr_array_sort (nodes, compare_loss);
  return nodes;
}
