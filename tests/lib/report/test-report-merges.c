/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Operators that join inputs of different ranges, from the quantizer to the
 * page. The input is -1 to 1, and each convolution multiplies it by a factor,
 * so that the ratio of two ranges is that of the factors: 1, 1/20 and 1/4.
 */
#include <string.h>
#include <glib/gstdio.h>
#include "ptq-calibrator.h"
#include "ptq-quantizer.h"
#include "ptq-report.h"
#include "report-advice.h"
#include "../small-model.h"

#define N 8

static void
add_factor (SmallModel *small, const gchar *output, gfloat factor)
{
  g_autofree gchar *weight = g_strconcat ("w_", output, NULL);
  g_autofree gchar *inputs = g_strconcat ("x,", weight, NULL);

  small_model_add_floats (small, weight, &factor, 4, 1, 1, 1, 1);
  small_model_add_node (small, "Conv", inputs, output);
}

/* A convolution reads the result, without which it would stay float. */
static void
add_join (SmallModel *small, const gchar *op_type, const gchar *inputs,
    const gchar *output)
{
  static const gfloat ones[] = { 1, 1 };
  gboolean is_concat = g_str_equal (op_type, "Concat");
  g_autofree gchar *weight = g_strconcat ("w_", output, NULL);
  g_autofree gchar *both = g_strconcat (output, ",", weight, NULL);
  g_autofree gchar *end = g_strconcat (output, "_end", NULL);
  Onnx__NodeProto *node = small_model_add_node (small, op_type, inputs, output);

  if (is_concat)
    ptq_node_set_int (node, "axis", 1);
  small_model_add_floats (small, weight, ones, 4, 1, is_concat ? 2 : 1, 1, 1);
  small_model_add_node (small, "Conv", both, end);
  small_model_add_output (small, end, PTQ_ELEMENT_FLOAT, 4, 1, 1, 1, N);
}

static PtqModel *
new_model (void)
{
  static const gfloat one[] = { 0.001f };
  SmallModel *small = small_model_new (13);

  small_model_add_input (small, "x", PTQ_ELEMENT_FLOAT, 4, 1, 1, 1, N);
  add_factor (small, "wide", 1);
  add_factor (small, "narrow", 0.05f);
  add_factor (small, "fair", -0.25f);
  small_model_add_floats (small, "constant", one, 1, 1);
  add_join (small, "Concat", "wide,narrow", "unequal_concat");
  add_join (small, "Add", "narrow,wide", "unequal_add");
  add_join (small, "Concat", "wide,fair", "fair_concat");
  add_join (small, "Add", "fair,wide", "fair_add");
  add_join (small, "Mul", "wide,narrow", "product");
  add_join (small, "Add", "wide,constant", "shifted");
  return small_model_finish (small);
}

static void
write_report (const gchar *folder, const gchar *page)
{
  static const gfloat x[N] = { -1, -0.5f, -0.25f, 0, 0.125f, 0.25f, 0.5f, 1 };
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (PtqModel) model = new_model ();
  g_autoptr (PtqModel) quantized = NULL;
  g_autoptr (PtqCalibrator) calibrator = NULL;
  g_autoptr (PtqQuantizer) quantizer = NULL;
  g_autoptr (GError) error = NULL;
  PtqTensor input = { PTQ_ELEMENT_FLOAT, 4, { 1, 1, 1, N }, x, sizeof x };

  g_object_set (settings, "equalization", FALSE, "debug-info-save-path", folder,
      "report-location", page, NULL);
  calibrator = ptq_calibrator_new (model, settings, &error);
  g_assert_no_error (error);
  g_assert_true (ptq_calibrator_push (calibrator, &input, 1, NULL, &error));
  quantizer = ptq_quantizer_new (model, settings, calibrator);
  quantized = ptq_quantizer_run (quantizer, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (quantized);
  ptq_report_write (quantizer, quantized, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}

static const PtqReportNode *
find_node (const PtqReportData *data, const gchar *output)
{
  for (guint i = 0; i < data->nodes->len; i++) {
    const PtqReportNode *node = data->nodes->pdata[i];

    if (g_str_has_suffix (node->name, output))
      return node;
  }
  g_error ("the report has no node of %s", output);
}

/* @ratio: 0 for what is no merge */
static void
check_node (const PtqReportData *data, const gchar *output, gdouble ratio,
    gboolean advised)
{
  const PtqReportNode *node = find_node (data, output);

  g_test_message ("%s", output);
  g_assert_false (node->is_float);
  g_assert_cmpint (ptq_report_is_merge (node), ==, ratio > 0);
  if (ratio > 0)
    g_assert_cmpfloat_with_epsilon (
        ptq_report_get_range_ratio (node), ratio, 1e-3);
  g_assert_cmpint (
      (ptq_report_advise (node) & PTQ_REPORT_ADVICE_MERGE) != 0, ==, advised);
}

static void
check_page (const gchar *path)
{
  g_autofree gchar *text = NULL;
  g_autoptr (GError) error = NULL;
  const gchar *list, *end, *joined;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  list = strstr (text, "Add and Concat whose inputs differ in range");
  g_assert_nonnull (list);
  end = strstr (list, "Outputs with more than 1 %");
  g_assert_nonnull (end);
  for (guint i = 0; i < 2; i++) {
    const gchar *name = i == 0 ? "unequal_concat" : "unequal_add";
    const gchar *found = strstr (list, name);

    g_assert_true (found != NULL && found < end);
  }
  g_assert_true (g_strstr_len (list, end - list, "fair_") == NULL);

  /* all merges with their ratios, the most unequal first */
  joined = strstr (text, "<h2>Joined inputs</h2>");
  g_assert_nonnull (joined);
  g_assert_nonnull (strstr (joined, "20.0"));
  g_assert_true (strstr (strstr (joined, "20.0"), "4.0") != NULL);
  g_assert_nonnull (strstr (joined, "fair_concat"));
}

static void
remove_folder (const gchar *path)
{
  GDir *folder = g_dir_open (path, 0, NULL);
  const gchar *name;

  while ((name = g_dir_read_name (folder)) != NULL) {
    g_autofree gchar *file = g_build_filename (path, name, NULL);

    g_unlink (file);
  }
  g_dir_close (folder);
  g_rmdir (path);
}

static void
test_merges (void)
{
  g_autofree gchar *folder = g_dir_make_tmp ("ptq-test-XXXXXX", NULL);
  g_autofree gchar *page = g_build_filename (folder, "page.html", NULL);
  g_autoptr (PtqReportData) data = NULL;
  g_autoptr (GError) error = NULL;

  write_report (folder, page);
  data = ptq_report_data_load (folder, &error);
  g_assert_no_error (error);
  check_node (data, "unequal_concat", 20, TRUE);
  check_node (data, "unequal_add", 20, TRUE);
  check_node (data, "fair_concat", 4, FALSE);
  check_node (data, "fair_add", 4, FALSE);
  check_node (data, "product", 0, FALSE);
  check_node (data, "shifted", 0, FALSE);
  check_page (page);
  remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report-merges", test_merges);
  return g_test_run ();
}
