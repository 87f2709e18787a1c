/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The reports of a model of one layer. Expected figures: debug-values.py,
 * which works them out without ONNX and without this library.
 */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include "ptq-error.h"
#include "ptq-quantizer.h"
#include "ptq-report.h"
#include "../small-model.h"

static const gfloat sample[] = { 0, 0.25f, 0.5f, 0.1f, 0.9f, 1.02f, 0.33f,
  0.77f };

typedef struct
{
  gchar *root; /* holds all that a test writes */
  gchar *folder;
  gchar *page;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  (void) data;
  fixture->root = g_dir_make_tmp ("ptq-test-XXXXXX", NULL);
  fixture->folder = g_build_filename (fixture->root, "new", "debug", NULL);
  fixture->page = g_build_filename (fixture->root, "page.html", NULL);
}

static void
remove_all (const gchar *path)
{
  GDir *folder = g_dir_open (path, 0, NULL);
  const gchar *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL) {
    g_autofree gchar *child = g_build_filename (path, name, NULL);

    remove_all (child);
  }
  g_clear_pointer (&folder, g_dir_close);
  g_remove (path);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  (void) data;
  remove_all (fixture->root);
  g_free (fixture->root);
  g_free (fixture->folder);
  g_free (fixture->page);
}

static gchar *
read_file (const gchar *folder, const gchar *name)
{
  g_autofree gchar *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  gchar *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

/* A node whose name needs quotes in a table and care in HTML */
#define NODE "a,\"b\"<c>"

static PtqModel *
new_model (void)
{
  static const gfloat w[] = { 1.27f, 0.014f, -2.54f, 0.011f };
  SmallModel *small = small_model_new (13);
  Onnx__NodeProto *node;

  small_model_add_input (small, "x", PTQ_ELEMENT_FLOAT, 4, 1, 1, 1, 8);
  small_model_add_floats (small, "w", w, 4, 2, 1, 1, 2);
  node = small_model_add_node (small, "Conv", "x,w", "y");
  g_free (node->name);
  node->name = g_strdup (NODE);
  node = small_model_add_node (small, "Erf", "y", "z");
  small_model_add_output (small, "z", PTQ_ELEMENT_FLOAT, 4, 1, 2, 1, 7);
  return small_model_finish (small);
}

static PtqSettings *
new_settings (const gchar *folder, const gchar *page)
{
  PtqSettings *settings = ptq_settings_new ();

  g_object_set (settings, "bias-correction", FALSE, "equalization", FALSE,
      "reduce-range", PTQ_REDUCE_RANGE_OFF, "debug-info-save-path", folder,
      "report-location", page, NULL);
  return settings;
}

static PtqModel *
quantize (PtqSettings *settings, guint n_samples, GCancellable *cancellable,
    GError **error)
{
  g_autoptr (PtqModel) model = new_model ();
  g_autoptr (PtqCalibrator) calibrator =
      ptq_calibrator_new (model, settings, error);
  g_autoptr (PtqQuantizer) quantizer = NULL;
  g_autoptr (PtqModel) quantized = NULL;
  PtqTensor input = { .type = PTQ_ELEMENT_FLOAT,
    .rank = 4,
    .dims = { 1, 1, 1, 8 },
    .data = sample,
    .size = sizeof sample };

  if (calibrator == NULL || !ptq_report_check (settings, model, error))
    return NULL;
  for (guint i = 0; i < n_samples; i++)
    g_assert_true (ptq_calibrator_push (calibrator, &input, 1, NULL, error));
  quantizer = ptq_quantizer_new (model, settings, calibrator);
  quantized = ptq_quantizer_run (quantizer, NULL, NULL, cancellable, error);
  if (quantized == NULL
      || !ptq_report_write (
          quantizer, quantized, NULL, NULL, cancellable, error))
    return NULL;
  return g_steal_pointer (&quantized);
}

static void
quantize_well (const gchar *folder, const gchar *page, guint n_samples)
{
  g_autoptr (PtqSettings) settings = new_settings (folder, page);
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqModel) quantized = NULL;

  quantized = quantize (settings, n_samples, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (quantized);
}

/* @names stand at the begin of the row, and then the figures. */
static void
check_row (
    const gchar *row, const gchar *names, const gdouble *figures, guint n)
{
  g_auto (GStrv) fields = NULL;

  g_assert_true (g_str_has_prefix (row, names));
  fields = g_strsplit (row + strlen (names), ",", -1);
  g_assert_cmpuint (g_strv_length (fields), ==, n + 1);
  g_assert_cmpstr (fields[n], ==, "");
  for (guint i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (
        g_ascii_strtod (fields[i], NULL), figures[i], 1e-6);
}

#define QUOTED "\"a,\"\"b\"\"<c>\""
#define N_FIGURES 10

static void
test_round (Fixture *fixture, gconstpointer data)
{
  static const gdouble x[N_FIGURES] = { 0, 0.2125, 0.415000007, 0.80249998,
    1.01999998, 0.483749994, 0.12532343, 0.125, 0, 1 };
  static const gdouble xq[N_FIGURES] = { 0, 0.213999979, 0.415999979,
    0.803999946, 1.01999998, 0.484499972, 0.125273738, 0.125, 0, 0.999998357 };
  static const gdouble w[N_FIGURES] = { -2.53999996, -0.626749991, 0.0125000002,
    0.327999996, 1.26999998, -0.311249995, 1.91932763, 0, 0, 1 };
  static const gdouble wq[N_FIGURES] = { -2.53999996, -0.627499991,
    0.0149999997, 0.332499995, 1.26999998, -0.309999995, 1.92014994, 0, 0,
    0.999993986 };
  g_autofree gchar *text = NULL;
  g_auto (GStrv) rows = NULL;

  (void) data;
  quantize_well (fixture->folder, NULL, 1);
  text = read_file (fixture->folder, "round_0.csv");
  rows = g_strsplit (text, "\n", -1);
  g_assert_cmpstr (rows[0], ==,
      ",NodeName,NodeType,TensorName,InOutFlag,"
      "DataTypeFlag,TensorTypeFlag,Min,Q1,Median,Q3,Max,Mean,Var,Sparsity,"
      "Clip,CosineSimilarity,");
  check_row (
      rows[1], "0," QUOTED ",Conv,x,Input,Origin,Activation,", x, N_FIGURES);
  check_row (
      rows[2], "1," QUOTED ",Conv,x,Input,Dequant,Activation,", xq, N_FIGURES);
  check_row (rows[3], "2," QUOTED ",Conv,w,Input,Origin,Weight,", w, N_FIGURES);
  check_row (
      rows[4], "3," QUOTED ",Conv,w,Input,Dequant,Weight,", wq, N_FIGURES);
  g_assert_true (g_str_has_prefix (
      rows[5], "4," QUOTED ",Conv,y,Output,Origin,Activation,"));
  g_assert_true (g_str_has_prefix (
      rows[6], "5," QUOTED ",Conv,y,Output,Dequant,Activation,"));
  /* It stays float, and reads what was quantized. */
  g_assert_nonnull (strstr (rows[7], ",Erf,y,Input,Origin,Activation,"));
  g_assert_nonnull (strstr (rows[8], ",Erf,y,Input,Dequant,Activation,"));
  g_assert_nonnull (strstr (rows[9], ",Erf,z,Output,Origin,Activation,"));
  g_assert_nonnull (strstr (rows[10], ",Erf,z,Output,Dequant,Activation,"));
  g_assert_cmpstr (rows[11], ==, "");
}

static void
test_parameters (Fixture *fixture, gconstpointer data)
{
  static const gdouble of_x[] = { 1.02 / 255, 0, 8, 1, 0 };
  static const gdouble first[] = { 0.01, 0, 8, 1, 0 };
  static const gdouble second[] = { 0.02, 0, 8, 1, 0 };
  g_autofree gchar *text = NULL;
  g_auto (GStrv) rows = NULL;

  (void) data;
  quantize_well (fixture->folder, NULL, 1);
  text = read_file (fixture->folder, "quant_param.csv");
  rows = g_strsplit (text, "\n", -1);
  g_assert_cmpstr (rows[0], ==,
      "NodeName,NodeType,TensorName,ElementsNum,"
      "Dims,Scale,ZeroPoint,Bits,CorrectionVar,CorrectionMean,");
  check_row (rows[1], QUOTED ",Conv,x,8,1 1 1 8 ,", of_x, 5);
  check_row (rows[2], QUOTED ",Conv,w,4,2 1 1 2 ,", first, 5);
  check_row (rows[3], QUOTED ",Conv,w,4,2 1 1 2 ,", second, 5);
}

static void
test_summary (Fixture *fixture, gconstpointer data)
{
  g_autofree gchar *text = NULL;
  g_autofree gchar *nodes = NULL;
  g_auto (GStrv) rows = NULL;

  (void) data;
  quantize_well (fixture->folder, NULL, 3);
  text = read_file (fixture->folder, "output_summary.csv");
  rows = g_strsplit (text, "\n", -1);
  g_assert_cmpstr (rows[0], ==, "Round,TensorName,CosineSimilarity,");
  for (guint i = 0; i < 3; i++) {
    g_autofree gchar *start = g_strdup_printf ("%u,z,0.9999", i);

    g_assert_true (g_str_has_prefix (rows[i + 1], start));
  }
  g_assert_cmpstr (rows[4], ==, "");
  nodes = read_file (fixture->folder, "float_nodes.csv");
  g_assert_true (g_str_has_prefix (nodes, "NodeName,NodeType,Reason,\n"));
  g_assert_nonnull (strstr (nodes, ",Erf,"));
}

/* Weights of -1 to 1 in steps of 1 / 64 */
static PtqModel *
new_wide_model (void)
{
  gfloat w[129];
  SmallModel *small = small_model_new (13);

  for (guint i = 0; i < 129; i++)
    w[i] = (i - 64.0f) / 64;
  small_model_add_input (small, "x", PTQ_ELEMENT_FLOAT, 4, 1, 1, 1, -1);
  small_model_add_floats (small, "w", w, 4, 1, 1, 1, 129);
  small_model_add_node (small, "Conv", "x,w", "y");
  small_model_add_output (small, "y", PTQ_ELEMENT_FLOAT, 4, 1, 1, 1, -1);
  return small_model_finish (small);
}

/* One round, of random values */
static void
test_weight_quantization (Fixture *fixture, gconstpointer data)
{
  static const gdouble w[N_FIGURES] = { -1, -0.5, 0, 0.5, 1, 0,
    (129 * 129 - 1) / 12.0 / (64 * 64), 1 / 129.0, 0, 1 };
  /* Step 2 / 15, zero point 8, times the ratio of the deviations; the second
   * is what the code 0 stands for, by numpy */
  static const gdouble param[] = { 0.133511255, 0, 4, 1, -1.06809004 };
  g_autoptr (PtqModel) model = new_wide_model ();
  g_autoptr (PtqSettings) settings =
      new_settings (fixture->folder, fixture->page);
  g_autoptr (PtqQuantizer) quantizer = NULL;
  g_autoptr (PtqModel) quantized = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text = NULL;
  g_autofree gchar *params = NULL;
  g_auto (GStrv) rows = NULL;
  g_auto (GStrv) param_rows = NULL;

  (void) data;
  g_object_set (settings, "quant-type", PTQ_QUANT_TYPE_WEIGHT, "bit-num", 4,
      "min-quant-weight-channel", 0, NULL);
  quantizer = ptq_quantizer_new (model, settings, NULL);
  quantized = ptq_quantizer_run (quantizer, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  ptq_report_write (quantizer, quantized, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  text = read_file (fixture->folder, "round_0.csv");
  rows = g_strsplit (text, "\n", -1);
  check_row (
      rows[1], "0,\"Conv_x,w_y\",Conv,w,Input,Origin,Weight,", w, N_FIGURES);
  g_assert_nonnull (strstr (rows[2], ",Conv,w,Input,Dequant,Weight,"));
  /* 4 bits can not hold it. */
  g_assert_false (g_str_has_suffix (rows[2], ",1,"));
  g_assert_nonnull (strstr (rows[4], ",Conv,y,Output,Dequant,Activation,"));
  params = read_file (fixture->folder, "quant_param.csv");
  param_rows = g_strsplit (params, "\n", -1);
  check_row (param_rows[1], "\"Conv_x,w_y\",Conv,w,129,1 1 1 129 ,", param,
      G_N_ELEMENTS (param));
  g_assert_cmpstr (param_rows[2], ==, "");
  g_assert_true (g_file_test (fixture->page, G_FILE_TEST_EXISTS));
}

static gboolean
exists (const Fixture *fixture, const gchar *name)
{
  g_autofree gchar *path = g_build_filename (fixture->folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
test_fewer_rounds (Fixture *fixture, gconstpointer data)
{
  (void) data;
  quantize_well (fixture->folder, NULL, 3);
  g_assert_true (exists (fixture, "round_2.csv"));
  quantize_well (fixture->folder, NULL, 1);
  g_assert_true (exists (fixture, "round_0.csv"));
  g_assert_false (exists (fixture, "round_1.csv"));
  g_assert_false (exists (fixture, "round_2.csv"));
}

static void
check_nothing_written (const Fixture *fixture)
{
  g_assert_false (g_file_test (fixture->folder, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (fixture->page, G_FILE_TEST_EXISTS));
}

static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PtqSettings) settings =
      new_settings (fixture->folder, fixture->page);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  (void) data;
  g_cancellable_cancel (cancellable);
  g_assert_null (quantize (settings, 1, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  check_nothing_written (fixture);
}

/* A file where the folder should be: also root can not write into it. */
static void
test_folder_is_file (Fixture *fixture, gconstpointer data)
{
  g_autofree gchar *parent = g_path_get_dirname (fixture->folder);
  g_autoptr (PtqSettings) settings = new_settings (fixture->folder, NULL);
  g_autoptr (GError) error = NULL;

  (void) data;
  g_assert_true (g_file_set_contents (parent, "a file", -1, NULL));
  g_assert_null (quantize (settings, 1, NULL, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_WRITE);
  g_assert_nonnull (strstr (error->message, fixture->folder));
}

static void
test_page (Fixture *fixture, gconstpointer data)
{
  g_autofree gchar *text = NULL;

  (void) data;
  quantize_well (NULL, fixture->page, 2);
  text = read_file (fixture->root, "page.html");
  g_assert_true (g_str_has_prefix (text, "<!DOCTYPE html>"));
  g_assert_nonnull (strstr (text, "a,&quot;b&quot;&lt;c&gt;"));
  g_assert_null (strstr (text, "<c>"));
  g_assert_null (strstr (text, "http"));
  g_assert_null (strstr (text, "<script"));
  g_assert_null (strstr (text, "src="));
  g_assert_false (g_file_test (fixture->folder, G_FILE_TEST_EXISTS));
}

static void
write_page (const Fixture *fixture, gint code, const gchar *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (
      ptq_report_write_page (fixture->folder, fixture->page, NULL, &error));
  g_assert_error (error, PTQ_ERROR, code);
  g_assert_nonnull (strstr (error->message, words));
  g_assert_false (g_file_test (fixture->page, G_FILE_TEST_EXISTS));
}

static void
test_damaged_tables (Fixture *fixture, gconstpointer data)
{
  g_autofree gchar *path =
      g_build_filename (fixture->folder, "round_0.csv", NULL);
  g_autofree gchar *text = NULL;
  gchar *figure;

  (void) data;
  write_page (fixture, PTQ_ERROR_NOT_FOUND, "round_0.csv");

  quantize_well (fixture->folder, NULL, 1);
  text = read_file (fixture->folder, "round_0.csv");
  figure = strstr (text, "Activation,0,");
  g_assert_nonnull (figure);
  figure[strlen ("Activation,")] = 'x';
  g_file_set_contents (path, text, -1, NULL);
  write_page (fixture, PTQ_ERROR_READ, "row 2: Min is \"x\"");

  figure[0] = '\0';
  g_file_set_contents (path, text, -1, NULL);
  write_page (fixture, PTQ_ERROR_READ, "row 2 ends");

  g_file_set_contents (path, "a,b,\n", -1, NULL);
  write_page (fixture, PTQ_ERROR_READ, "NodeName");
  g_file_set_contents (path, "", -1, NULL);
  write_page (fixture, PTQ_ERROR_READ, "NodeName");
}

#define ADD(name, func) \
  g_test_add ("/debug-report/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("round", test_round);
  ADD ("parameters", test_parameters);
  ADD ("summary", test_summary);
  ADD ("weight-quantization", test_weight_quantization);
  ADD ("fewer-rounds", test_fewer_rounds);
  ADD ("cancelled", test_cancelled);
  ADD ("folder-is-file", test_folder_is_file);
  ADD ("page", test_page);
  ADD ("damaged-tables", test_damaged_tables);

  return g_test_run ();
}
