/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A chain of five layers. The vectors behind the rows are (1, e) beside
 * (1, 0): energies 1 + e e and 1, cosine 1 / sqrt (1 + e e), so that signal
 * over noise is (1 + e e) / (e e).
 */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include "report-page.h"
#include "report-skip-list.h"
#include "skip-names.h"

typedef struct
{
  const gchar *node;
  const gchar *type;
  const gchar *tensor;
  const gchar *direction;
  gdouble e;
} Row;

static void
add_number (GString *text, gdouble number)
{
  gchar buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (
      text, "%s,", g_ascii_formatd (buffer, sizeof buffer, "%.9g", number));
}

static void
add_row (GString *text, const Row *row, const gchar *data_type, gdouble energy,
    gdouble cosine)
{
  g_string_append_printf (text, "0,%s,%s,%s,%s,%s,Activation,0,0,0,0,1,0,",
      row->node, row->type, row->tensor, row->direction, data_type);
  add_number (text, energy);
  g_string_append (text, "0,0,");
  add_number (text, cosine);
  g_string_append_c (text, '\n');
}

static void
write_file (const gchar *folder, const gchar *name, const gchar *text)
{
  g_autofree gchar *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
remove_file (const gchar *folder, const gchar *name)
{
  g_autofree gchar *path = g_build_filename (folder, name, NULL);

  g_unlink (path);
}

static PtqReportData *
load_rows (const Row *rows, guint n)
{
  g_autofree gchar *folder = g_dir_make_tmp ("ptq-test-XXXXXX", NULL);
  g_autoptr (GString) text = g_string_new (
      ",NodeName,NodeType,TensorName,"
      "InOutFlag,DataTypeFlag,TensorTypeFlag,Min,Q1,Median,Q3,Max,Mean,Var,"
      "Sparsity,Clip,CosineSimilarity,\n");
  g_autoptr (GError) error = NULL;
  PtqReportData *data;

  for (guint i = 0; i < n; i++) {
    gdouble energy = 1 + rows[i].e * rows[i].e;

    add_row (text, &rows[i], "Origin", energy, 1);
    add_row (text, &rows[i], "Dequant", 1, 1 / sqrt (energy));
  }
  write_file (folder, "round_0.csv", text->str);
  write_file (
      folder, "output_summary.csv", "Round,TensorName,CosineSimilarity,\n");
  write_file (folder, "float_nodes.csv",
      "NodeName,NodeType,Reason,\nf,Sigmoid,a reason,\n"
      "before,Conv,\"" PTQ_SKIP_REASON "\",\n");
  data = ptq_report_data_load (folder, &error);
  g_assert_no_error (error);
  remove_file (folder, "round_0.csv");
  remove_file (folder, "output_summary.csv");
  remove_file (folder, "float_nodes.csv");
  g_rmdir (folder);
  return data;
}

static void
check_list (const Row *rows, guint n, const gchar *expected)
{
  g_autoptr (PtqReportData) data = load_rows (rows, n);
  g_autoptr (GPtrArray) list = ptq_report_skip_list_new (data);
  g_autoptr (GString) found = g_string_new (NULL);

  for (guint i = 0; i < list->len; i++)
    g_string_append_printf (
        found, "%s ", ((const PtqReportNode *) list->pdata[i])->name);
  g_assert_cmpstr (found->str, ==, expected);
}

/* a is good; b begins to lose and c shows it; f is float already; d works on
 * the result of c without weights. */
static void
test_way (void)
{
  static const Row rows[] = { { "a", "Conv", "x", "Input", 0.001 },
    { "a", "Conv", "ta", "Output", 0.01 }, /* 40 dB */
    { "b", "Conv", "ta", "Input", 0.01 },
    { "b", "Conv", "tb", "Output", 0.1 }, /* 20 dB, cosine 0.995 */
    { "c", "Conv", "tb", "Input", 0.1 },
    { "c", "Conv", "tc", "Output", 0.5 }, /* 7 dB */
    { "f", "Sigmoid", "tc", "Input", 0.5 },
    { "f", "Sigmoid", "tf", "Output", 0.5 }, { "d", "Mul", "tc", "Input", 0.5 },
    { "d", "Mul", "td", "Output", 0.5 } };

  check_list (rows, G_N_ELEMENTS (rows), "b c d ");
}

static void
test_good_model (void)
{
  static const Row rows[] = { { "a", "Conv", "x", "Input", 0.001 },
    { "a", "Conv", "ta", "Output", 0.01 } };

  check_list (rows, G_N_ELEMENTS (rows), "");
}

static void
test_figures (void)
{
  static const Row rows[] = { { "a", "Conv", "x", "Input", 0.1 },
    { "a", "Conv", "ta", "Output", 0.5 } };
  g_autoptr (PtqReportData) data = load_rows (rows, 2);
  const PtqReportNode *node = data->nodes->pdata[0];
  gdouble input = 10 * log10 (1.01 / 0.01);
  gdouble output = 10 * log10 (1.25 / 0.25);

  g_assert_cmpfloat_with_epsilon (
      ptq_report_tensor_get_sqnr (ptq_report_node_get_output (node)), output,
      1e-5);
  g_assert_cmpfloat_with_epsilon (
      ptq_report_node_get_loss (node), input - output, 1e-5);
}

/* a is bad, but s and m, which alone read it, make good for it, as a Sigmoid
 * does for large values that were cut off: nothing is lost. */
static void
test_made_good (void)
{
  static const Row rows[] = {
    { "a", "Conv", "x", "Input", 0.01 },
    { "a", "Conv", "ta", "Output", 0.5 }, /* 7 dB, cosine 0.89 */
    { "s", "Sigmoid", "ta", "Input", 0.5 },
    { "s", "Sigmoid", "ts", "Output", 0.02 }, /* 34 dB */
    { "m", "Mul", "ta", "Input", 0.5 },
    { "m", "Mul", "ts", "Input", 0.02 },
    { "m", "Mul", "tm", "Output", 0.03 }, /* 30.5 dB */
    { "c", "Conv", "tm", "Input", 0.03 },
    { "c", "Conv", "tc", "Output", 0.5 },
  };
  g_autoptr (PtqReportData) data = load_rows (rows, G_N_ELEMENTS (rows));
  const PtqReportNode *node = data->nodes->pdata[0];
  const PtqReportTensor *output = ptq_report_node_get_output (node);

  g_assert_cmpfloat_with_epsilon (
      ptq_report_tensor_get_sqnr (output), 6.99, 0.01);
  g_assert_cmpfloat_with_epsilon (
      ptq_report_tensor_get_lasting_sqnr (output), 30.46, 0.01);
  g_assert_cmpfloat (ptq_report_node_get_loss (node), ==, 0);
  check_list (rows, G_N_ELEMENTS (rows), "c ");
}

/* The line of the page takes the place of the one that was in force. */
static void
test_line (void)
{
  static const Row rows[] = {
    { "a", "Conv", "x", "Input", 0.01 },
    { "a", "Conv", "ta", "Output", 0.5 },
  };
  g_autoptr (PtqReportData) data = load_rows (rows, G_N_ELEMENTS (rows));
  g_autofree gchar *page = ptq_report_page_new (data);

  g_assert_nonnull (strstr (page, "skip_quant_node=before,a</pre>"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/report-skip-list/way", test_way);
  g_test_add_func ("/report-skip-list/good-model", test_good_model);
  g_test_add_func ("/report-skip-list/figures", test_figures);

  g_test_add_func ("/report-skip-list/made-good", test_made_good);
  g_test_add_func ("/report-skip-list/line", test_line);
  return g_test_run ();
}
