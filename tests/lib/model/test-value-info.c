/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a model says about its inputs and outputs.
 */
#include <string.h>
#include "model-answers.h"

static void
assert_shape (const PtqValueInfo *info, const gchar *expected)
{
  g_autofree gchar *text = ptq_dims_to_string (info->dims, info->rank);

  g_assert_cmpstr (text, ==, expected);
}

static void
assert_value_shape (const Onnx__ValueInfoProto *value, gint64 n, gint64 h)
{
  const Onnx__TensorShapeProto *shape = value->type->tensor_type->shape;

  g_assert_cmpint (shape->dim[0]->dim_value, ==, n);
  g_assert_cmpint (shape->dim[2]->dim_value, ==, h);
}

static void
test_information (void)
{
  g_autoptr (PtqModel) model = load_test_model ("format", "shapes.onnx");

  g_assert_cmpuint (ptq_model_get_n_inputs (model), ==, 5);
  g_assert_cmpstr (ptq_model_get_input (model, 1)->name, ==, "k");
  g_assert_cmpint (ptq_model_get_input (model, 2)->type, ==, PTQ_ELEMENT_BOOL);
  assert_shape (ptq_model_get_input (model, 0), "?x3x?x?");
  assert_shape (ptq_model_get_input (model, 2), "scalar");
  assert_shape (ptq_model_get_input (model, 4), "any shape");
  g_assert_cmpuint (ptq_model_get_n_outputs (model), ==, 2);
  g_assert_cmpstr (ptq_model_get_output (model, 1)->name, ==, "q");
}

/* What has the same name becomes the same number, everywhere. */
static void
test_symbols (void)
{
  const gint64 dims[] = { 2, 3, 8, -1 };
  g_autoptr (PtqModel) model = load_test_model ("format", "shapes.onnx");
  const Onnx__GraphProto *graph = ptq_model_get_graph (model);
  g_autoptr (GError) error = NULL;

  g_assert_true (ptq_model_set_input_shape (model, 0, dims, 4, &error));
  g_assert_no_error (error);
  assert_shape (ptq_model_get_input (model, 0), "2x3x8x?");
  assert_shape (ptq_model_get_input (model, 1), "2x?");
  assert_shape (ptq_model_get_output (model, 0), "2x3x8x?");
  assert_shape (ptq_model_get_output (model, 1), "2x?");
  assert_value_shape (graph->value_info[0], 2, 8);
  /* inside a branch */
  assert_value_shape (graph->node[1]->attribute[0]->g->output[0], 2, 8);
  assert_value_shape (graph->node[1]->attribute[1]->g->output[0], 2, 8);
}

static void
test_unknown_rank (void)
{
  const gint64 dims[] = { 4, -1 };
  g_autoptr (PtqModel) model = load_test_model ("format", "shapes.onnx");
  g_autoptr (GError) error = NULL;

  g_assert_true (ptq_model_set_input_shape (model, 4, dims, 2, &error));
  g_assert_no_error (error);
  assert_shape (ptq_model_get_input (model, 4), "4x?");
}

static void
assert_refused (
    guint index, const gint64 *dims, guint rank, const gchar *message)
{
  g_autoptr (PtqModel) model = load_test_model ("format", "shapes.onnx");
  g_autofree gchar *before = ptq_model_get_checksum (model);
  g_autofree gchar *after = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (ptq_model_set_input_shape (model, index, dims, rank, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE);
  g_assert_cmpstr (error->message, ==, message);
  after = ptq_model_get_checksum (model);
  g_assert_cmpstr (after, ==, before);
}

static void
test_refused (void)
{
  assert_refused (0, (gint64[]){ 1, 4, 8, 8 }, 4,
      "input \"x\" has the shape ?x3x?x? in the model, it cannot become "
      "1x4x8x8");
  assert_refused (0, (gint64[]){ 1, 3, 8 }, 3,
      "input \"x\" has the shape ?x3x?x? in the model, it cannot become 1x3x8");
  assert_refused (0, (gint64[]){ 1, 3, 0, 8 }, 4,
      "input \"x\": dimension 2 of the shape asked for is 0, it must be 1 or "
      "more, or -1 to stay as it is");
  assert_refused (3, (gint64[]){ 4, 5 }, 2,
      "input \"square\": \"S\" cannot be 4 and 5 at once");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/value-info/information", test_information);
  g_test_add_func ("/value-info/symbols", test_symbols);
  g_test_add_func ("/value-info/unknown-rank", test_unknown_rank);
  g_test_add_func ("/value-info/refused", test_refused);

  return g_test_run ();
}
