/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Equalization changes weights and ranges, and nothing else: the equalized
 * model gives the outputs of the model before it, and its activations have
 * the ranges that were foretold. */

#include "equalize.h"
#include "equalization-pairs.h"
#include "observe-private.h"
#include "../run-model.h"

#include <math.h>
#include <string.h>

#define CONV \
  "input x 1x4x10x10\n weight W 8x4x3x3\n" \
  "floats b 0.1 -0.2 0.3 0 0.1 0.2 -0.1 0.05\n" \
  "Conv x,W,b c pads=1,1,1,1\n"
#define TAIL "weight V 5x8x3x3\n Conv m,V y pads=1,1,1,1\n output y"

typedef struct
{
  const gchar *name;
  const gchar *model;
  guint n_junctions;
  guint n_consumers; /* of all pairs */
} Row;

static const Row rows[] = {
  { "relu", CONV "Relu c m\n" TAIL, 1, 1 },
  { "nothing-between", CONV "weight V 5x8x3x3\n Conv c,V y\n output y", 1, 1 },
  { "leaky-relu", CONV "LeakyRelu c m alpha:f=0.1\n" TAIL, 1, 1 },
  { "without-bias",
      "input x 1x4x10x10\n weight W 8x4x3x3\n"
      "Conv x,W c pads=1,1,1,1\n Relu c m\n" TAIL,
      1, 1 },
  { "pools",
      CONV "Relu c r\n MaxPool r p kernel_shape=2,2 strides=2,2\n"
           "AveragePool p m kernel_shape=2,2\n" TAIL,
      1, 1 },
  { "depthwise",
      CONV "Relu c r\n weight D 8x1x3x3\n floats e 1 -1 0 2 0 0.5 "
           "0.25 -0.1\n Conv r,D,e d group:i=8 pads=1,1,1,1\n Relu d m\n" TAIL,
      2, 2 },
  { "two-readers",
      CONV "Relu c m\n weight U 6x8x1x1\n Conv m,U z\n output z\n" TAIL, 1, 2 },
  { "gemm",
      CONV "Relu c r\n GlobalAveragePool r g\n Flatten g f\n"
           "weight G 8x6\n Gemm f,G y\n output y",
      1, 1 },
  { "gemm-transposed",
      CONV "Relu c r\n GlobalAveragePool r g\n Flatten g f\n"
           "weight G 6x8\n floats gb 1 2 3 4 5 6\n Gemm f,G,gb y transB:i=1\n"
           "output y",
      1, 1 },
  { "grouped-producer",
      "input x 1x4x10x10\n weight W 8x2x3x3\n"
      "Conv x,W c pads=1,1,1,1 group:i=2\n Relu c m\n" TAIL,
      1, 1 },
  { "clip", CONV "floats s:lo 0\n floats s:hi 6\n Clip c,s:lo,s:hi m\n" TAIL, 0,
      0 },
  { "sigmoid", CONV "Sigmoid c m\n" TAIL, 0, 0 },
  { "is-output", CONV "Relu c m\n output m\n" TAIL, 0, 0 },
  { "shared-weight",
      "input x 1x8x10x10\n weight W 8x8x3x3\n"
      "Conv x,W c pads=1,1,1,1\n Relu c m\n Conv m,W y\n output y",
      0, 0 },
  { "shared-bias",
      CONV "Relu c m\n weight V 8x8x3x3\n Conv m,V,b y\n"
           "output y",
      0, 0 },
  { "consumers-share-weight",
      CONV "Relu c m\n weight V 5x8x3x3\n Conv m,V y\n"
           "Conv m,V z\n output y\n output z",
      0, 0 },
  { "grouped-consumer",
      CONV "Relu c m\n weight V 4x4x3x3\n"
           "Conv m,V y group:i=2\n output y",
      0, 0 },
  { "residual",
      CONV "weight U 8x8x3x3\n Conv c,U d pads=1,1,1,1\n Add c,d m\n" TAIL, 0,
      0 },
  { "flattened-pictures",
      CONV "Relu c r\n Flatten r f\n weight G 800x6\n"
           "Gemm f,G y\n output y",
      0, 0 },
};

static PtqSettings *
new_settings (void)
{
  PtqSettings *settings = ptq_settings_new ();

  g_object_set (settings, "equalization", TRUE, "activation-quant-method",
      PTQ_ACTIVATION_MAX_MIN, NULL);
  return settings;
}

static void
test_junctions (gconstpointer data)
{
  const Row *row = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqModel) model = build_model (row->model);
  g_autoptr (PtqSettings) settings = new_settings ();
  g_autoptr (PtqPlan) plan = ptq_plan_new (model, settings, &error);
  g_autoptr (GPtrArray) pairs = NULL;
  guint n_consumers = 0;

  g_assert_no_error (error);
  pairs = ptq_equalization_pairs_find (plan);
  g_assert_cmpuint (pairs->len, ==, row->n_junctions);
  for (guint i = 0; i < pairs->len; i++)
    n_consumers += ((PtqEqualizationPair *) pairs->pdata[i])->consumers->len;
  g_assert_cmpuint (n_consumers, ==, row->n_consumers);
}

/* A skipped layer makes no pair: nobody gains by it. */
static void
test_skipped_producer (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqModel) model = build_model (rows[0].model);
  g_autoptr (PtqSettings) settings = new_settings ();
  g_autoptr (PtqPlan) plan = NULL;
  g_autoptr (GPtrArray) pairs = NULL;

  g_object_set (settings, "skip-quant-node", "c", NULL);
  plan = ptq_plan_new (model, settings, &error);
  g_assert_no_error (error);
  pairs = ptq_equalization_pairs_find (plan);
  g_assert_cmpuint (pairs->len, ==, 0);
}

/* Channels of W and of its bias by 1, 2, 4, … so that there is something to
 * equalize. The last is far below 0, so that the upper ends of ranges are
 * those of channels that are scaled. */
static void
make_uneven (PtqModel *model)
{
  Onnx__GraphProto *graph = ptq_model_get_graph (model);
  const gchar *names[] = { "W", "b" };

  for (guint k = 0; k < 2; k++) {
    Onnx__TensorProto *tensor = ptq_graph_find_initializer (graph, names[k]);
    g_autofree gfloat *values = NULL;
    gsize n;

    if (tensor == NULL)
      continue;
    values = ptq_tensor_proto_read_floats (model, tensor, &n, NULL);
    for (gsize i = 0; i < n; i++)
      values[i] *= 1 << (i / (n / 8));
    if (k == 1)
      values[n - 1] = -1000;
    set_weight (model, names[k], values);
  }
}

static gboolean
note_range (gint64 id, const PtqTensor *tensor, PtqParallel *parallel,
    gpointer user_data, GError **error)
{
  PtqRange *range = (PtqRange *) user_data + id;
  const gfloat *values = tensor->data;

  (void) parallel;
  (void) error;
  for (gsize i = 0; i < ptq_tensor_count (tensor); i++) {
    range->min = MIN (range->min, values[i]);
    range->max = MAX (range->max, values[i]);
  }
  return TRUE;
}

/* Ranges, with 0 among them, as they are when @model runs */
static void
check_ranges (PtqModel *model, GHashTable *ranges, const Samples *samples)
{
  g_autoptr (GError) error = NULL;
  g_autofree PtqRange *found = g_new0 (PtqRange, g_hash_table_size (ranges));
  PtqSessionOptions options = { PTQ_OPTIMIZE_ALL, FALSE, note_range, found };
  g_autofree const gchar **names =
      (const gchar **) g_hash_table_get_keys_as_array (ranges, NULL);
  g_autoptr (PtqSession) session = NULL;

  session = ptq_session_new_observed (model, samples->tensors, names,
      g_hash_table_size (ranges), &options, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < N_SAMPLES; i++) {
    ptq_session_run (session, &samples->tensors[i], 1, NULL, &error);
    g_assert_no_error (error);
  }
  for (guint i = 0; i < g_hash_table_size (ranges); i++) {
    const PtqRange *range = g_hash_table_lookup (ranges, names[i]);
    gdouble epsilon = 1e-5 * (found[i].max - found[i].min);

    g_assert_cmpfloat (range->max - range->min, >, 0);
    g_assert_cmpfloat_with_epsilon (range->min, found[i].min, epsilon);
    g_assert_cmpfloat_with_epsilon (range->max, found[i].max, epsilon);
  }
}

static void
check_outputs (PtqModel *before, PtqModel *after, const Samples *samples)
{
  for (guint i = 0; i < N_SAMPLES; i++) {
    gsize n, m;
    g_autofree gfloat *x = run (before, &samples->tensors[i], FALSE, &n);
    g_autofree gfloat *y = run (after, &samples->tensors[i], FALSE, &m);
    gdouble largest = 0;

    g_assert_cmpuint (n, ==, m);
    for (gsize k = 0; k < n; k++)
      largest = MAX (largest, fabs (x[k]));
    for (gsize k = 0; k < n; k++)
      g_assert_cmpfloat_with_epsilon (x[k], y[k], 1e-5 * largest);
  }
}

static gboolean
same_weight (PtqModel *a, PtqModel *b, const gchar *name)
{
  gsize n, m;
  g_autofree gfloat *x = ptq_tensor_proto_read_floats (
      a, ptq_graph_find_initializer (ptq_model_get_graph (a), name), &n, NULL);
  g_autofree gfloat *y = ptq_tensor_proto_read_floats (
      b, ptq_graph_find_initializer (ptq_model_get_graph (b), name), &m, NULL);

  g_assert_cmpuint (n, ==, m);
  return memcmp (x, y, n * sizeof (gfloat)) == 0;
}

static void
test_same_model (gconstpointer data)
{
  g_autoptr (GHashTable) factors =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  const Row *row = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqModel) model = build_model (row->model);
  g_autoptr (PtqSettings) settings = new_settings ();
  g_autoptr (Samples) samples = samples_new (model, -1, 1);
  g_autoptr (GHashTable) ranges =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (PtqCalibrator) calibrator = NULL;
  g_autoptr (PtqModel) equalized = NULL;
  g_autoptr (PtqPlan) plan = NULL;

  make_uneven (model);
  calibrator = calibrate (model, settings, samples);
  equalized = ptq_model_copy (ptq_calibrator_get_prepared (calibrator), &error);
  g_assert_no_error (error);
  plan = ptq_plan_new (equalized, settings, &error);
  g_assert_no_error (error);
  ptq_equalize (plan, calibrator, NULL, factors);
  ptq_equalized_ranges_find (plan, calibrator, NULL, factors, ranges);
  ptq_model_changed (equalized);

  g_assert_cmpuint (g_hash_table_size (ranges), >, 0);
  check_outputs (model, equalized, samples);
  check_ranges (equalized, ranges, samples);
  /* Something happened at all. */
  g_assert_false (same_weight (model, equalized, "W"));
}

/* Through the whole quantizer: uneven channels lose less. */
static void
test_gains (void)
{
  g_autoptr (PtqModel) model = build_model (rows[5].model);
  g_autoptr (PtqSettings) settings = new_settings ();
  g_autoptr (Samples) samples = samples_new (model, -1, 1);
  g_autoptr (PtqModel) with = NULL;
  g_autoptr (PtqModel) without = NULL;

  make_uneven (model);
  with = quantize (model, settings, samples, NULL);
  g_object_set (settings, "equalization", FALSE, NULL);
  without = quantize (model, settings, samples, NULL);
  g_assert_cmpfloat (compare (model, with, samples), >, 25);
  g_assert_cmpfloat (
      compare (model, with, samples), >, compare (model, without, samples) - 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree gchar *pairs =
        g_strconcat ("/equalize/pairs/", rows[i].name, NULL);
    g_autofree gchar *same =
        g_strconcat ("/equalize/same-model/", rows[i].name, NULL);

    g_test_add_data_func (pairs, &rows[i], test_junctions);
    if (rows[i].n_junctions > 0)
      g_test_add_data_func (same, &rows[i], test_same_model);
  }
  g_test_add_func ("/equalize/skipped-producer", test_skipped_producer);
  g_test_add_func ("/equalize/gains", test_gains);
  return g_test_run ();
}
