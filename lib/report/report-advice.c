/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "report-advice.h"

#include <float.h>

/* From 3 dB on more than half of the noise is the node's own. */
#define LEAST_LOSS 3.0

gboolean
report_is_merge (const ReportNode *node)
{
  guint n = 0;

  if (!g_str_equal (node->type, "Add") && !g_str_equal (node->type, "Sub")
      && !g_str_equal (node->type, "Sum")
      && !g_str_equal (node->type, "Concat"))
    return FALSE;
  for (guint i = 0; i < node->tensors->len; i++) {
    const ReportTensor *tensor = node->tensors->pdata[i];

    n += !tensor->is_output && !tensor->is_weight;
  }
  return n > 1;
}

gdouble
report_get_range_ratio (const ReportNode *node)
{
  gdouble least = DBL_MAX, most = 0;

  for (guint i = 0; i < node->tensors->len; i++) {
    const ReportTensor *tensor = node->tensors->pdata[i];
    gdouble width = tensor->origin.max - tensor->origin.min;

    if (tensor->is_output || tensor->is_weight || width <= 0)
      continue;
    least = MIN (least, width);
    most = MAX (most, width);
  }
  return most > 0 ? most / least : 1;
}

static gboolean
loses (const ReportNode *node, const ReportTensor *output)
{
  return output->cosine < ADVICE_LOW_COSINE
      && report_node_get_loss (node) > LEAST_LOSS;
}

/* What was cut off made no difference to whatever reads it. */
static gboolean
is_made_good (const ReportTensor *output)
{
  return report_tensor_get_lasting_sqnr (output)
      > report_tensor_get_sqnr (output) + LEAST_LOSS;
}

Advice
report_advise (const ReportNode *node)
{
  const ReportTensor *output = report_node_get_output (node);
  Advice advice = ADVICE_NONE;

  if (output == NULL || node->is_float)
    return ADVICE_NONE;
  if (loses (node, output))
    advice |= ADVICE_LOSS;
  if (report_is_merge (node)
      && report_get_range_ratio (node) >= ADVICE_RANGE_RATIO)
    advice |= ADVICE_MERGE;
  if (output->clip > ADVICE_HIGH_CLIP && !is_made_good (output))
    advice |= ADVICE_CLIP;
  return advice;
}

static gint
compare_loss (gconstpointer a, gconstpointer b)
{
  gdouble x = report_node_get_loss (*(ReportNode *const *) a);
  gdouble y = report_node_get_loss (*(ReportNode *const *) b);

  return x < y ? 1 : x > y ? -1 : 0;
}

GPtrArray *
report_list_advised (const ReportData *data)
{
  GPtrArray *nodes = g_ptr_array_new ();

  for (guint i = 0; i < data->nodes->len; i++)
    if (report_advise (data->nodes->pdata[i]) != ADVICE_NONE)
      g_ptr_array_add (nodes, data->nodes->pdata[i]);
  g_ptr_array_sort (nodes, compare_loss);
  return nodes;
}
