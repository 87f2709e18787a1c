/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Upgraded models are compared with what ONNX Runtime answers to the model as
 * it was, bit for bit.
 */
#include <string.h>
#include "model-answers.h"

static const gint64 targets[] = { 13, 18, 21 };

static void
check_upgrade (const gchar *name, gint64 opset, PtqOptimizeLevel level)
{
  g_autoptr (PtqModel) model = load_test_model ("upgrade", name);
  g_autoptr (PtqModel) original = load_test_model ("upgrade", name);
  g_autoptr (GPtrArray) expected = NULL;
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GError) error = NULL;

  expected = model_answers_new (original, level, &error);
  g_assert_no_error (error);

  g_assert_true (ptq_model_upgrade (model, opset, &error));
  g_assert_no_error (error);
  g_assert_cmpint (ptq_model_get_opset (model), ==,
      MAX (opset, ptq_model_get_opset (original)));
  found = model_answers_new (model, level, &error);
  g_assert_no_error (error);
  model_answers_assert_equal (found, expected);
}

static void
test_same_answers (gconstpointer name)
{
  for (guint i = 0; i < G_N_ELEMENTS (targets); i++) {
    check_upgrade (name, targets[i], PTQ_OPTIMIZE_NONE);
    check_upgrade (name, targets[i], PTQ_OPTIMIZE_ALL);
  }
}

/* One case for each file of the folder */
static void
add_same_answers (void)
{
  g_autofree gchar *folder = test_model_path ("upgrade", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &error);
  const gchar *name;
  guint n = 0;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir))) {
    g_autofree gchar *path = g_strdup_printf ("/upgrade/same/%s", name);

    g_test_add_data_func_full (
        path, g_strdup (name), test_same_answers, g_free);
    n++;
  }
  g_assert_cmpuint (n, >, 40);
}

typedef struct
{
  const gchar *file;
  gint64 opset;
  const gchar *message;
} Refused;

static const Refused refused[] = {
  { "add-broadcast-6.onnx", 13,
      "node \"add_y\": Add cannot be upgraded from opset 6 to 7: its attribute "
      "broadcast" },
  { "batchnorm-spatial-8.onnx", 13,
      "node \"batchnormalization_y\": BatchNormalization cannot be upgraded "
      "from opset 8 to 9: it has spatial=0" },
  { "dropout-mask-9.onnx", 13,
      "node \"dropout_y\": Dropout cannot be upgraded from opset 9 to 10: its "
      "mask is read" },
  { "groupnorm-18.onnx", 21,
      "node \"groupnormalization_y\": GroupNormalization cannot be upgraded "
      "from opset 20 to 21: its scale and bias" },
  { "reshape-4.onnx", 13,
      "node \"reshape_y\": Reshape cannot be upgraded from opset 4 to 5: its "
      "attribute shape" },
  { "resize-mixed-10.onnx", 13,
      "node \"resize_y\": Resize cannot be upgraded from opset 10 to 11: it "
      "enlarges one side" },
  { "resize-tf-linear-11.onnx", 13,
      "node \"resize_y\": Resize cannot be upgraded from opset 12 to 13: its "
      "coordinate_transformation_mode" },
  { "scan-8.onnx", 13,
      "node \"scan_node\": Scan cannot be upgraded from opset 8 to 9: it lost "
      "its batch dimension" },
};

/* The message names file, node, operator and versions, and the model is as it
 * was. */
static void
test_refused (gconstpointer data)
{
  const Refused *expected = data;
  g_autoptr (PtqModel) model = load_test_model ("refuse", expected->file);
  g_autofree gchar *before = ptq_model_get_checksum (model);
  const gint64 opset = ptq_model_get_opset (model);
  g_autofree gchar *after = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (ptq_model_upgrade (model, expected->opset, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, expected->file));
  g_assert_nonnull (strstr (error->message, expected->message));
  after = ptq_model_get_checksum (model);
  g_assert_cmpstr (after, ==, before);
  g_assert_cmpint (ptq_model_get_opset (model), ==, opset);
}

static Onnx__NodeProto *
first_node (PtqModel *model)
{
  return ptq_model_get_graph (model)->node[0];
}

static void
assert_float_input (PtqModel *model, guint index, gfloat expected)
{
  const Onnx__NodeProto *node = first_node (model);
  const Onnx__TensorProto *tensor = ptq_graph_find_initializer (
      ptq_model_get_graph (model), ptq_node_get_input (node, index));
  g_autofree gfloat *values = NULL;
  g_autoptr (GError) error = NULL;
  gsize n;

  g_assert_nonnull (tensor);
  values = ptq_tensor_proto_read_floats (model, tensor, &n, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpfloat (values[0], ==, expected);
}

/* Runtimes may take an attribute that is not of this version; it has to go. */
static void
test_clip_inputs (void)
{
  g_autoptr (PtqModel) model = load_test_model ("upgrade", "clip-7.onnx");
  g_autoptr (GError) error = NULL;

  g_assert_true (ptq_model_upgrade (model, 13, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (first_node (model)->n_attribute, ==, 0);
  g_assert_cmpuint (first_node (model)->n_input, ==, 3);
  assert_float_input (model, 1, -0.25f);
  assert_float_input (model, 2, 0.5f);
  g_assert_cmpint (ptq_model_get_proto (model)->ir_version, ==, 7);
}

/* An absent limit stays absent. */
static void
test_clip_one_side (void)
{
  g_autoptr (PtqModel) model = load_test_model ("upgrade", "clip-max-10.onnx");
  g_autoptr (GError) error = NULL;

  g_assert_true (ptq_model_upgrade (model, 13, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (ptq_node_get_input (first_node (model), 1), ==, "");
  assert_float_input (model, 2, 0.5f);
}

/* The limits have the type of the input; ONNX Runtime has no kernel for the
 * old Clip of float16, so the bits are compared: 0.1f is 0x2e66 rounded to
 * nearest, -65519 rounds to the largest number, 2^-25 is a tie to even. */
static void
test_clip_half (void)
{
  static const struct
  {
    gfloat value;
    guint16 bits;
  } cases[] = {
    { 0.1f, 0x2e66 },
    { -65519.0f, 0xfbff },
    { 65520.0f, 0x7c00 },
    { 0x1p-25f, 0x0000 },
    { 0x1.8p-24f, 0x0002 },
    { 2047.5f, 0x6800 },
    { 6.0f, 0x4600 },
    { -0.0f, 0x8000 },
    { 0x1.ffep-15f, 0x0400 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PtqModel) model = load_test_model ("upgrade", "clip-7.onnx");
    Onnx__GraphProto *graph = ptq_model_get_graph (model);
    const Onnx__TensorProto *tensor;
    g_autoptr (GError) error = NULL;

    graph->input[0]->type->tensor_type->elem_type = PTQ_ELEMENT_FLOAT16;
    ptq_node_set_float (first_node (model), "max", cases[i].value);
    g_assert_true (ptq_model_upgrade (model, 13, &error));
    g_assert_no_error (error);

    graph = ptq_model_get_graph (model);
    tensor = ptq_graph_find_initializer (
        graph, ptq_node_get_input (graph->node[0], 2));
    g_assert_cmpint (tensor->data_type, ==, PTQ_ELEMENT_FLOAT16);
    g_assert_cmpmem (
        tensor->raw_data.data, tensor->raw_data.len, &cases[i].bits, 2);
  }
}

static guint
count_nodes (PtqModel *model, const gchar *op_type)
{
  const Onnx__GraphProto *graph = ptq_model_get_graph (model);
  guint n = 0;

  for (gsize i = 0; i < graph->n_node; i++)
    n += ptq_node_is (graph->node[i], op_type);

  return n;
}

/* Where the last axis is meant anyway, nothing comes between: the first of the
 * two follows a reshape to a matrix, the second one does need it. */
static void
test_softmax_plain (void)
{
  g_autoptr (PtqModel) model =
      load_test_model ("upgrade", "softmax-ranks-8.onnx");
  g_autoptr (PtqModel) last =
      load_test_model ("upgrade", "softmax-last-9.onnx");
  g_autoptr (GError) error = NULL;

  g_assert_true (ptq_model_upgrade (model, 13, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_nodes (model, "Softmax"), ==, 2);
  g_assert_cmpuint (count_nodes (model, "Flatten"), ==, 1);

  g_assert_true (ptq_model_upgrade (last, 13, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (ptq_model_get_graph (last)->n_node, ==, 1);
  g_assert_cmpint (ptq_node_get_int (first_node (last), "axis", 0), ==, -1);
}

/* Weights listed as inputs would become replaceable. */
static void
test_weights_as_inputs (void)
{
  g_autoptr (PtqModel) model = load_test_model ("upgrade", "gemm-ir3-8.onnx");
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (ptq_model_get_n_inputs (model), ==, 1);
  g_assert_cmpuint (ptq_model_get_graph (model)->n_input, ==, 2);
  g_assert_true (ptq_model_upgrade (model, 13, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (ptq_model_get_n_inputs (model), ==, 1);
  g_assert_cmpuint (ptq_model_get_graph (model)->n_input, ==, 1);
}

static void
test_limits (void)
{
  g_autoptr (PtqModel) model = load_test_model ("upgrade", "clip-7.onnx");
  g_autofree gchar *before = ptq_model_get_checksum (model);
  g_autofree gchar *after = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (ptq_model_upgrade (model, 6, &error));
  g_assert_no_error (error);
  after = ptq_model_get_checksum (model);
  g_assert_cmpstr (after, ==, before);
  g_assert_cmpint (ptq_model_get_opset (model), ==, 7);

  g_assert_false (ptq_model_upgrade (model, 22, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED);
  g_clear_error (&error);

  ptq_model_set_opset (model, "ai.onnx", G_MININT64);
  g_assert_false (ptq_model_upgrade (model, 13, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_INVALID_MODEL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_same_answers ();
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autofree gchar *path =
        g_strdup_printf ("/upgrade/refused/%s", refused[i].file);

    g_test_add_data_func (path, &refused[i], test_refused);
  }
  g_test_add_func ("/upgrade/clip/inputs", test_clip_inputs);
  g_test_add_func ("/upgrade/clip/one-side", test_clip_one_side);
  g_test_add_func ("/upgrade/clip/half", test_clip_half);
  g_test_add_func ("/upgrade/softmax/plain", test_softmax_plain);
  g_test_add_func ("/upgrade/weights-as-inputs", test_weights_as_inputs);
  g_test_add_func ("/upgrade/limits", test_limits);

  return g_test_run ();
}
