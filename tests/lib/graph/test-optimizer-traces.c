/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A fused model has the names and attributes of the one that was fused. */

#include "../build-model.h"
#include "plan.h"
#include "prepare.h"

#define NORM \
  "floats g 2 3 4\n floats o 1 1 1\n floats m 0 0 0\n" \
  "floats v 1 1 1\n"

static PtqModel *
prepare (const gchar *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqModel) model = build_model (text);
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  PtqModel *prepared = ptq_prepare_model (model, &error);

  g_assert_no_error (error);
  return prepared;
}

static Onnx__NodeProto *
find_conv (PtqModel *model, const gchar *output)
{
  Onnx__GraphProto *graph = ptq_model_get_graph (model);

  for (gsize i = 0; i < graph->n_node; i++)
    if (g_str_equal (graph->node[i]->output[0], output))
      return graph->node[i];
  g_assert_not_reached ();
}

/* What is added in the end has the name of what the normalization added. */
static void
test_names (void)
{
  g_autoptr (PtqModel) model =
      prepare ("input x 1x2x8x8\n"
               "weight W 3x2x3x3\n floats B 1 2 3\n Conv x,W,B c\n" NORM
               "BatchNormalization c,g,o,m,v y\n output y");
  Onnx__NodeProto *conv = find_conv (model, "y");

  g_assert_cmpuint (ptq_model_get_graph (model)->n_node, ==, 1);
  g_assert_cmpstr (ptq_node_get_input (conv, 1), ==, "W");
  g_assert_cmpstr (ptq_node_get_input (conv, 2), ==, "o");
  g_assert_null (ptq_node_get_attribute (conv, "auto_pad"));
}

/* The name is in use: another layer reads the weight as it was. */
static void
test_shared (void)
{
  g_autoptr (PtqModel) model =
      prepare ("input x 1x2x8x8\n"
               "weight W 3x2x3x3\n floats B 1 2 3\n Conv x,W,B c\n" NORM
               "BatchNormalization c,g,o,m,v y\n Conv x,W,B z\n output y\n"
               "output z");
  Onnx__NodeProto *fused = find_conv (model, "y");
  Onnx__NodeProto *plain = find_conv (model, "z");

  g_assert_cmpstr (ptq_node_get_input (plain, 1), ==, "W");
  g_assert_cmpstr (ptq_node_get_input (fused, 1), !=, "W");
  g_assert_cmpstr (ptq_node_get_input (plain, 2), ==, "B");
  g_assert_cmpstr (ptq_node_get_input (fused, 2), !=, "B");
}

/* What the model itself says about its padding stays. */
static void
test_padding_mode (void)
{
  g_autoptr (PtqModel) model = prepare (
      "input x 1x2x8x8\n"
      "weight W 3x2x3x3\n Conv x,W y auto_pad:s=SAME_UPPER\n output y");

  g_assert_nonnull (
      ptq_node_get_attribute (find_conv (model, "y"), "auto_pad"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/optimizer-traces/names", test_names);
  g_test_add_func ("/optimizer-traces/shared", test_shared);
  g_test_add_func ("/optimizer-traces/padding-mode", test_padding_mode);
  return g_test_run ();
}
