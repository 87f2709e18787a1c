/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Names that are made up must be no other's, wherever that one stands.
 */
#include <string.h>
#include "fresh-names.h"
#include "prepare.h"
#include "../run-model.h"

static void
test_free (void)
{
  g_autoptr (PtqModel) model = build_model (
      "input x 1x2x4x4\n weight W 2x2x1x1\n Conv x,W c\n output c");
  g_autoptr (PtqFreshNames) names =
      ptq_fresh_names_new (ptq_model_get_proto (model));
  g_autofree gchar *first = ptq_fresh_names_take (names, "W", "_scale");
  g_autofree gchar *second = ptq_fresh_names_take (names, "W", "_scale");
  g_autofree gchar *third = ptq_fresh_names_take (names, "x", "");

  g_assert_cmpstr (first, ==, "W_scale");
  g_assert_cmpstr (second, ==, "W_scale_2");
  g_assert_cmpstr (third, ==, "x_2");
}

static void
test_short (void)
{
  g_autoptr (PtqModel) model = build_model (
      "input _0 1x2x4x4\n weight W 2x2x1x1\n Conv _0,W _2\n output _2");
  g_autoptr (PtqFreshNames) names =
      ptq_fresh_names_new (ptq_model_get_proto (model));
  static const gchar *const expected[] = { "_1", "_3", "_4" };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    g_autofree gchar *name = ptq_fresh_names_take_short (names);

    g_assert_cmpstr (name, ==, expected[i]);
  }
}

/* alpha is folded into the weights under a name made of theirs, the node's
 * and "alpha". Here another weight is called so; the results tell whether it
 * was taken for the scaled one. */
static PtqModel *
new_gemm_model (const gchar *taken)
{
  g_autofree gchar *text =
      g_strdup_printf ("input x 1x4\n weight w 4x4\n weight %s 4x4\n"
                       " Gemm x,w y alpha:f=0.5\n MatMul y,%s z\n output z",
          taken, taken);

  return build_model (text);
}

static void
check_gemm (const gchar *taken)
{
  g_autoptr (PtqModel) model = new_gemm_model (taken);
  g_autoptr (GError) error = NULL;
  g_autoptr (Samples) samples = samples_new (model, -1, 1);
  g_autoptr (PtqModel) prepared = ptq_prepare_model (model, &error);

  g_assert_no_error (error);
  g_assert_cmpfloat (compare (model, prepared, samples), >, 100);
}

static void
test_taken (void)
{
  g_autoptr (PtqModel) model = new_gemm_model ("v");
  g_autofree gchar *taken = NULL;
  g_autoptr (PtqModel) prepared = ptq_prepare_model (model, NULL);
  Onnx__GraphProto *graph = ptq_model_get_graph (prepared);

  check_gemm ("v");
  /* the name that was made where nothing had it */
  for (gsize i = 0; i < graph->n_initializer; i++)
    if (g_str_has_suffix (graph->initializer[i]->name, "_alpha"))
      taken = g_strdup (graph->initializer[i]->name);
  g_assert_nonnull (taken);
  check_gemm (taken);
}

/* ---- every maker of names, by what it makes ---- */

typedef PtqModel *(*Maker) (PtqModel *model);

static PtqModel *
quantize_with (PtqModel *model, PtqQuantType type, gint bits, gboolean correct)
{
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (Samples) samples = samples_new (model, -1, 1);

  g_object_set (settings, "quant-type", type, "bit-num", bits,
      "bias-correction", correct, NULL);
  return quantize (model, settings, samples, NULL);
}

static PtqModel *
make_full (PtqModel *model)
{
  return quantize_with (model, PTQ_QUANT_TYPE_FULL, 8, FALSE);
}

static PtqModel *
make_corrected (PtqModel *model)
{
  return quantize_with (model, PTQ_QUANT_TYPE_FULL, 8, TRUE);
}

static PtqModel *
make_weights (PtqModel *model)
{
  return quantize_with (model, PTQ_QUANT_TYPE_WEIGHT, 6, FALSE);
}

static PtqModel *
make_float16 (PtqModel *model)
{
  PtqModel *copy = ptq_model_copy (model, NULL);

  g_assert_true (ptq_model_store_float16 (copy, NULL, NULL));
  return copy;
}

/* The names of @made that @model has not: what the maker called its own */
static GPtrArray *
list_made (PtqModel *model, PtqModel *made)
{
  Onnx__GraphProto *before = ptq_model_get_graph (model);
  Onnx__GraphProto *graph = ptq_model_get_graph (made);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) old = g_hash_table_new (g_str_hash, g_str_equal);

  for (gsize i = 0; i < before->n_initializer; i++)
    g_hash_table_add (old, before->initializer[i]->name);
  for (gsize i = 0; i < before->n_node; i++)
    g_hash_table_add (old, before->node[i]->output[0]);
  for (gsize i = 0; i < graph->n_initializer; i++)
    if (!g_hash_table_contains (old, graph->initializer[i]->name))
      g_ptr_array_add (names, g_strdup (graph->initializer[i]->name));
  for (gsize i = 0; i < graph->n_node; i++)
    if (!g_hash_table_contains (old, graph->node[i]->output[0]))
      g_ptr_array_add (names, g_strdup (graph->node[i]->output[0]));
  return names;
}

static PtqModel *
new_layers (const gchar *taken)
{
  g_autofree gchar *text =
      g_strdup_printf ("input x 1x8\n weight w 8x16\n weight v 16x16\n"
                       " weight %s 16x16\n Gemm x,w a\n Relu a b\n"
                       " Gemm b,v c\n MatMul c,%s d\n output d",
          taken, taken);

  return build_model (text);
}

/* The last weight gets every name in turn that is made where it has another:
 * the result is the float model's still. */
static void
test_maker (gconstpointer data)
{
  Maker make = *(const Maker *) data;
  g_autoptr (PtqModel) model = new_layers ("u");
  g_autoptr (PtqModel) made = make (model);
  g_autoptr (GPtrArray) names = list_made (model, made);

  g_assert_cmpuint (names->len, >, 0);
  for (guint i = 0; i < names->len; i++) {
    g_autoptr (PtqModel) other = new_layers (names->pdata[i]);
    g_autoptr (PtqModel) result = make (other);
    g_autoptr (Samples) samples = samples_new (other, -1, 1);

    g_test_message ("%s", (const gchar *) names->pdata[i]);
    g_assert_cmpfloat (compare (other, result, samples), >, 20);
  }
}

/* A name of a graph within is taken as well, at any depth. */
static void
test_subgraph (void)
{
  g_autoptr (PtqModel) model = build_model (
      "input x 1x2x4x4\n weight W 2x2x1x1\n Conv x,W c\n output c");
  g_autoptr (PtqModel) inner = build_model (
      "input p 1x2\n weight W_scale 1x2\n Add p,W_scale _0\n output _0");
  g_autoptr (PtqModel) middle =
      build_model ("input q 1x2\n weight _1 1x2\n Add q,_1 r\n output r");
  Onnx__AttributeProto hold[2] = { ONNX__ATTRIBUTE_PROTO__INIT,
    ONNX__ATTRIBUTE_PROTO__INIT };
  Onnx__AttributeProto *lists[2] = { &hold[0], &hold[1] };
  Onnx__NodeProto *nodes[2] = { ptq_model_get_graph (model)->node[0],
    ptq_model_get_graph (middle)->node[0] };
  PtqModel *within[2] = { middle, inner };
  g_autoptr (PtqFreshNames) names = NULL;
  g_autofree gchar *scale = NULL, *brief = NULL;

  for (guint i = 0; i < 2; i++) {
    g_assert_cmpuint (nodes[i]->n_attribute, ==, 0);
    hold[i].g = ptq_model_get_graph (within[i]);
    nodes[i]->attribute = &lists[i];
    nodes[i]->n_attribute = 1;
  }
  names = ptq_fresh_names_new (ptq_model_get_proto (model));
  for (guint i = 0; i < 2; i++) {
    nodes[i]->attribute = NULL;
    nodes[i]->n_attribute = 0;
  }

  scale = ptq_fresh_names_take (names, "W", "_scale");
  brief = ptq_fresh_names_take_short (names);
  g_assert_cmpstr (scale, ==, "W_scale_2");
  g_assert_cmpstr (brief, ==, "_2");
}

int
main (int argc, char **argv)
{
  static const Maker full = make_full, corrected = make_corrected;
  static const Maker weights = make_weights, float16 = make_float16;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fresh-names/free", test_free);
  g_test_add_func ("/fresh-names/short", test_short);
  g_test_add_func ("/fresh-names/taken", test_taken);
  g_test_add_func ("/fresh-names/subgraph", test_subgraph);
  g_test_add_data_func ("/fresh-names/full", &full, test_maker);
  g_test_add_data_func ("/fresh-names/corrected", &corrected, test_maker);
  g_test_add_data_func ("/fresh-names/weights", &weights, test_maker);
  g_test_add_data_func ("/fresh-names/float16", &float16, test_maker);
  return g_test_run ();
}
