/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The data of initializers, whichever field holds it.
 */
#include <math.h>
#include <string.h>
#include "model-answers.h"

static const Onnx__TensorProto *
find (PtqModel *model, const gchar *name)
{
  const Onnx__TensorProto *tensor =
      ptq_graph_find_initializer (ptq_model_get_graph (model), name);

  g_assert_nonnull (tensor);

  return tensor;
}

static void
assert_floats (PtqModel *model, const gchar *name, const gfloat *expected,
    gsize n_expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree gfloat *found = NULL;
  gsize n;

  found = ptq_tensor_proto_read_floats (model, find (model, name), &n, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (
      found, n * sizeof *found, expected, n_expected * sizeof *expected);
}

/* The values are those that make-models.py put in; all but the bfloat16 ones
 * are exact in each type, and 2^-24 is the smallest of float16. */
static void
test_floats (void)
{
  static const gfloat values[] = { 1.5f, -2, 0, 65504, 0x1p-24f, INFINITY };
  static const gfloat bfloats[] = { 1.5f, -2, 0, 256 };
  static const gfloat scalar[] = { 3.25f };
  static const gchar *const names[] = { "float", "double", "half" };
  g_autoptr (PtqModel) model = load_test_model ("format", "tensors.onnx");

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree gchar *raw = g_strconcat (names[i], "_raw", NULL);

    assert_floats (model, names[i], values, G_N_ELEMENTS (values));
    assert_floats (model, raw, values, G_N_ELEMENTS (values));
  }
  assert_floats (model, "bfloat", bfloats, G_N_ELEMENTS (bfloats));
  assert_floats (model, "bfloat_raw", bfloats, G_N_ELEMENTS (bfloats));
  assert_floats (model, "scalar", scalar, 1);
  assert_floats (model, "empty", NULL, 0);
}

typedef struct
{
  const gchar *name;
  gsize n;
  gint64 values[5];
} Integers;

static const Integers integers[] = {
  { "int8", 3, { -128, -1, 127 } },
  { "uint8", 3, { 0, 128, 255 } },
  { "int16", 3, { -32768, -1, 32767 } },
  { "uint16", 3, { 0, 32768, 65535 } },
  { "int32", 3, { G_MININT32, -1, G_MAXINT32 } },
  { "uint32", 3, { 0, G_GINT64_CONSTANT (0x80000000), G_MAXUINT32 } },
  { "int64", 3, { G_MININT64, -1, G_MAXINT64 } },
  { "uint64", 3, { 0, 1, G_MAXINT64 } },
  { "bool", 3, { 1, 0, 1 } },
  { "int4", 5, { -8, -1, 0, 1, 7 } },
  { "uint4", 5, { 0, 1, 7, 8, 15 } },
};

static void
assert_integers (PtqModel *model, const gchar *name, const Integers *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree gint64 *found = NULL;
  gsize n;

  found = ptq_tensor_proto_read_ints (model, find (model, name), &n, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (found, n * sizeof *found, expected->values,
      expected->n * sizeof *expected->values);
}

static void
test_integers (void)
{
  g_autoptr (PtqModel) model = load_test_model ("format", "tensors.onnx");

  for (guint i = 0; i < G_N_ELEMENTS (integers); i++) {
    g_autofree gchar *raw = g_strconcat (integers[i].name, "_raw", NULL);

    assert_integers (model, integers[i].name, &integers[i]);
    assert_integers (model, raw, &integers[i]);
  }
}

static void
assert_refused (PtqModel *model, const Onnx__TensorProto *tensor, PtqError code,
    const gchar *message)
{
  g_autoptr (GError) error = NULL;
  gsize n;

  g_assert_null (ptq_tensor_proto_read_floats (model, tensor, &n, &error));
  g_assert_error (error, PTQ_ERROR, (gint) code);
  g_assert_cmpstr (error->message, ==, message);
  g_assert_cmpuint (n, ==, 0);
}

static void
test_refused (void)
{
  static const gfloat data[] = { 1, 2, 3 };
  const gint64 dims[] = { 2, 2 };
  const gint64 endless[] = { G_MAXINT64, 16 };
  g_autoptr (PtqModel) model = load_test_model ("format", "tensors.onnx");
  Onnx__TensorProto *tensor =
      ptq_tensor_proto_new ("w", PTQ_ELEMENT_FLOAT, dims, 2, data, sizeof data);
  g_autoptr (GError) error = NULL;
  gsize n;

  assert_refused (model, tensor, PTQ_ERROR_INVALID_MODEL,
      "tensor \"w\" has 12 bytes of data, but its shape 2x2 of float32 needs "
      "16");
  ptq_tensor_proto_set_data (
      tensor, PTQ_ELEMENT_FLOAT, endless, 2, data, sizeof data);
  g_assert_cmpuint (ptq_tensor_proto_count (tensor), ==, 0);
  assert_refused (model, tensor, PTQ_ERROR_UNSUPPORTED,
      "tensor \"w\" of element type float32 (1) and shape "
      "9223372036854775807x16 cannot be read");
  assert_refused (model, find (model, "string"), PTQ_ERROR_UNSUPPORTED,
      "tensor \"string\" of element type string (8) and shape 2 cannot be "
      "read");
  assert_refused (model, find (model, "int8"), PTQ_ERROR_UNSUPPORTED,
      "tensor \"int8\" has elements of type int8, floating point numbers are "
      "expected");
  g_assert_null (
      ptq_tensor_proto_read_ints (model, find (model, "half"), &n, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED);
  onnx__tensor_proto__free_unpacked (tensor, NULL);
}

/* Whatever a tensor held is gone, wherever it was. */
static void
test_set_data (void)
{
  static const guint8 data[] = { 0x21, 0x03 };
  const gint64 dims[] = { 3 };
  static const Integers expected = { "w", 3, { 1, 2, 3 } };
  g_autoptr (PtqModel) model = load_test_model ("format", "tensors.onnx");
  g_autoptr (PtqModel) external = load_test_model ("format", "external.onnx");
  Onnx__GraphProto *graph = ptq_model_get_graph (model);

  for (gsize i = 0; i < graph->n_initializer; i++) {
    ptq_tensor_proto_set_data (
        graph->initializer[i], PTQ_ELEMENT_UINT4, dims, 1, data, sizeof data);
    assert_integers (model, graph->initializer[i]->name, &expected);
  }
  graph = ptq_model_get_graph (external);
  ptq_tensor_proto_set_data (
      graph->initializer[0], PTQ_ELEMENT_UINT4, dims, 1, data, sizeof data);
  assert_integers (external, "w", &expected);
}

static void
test_element_types (void)
{
  g_autofree gchar *open = NULL, *scalar = NULL, *any = NULL;
  const gint64 dims[] = { 1, -1, 224 };

  g_assert_cmpuint (ptq_element_type_size (PTQ_ELEMENT_DOUBLE), ==, 8);
  g_assert_cmpuint (ptq_element_type_size (PTQ_ELEMENT_BFLOAT16), ==, 2);
  g_assert_cmpuint (ptq_element_type_size (PTQ_ELEMENT_INT4), ==, 0);
  g_assert_cmpstr (ptq_element_type_name (PTQ_ELEMENT_UINT8), ==, "uint8");
  g_assert_cmpstr (ptq_element_type_name (99), ==, "unknown");
  open = ptq_dims_to_string (dims, 3);
  scalar = ptq_dims_to_string (NULL, 0);
  any = ptq_dims_to_string (NULL, -1);
  g_assert_cmpstr (open, ==, "1x?x224");
  g_assert_cmpstr (scalar, ==, "scalar");
  g_assert_cmpstr (any, ==, "any shape");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tensor-proto/floats", test_floats);
  g_test_add_func ("/tensor-proto/integers", test_integers);
  g_test_add_func ("/tensor-proto/refused", test_refused);
  g_test_add_func ("/tensor-proto/set-data", test_set_data);
  g_test_add_func ("/tensor-proto/element-types", test_element_types);

  return g_test_run ();
}
