/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Models as people have them, where the data folder is there: saved, reloaded
 * and upgraded, they answer in ONNX Runtime what they answered before.
 */
#include <math.h>
#include <string.h>
#include <glib/gstdio.h>
#include "model-answers.h"

static gchar *
models_folder (void)
{
  const gchar *data = g_getenv ("PTQ_TEST_DATA");

  return g_build_filename (data ? data : "", "models", NULL);
}

static PtqModel *
save_and_load (PtqModel *model, PtqModelSaveFlags flags)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *folder = g_dir_make_tmp ("ptq-real-XXXXXX", &error);
  g_autofree gchar *path = g_build_filename (folder, "model.onnx", NULL);
  g_autofree gchar *data = g_strconcat (path, ".data", NULL);
  PtqModel *loaded;

  g_assert_no_error (error);
  g_assert_true (ptq_model_save (model, path, flags, NULL, &error));
  g_assert_no_error (error);
  loaded = ptq_model_load (path, &error);
  g_assert_no_error (error);
  /* The file is mapped and outlives its name. */
  g_remove (path);
  g_remove (data);
  g_assert_cmpint (g_rmdir (folder), ==, 0);

  return loaded;
}

static gboolean
has_average_pool (PtqModel *model)
{
  const Onnx__GraphProto *graph = ptq_model_get_graph (model);

  for (gsize i = 0; i < graph->n_node; i++) {
    if (ptq_node_is (graph->node[i], "AveragePool"))
      return TRUE;
  }

  return FALSE;
}

/* Within a millionth of the largest, or so */
static void
assert_close (GPtrArray *found, GPtrArray *expected)
{
  g_assert_cmpuint (found->len, ==, expected->len);
  for (guint i = 0; i < found->len; i++) {
    gsize n_found, n_expected;
    const gfloat *a = g_bytes_get_data (found->pdata[i], &n_found);
    const gfloat *b = g_bytes_get_data (expected->pdata[i], &n_expected);
    gfloat largest = 0;

    g_assert_cmpuint (n_found, ==, n_expected);
    for (gsize j = 0; j < n_found / sizeof *b; j++)
      largest = MAX (largest, fabsf (b[j]));
    for (gsize j = 0; j < n_found / sizeof *a; j++)
      g_assert_cmpfloat_with_epsilon (a[j], b[j], 1e-5f * largest);
  }
}

/* ONNX Runtime has another kernel for AveragePool from version 19 on, which
 * sums in another order. */
static void
check_upgrade (const gchar *path, gint64 opset, GPtrArray *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqModel) model = ptq_model_load (path, &error);
  g_autoptr (GPtrArray) found = NULL;

  g_assert_no_error (error);
  g_assert_true (ptq_model_upgrade (model, opset, &error));
  g_assert_no_error (error);
  if (!expected)
    return;
  found = model_answers_new (model, PTQ_OPTIMIZE_NONE, &error);
  g_assert_no_error (error);
  if (opset >= 19 && has_average_pool (model))
    assert_close (found, expected);
  else
    model_answers_assert_equal (found, expected);
}

static void
check_copy (PtqModel *copy, PtqModel *model, GPtrArray *expected)
{
  g_autofree gchar *before = ptq_model_get_checksum (model);
  g_autofree gchar *after = ptq_model_get_checksum (copy);
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (after, ==, before);
  if (!expected)
    return;
  found = model_answers_new (copy, PTQ_OPTIMIZE_NONE, &error);
  g_assert_no_error (error);
  model_answers_assert_equal (found, expected);
}

/* Sides that are open get made-up sizes, which not every network takes. */
static gboolean
has_open_side (PtqModel *model)
{
  for (guint i = 0; i < ptq_model_get_n_inputs (model); i++) {
    const PtqValueInfo *info = ptq_model_get_input (model, i);

    for (gint axis = 1; axis < info->rank; axis++)
      if (info->dims[axis] <= 0)
        return TRUE;
  }

  return FALSE;
}

static void
assert_loads (PtqModel *model)
{
  const PtqSessionOptions options = { PTQ_OPTIMIZE_NONE, FALSE, NULL, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqSession) session = ptq_session_new (model, &options, &error);

  g_assert_no_error (error);
  g_assert_nonnull (session);
}

/* What the model answers; NULL where it cannot be asked, because it has
 * operators of a library that is not here, or does not take made-up sizes. Any
 * other has to run. */
static GPtrArray *
expect_answers (PtqModel *model, const gchar *path)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *answers = model_answers_new (model, PTQ_OPTIMIZE_NONE, &error);

  if (!answers) {
    g_test_message (
        "copied and upgraded, but not compared: %s", error->message);
    if (!g_str_has_suffix (path, "_custom.onnx")) {
      g_assert_true (has_open_side (model));
      assert_loads (model);
    }
  }

  return answers;
}

static void
test_model (gconstpointer path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqModel) model = ptq_model_load (path, &error);
  g_autoptr (PtqModel) plain = NULL;
  g_autoptr (GPtrArray) expected = NULL;

  if (g_str_has_suffix (path, "_ir1.onnx")) {
    g_assert_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED);
    return;
  }
  g_assert_no_error (error);

  expected = expect_answers (model, path);
  plain = save_and_load (model, PTQ_MODEL_SAVE_DEFAULT);
  check_copy (plain, model, expected);
  check_upgrade (path, 13, expected);
  check_upgrade (path, 21, expected);
}

static void
test_absent (void)
{
  g_test_skip ("the folder of models is not there");
}

int
main (int argc, char **argv)
{
  g_autofree gchar *folder = models_folder ();
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const gchar *name;

  g_test_init (&argc, &argv, NULL);
  if (!dir)
    g_test_add_func ("/real-models/absent", test_absent);
  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree gchar *test = g_strconcat ("/real-models/", name, NULL);

    if (g_str_has_suffix (name, ".onnx"))
      g_test_add_data_func_full (
          test, g_build_filename (folder, name, NULL), test_model, g_free);
  }

  return g_test_run ();
}
