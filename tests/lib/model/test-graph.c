/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Making, finding and changing nodes of a graph.
 */
#include <string.h>
#include "model-answers.h"
#include "../small-model.h"

static void
test_node (void)
{
  static const gchar *const inputs[] = { "a", "", "c", NULL };
  static const gchar *const outputs[] = { "y", NULL };
  Onnx__NodeProto *node = ptq_node_new ("Clip", "limit", inputs, outputs);
  Onnx__NodeProto *copy;

  g_assert_true (ptq_node_is (node, "Clip"));
  g_assert_false (ptq_node_is (node, "Relu"));
  g_assert_cmpstr (ptq_node_get_input (node, 1), ==, "");
  g_assert_cmpstr (ptq_node_get_input (node, 7), ==, "");
  ptq_node_set_input (node, 4, "e");
  g_assert_cmpuint (node->n_input, ==, 5);
  g_assert_cmpstr (ptq_node_get_input (node, 3), ==, "");
  g_assert_cmpstr (ptq_node_get_input (node, 4), ==, "e");

  copy = ptq_node_copy (node);
  ptq_node_free (node);
  g_assert_cmpstr (copy->name, ==, "limit");
  g_assert_cmpuint (copy->n_input, ==, 5);
  copy->domain = g_strdup ("ai.onnx");
  g_assert_true (ptq_node_is (copy, "Clip"));
  g_free (copy->domain);
  copy->domain = g_strdup ("elsewhere");
  g_assert_false (ptq_node_is (copy, "Clip"));
  ptq_node_free (copy);
}

static void
test_attributes (void)
{
  static const gint64 three[] = { 1, 2, 3 };
  Onnx__NodeProto *node = ptq_node_new ("Odd", NULL, NULL, NULL), *copy;
  const gint64 *ints;
  gsize n;

  g_assert_null (ptq_node_get_ints (node, "ints", &n));
  g_assert_cmpuint (n, ==, 0);
  g_assert_null (ptq_node_get_string (node, "text"));
  g_assert_cmpint (ptq_node_get_int (node, "int", 5), ==, 5);

  ptq_node_set_int (node, "int", -1);
  ptq_node_set_float (node, "float", 0.5f);
  ptq_node_set_ints (node, "ints", three, 3);
  ptq_node_set_ints (node, "none", NULL, 0);
  ptq_node_set_string (node, "text", "edge");
  ptq_node_set_string (node, "empty", "");
  /* Bytes end with a 0 after a way through the file format too. */
  copy = ptq_node_copy (node);
  ptq_node_free (node);
  node = copy;
  g_assert_cmpint (ptq_node_get_int (node, "int", 5), ==, -1);
  g_assert_cmpfloat (ptq_node_get_float (node, "float", 2), ==, 0.5f);
  ints = ptq_node_get_ints (node, "ints", &n);
  g_assert_cmpmem (ints, n * sizeof *ints, three, sizeof three);
  g_assert_nonnull (ptq_node_get_ints (node, "none", &n));
  g_assert_cmpuint (n, ==, 0);
  g_assert_cmpstr (ptq_node_get_string (node, "text"), ==, "edge");
  g_assert_cmpstr (ptq_node_get_string (node, "empty"), ==, "");

  /* from itself */
  ptq_node_set_ints (node, "ints", ptq_node_get_ints (node, "ints", &n), 2);
  ptq_node_set_string (node, "text", ptq_node_get_string (node, "text") + 1);
  ints = ptq_node_get_ints (node, "ints", &n);
  g_assert_cmpmem (ints, n * sizeof *ints, three, 2 * sizeof *ints);
  g_assert_cmpstr (ptq_node_get_string (node, "text"), ==, "dge");
  g_assert_cmpuint (node->n_attribute, ==, 6);
  ptq_node_remove_attribute (node, "float");
  ptq_node_remove_attribute (node, "float");
  g_assert_cmpuint (node->n_attribute, ==, 5);
  g_assert_cmpfloat (ptq_node_get_float (node, "float", 2), ==, 2);
  ptq_node_free (node);
}

/* The default of a field may be left out, and numbers be packed, as protobuf's
 * later syntax does. */
static void
test_sparing_writer (void)
{
  static const guint8 bytes[] = { 0x2a, 0x06, 0x0a, 0x01, 'i', 0xa0, 0x01, 2,
    0x2a, 0x06, 0x0a, 0x01, 'f', 0xa0, 0x01, 1, 0x2a, 0x06, 0x0a, 0x01, 's',
    0xa0, 0x01, 3, 0x2a, 0x0a, 0x0a, 0x01, 'n', 0x42, 2, 5, 6, 0xa0, 0x01, 7 };
  Onnx__NodeProto *node = onnx__node_proto__unpack (NULL, sizeof bytes, bytes);
  const gint64 *ints;
  gsize n;

  g_assert_nonnull (node);
  g_assert_cmpint (ptq_node_get_int (node, "i", 7), ==, 0);
  g_assert_cmpfloat (ptq_node_get_float (node, "f", 7), ==, 0);
  g_assert_cmpstr (ptq_node_get_string (node, "s"), ==, "");
  ints = ptq_node_get_ints (node, "n", &n);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpint (ints[1], ==, 6);
  /* the value of another type */
  g_assert_cmpint (ptq_node_get_int (node, "f", 7), ==, 7);
  ptq_node_free (node);
}

/* x -> Relu -> a; Add (a, a) -> b; Mul (b, w) -> y */
static PtqModel *
chain_model (void)
{
  static const gfloat w[] = { 3 };
  SmallModel *small = small_model_new (13);

  small_model_add_input (small, "x", PTQ_ELEMENT_FLOAT, 1, 2);
  small_model_add_floats (small, "w", w, 1, 1);
  small_model_add_floats (small, "unused", w, 1, 1);
  small_model_add_node (small, "Relu", "x", "a");
  small_model_add_node (small, "Add", "a,a", "b");
  small_model_add_node (small, "Mul", "b,w", "y");
  small_model_add_output (small, "y", PTQ_ELEMENT_FLOAT, 1, 2);

  return small_model_finish (small);
}

static void
test_index (void)
{
  g_autoptr (PtqModel) model = chain_model ();
  const Onnx__GraphProto *graph = ptq_model_get_graph (model);
  g_autoptr (PtqGraphIndex) index = ptq_graph_index_new (graph);
  GPtrArray *readers;

  g_assert_true (ptq_graph_index_producer (index, "b") == graph->node[1]);
  g_assert_null (ptq_graph_index_producer (index, "x"));
  g_assert_null (ptq_graph_index_producer (index, "w"));
  readers = ptq_graph_index_consumers (index, "a");
  g_assert_cmpuint (readers->len, ==, 2);
  g_assert_true (readers->pdata[0] == graph->node[1]);
  g_assert_true (readers->pdata[1] == graph->node[1]);
  g_assert_cmpuint (ptq_graph_index_consumers (index, "y")->len, ==, 0);
  g_assert_cmpuint (ptq_graph_index_consumers (index, "none")->len, ==, 0);
  g_assert_true (
      ptq_graph_index_initializer (index, "w") == graph->initializer[0]);
  g_assert_null (ptq_graph_index_initializer (index, "a"));
  g_assert_true (ptq_graph_index_is_input (index, "x"));
  g_assert_false (ptq_graph_index_is_input (index, "a"));
  g_assert_true (ptq_graph_index_is_output (index, "y"));
  g_assert_false (ptq_graph_index_is_output (index, "b"));
  g_assert_false (ptq_graph_index_in_subgraph (index, "a"));
}

/* Both branches read x of the graph around; what they call then_clipped and so
 * on is their own. */
static void
test_index_subgraph (void)
{
  g_autoptr (PtqModel) model = load_test_model ("upgrade", "if-9.onnx");
  const Onnx__GraphProto *graph = ptq_model_get_graph (model);
  Onnx__NodeProto *branching = graph->node[2];
  Onnx__GraphProto *branch = branching->attribute[0]->g;
  PtqGraphIndex *index = ptq_graph_index_new (graph);
  GPtrArray *readers = ptq_graph_index_consumers (index, "x");

  g_assert_cmpuint (readers->len, ==, 3);
  g_assert_true (readers->pdata[0] == graph->node[0]);
  g_assert_true (readers->pdata[1] == branching);
  g_assert_true (readers->pdata[2] == branching);
  g_assert_true (ptq_graph_index_in_subgraph (index, "x"));
  g_assert_false (ptq_graph_index_in_subgraph (index, "sum"));
  g_assert_cmpuint (
      ptq_graph_index_consumers (index, branch->node[0]->output[0])->len, ==,
      0);
  ptq_graph_index_free (index);

  /* A branch may name one of its own tensors like one outside. */
  ptq_node_set_output (branch->node[0], 0, "sum");
  ptq_node_set_input (branch->node[1], 0, "sum");
  index = ptq_graph_index_new (graph);
  g_assert_cmpuint (ptq_graph_index_consumers (index, "sum")->len, ==, 1);
  g_assert_false (ptq_graph_index_in_subgraph (index, "sum"));
  ptq_graph_index_free (index);
}

static void
test_unused_initializers (void)
{
  g_autoptr (PtqModel) model = chain_model ();
  Onnx__GraphProto *graph = ptq_model_get_graph (model);
  g_autoptr (PtqModel) branching = load_test_model ("upgrade", "if-9.onnx");
  Onnx__GraphProto *outer = ptq_model_get_graph (branching);

  g_assert_cmpuint (ptq_graph_drop_unused_initializers (graph), ==, 1);
  g_assert_cmpuint (graph->n_initializer, ==, 1);
  g_assert_nonnull (ptq_graph_find_initializer (graph, "w"));
  g_assert_null (ptq_graph_find_initializer (graph, "unused"));

  /* read in a branch only */
  ptq_node_set_input (outer->node[2]->attribute[0]->g->node[0], 0, "inner");
  ptq_graph_add_initializer (outer,
      ptq_tensor_proto_new ("inner", PTQ_ELEMENT_FLOAT, NULL, 0, &(gfloat){ 1 },
          sizeof (gfloat)));
  g_assert_cmpuint (ptq_graph_drop_unused_initializers (outer), ==, 0);
}

static void
test_set_nodes (void)
{
  g_autoptr (PtqModel) model = chain_model ();
  Onnx__GraphProto *graph = ptq_model_get_graph (model);
  static const gchar *const inputs[] = { "x", NULL };
  static const gchar *const outputs[] = { "b", NULL };
  GPtrArray *nodes = g_ptr_array_new ();

  g_ptr_array_add (nodes, ptq_node_new ("Neg", "new", inputs, outputs));
  g_ptr_array_add (nodes, graph->node[2]);
  ptq_graph_set_nodes (graph, nodes);
  g_assert_cmpuint (graph->n_node, ==, 2);
  g_assert_true (ptq_node_is (graph->node[0], "Neg"));
  g_assert_true (ptq_node_is (graph->node[1], "Mul"));
}

static Onnx__NodeProto *
add_constant (SmallModel *small, const gchar *output, const gchar *attribute)
{
  Onnx__NodeProto *node = small_model_add_node (small, "Constant", "", output);

  /* The helper reads "" as one input left out. */
  while (node->n_input > 0)
    g_free (node->input[--node->n_input]);
  ptq_node_set_int (node, attribute, 4);

  return node;
}

/* Constant nodes of each kind */
static void
test_lift_constants (void)
{
  static const gfloat two[] = { 2 };
  SmallModel *small = small_model_new (13);
  g_autoptr (PtqModel) model = NULL;
  Onnx__GraphProto *graph;
  Onnx__NodeProto *node;
  g_autofree gint64 *ints = NULL;
  g_autofree gfloat *floats = NULL;
  g_autoptr (GError) error = NULL;
  gsize n;

  small_model_add_input (small, "x", PTQ_ELEMENT_FLOAT, 1, 2);
  node = add_constant (small, "tensor", "value");
  node->attribute[0]->t = ptq_tensor_proto_new (
      "inside", PTQ_ELEMENT_FLOAT, NULL, 0, two, sizeof two);
  add_constant (small, "int", "value_int");
  node = add_constant (small, "ints", "other");
  ptq_node_remove_attribute (node, "other");
  ptq_node_set_ints (node, "value_ints", (gint64[]){ 7, 8 }, 2);
  node = add_constant (small, "text", "other");
  ptq_node_remove_attribute (node, "other");
  ptq_node_set_string (node, "value_string", "stays");
  small_model_add_node (small, "Add", "x,tensor", "y");
  small_model_add_output (small, "y", PTQ_ELEMENT_FLOAT, 1, 2);
  add_constant (small, "answer", "value_int");
  small_model_add_output (small, "answer", PTQ_ELEMENT_INT64, 0);
  model = small_model_finish (small);
  graph = ptq_model_get_graph (model);

  ptq_graph_lift_constants (graph);
  /* a text is no initializer, and an output is made by a node */
  g_assert_cmpuint (graph->n_node, ==, 3);
  g_assert_cmpstr (graph->node[0]->output[0], ==, "text");
  g_assert_true (ptq_node_is (graph->node[1], "Add"));
  g_assert_cmpstr (graph->node[2]->output[0], ==, "answer");
  g_assert_cmpuint (graph->n_initializer, ==, 3);
  floats = ptq_tensor_proto_read_floats (
      model, ptq_graph_find_initializer (graph, "tensor"), &n, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (floats, n * sizeof *floats, two, sizeof two);
  ints = ptq_tensor_proto_read_ints (
      model, ptq_graph_find_initializer (graph, "ints"), &n, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpint (ints[1], ==, 8);
}

/* Long models are not slow: all of this would take hours if it were quadratic
 * in ten thousand nodes. */
static void
test_long_chain (void)
{
  const guint length = 20000;
  SmallModel *small = small_model_new (10);
  g_autoptr (PtqModel) model = NULL;
  g_autoptr (PtqGraphIndex) index = NULL;
  g_autofree gchar *last = g_strdup_printf ("t%u", length);
  g_autoptr (GError) error = NULL;

  small_model_add_input (small, "t0", PTQ_ELEMENT_FLOAT, 1, 2);
  for (guint i = 0; i < length; i++) {
    g_autofree gchar *input = g_strdup_printf ("t%u", i);
    g_autofree gchar *output = g_strdup_printf ("t%u", i + 1);

    ptq_node_set_float (
        small_model_add_node (small, i % 2 ? "Clip" : "Softmax", input, output),
        "max", 1);
  }
  small_model_add_output (small, last, PTQ_ELEMENT_FLOAT, 1, 2);
  model = small_model_finish (small);

  g_assert_true (ptq_model_upgrade (model, 21, &error));
  g_assert_no_error (error);
  ptq_graph_lift_constants (ptq_model_get_graph (model));
  g_assert_cmpuint (
      ptq_graph_drop_unused_initializers (ptq_model_get_graph (model)), ==, 0);
  index = ptq_graph_index_new (ptq_model_get_graph (model));
  g_assert_nonnull (ptq_graph_index_producer (index, last));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/graph/node", test_node);
  g_test_add_func ("/graph/attributes", test_attributes);
  g_test_add_func ("/graph/sparing-writer", test_sparing_writer);
  g_test_add_func ("/graph/index", test_index);
  g_test_add_func ("/graph/index/subgraph", test_index_subgraph);
  g_test_add_func ("/graph/unused-initializers", test_unused_initializers);
  g_test_add_func ("/graph/set-nodes", test_set_nodes);
  g_test_add_func ("/graph/lift-constants", test_lift_constants);
  g_test_add_func ("/graph/long-chain", test_long_chain);

  return g_test_run ();
}
