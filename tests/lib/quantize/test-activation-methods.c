/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* KL and REMOVAL_OUTLIER through the whole quantizer, on samples whose ranges
 * can be worked out by hand. The largest magnitude is LARGEST, just below
 * 2048, so each of the 2048 bins of a histogram is 1 wide.
 *
 * KL: as many values as there are levels, each at the middle of a bin from
 * zero on, equally often, and one far away. Joining one bin to one level loses
 * nothing, so the clip stands behind the last of them, half a bin further:
 * levels + 0.5. Any other clip spreads values over bins that hold none.
 *
 * REMOVAL_OUTLIER: one of 10 000 values at each end is 0.01 %. What is left
 * ends in the bin of 5.5, whose far end is 6. */

#include "../run-model.h"

#define LARGEST 2047.5f
#define N_VALUES 10000
#define REPEATS 10

/* A convolution that changes nothing */
static PtqModel *
make_model (gint n)
{
  const gfloat one[] = { 1 };
  g_autofree gchar *text =
      g_strdup_printf ("input x 1x1x1x%d\n"
                       " weight W 1x1x1x1\n Conv x,W y\n output y\n",
          n);
  PtqModel *model = build_model (text);

  set_weight (model, "W", one);
  return model;
}

static gfloat
read_scale (PtqModel *model, const gchar *name)
{
  g_autoptr (GError) error = NULL;
  Onnx__TensorProto *tensor =
      ptq_graph_find_initializer (ptq_model_get_graph (model), name);
  g_autofree gfloat *values = NULL;
  gsize n;

  g_assert_nonnull (tensor);
  values = ptq_tensor_proto_read_floats (model, tensor, &n, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 1);
  return values[0];
}

/* What the input is quantized with; less than 8 bits are clipped before */
static void
check_input (PtqModel *quantized, gdouble low, gdouble high, gint bits)
{
  gdouble step = (high - low) / ((1 << bits) - 1);
  Onnx__GraphProto *graph = ptq_model_get_graph (quantized);
  Onnx__NodeProto *node = NULL;
  g_autofree gint64 *codes = NULL;
  gsize n;

  for (gsize i = 0; i < graph->n_node && node == NULL; i++)
    if (ptq_node_is (graph->node[i], "QuantizeLinear")
        && g_str_has_prefix (ptq_node_get_input (graph->node[i], 0), "x"))
      node = graph->node[i];
  g_assert_nonnull (node);
  g_assert_cmpfloat_with_epsilon (
      read_scale (quantized, ptq_node_get_input (node, 1)), step, 1e-6);
  codes = find_ints (quantized, ptq_node_get_input (node, 2), &n);
  /* a half may go either way */
  g_assert_cmpfloat_with_epsilon (codes[0], -low / step, 0.50001);
}

/* What comes out: values inside to half a step, those beyond cut off */
static void
check_output (PtqModel *quantized, const PtqTensor *sample, gdouble low,
    gdouble high, gint bits)
{
  const gfloat *values = sample->data;
  gdouble step = (high - low) / ((1 << bits) - 1);
  g_autofree gfloat *output = NULL;
  gsize n;

  output = run (quantized, sample, TRUE, &n);
  g_assert_cmpuint (n, ==, ptq_tensor_count (sample));
  for (gsize i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (
        output[i], CLAMP (values[i], low, high), step * 0.51);
}

/* Without the correction, which would make up for what is cut off */
static PtqModel *
quantize_sample (PtqModel *model, PtqTensor *sample, PtqSettings *settings)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqCalibrator) calibrator = NULL;
  g_autoptr (PtqQuantizer) quantizer = NULL;
  PtqModel *quantized;

  g_object_set (settings, "bias-correction", FALSE, NULL);
  calibrator = ptq_calibrator_new (model, settings, &error);
  g_assert_no_error (error);
  ptq_calibrator_push (calibrator, sample, 1, NULL, &error);
  g_assert_no_error (error);
  quantizer = ptq_quantizer_new (model, settings, calibrator);
  quantized = ptq_quantizer_run (quantizer, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return quantized;
}

static PtqTensor
make_tensor (const gfloat *values, gsize n)
{
  return (PtqTensor){ PTQ_ELEMENT_FLOAT, 4, { 1, 1, 1, n }, values,
    n * sizeof (gfloat) };
}

/* @n_levels bins from zero on; every second one is negative if @both */
static gfloat *
fill_bins (gint n_levels, gboolean both, gsize *n)
{
  gfloat *values = g_new (gfloat, n_levels * REPEATS + 1);

  *n = n_levels * REPEATS + 1;
  for (gint i = 0; i < n_levels * REPEATS; i++)
    values[i] = (i % n_levels + 0.5f) * (both && i % 2 == 1 ? -1 : 1);
  values[n_levels * REPEATS] = LARGEST;
  return values;
}

typedef struct
{
  gint bits;
  gboolean both; /* values of both signs */
  PtqKlSides sides;
  gint n_levels; /* from zero to the threshold */
} KlCase;

static void
check_kl (const KlCase *kl)
{
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (PtqModel) model = NULL;
  g_autoptr (PtqModel) quantized = NULL;
  g_autofree gfloat *values = NULL;
  gboolean one_sided = !kl->both && kl->sides == PTQ_KL_SIDES_AUTO;
  gdouble high = kl->n_levels + 0.5, low = one_sided ? 0 : -high;
  PtqTensor sample;
  gsize n;

  values = fill_bins (kl->n_levels, kl->both, &n);
  sample = make_tensor (values, n);
  model = make_model (n);
  g_object_set (settings, "activation-quant-method", PTQ_ACTIVATION_KL,
      "bit-num", kl->bits, "kl-sides", kl->sides, NULL);
  quantized = quantize_sample (model, &sample, settings);
  check_input (quantized, low, high, kl->bits);
  if (kl->bits == 8)
    check_output (quantized, &sample, low, high, kl->bits);
}

static void
test_kl (void)
{
  static const KlCase cases[] = {
    { 8, FALSE, PTQ_KL_SIDES_AUTO, 256 },
    { 8, FALSE, PTQ_KL_SIDES_TWO, 128 },
    { 8, TRUE, PTQ_KL_SIDES_AUTO, 128 },
    { 8, TRUE, PTQ_KL_SIDES_TWO, 128 },
    { 6, FALSE, PTQ_KL_SIDES_AUTO, 64 },
    { 6, TRUE, PTQ_KL_SIDES_AUTO, 32 },
    { 4, FALSE, PTQ_KL_SIDES_AUTO, 16 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    check_kl (&cases[i]);
}

/* @low: what the values begin at, 0 or -5.5 */
static gfloat *
fill_around (gfloat low, gfloat smallest)
{
  gfloat *values = g_new (gfloat, N_VALUES);

  for (gsize i = 0; i < N_VALUES; i++)
    values[i] = low + (5.5f - low) * (i % 1000) / 999;
  values[1234] = LARGEST;
  values[5678] = smallest;
  return values;
}

static void
check_outlier (gfloat begin, gfloat smallest, PtqActivationMethod method,
    gdouble low, gdouble high)
{
  g_autoptr (PtqModel) model = make_model (N_VALUES);
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (PtqModel) quantized = NULL;
  g_autofree gfloat *values = fill_around (begin, smallest);
  PtqTensor sample = make_tensor (values, N_VALUES);

  g_object_set (settings, "activation-quant-method", method, NULL);
  quantized = quantize_sample (model, &sample, settings);
  check_input (quantized, low, high, 8);
  check_output (quantized, &sample, low, high, 8);
}

static void
test_removal_outlier (void)
{
  check_outlier (-5.5f, -LARGEST, PTQ_ACTIVATION_REMOVAL_OUTLIER, -6, 6);
  check_outlier (0, 0, PTQ_ACTIVATION_REMOVAL_OUTLIER, 0, 6);
  /* the proportion is that of all values, not of each side */
  check_outlier (0, -LARGEST, PTQ_ACTIVATION_REMOVAL_OUTLIER, 0, 6);
  check_outlier (-5.5f, -LARGEST, PTQ_ACTIVATION_MAX_MIN, -LARGEST, LARGEST);
}

/* Two of 10 000 are more than 0.01 %. */
static void
test_not_outliers (void)
{
  g_autoptr (PtqModel) model = make_model (N_VALUES);
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (PtqModel) quantized = NULL;
  g_autofree gfloat *values = fill_around (0, 1000.25f);
  PtqTensor sample = make_tensor (values, N_VALUES);

  values[4321] = LARGEST;
  g_object_set (settings, "activation-quant-method",
      PTQ_ACTIVATION_REMOVAL_OUTLIER, NULL);
  quantized = quantize_sample (model, &sample, settings);
  check_input (quantized, 0, LARGEST, 8);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/activation-methods/kl", test_kl);
  g_test_add_func ("/activation-methods/removal-outlier", test_removal_outlier);
  g_test_add_func ("/activation-methods/not-outliers", test_not_outliers);
  return g_test_run ();
}
