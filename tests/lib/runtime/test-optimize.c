/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The runtime's optimizer, and which kernels there are.
 */
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <glib/gstdio.h>
#include "ptq-runtime.h"
#include "runtime-private.h"
#include "../small-model.h"

/* Large enough for its weights to go through a file: 64 channels */
#define N 64

static PtqModel *
layered_model (void)
{
  SmallModel *small = small_model_new (13);
  g_autofree gfloat *w = g_new (gfloat, N * N);
  gfloat scale[N], shift[N], mean[N], variance[N];

  for (gint i = 0; i < N * N; i++)
    w[i] = (i * 7 % 11 - 5) / 64.0f;
  for (gint i = 0; i < N; i++) {
    scale[i] = 1 + i / 64.0f;
    shift[i] = i / 32.0f - 1;
    mean[i] = i / 128.0f;
    variance[i] = 1 + i / 16.0f;
  }
  small_model_add_input (small, "x", PTQ_ELEMENT_FLOAT, 4, -1, N, 4, 4);
  small_model_add_floats (small, "w", w, 4, N, N, 1, 1);
  small_model_add_floats (small, "v", w, 4, N, N, 1, 1);
  small_model_add_floats (small, "scale", scale, 1, N);
  small_model_add_floats (small, "shift", shift, 1, N);
  small_model_add_floats (small, "mean", mean, 1, N);
  small_model_add_floats (small, "variance", variance, 1, N);
  small_model_add_node (small, "Conv", "x,w", "c");
  small_model_add_node (
      small, "BatchNormalization", "c,scale,shift,mean,variance", "n");
  small_model_add_node (small, "Relu", "n", "r");
  small_model_add_node (small, "Identity", "r", "i");
  small_model_add_node (small, "Conv", "i,v", "y");
  small_model_add_output (small, "y", PTQ_ELEMENT_FLOAT, 4, -1, N, 4, 4);
  return small_model_finish (small);
}

static gfloat *
run (PtqModel *model, gsize *size)
{
  PtqSessionOptions options = { PTQ_OPTIMIZE_NONE, FALSE, NULL, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqSession) session = ptq_session_new (model, &options, &error);
  gfloat x[N * 16];
  PtqTensor input = { PTQ_ELEMENT_FLOAT, 4, { 1, N, 4, 4 }, x, sizeof x };
  const PtqTensor *output;

  g_assert_no_error (error);
  for (gint i = 0; i < N * 16; i++)
    x[i] = (i % 13 - 6) / 8.0f;
  ptq_session_run (session, &input, 1, NULL, &error);
  g_assert_no_error (error);
  output = ptq_session_get_output (session, 0);
  *size = output->size;
  return g_memdup2 (output->data, output->size);
}

static void
assert_same_function (PtqModel *model, PtqModel *other)
{
  gsize size, other_size;
  g_autofree gfloat *values = run (model, &size);
  g_autofree gfloat *others = run (other, &other_size);

  g_assert_cmpuint (size, ==, other_size);
  for (gsize i = 0; i < size / sizeof *values; i++)
    g_assert_cmpfloat_with_epsilon (values[i], others[i], 1e-4);
}

static gchar *
list_operators (PtqModel *model)
{
  Onnx__GraphProto *graph = ptq_model_get_graph (model);
  GString *list = g_string_new (NULL);

  for (gsize i = 0; i < graph->n_node; i++)
    g_string_append_printf (list, "%s ", graph->node[i]->op_type);
  return g_string_free (list, FALSE);
}

static void
assert_data_inside (PtqModel *model)
{
  Onnx__GraphProto *graph = ptq_model_get_graph (model);

  for (gsize i = 0; i < graph->n_initializer; i++)
    g_assert_cmpint (graph->initializer[i]->data_location, ==,
        ONNX__TENSOR_PROTO__DATA_LOCATION__DEFAULT);
}

static void
test_basic (void)
{
  g_autoptr (PtqModel) model = layered_model ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqModel) result =
      ptq_runtime_optimize (model, PTQ_OPTIMIZE_BASIC, &error);
  g_autofree gchar *operators = NULL;
  Onnx__ModelProto *proto;

  g_assert_no_error (error);
  operators = list_operators (result);
  g_assert_cmpstr (operators, ==, "Conv Relu Conv ");
  assert_data_inside (result);
  assert_same_function (model, result);

  proto = ptq_model_get_proto (result);
  g_assert_cmpuint (proto->n_opset_import, ==, 1);
  g_assert_cmpint (ptq_model_get_opset (result), ==, 13);
  g_assert_cmpint (proto->ir_version, ==, 8);
  g_assert_cmpint (ptq_model_get_input (result, 0)->dims[0], ==, -1);
  g_assert_cmpstr (ptq_model_get_output (result, 0)->name, ==, "y");
}

/* Weights beside the model: those that are left alone stay there. */
static void
test_external_data (void)
{
  g_autoptr (PtqModel) built = layered_model ();
  g_autofree gchar *folder = g_dir_make_tmp ("ptq-test-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (folder, "m.onnx", NULL);
  g_autoptr (PtqModel) model = NULL;
  g_autoptr (PtqModel) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *operators = NULL;
  const gchar *name;
  GDir *dir;

  ptq_model_save (built, path, PTQ_MODEL_SAVE_EXTERNAL_DATA, NULL, &error);
  g_assert_no_error (error);
  model = ptq_model_load (path, &error);
  g_assert_no_error (error);
  result = ptq_runtime_optimize (model, PTQ_OPTIMIZE_BASIC, &error);
  g_assert_no_error (error);
  operators = list_operators (result);
  g_assert_cmpstr (operators, ==, "Conv Relu Conv ");
  assert_same_function (built, result);

  dir = g_dir_open (folder, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree gchar *file = g_build_filename (folder, name, NULL);

    g_remove (file);
  }
  g_dir_close (dir);
  g_rmdir (folder);
}

/* No temporary file is left, whether it goes well or not. */
static void
test_no_trace (void)
{
  g_autofree gchar *folder = g_dir_make_tmp ("ptq-test-XXXXXX", NULL);
  g_autoptr (PtqModel) model = layered_model ();
  g_autoptr (PtqModel) result = NULL;
  g_autoptr (PtqModel) broken = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_test_subprocess ()) {
    g_setenv ("TMPDIR", folder, TRUE);
    g_test_trap_subprocess (NULL, 0, 0);
    g_test_trap_assert_passed ();
    g_assert_cmpint (g_rmdir (folder), ==, 0);
    return;
  }
  result = ptq_runtime_optimize (model, PTQ_OPTIMIZE_ALL, &error);
  g_assert_no_error (error);
  broken = ptq_model_copy (model, &error);
  g_assert_no_error (error);
  ptq_graph_append_node (ptq_model_get_graph (broken),
      ptq_node_new (
          "NoSuchOperator", "n", NULL, (const gchar *const[]){ "o", NULL }));
  g_assert_null (ptq_runtime_optimize (broken, PTQ_OPTIMIZE_ALL, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED);
  g_rmdir (folder);
}

static void
test_unwritable (void)
{
  g_autoptr (PtqModel) model = layered_model ();
  g_autoptr (GError) error = NULL;

  if (!g_test_subprocess ()) {
    g_setenv ("TMPDIR", "/no/such/folder", TRUE);
    g_test_trap_subprocess (NULL, 0, 0);
    g_test_trap_assert_passed ();
    g_unsetenv ("TMPDIR");
    return;
  }
  g_assert_null (ptq_runtime_optimize (model, PTQ_OPTIMIZE_BASIC, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_WRITE);
  g_assert_nonnull (strstr (error->message, "/no/such/folder"));
}

static void
test_count_float (void)
{
  g_autoptr (PtqModel) model = layered_model ();
  g_autoptr (GError) error = NULL;
  guint n_integer, n_float;

  ptq_runtime_count_kernels (model, &n_integer, &n_float, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_integer, ==, 0);
  g_assert_cmpuint (n_float, ==, 2);
}

static void
add_scalar (SmallModel *small, const gchar *name, PtqElementType type,
    gconstpointer data, gsize size)
{
  ptq_graph_add_initializer (
      small->graph, ptq_tensor_proto_new (name, type, NULL, 0, data, size));
}

/* A convolution and a product between integers, and a product of floats */
static void
test_count_integer (void)
{
  static const gint8 w[] = { 1, 2, 3, 4 };
  static const gint64 w_dims[] = { 2, 2 }, v_dims[] = { 2, 2, 1, 1 };
  static const gfloat scale = 0.5f, floats[] = { 1, 2, 3, 4 };
  static const guint8 zero = 128;
  static const gint8 none = 0;
  SmallModel *small = small_model_new (13);
  g_autoptr (PtqModel) model = NULL;
  g_autoptr (GError) error = NULL;
  guint n_integer, n_float;

  add_scalar (small, "s", PTQ_ELEMENT_FLOAT, &scale, sizeof scale);
  add_scalar (small, "z", PTQ_ELEMENT_UINT8, &zero, 1);
  add_scalar (small, "n", PTQ_ELEMENT_INT8, &none, 1);
  ptq_graph_add_initializer (small->graph,
      ptq_tensor_proto_new ("w", PTQ_ELEMENT_INT8, w_dims, 2, w, sizeof w));
  ptq_graph_add_initializer (small->graph,
      ptq_tensor_proto_new ("v", PTQ_ELEMENT_INT8, v_dims, 4, w, sizeof w));
  small_model_add_floats (small, "f", floats, 2, 2, 2);
  small_model_add_input (small, "x", PTQ_ELEMENT_UINT8, 2, 3, 2);
  small_model_add_input (small, "p", PTQ_ELEMENT_UINT8, 4, 1, 2, 4, 4);
  small_model_add_node (small, "QLinearMatMul", "x,s,z,w,s,n,s,z", "a");
  small_model_add_node (small, "QLinearConv", "p,s,z,v,s,n,s,z", "c");
  small_model_add_node (small, "DequantizeLinear", "a,s,z", "d");
  small_model_add_node (small, "MatMul", "d,f", "y");
  small_model_add_output (small, "y", PTQ_ELEMENT_FLOAT, 2, 3, 2);
  small_model_add_output (small, "c", PTQ_ELEMENT_UINT8, 4, 1, 2, 4, 4);
  model = small_model_finish (small);
  ptq_runtime_count_kernels (model, &n_integer, &n_float, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_integer, ==, 2);
  g_assert_cmpuint (n_float, ==, 1);
}

/* A product of u8 and s8 that does not fit 16 bits tells whether the
 * processor at hand is what we take it for. The zero points are written out:
 * ONNX Runtime 1.21 computes wrongly in its precise mode without them. */
static void
test_saturation (void)
{
  static const guint8 x[8] = { 255, 255, 255, 255, 255, 255, 255, 255 };
  gint8 w[8 * 16];
  static const gint64 w_dims[] = { 8, 16 };
  static const guint8 x_zero = 0;
  static const gint8 w_zero = 0;
  PtqSessionOptions options = { PTQ_OPTIMIZE_ALL, FALSE, NULL, NULL };
  PtqTensor input = { PTQ_ELEMENT_UINT8, 2, { 1, 8 }, x, sizeof x };
  SmallModel *small = small_model_new (13);
  g_autoptr (PtqModel) model = NULL;
  g_autoptr (PtqSession) session = NULL;
  g_autoptr (GError) error = NULL;
  gboolean exact;

  memset (w, 127, sizeof w);
  small_model_add_input (small, "x", PTQ_ELEMENT_UINT8, 2, 1, 8);
  ptq_graph_add_initializer (small->graph,
      ptq_tensor_proto_new ("w", PTQ_ELEMENT_INT8, w_dims, 2, w, sizeof w));
  add_scalar (small, "a", PTQ_ELEMENT_UINT8, &x_zero, 1);
  add_scalar (small, "b", PTQ_ELEMENT_INT8, &w_zero, 1);
  small_model_add_node (small, "MatMulInteger", "x,w,a,b", "y");
  small_model_add_output (small, "y", PTQ_ELEMENT_INT32, 2, 1, 16);
  model = small_model_finish (small);
  session = ptq_session_new (model, &options, &error);
  g_assert_no_error (error);
  ptq_session_run (session, &input, 1, NULL, &error);
  g_assert_no_error (error);
  exact = *(const gint32 *) ptq_session_get_output (session, 0)->data
      == 8 * 255 * 127;
  g_assert_cmpint (exact, ==, !ptq_runtime_cpu_saturates ());
  g_assert_cmpuint (strlen (ptq_runtime_cpu_class ()), >, 0);
  g_assert_true (g_ascii_isdigit (ptq_runtime_version ()[0]));

  g_clear_object (&session);
  options.precise_int8 = TRUE;
  session = ptq_session_new (model, &options, &error);
  g_assert_no_error (error);
  ptq_session_run (session, &input, 1, NULL, &error);
  g_assert_cmpint (*(const gint32 *) ptq_session_get_output (session, 0)->data,
      ==, 8 * 255 * 127);
}

/* The runtime alone would say that the model does not load. */
static void
test_no_room (void)
{
  g_autoptr (PtqModel) model = layered_model ();
  g_autoptr (GError) error = NULL;
  struct rlimit before, small;

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  for (guint size = 0; size <= 1024; size += 512) {
    small = before;
    small.rlim_cur = size;
    g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
    g_assert_null (ptq_runtime_optimize (model, PTQ_OPTIMIZE_BASIC, &error));
    g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
    g_assert_error (error, PTQ_ERROR, PTQ_ERROR_WRITE);
    g_assert_nonnull (strstr (error->message, "TMPDIR"));
    g_clear_error (&error);
  }
}

int
main (int argc, char **argv)
{
  ptq_runtime_disable_telemetry ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/optimize/basic", test_basic);
  g_test_add_func ("/optimize/external-data", test_external_data);
  g_test_add_func ("/optimize/no-trace", test_no_trace);
  g_test_add_func ("/optimize/unwritable", test_unwritable);
  g_test_add_func ("/optimize/no-room", test_no_room);
  g_test_add_func ("/kernels/float", test_count_float);
  g_test_add_func ("/kernels/integer", test_count_integer);
  g_test_add_func ("/cpu/saturation", test_saturation);
  return g_test_run ();
}
