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

#define N_THREADS 8
#define N_COPIES 50

static gpointer
copy_often (gpointer data)
{
  PtqModel *model = data;
  g_autofree gchar *expected = ptq_model_get_checksum (model);

  for (guint i = 0; i < N_COPIES; i++) {
    g_autoptr (PtqModel) copy = ptq_model_copy (model, NULL);
    g_autofree gchar *found = ptq_model_get_checksum (copy);

    g_assert_cmpstr (found, ==, expected);
  }
  return NULL;
}

/* Reading a model from several threads is allowed, and copying is reading. */
static void
test_copies (void)
{
  g_autoptr (PtqModel) model =
      build_model ("input x 1x2x4x4\n weight W 8x2x3x3\n weight V 4x8x3x3\n"
                   " Conv x,W c\n Conv c,V d\n output d");
  GThread *threads[N_THREADS];

  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("copy", copy_often, model);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fresh-names/free", test_free);
  g_test_add_func ("/fresh-names/short", test_short);
  g_test_add_func ("/fresh-names/taken", test_taken);
  g_test_add_func ("/fresh-names/copies", test_copies);
  return g_test_run ();
}
