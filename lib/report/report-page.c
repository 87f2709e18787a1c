/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Puts the HTML page together.
 */
#include "report-page.h"
#include "report-advice.h"
#include "report-chart.h"
#include "report-skip-list.h"
#include "report-style.h"
#include "skip-names.h"

#include <math.h>

/* More rows than this are behind a fold. */
#define MAX_ROWS 25
#define GOOD_COSINE 0.999
#define LOW_SQNR 20.0

#define WEIGHTS_SHOWN 10

static void
add (GString *page, const gchar *markup)
{
  g_string_append (page, markup);
}

static void
add_text (GString *page, const gchar *text)
{
  g_autofree gchar *escaped = g_markup_escape_text (text, -1);

  g_string_append (page, escaped);
}

/* @format is of one double; a point whatever the locale. */
static void
add_number (GString *page, const gchar *format, gdouble number)
{
  gchar text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (page, g_ascii_formatd (text, sizeof text, format, number));
}

static void
add_cosine (GString *page, gdouble cosine)
{
  g_string_append_printf (page, "<span class=\"%s\">",
      cosine < PTQ_REPORT_ADVICE_LOW_COSINE ? "bad"
          : cosine >= GOOD_COSINE           ? "good"
                                            : "plain");
  /* Rounding must not make it perfect. */
  add_number (page, "%.4f", floor (cosine * 10000) / 10000);
  add (page, "</span>");
}

static void
add_percent (GString *page, gdouble share)
{
  add_number (page, share > 0 && share < 0.0001 ? "%.3f" : "%.2f", 100 * share);
  add (page, " %");
}

static void
add_sqnr (GString *page, gdouble sqnr)
{
  g_string_append_printf (
      page, "<span class=\"%s\">", sqnr < LOW_SQNR ? "bad" : "plain");
  if (sqnr >= PTQ_REPORT_MAX_SQNR)
    add (page, "above ");
  add_number (page, "%.1f", sqnr);
  add (page, " dB</span>");
}

static void
add_loss (GString *page, gdouble loss)
{
  if (loss < 0.05) {
    add (page, "–");
    return;
  }
  add_number (page, "%.1f", loss);
  add (page, " dB");
}

static void
start_cell (GString *page, const gchar *class_name, const gchar *label)
{
  g_string_append_printf (
      page, "<td class=\"%s\" data-label=\"%s\">", class_name, label);
}

static void
add_name_cell (GString *page, const gchar *name, const gchar *type,
    gboolean is_float, PtqReportAdvice advice)
{
  add (page, "<td class=\"name\"><b>");
  add_text (page, name);
  add (page, "</b><small>");
  add_text (page, type);
  if (is_float)
    add (page, ", left float");
  add (page, "</small>");
  if (advice & PTQ_REPORT_ADVICE_LOSS)
    add (page, "<span class=\"mark\">loses accuracy</span>");
  if (advice & PTQ_REPORT_ADVICE_MERGE)
    add (page, "<span class=\"mark\">unequal inputs</span>");
  if (advice & PTQ_REPORT_ADVICE_CLIP)
    add (page, "<span class=\"mark\">clips</span>");
  add (page, "</td>");
}

static void
add_boxes_cell (GString *page, const PtqReportTensor *tensor)
{
  add (page, "<td class=\"chart\">");
  ptq_report_chart_boxes (page, tensor);
  add (page, "<small><span>");
  add_number (page, "%.4g", MIN (tensor->origin.min, tensor->dequant.min));
  add (page, "</span><span>");
  add_number (page, "%.4g", MAX (tensor->origin.max, tensor->dequant.max));
  add (page, "</span></small></td>");
}

/* ---- head ---- */

static void
add_tile (GString *page, const gchar *figure, const gchar *text)
{
  g_string_append_printf (page,
      "<div class=\"tile\"><b>%s</b><span>%s"
      "</span></div>",
      figure, text);
}

static void
add_count_tile (GString *page, guint n, const gchar *text)
{
  g_autofree gchar *figure = g_strdup_printf ("%u", n);

  add_tile (page, figure, text);
}

static gdouble
find_worst_output (const PtqReportData *data)
{
  gdouble worst = 1;

  for (guint i = 0; i < data->outputs->len; i++) {
    const PtqReportOutput *output = data->outputs->pdata[i];

    worst = MIN (worst, output->cosine);
  }
  return worst;
}

static guint
count_quantized (const PtqReportData *data)
{
  guint n = 0;

  for (guint i = 0; i < data->nodes->len; i++)
    n += !((const PtqReportNode *) data->nodes->pdata[i])->is_float;
  return n;
}

static void
add_tiles (GString *page, const PtqReportData *data)
{
  g_autoptr (GString) worst = g_string_new (NULL);

  add_cosine (worst, find_worst_output (data));
  add (page, "<div class=\"tiles\">");
  add_tile (page, worst->str, "cosine similarity of the worst output");
  add_count_tile (page, count_quantized (data), "nodes quantized");
  add_count_tile (page, data->float_nodes->len, "nodes left float");
  add_count_tile (page, data->n_rounds, "samples looked at");
  add (page, "</div>");
}

static void
add_outputs (GString *page, const PtqReportData *data)
{
  add (page,
      "<section><h2>Outputs of the model</h2><table><thead><tr>"
      "<th>Output</th><th class=\"number\">Cosine, mean</th>"
      "<th class=\"number\">Cosine, worst sample</th></tr></thead><tbody>");
  for (guint i = 0; i < data->outputs->len; i++) {
    const PtqReportOutput *output = data->outputs->pdata[i];

    add (page, "<tr><td class=\"name\"><b>");
    add_text (page, output->name);
    add (page, "</b></td>");
    start_cell (page, "number", "Cosine, mean");
    add_cosine (page, output->cosine);
    add (page, "</td>");
    start_cell (page, "number", "Cosine, worst sample");
    add_cosine (page, output->lowest);
    add (page, "</td></tr>");
  }
  add (page, "</tbody></table></section>");
}

/* ---- advice ---- */

static void
add_advised (GString *page, const GPtrArray *nodes, PtqReportAdvice advice,
    const gchar *title, const gchar *none)
{
  guint n = 0;

  g_string_append_printf (page, "<h3>%s</h3>", title);
  for (guint i = 0; i < nodes->len; i++) {
    const PtqReportNode *node = nodes->pdata[i];

    if ((ptq_report_advise (node) & advice) == 0)
      continue;
    add (page, n++ == 0 ? "<p><code>" : ", <code>");
    add_text (page, node->name);
    add (page, "</code>");
  }
  if (n == 0)
    g_string_append_printf (page, "<p class=\"soft\">%s", none);
  add (page, "</p>");
}

/* The line takes the place of the one that was in force. */
static void
add_skipped (GString *page, const PtqReportData *data)
{
  for (guint i = 0; i < data->float_nodes->len; i++) {
    const PtqReportFloatNode *node = data->float_nodes->pdata[i];

    if (!g_str_equal (node->reason, PTQ_SKIP_REASON))
      continue;
    add_text (page, node->name);
    add (page, ",");
  }
}

static void
add_skip_line (GString *page, const PtqReportData *data)
{
  g_autoptr (GPtrArray) nodes = ptq_report_skip_list_new (data);

  if (nodes->len == 0)
    return;
  add (page,
      "<h3>To try</h3><p>Leave float the stretch where the loss "
      "begins, quantize again, and look at the new report: what comes behind "
      "often recovers. Names that were skipped already stand first. Nodes that "
      "stay float cost time, so keep the line only if an evaluation says that "
      "it helps.</p>"
      "<pre>skip_quant_node=");
  add_skipped (page, data);
  for (guint i = 0; i < nodes->len; i++) {
    if (i > 0)
      add (page, ",");
    add_text (page, ((const PtqReportNode *) nodes->pdata[i])->name);
  }
  add (page, "</pre>");
}

static void
add_advice (GString *page, const PtqReportData *data)
{
  g_autoptr (GPtrArray) nodes = ptq_report_list_advised (data);

  add (page, "<section><h2>What to do</h2>");
  add_advised (page, nodes, PTQ_REPORT_ADVICE_LOSS,
      "Outputs that lose accuracy: cosine similarity below 0.99, and 3 dB or "
      "more are lost in the node itself",
      "None: no node has an output below 0.99 that it spoils itself.");
  add_advised (page, nodes, PTQ_REPORT_ADVICE_MERGE,
      "Add and Concat whose inputs differ in range, 8 times or more",
      "None: what is joined has like ranges.");
  add_advised (page, nodes, PTQ_REPORT_ADVICE_CLIP,
      "Outputs with more than 1 % of their values cut off",
      "None: ranges hold nearly all values.");
  add_skip_line (page, data);
  add (page, "</section>");
}

/* ---- layers ---- */

static gint
compare_sqnr (gconstpointer a, gconstpointer b)
{
  gdouble x = ptq_report_tensor_get_sqnr (
      ptq_report_node_get_output (*(PtqReportNode *const *) a));
  gdouble y = ptq_report_tensor_get_sqnr (
      ptq_report_node_get_output (*(PtqReportNode *const *) b));

  return x < y ? -1 : x > y ? 1 : 0;
}

static GPtrArray *
sort_layers (const PtqReportData *data)
{
  GPtrArray *layers = g_ptr_array_new ();

  for (guint i = 0; i < data->nodes->len; i++)
    if (ptq_report_node_get_output (data->nodes->pdata[i]) != NULL)
      g_ptr_array_add (layers, data->nodes->pdata[i]);
  g_ptr_array_sort (layers, compare_sqnr);
  return layers;
}

static void
add_layer (GString *page, const PtqReportNode *node)
{
  const PtqReportTensor *output = ptq_report_node_get_output (node);

  add (page, "<tr>");
  add_name_cell (
      page, node->name, node->type, node->is_float, ptq_report_advise (node));
  add_boxes_cell (page, output);
  start_cell (page, "number", "SQNR");
  add_sqnr (page, ptq_report_tensor_get_sqnr (output));
  add (page, "</td>");
  start_cell (page, "number", "Lost here");
  add_loss (page, ptq_report_node_get_loss (node));
  add (page, "</td>");
  start_cell (page, "number", "Cosine");
  add_cosine (page, output->cosine);
  add (page, "</td>");
  start_cell (page, "number", "Clipped");
  add_percent (page, output->clip);
  add (page, "</td></tr>");
}

static void
add_layer_rows (GString *page, const GPtrArray *layers, guint first, guint end)
{
  add (page,
      "<table><thead><tr><th>Node</th><th>Values of the output</th>"
      "<th class=\"number\">SQNR</th><th class=\"number\">Lost here</th>"
      "<th class=\"number\">Cosine</th><th class=\"number\">Clipped</th>"
      "</tr></thead><tbody>");
  for (guint i = first; i < end; i++)
    add_layer (page, layers->pdata[i]);
  add (page, "</tbody></table>");
}

static void
add_layers (GString *page, const PtqReportData *data)
{
  g_autoptr (GPtrArray) layers = sort_layers (data);
  guint n = MIN (layers->len, MAX_ROWS);

  add (page,
      "<section><h2>Layers, the worst first</h2><p class=\"soft\">"
      "<span class=\"key a\"></span>float <span class=\"key b\"></span>"
      "quantized: minimum, quartiles, median, maximum. SQNR is the energy "
      "of the output over that of its error, the errors of all layers before "
      "included; high is good, below 20 dB is marked. <i>Lost here</i> is how "
      "much worse the output is than the worst input: where that is large, "
      "the trouble begins.</p>");
  add_layer_rows (page, layers, 0, n);
  if (layers->len > n) {
    g_string_append_printf (
        page, "<details><summary>%u more</summary>", layers->len - n);
    add_layer_rows (page, layers, n, layers->len);
    add (page, "</details>");
  }
  add (page, "</section>");
}

/* ---- merging operators ---- */

static gint
compare_ratio (gconstpointer a, gconstpointer b)
{
  gdouble x = ptq_report_get_range_ratio (*(PtqReportNode *const *) a);
  gdouble y = ptq_report_get_range_ratio (*(PtqReportNode *const *) b);

  return x < y ? 1 : x > y ? -1 : 0;
}

static GPtrArray *
sort_merges (const PtqReportData *data)
{
  GPtrArray *merges = g_ptr_array_new ();

  for (guint i = 0; i < data->nodes->len; i++)
    if (ptq_report_is_merge (data->nodes->pdata[i]))
      g_ptr_array_add (merges, data->nodes->pdata[i]);
  g_ptr_array_sort (merges, compare_ratio);
  return merges;
}

static void
find_extremes (const PtqReportNode *node, gdouble *min, gdouble *max)
{
  *min = 0;
  *max = 0;
  for (guint i = 0; i < node->tensors->len; i++) {
    const PtqReportTensor *tensor = node->tensors->pdata[i];

    if (tensor->origin.min > tensor->origin.max)
      continue;
    *min = MIN (*min, tensor->origin.min);
    *max = MAX (*max, tensor->origin.max);
  }
}

static void
add_range (
    GString *page, const PtqReportTensor *tensor, gdouble min, gdouble max)
{
  ptq_report_chart_range (page, &tensor->origin, min, max);
  add (page, "<small><span>");
  add_text (page, tensor->name);
  add (page, "</span><span>");
  add_number (page, "%.4g", tensor->origin.min);
  add (page, " to ");
  add_number (page, "%.4g", tensor->origin.max);
  add (page, "</span></small>");
}

static void
add_merge (GString *page, const PtqReportNode *node)
{
  gdouble min, max;

  find_extremes (node, &min, &max);
  add (page, "<tr>");
  add_name_cell (
      page, node->name, node->type, node->is_float, ptq_report_advise (node));
  add (page, "<td class=\"chart\">");
  for (guint i = 0; i < node->tensors->len; i++) {
    const PtqReportTensor *tensor = node->tensors->pdata[i];

    if (!tensor->is_output && !tensor->is_weight)
      add_range (page, tensor, min, max);
  }
  add (page, "</td>");
  start_cell (page, "number", "Widest : narrowest");
  add_number (page, "%.1f", ptq_report_get_range_ratio (node));
  add (page, "</td></tr>");
}

static void
add_merges (GString *page, const PtqReportData *data)
{
  g_autoptr (GPtrArray) merges = sort_merges (data);

  if (merges->len == 0)
    return;
  add (page,
      "<section><h2>Joined inputs</h2><p class=\"soft\">What Add, Sub "
      "and Concat join shares the codes of the result: where ranges differ "
      "much, the narrow one is left with few of them.</p><table><thead><tr>"
      "<th>Node</th><th>Ranges of the inputs</th><th class=\"number\">"
      "Widest : narrowest</th></tr></thead><tbody>");
  for (guint i = 0; i < merges->len && i < MAX_ROWS; i++)
    add_merge (page, merges->pdata[i]);
  add (page, "</tbody></table></section>");
}

/* ---- weights ---- */

typedef struct
{
  const PtqReportNode *node;
  const PtqReportTensor *tensor;
} Weight;

static gint
compare_weights (gconstpointer a, gconstpointer b)
{
  gdouble x = ptq_report_tensor_get_sqnr (((const Weight *) a)->tensor);
  gdouble y = ptq_report_tensor_get_sqnr (((const Weight *) b)->tensor);

  return x < y ? -1 : x > y ? 1 : 0;
}

static GArray *
sort_weights (const PtqReportData *data)
{
  GArray *weights = g_array_new (FALSE, FALSE, sizeof (Weight));

  for (guint i = 0; i < data->nodes->len; i++) {
    const PtqReportNode *node = data->nodes->pdata[i];

    for (guint k = 0; k < node->tensors->len; k++) {
      Weight weight = { node, node->tensors->pdata[k] };

      if (weight.tensor->is_weight)
        g_array_append_val (weights, weight);
    }
  }
  g_array_sort (weights, compare_weights);
  return weights;
}

static void
add_weight (GString *page, const Weight *weight)
{
  add (page, "<tr>");
  add_name_cell (page, weight->tensor->name, weight->node->name, FALSE,
      PTQ_REPORT_ADVICE_NONE);
  add_boxes_cell (page, weight->tensor);
  start_cell (page, "number", "SQNR");
  add_sqnr (page, ptq_report_tensor_get_sqnr (weight->tensor));
  add (page, "</td>");
  start_cell (page, "number", "Cosine");
  add_cosine (page, weight->tensor->cosine);
  add (page, "</td></tr>");
}

static void
add_weights (GString *page, const PtqReportData *data)
{
  g_autoptr (GArray) weights = sort_weights (data);

  if (weights->len == 0)
    return;
  add (page,
      "<section><h2>Weights and biases, the worst first</h2><p "
      "class=\"soft\">A bias that was corrected differs from its origin on "
      "purpose.</p><table><thead><tr><th>Tensor, node</th><th>Values</th>"
      "<th class=\"number\">SQNR</th><th class=\"number\">Cosine</th></tr>"
      "</thead><tbody>");
  for (guint i = 0; i < weights->len && i < WEIGHTS_SHOWN; i++)
    add_weight (page, &g_array_index (weights, Weight, i));
  add (page, "</tbody></table></section>");
}

/* ---- nodes left float ---- */

static void
add_reason (GString *page, const PtqReportData *data, const gchar *reason)
{
  guint n = 0;

  add (page, "<details><summary>");
  add_text (page, reason[0] != '\0' ? reason : "no reason recorded");
  for (guint i = 0; i < data->float_nodes->len; i++) {
    const PtqReportFloatNode *node = data->float_nodes->pdata[i];

    n += g_str_equal (node->reason, reason);
  }
  g_string_append_printf (page, " (%u)</summary><ul>", n);
  for (guint i = 0; i < data->float_nodes->len; i++) {
    const PtqReportFloatNode *node = data->float_nodes->pdata[i];

    if (!g_str_equal (node->reason, reason))
      continue;
    add (page, "<li><code>");
    add_text (page, node->name);
    add (page, "</code> <span class=\"soft\">");
    add_text (page, node->type);
    add (page, "</span></li>");
  }
  add (page, "</ul></details>");
}

static void
add_float_nodes (GString *page, const PtqReportData *data)
{
  g_autoptr (GHashTable) reasons = g_hash_table_new (g_str_hash, g_str_equal);

  if (data->float_nodes->len == 0)
    return;
  add (page, "<section><h2>Nodes left float, and why</h2>");
  for (guint i = 0; i < data->float_nodes->len; i++) {
    const PtqReportFloatNode *node = data->float_nodes->pdata[i];

    if (g_hash_table_add (reasons, node->reason))
      add_reason (page, data, node->reason);
  }
  add (page, "</section>");
}

gchar *
ptq_report_page_new (const PtqReportData *data)
{
  GString *page = g_string_new (
      "<!DOCTYPE html>\n<html lang=\"en\"><head>"
      "<meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width,initial-scale=1\">"
      "<title>Quantization report</title><style>\n" PTQ_REPORT_STYLE
      "</style></head><body><main><h1>Quantization report</h1>"
      "<p class=\"soft\">Where a quantized model differs from the float "
      "model it was made from, over the samples that both were given.</p>");

  add_tiles (page, data);
  add_advice (page, data);
  add_outputs (page, data);
  add_layers (page, data);
  add_merges (page, data);
  add_weights (page, data);
  add_float_nodes (page, data);
  add (page, "</main></body></html>\n");
  return g_string_free (page, FALSE);
}
