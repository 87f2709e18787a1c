/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The table of operators: what one more row brings about, and whether the rows
 * agree with themselves. */

#include "../build-model.h"
#include "activation-function.h"
#include "operators.h"
#include "prepare.h"
#include "weight-only.h"

static gdouble
softsign (
    gdouble value, gdouble alpha G_GNUC_UNUSED, gdouble beta G_GNUC_UNUSED)
{
  return value / (1 + ABS (value));
}

static const PtqOperator softsign_row = {
  .op_type = "Softsign",
  .function = { softsign, .saturates = TRUE },
};

static const PtqOperator einsum_row = {
  .op_type = "Einsum",
  .weights = { 1, 1, PTQ_AXIS_FIRST, FALSE },
};

static gboolean
find_function (PtqActivationFunction *function)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (PtqModel) model =
      build_model ("input x 1x2x8x8\n weight W 3x2x3x3\n Conv x,W c\n"
                   "Softsign c y\n output y");
  g_autoptr (PtqPlan) plan = ptq_plan_new (model, settings, &error);
  gboolean found;

  g_assert_no_error (error);
  found = ptq_activation_function_find (plan, "c", function);
  function->result = NULL;
  return found;
}

static void
test_add_function (void)
{
  PtqActivationFunction function = { 0 };

  g_assert_false (find_function (&function));
  ptq_operators_add (&softsign_row);
  g_assert_true (find_function (&function));
  g_assert_true (function.saturates);
  g_assert_cmpfloat (ptq_activation_function_apply (&function, 3), ==, 0.75);
}

static guint
count_weights (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (PtqModel) model =
      build_model ("input x 4x64\n weight W 64x64\n"
                   "Einsum x,W y equation:s=ij,kj->ik\n output y");
  PtqWeightOnlyResult result;

  g_object_set (settings, "bit-num", 8, "min-quant-weight-size", 0u, NULL);
  if (!ptq_weight_only_run (model, settings, 0.02, NULL, &result, &error))
    g_assert_nonnull (error);
  return result.n_quantized;
}

static void
test_add_weighted (void)
{
  g_assert_cmpuint (count_weights (), ==, 0);
  ptq_operators_add (&einsum_row);
  g_assert_cmpuint (count_weights (), ==, 1);
}

static void
check_row (const PtqOperator *row)
{
  g_test_message ("%s", row->op_type);
  /* Kernels and data go together. */
  g_assert_cmpint (row->kind == PTQ_OP_FLOAT, ==, row->targets == 0);
  g_assert_cmpint (row->n_data == 0, ==, row->targets == 0);
  /* What convolves or multiplies has weights to do so with. */
  if (row->kind == PTQ_OP_CONVOLUTION || row->kind == PTQ_OP_PRODUCT
      || row->equalizes || row->consumer != PTQ_CONSUMER_NO)
    g_assert_cmpuint (row->weights.n, >, 0);
  /* Nothing passes factors on and takes them as well. */
  if (row->homogeneous != PTQ_HOMOGENEOUS_NO)
    g_assert_cmpint (row->consumer, ==, PTQ_CONSUMER_NO);
  if (row->function.func == NULL) {
    g_assert_false (row->function.saturates || row->function.times_value
        || row->function.slopes);
    g_assert_true (row->function.alpha == 0 && row->function.beta == 0);
  }
  /* A row that says nothing is none. */
  g_assert_true (
      row->targets != 0 || row->weights.n > 0 || row->function.func != NULL);
}

static void
test_consistent (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  const PtqOperator *row;

  for (guint i = 0; (row = ptq_operators_get (i)) != NULL; i++) {
    g_assert_true (g_hash_table_add (seen, (gpointer) row->op_type));
    check_row (row);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/operators/consistent", test_consistent);
  g_test_add_func ("/operators/add-function", test_add_function);
  g_test_add_func ("/operators/add-weighted", test_add_weighted);
  return g_test_run ();
}
