/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sessions: what they run, refuse and observe.
 */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <glib/gstdio.h>
#include "ptq-runtime.h"
#include "runtime-private.h"
#include "../small-model.h"

static PtqTensor
float_tensor (const gfloat *data, guint rank, const gint64 *dims)
{
  PtqTensor tensor = { .type = PTQ_ELEMENT_FLOAT, .rank = rank, .data = data };

  for (guint i = 0; i < rank; i++)
    tensor.dims[i] = dims[i];
  tensor.size = ptq_tensor_count (&tensor) * sizeof (gfloat);
  return tensor;
}

static PtqSession *
new_session (PtqModel *model, PtqObserveFunc observe, gpointer user_data)
{
  PtqSessionOptions options = { PTQ_OPTIMIZE_ALL, FALSE, observe, user_data };
  g_autoptr (GError) error = NULL;
  PtqSession *session = ptq_session_new (model, &options, &error);

  g_assert_no_error (error);
  return session;
}

/* y = max (x w, 0) over an open number of rows */
static PtqModel *
product_model (void)
{
  static const gfloat w[] = { 1, 2, 3, -4 };
  SmallModel *small = small_model_new (13);

  small_model_add_input (small, "x", PTQ_ELEMENT_FLOAT, 2, -1, 2);
  small_model_add_floats (small, "w", w, 2, 2, 2);
  small_model_add_node (small, "MatMul", "x,w", "p");
  small_model_add_node (small, "Relu", "p", "y");
  small_model_add_output (small, "y", PTQ_ELEMENT_FLOAT, 2, -1, 2);
  return small_model_finish (small);
}

static void
test_run (void)
{
  static const gfloat x[] = { 1, 1, 0, 2, -1, 0 };
  /* by hand: (4, -2), (6, -8), (-1, -2), negatives cut */
  static const gfloat expected[] = { 4, 0, 6, 0, 0, 0 };
  g_autoptr (PtqModel) model = product_model ();
  g_autoptr (PtqSession) session = new_session (model, NULL, NULL);
  g_autoptr (GError) error = NULL;
  PtqTensor input = float_tensor (x, 2, (gint64[]){ 3, 2 });
  const PtqTensor *output;

  g_assert_cmpuint (ptq_session_get_n_outputs (session), ==, 1);
  g_assert_cmpstr (ptq_session_get_output_name (session, 0), ==, "y");
  g_assert_cmpint (
      ptq_session_get_output (session, 0)->type, ==, PTQ_ELEMENT_UNDEFINED);
  g_assert_true (ptq_session_run (session, &input, 1, NULL, &error));
  g_assert_no_error (error);
  output = ptq_session_get_output (session, 0);
  g_assert_cmpint (output->type, ==, PTQ_ELEMENT_FLOAT);
  g_assert_cmpuint (output->rank, ==, 2);
  g_assert_cmpint (output->dims[0], ==, 3);
  g_assert_cmpint (output->dims[1], ==, 2);
  g_assert_cmpmem (output->data, output->size, expected, sizeof expected);
}

static void
assert_shape_error (PtqSession *session, const PtqTensor *inputs, guint n,
    const gchar *first, const gchar *second)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (ptq_session_run (session, inputs, n, NULL, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE);
  g_assert_nonnull (strstr (error->message, first));
  g_assert_nonnull (strstr (error->message, second));
}

static void
test_wrong_inputs (void)
{
  static const gfloat x[6] = { 0 };
  g_autoptr (PtqModel) model = product_model ();
  g_autoptr (PtqSession) session = new_session (model, NULL, NULL);
  g_autofree gchar *given = NULL, *wanted = NULL;
  PtqTensor input = float_tensor (x, 2, (gint64[]){ 2, 3 });

  given = ptq_dims_to_string (input.dims, 2);
  wanted = ptq_dims_to_string ((gint64[]){ -1, 2 }, 2);
  assert_shape_error (session, &input, 1, given, wanted);
  assert_shape_error (session, &input, 1, "\"x\"", wanted);

  input = float_tensor (x, 1, (gint64[]){ 2 });
  assert_shape_error (session, &input, 1, "\"x\"", wanted);

  input = float_tensor (x, 2, (gint64[]){ 3, 2 });
  input.type = PTQ_ELEMENT_INT32;
  assert_shape_error (session, &input, 1,
      ptq_element_type_name (PTQ_ELEMENT_INT32),
      ptq_element_type_name (PTQ_ELEMENT_FLOAT));

  input = float_tensor (x, 2, (gint64[]){ 3, 2 });
  input.size = 20;
  assert_shape_error (session, &input, 1, "20", "24");
  assert_shape_error (session, &input, 0, "0 tensors", "1 inputs");

  input.size = 24;
  g_assert_true (ptq_session_run (session, &input, 1, NULL, NULL));
}

static PtqModel *
one_node_model (const gchar *domain, const gchar *op, const gchar *inputs)
{
  SmallModel *small = small_model_new (13);
  Onnx__NodeProto *node;
  PtqModel *model;

  small_model_add_input (small, "x", PTQ_ELEMENT_FLOAT, 1, 4);
  node = small_model_add_node (small, op, inputs, "y");
  if (domain != NULL)
    node->domain = g_strdup (domain);
  small_model_add_output (small, "y", PTQ_ELEMENT_FLOAT, 1, 4);
  model = small_model_finish (small);
  if (domain != NULL)
    ptq_model_set_opset (model, domain, 1);
  return model;
}

static void
assert_not_loaded (PtqModel *model, gint code, const gchar *words)
{
  PtqSessionOptions options = { PTQ_OPTIMIZE_ALL, FALSE, NULL, NULL };
  g_autoptr (GError) error = NULL;

  g_assert_null (ptq_session_new (model, &options, &error));
  g_assert_error (error, PTQ_ERROR, code);
  g_assert_nonnull (strstr (error->message, words));
}

/* Of ONNX, and of those who add to it */
static void
test_unknown_operator (void)
{
  static const gchar *const domains[] = { NULL, "org.example" };

  for (guint i = 0; i < G_N_ELEMENTS (domains); i++) {
    g_autoptr (PtqModel) model =
        one_node_model (domains[i], "NoSuchOperator", "x");

    assert_not_loaded (model, PTQ_ERROR_UNSUPPORTED, "NoSuchOperator");
  }
}

/* An operator that there is, with too few inputs */
static void
test_bad_model (void)
{
  g_autoptr (PtqModel) model = one_node_model (NULL, "MatMul", "x");

  assert_not_loaded (model, PTQ_ERROR_RUNTIME, "MatMul");
}

/* Layers that are fused and laid out anew, an addition and a pooling */
static PtqModel *
branched_model (void)
{
  gfloat weights[16 * 16];
  SmallModel *small = small_model_new (13);

  for (gint i = 0; i < 16 * 16; i++)
    weights[i] = (i % 7 - 3) / 8.0f;
  small_model_add_input (small, "x", PTQ_ELEMENT_FLOAT, 4, -1, 16, -1, -1);
  small_model_add_floats (small, "w", weights, 4, 16, 16, 1, 1);
  small_model_add_node (small, "Conv", "x,w", "c1");
  small_model_add_node (small, "Relu", "c1", "r1");
  small_model_add_node (small, "Conv", "r1,w", "c2");
  small_model_add_node (small, "Relu", "c2", "r2");
  small_model_add_node (small, "Conv", "r2,w", "c3");
  small_model_add_node (small, "Add", "r1,c3", "s");
  small_model_add_node (small, "GlobalAveragePool", "s", "y");
  small_model_add_output (small, "y", PTQ_ELEMENT_FLOAT, 4, -1, 16, 1, 1);
  return small_model_finish (small);
}

/* Shows the input and what each fusion leaves. */
static PtqSession *
new_observed_session (PtqObserveFunc observe, gpointer user_data)
{
  static const gchar *const tensors[] = { "x", "r1", "r2", "c3", "s", "y" };
  PtqSessionOptions options = { PTQ_OPTIMIZE_ALL, FALSE, observe, user_data };
  g_autoptr (PtqModel) model = branched_model ();
  PtqTensor sample = { PTQ_ELEMENT_FLOAT, 4, { 1, 16, 8, 8 }, NULL, 0 };
  g_autoptr (GError) error = NULL;
  PtqSession *session = ptq_session_new_observed (
      model, &sample, tensors, G_N_ELEMENTS (tensors), &options, &error);

  g_assert_no_error (error);
  return session;
}

static gboolean
record_order (gint64 id, const PtqTensor *tensor, PtqParallel *parallel,
    gpointer user_data, GError **error)
{
  GString *order = user_data;

  g_assert_cmpint (tensor->type, ==, PTQ_ELEMENT_FLOAT);
  g_assert_nonnull (parallel);
  g_assert_null (*error);
  g_string_append_printf (order, "%d", (gint) id);
  return TRUE;
}

static void
test_observe_fixes_shape (void)
{
  g_autofree gfloat *x = g_new0 (gfloat, 16 * 9 * 9);
  g_autoptr (GString) order = g_string_new (NULL);
  g_autoptr (PtqSession) session = new_observed_session (record_order, order);
  PtqTensor input = float_tensor (x, 4, (gint64[]){ 1, 16, 9, 9 });
  g_autofree gchar *given = ptq_dims_to_string (input.dims, 4);
  g_autofree gchar *wanted = ptq_dims_to_string ((gint64[]){ 1, 16, 8, 8 }, 4);

  assert_shape_error (session, &input, 1, given, wanted);
  g_assert_cmpstr (order->str, ==, "");
}

/* Each tensor is looked at when it has just been made, so that it can be
 * freed as early as without us. */
static void
test_observe_order (void)
{
  g_autofree gfloat *x = g_new0 (gfloat, 16 * 8 * 8);
  g_autoptr (GString) order = g_string_new (NULL);
  g_autoptr (PtqSession) session = new_observed_session (record_order, order);
  PtqTensor input = float_tensor (x, 4, (gint64[]){ 1, 16, 8, 8 });

  g_assert_true (ptq_session_run (session, &input, 1, NULL, NULL));
  g_assert_cmpstr (order->str, ==, "012345");
}

static gboolean
record_types (gint64 id, const PtqTensor *tensor,
    PtqParallel *parallel G_GNUC_UNUSED, gpointer user_data,
    GError **error G_GNUC_UNUSED)
{
  PtqTensor *seen = user_data;

  seen[id] = *tensor;
  if (id == 1) {
    const gint64 *shape = tensor->data;

    g_assert_cmpint (shape[0], ==, 2);
    g_assert_cmpint (shape[1], ==, 3);
  }
  return TRUE;
}

static void
add_cast (SmallModel *small, const gchar *output, PtqElementType type)
{
  Onnx__NodeProto *node = small_model_add_node (small, "Cast", "x", output);

  ptq_node_set_int (node, "to", type);
}

static void
test_observe_any_type (void)
{
  static const gfloat x[] = { 0, 1, 2, 3, 4, 5 };
  static const PtqElementType types[] = { PTQ_ELEMENT_FLOAT, PTQ_ELEMENT_INT64,
    PTQ_ELEMENT_BOOL, PTQ_ELEMENT_FLOAT16, PTQ_ELEMENT_DOUBLE,
    PTQ_ELEMENT_STRING, PTQ_ELEMENT_UINT8 };
  static const gsize sizes[] = { 24, 16, 6, 12, 48, 0, 6 };
  SmallModel *small = small_model_new (13);
  PtqTensor seen[G_N_ELEMENTS (types)] = { 0 };
  g_autoptr (PtqModel) model = NULL;
  g_autoptr (PtqSession) session = NULL;
  PtqTensor input = float_tensor (x, 2, (gint64[]){ 2, 3 });

  small_model_add_input (small, "x", PTQ_ELEMENT_FLOAT, 2, 2, -1);
  small_model_add_node (small, "Shape", "x", "t1");
  add_cast (small, "t2", PTQ_ELEMENT_BOOL);
  add_cast (small, "t3", PTQ_ELEMENT_FLOAT16);
  add_cast (small, "t4", PTQ_ELEMENT_DOUBLE);
  add_cast (small, "t5", PTQ_ELEMENT_STRING);
  add_cast (small, "t6", PTQ_ELEMENT_UINT8);
  small_model_add_node (small, "Relu", "x", "t0");
  small_model_add_output (small, "t0", PTQ_ELEMENT_FLOAT, 2, 2, -1);
  for (gint i = 6; i >= 0; i--) {
    g_autofree gchar *name = g_strdup_printf ("t%d", i);

    small_model_add_observe (small, name, i);
  }
  model = small_model_finish (small);
  session = new_session (model, record_types, seen);
  g_assert_true (ptq_session_run (session, &input, 1, NULL, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    g_assert_cmpint (seen[i].type, ==, types[i]);
    g_assert_cmpuint (seen[i].size, ==, sizes[i]);
    g_assert_cmpint (seen[i].dims[0], ==, 2);
  }
}

static gboolean
complain (gint64 id, const PtqTensor *tensor G_GNUC_UNUSED,
    PtqParallel *parallel G_GNUC_UNUSED, gpointer user_data, GError **error)
{
  gboolean *bad = user_data;

  if (id != 2 || !*bad)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "third tensor");
  return FALSE;
}

static void
test_observe_error (void)
{
  g_autofree gfloat *x = g_new0 (gfloat, 16 * 8 * 8);
  gboolean bad = TRUE;
  g_autoptr (PtqSession) session = new_observed_session (complain, &bad);
  g_autoptr (GError) error = NULL;
  PtqTensor input = float_tensor (x, 4, (gint64[]){ 1, 16, 8, 8 });

  g_assert_false (ptq_session_run (session, &input, 1, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  g_assert_cmpstr (error->message, ==, "third tensor");
  g_assert_cmpint (
      ptq_session_get_output (session, 0)->type, ==, PTQ_ELEMENT_UNDEFINED);
  bad = FALSE;
  g_clear_error (&error);
  g_assert_true (ptq_session_run (session, &input, 1, NULL, &error));
  g_assert_no_error (error);
}

typedef struct
{
  GCancellable *cancellable;
  guint n_calls;
} CancelTest;

static gpointer
cancel_thread (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
  return NULL;
}

/* Another thread cancels, while the run is in the middle of the graph. */
static gboolean
cancel_at_second (gint64 id, const PtqTensor *tensor G_GNUC_UNUSED,
    PtqParallel *parallel G_GNUC_UNUSED, gpointer user_data,
    GError **error G_GNUC_UNUSED)
{
  CancelTest *test = user_data;

  test->n_calls++;
  if (id == 1 && test->cancellable != NULL)
    g_thread_join (g_thread_new ("cancel", cancel_thread, test->cancellable));
  return TRUE;
}

static void
test_cancel (void)
{
  g_autofree gfloat *x = g_new0 (gfloat, 16 * 8 * 8);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  CancelTest test = { cancellable, 0 };
  g_autoptr (PtqSession) session =
      new_observed_session (cancel_at_second, &test);
  g_autoptr (GError) error = NULL;
  PtqTensor input = float_tensor (x, 4, (gint64[]){ 1, 16, 8, 8 });

  g_assert_false (ptq_session_run (session, &input, 1, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (test.n_calls, ==, 2);

  /* Cancelled from the start: nothing runs. */
  g_clear_error (&error);
  g_assert_false (ptq_session_run (session, &input, 1, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (test.n_calls, ==, 2);

  g_clear_error (&error);
  test.cancellable = NULL;
  g_cancellable_reset (cancellable);
  g_assert_true (ptq_session_run (session, &input, 1, cancellable, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (test.n_calls, ==, 8);
}

typedef struct
{
  const gint32 *data;
  gint64 sums[16];
} PartSums;

static void
sum_part (guint i, gpointer user_data)
{
  PartSums *sums = user_data;

  for (guint j = 0; j < 4; j++)
    sums->sums[i] += sums->data[i * 4 + j];
}

static gboolean
sum_parts (gint64 id G_GNUC_UNUSED, const PtqTensor *tensor,
    PtqParallel *parallel, gpointer user_data, GError **error G_GNUC_UNUSED)
{
  gint64 *total = user_data;
  PartSums sums = { tensor->data, { 0 } };

  ptq_parallel_for (parallel, 16, sum_part, &sums);
  *total = 0;
  for (guint i = 0; i < 16; i++)
    *total += sums.sums[i];
  return TRUE;
}

static void
test_parallel (void)
{
  SmallModel *small = small_model_new (13);
  gint64 total = 0;
  gint32 x[64];
  PtqTensor input = { PTQ_ELEMENT_INT32, 1, { 64 }, x, sizeof x };
  g_autoptr (PtqModel) model = NULL;
  g_autoptr (PtqSession) session = NULL;

  for (gint i = 0; i < 64; i++)
    x[i] = i + 1;
  small_model_add_input (small, "x", PTQ_ELEMENT_INT32, 1, 64);
  small_model_add_node (small, "Abs", "x", "y");
  small_model_add_output (small, "y", PTQ_ELEMENT_INT32, 1, 64);
  small_model_add_observe (small, "y", 0);
  model = small_model_finish (small);
  session = new_session (model, sum_parts, &total);
  g_assert_true (ptq_session_run (session, &input, 1, NULL, NULL));
  g_assert_cmpint (total, ==, 64 * 65 / 2);

  total = 0;
  g_assert_true (sum_parts (0, &input, NULL, &total, NULL));
  g_assert_cmpint (total, ==, 64 * 65 / 2);
}

static gboolean
count_exclusively (gint64 id G_GNUC_UNUSED,
    const PtqTensor *tensor G_GNUC_UNUSED, PtqParallel *parallel G_GNUC_UNUSED,
    gpointer user_data, GError **error G_GNUC_UNUSED)
{
  gint *inside = user_data;

  g_assert_true (g_atomic_int_compare_and_exchange (inside, 0, 1));
  g_thread_yield ();
  g_atomic_int_set (inside, 0);
  return TRUE;
}

static gpointer
run_many (gpointer data)
{
  PtqSession *session = data;
  g_autofree gfloat *x = g_new0 (gfloat, 16 * 8 * 8);
  PtqTensor input = float_tensor (x, 4, (gint64[]){ 1, 16, 8, 8 });
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 50; i++) {
    g_assert_true (ptq_session_run (session, &input, 1, NULL, &error));
    g_assert_no_error (error);
  }
  return NULL;
}

/* Two sessions at once, and two threads in one of them: one run at a time in
 * each session. */
static void
test_concurrent (void)
{
  gint inside[2] = { 0, 0 };
  g_autoptr (PtqSession) first =
      new_observed_session (count_exclusively, &inside[0]);
  g_autoptr (PtqSession) second =
      new_observed_session (count_exclusively, &inside[1]);
  GThread *threads[] = {
    g_thread_new ("first", run_many, first),
    g_thread_new ("again", run_many, first),
    g_thread_new ("second", run_many, second),
  };

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

/* The weights are found beside the model, not in the working directory. */
static void
test_external_data (void)
{
  static const gfloat x[] = { 1, 1 };
  static const gfloat expected[] = { 4, 0 };
  g_autoptr (PtqModel) built = product_model ();
  g_autoptr (PtqModel) model = NULL;
  g_autoptr (PtqSession) session = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *folder = g_dir_make_tmp ("ptq-test-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (folder, "m.onnx", NULL);
  PtqTensor input = float_tensor (x, 2, (gint64[]){ 1, 2 });
  const gchar *name;
  GDir *dir;

  ptq_model_save (built, path, PTQ_MODEL_SAVE_EXTERNAL_DATA, NULL, &error);
  g_assert_no_error (error);
  model = ptq_model_load (path, &error);
  g_assert_no_error (error);
  session = new_session (model, NULL, NULL);
  g_assert_true (ptq_session_run (session, &input, 1, NULL, &error));
  g_assert_cmpmem (
      ptq_session_get_output (session, 0)->data, 8, expected, sizeof expected);

  dir = g_dir_open (folder, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree gchar *file = g_build_filename (folder, name, NULL);

    g_remove (file);
  }
  g_dir_close (dir);
  g_rmdir (folder);
}

/* Looks at standard error while the main thread makes the environment. */
static gpointer
watch_standard_error (gpointer data)
{
  gint *stop = data;
  struct stat first, now;
  gboolean same = TRUE;

  g_assert_cmpint (fstat (STDERR_FILENO, &first), ==, 0);
  g_atomic_int_set (stop, 0);
  while (same && !g_atomic_int_get (stop))
    same = fstat (STDERR_FILENO, &now) == 0 && now.st_dev == first.st_dev
        && now.st_ino == first.st_ino;
  return GINT_TO_POINTER (same);
}

/* Has to be the first test: the environment is made once. */
static void
test_process_untouched (void)
{
  gint stop = 1;
  GThread *thread = g_thread_new ("watch", watch_standard_error, &stop);
  g_auto (GStrv) before = g_get_environ ();
  g_auto (GStrv) after = NULL;
  g_autoptr (PtqModel) model = product_model ();
  g_autoptr (PtqSession) session = NULL;

  while (g_atomic_int_get (&stop))
    g_thread_yield ();
  ptq_runtime_disable_telemetry ();
  session = new_session (model, NULL, NULL);
  g_atomic_int_set (&stop, 1);
  g_assert_true (GPOINTER_TO_INT (g_thread_join (thread)));
  after = g_get_environ ();
  g_assert_true (g_strv_equal (
      (const gchar *const *) before, (const gchar *const *) after));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/process-untouched", test_process_untouched);
  g_test_add_func ("/session/run", test_run);
  g_test_add_func ("/session/wrong-inputs", test_wrong_inputs);
  g_test_add_func ("/session/bad-model", test_bad_model);
  g_test_add_func ("/session/unknown-operator", test_unknown_operator);
  g_test_add_func ("/session/external-data", test_external_data);
  g_test_add_func ("/session/concurrent", test_concurrent);
  g_test_add_func ("/session/cancel", test_cancel);
  g_test_add_func ("/observe/order", test_observe_order);
  g_test_add_func ("/observe/fixes-shape", test_observe_fixes_shape);
  g_test_add_func ("/observe/any-type", test_observe_any_type);
  g_test_add_func ("/observe/error", test_observe_error);
  g_test_add_func ("/observe/parallel", test_parallel);
  return g_test_run ();
}
