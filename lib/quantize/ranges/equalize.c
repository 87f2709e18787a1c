/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* One scale serves all channels of an activation, so a channel that stays
 * small is left with a few codes. Moving a factor for each channel from the
 * layer before to the layer after (equalization across layers, Nagel et al.
 * 2019, section 4.1; here by measured ranges of activations instead of ranges
 * of weights) gives every channel the whole range:
 *
 *   f[c] = (range[c] / largest range) ^ strength
 *
 * Depthwise layers behind it have a scale a channel and pay nothing. In other
 * layers the factors make the weights of an output channel uneven, so the
 * strength is the one of least predicted noise, where activations with steps
 * d and weights with steps w contribute
 *
 *   d^2 * sum (W f)^2  and  w[o]^2 * sum E [x^2] / f^2
 */

#include "equalize.h"
#include "equalization-pairs.h"
#include "observe-private.h"

#include <math.h>

/* A channel is scaled as if it had at least this share of the largest range.
 * One that was almost 0 in all samples may hold larger values later. */
#define MIN_SHARE (1.0 / 32)
#define N_STRENGTHS 10
/* Channels that hardly vary do not decide. */
#define MIN_VARIANCE 1e-6
/* Steps in the magnitude of an activation (256 codes, some of them on the
 * other side of 0, and rounded twice where an operator stands between) and of
 * a weight */
#define ACTIVATION_STEPS 180.0
#define WEIGHT_STEPS 127.0

typedef struct
{
  PtqModel *model;
  PtqPlan *plan;
  PtqCalibrator *calibrator;
  GHashTable *clips; /* or NULL */
  GHashTable *ranges;
  GHashTable *factors; /* root tensor -> gdouble per channel */
} Equalizer;

static const PtqChannel *
get_channels (
    const Equalizer *self, const gchar *tensor, guint *n, guint64 *count)
{
  return ptq_calibrator_get_channels (
      self->calibrator, ptq_plan_get_root (self->plan, tensor), n, count);
}

/* Magnitude up to which channel @c of @tensor is kept */
static gdouble
get_limit (const Equalizer *self, const gchar *tensor, guint c)
{
  const gdouble *limits = self->clips == NULL
      ? NULL
      : g_hash_table_lookup (
          self->clips, ptq_plan_get_root (self->plan, tensor));

  return limits != NULL ? limits[c] : G_MAXDOUBLE;
}

/* Largest magnitude of each channel over the quantized tensors between */
static gdouble *
find_magnitudes (
    const Equalizer *self, const PtqEqualizationPair *pair, guint *n_channels)
{
  gdouble *magnitudes = NULL;
  guint n;
  guint64 count;

  *n_channels = 0;
  for (guint i = 0; i < pair->tensors->len; i++) {
    const gchar *tensor = pair->tensors->pdata[i];
    const PtqChannel *channels = get_channels (self, tensor, &n, &count);

    if (channels == NULL)
      continue;
    if (magnitudes == NULL) {
      magnitudes = g_new0 (gdouble, n);
      *n_channels = n;
    }
    for (guint c = 0; n == *n_channels && c < n; c++) {
      gdouble magnitude = MAX (-channels[c].min, channels[c].max);

      magnitudes[c] =
          MAX (magnitudes[c], MIN (magnitude, get_limit (self, tensor, c)));
    }
  }
  return magnitudes;
}

static gfloat *
read_weight (const Equalizer *self, const Onnx__NodeProto *node, guint input,
    Onnx__TensorProto **tensor, gsize *n)
{
  *tensor = ptq_graph_index_initializer (
      ptq_plan_get_index (self->plan), ptq_node_get_input (node, input));
  if (*tensor == NULL)
    return NULL;
  return ptq_tensor_proto_read_floats (self->model, *tensor, n, NULL);
}

/* Where the weights of one input channel of a consumer stand: element
 * [outer, channel, inner], outer the output channel for Conv and transposed
 * Gemm. */
typedef struct
{
  gsize outer, inner;
  gboolean depthwise;
  gboolean outputs_last; /* Gemm [K, N] */
} InputAxis;

static InputAxis
find_input_axis (const Onnx__NodeProto *node, const Onnx__TensorProto *weight,
    gsize n_channels)
{
  InputAxis axis = { weight->dims[0], 1, FALSE, FALSE };
  PtqConsumer consumer = ptq_operator_look_up (node)->consumer;

  for (gsize i = 2; i < weight->n_dims; i++)
    axis.inner *= weight->dims[i];
  if (consumer == PTQ_CONSUMER_PRODUCT
      && ptq_node_get_int (node, "transB", 0) == 0) {
    axis.outer = 1;
    axis.inner = weight->dims[1];
    axis.outputs_last = TRUE;
  } else if (consumer == PTQ_CONSUMER_CONVOLUTION && weight->dims[1] == 1
      && n_channels > 1) {
    axis.outer = 1;
    axis.depthwise = TRUE;
  }
  return axis;
}

static gdouble
variance (const PtqChannel *channel, guint64 count)
{
  gdouble mean = channel->sum / count;

  return channel->sum_of_squares / count - mean * mean;
}

/* Noise of each output channel, measured by its own variance where that is
 * known: the layers behind take small channels as seriously as large ones. */
static gdouble
sum_noise (const Equalizer *self, const gchar *result, const gdouble *squares,
    const gdouble *largest, gsize n_outputs, gdouble step, gdouble energy)
{
  guint n;
  guint64 count;
  const PtqChannel *channels = get_channels (self, result, &n, &count);
  gdouble noise = 0;

  for (gsize o = 0; o < n_outputs; o++) {
    gdouble weight_step = largest[o] / WEIGHT_STEPS;
    gdouble both =
        step * step * squares[o] + weight_step * weight_step * energy;

    if (channels != NULL && n == n_outputs)
      both /= MAX (variance (&channels[o], count), MIN_VARIANCE);
    noise += both;
  }
  return noise;
}

/* Predicted noise of the results of @node when its input is scaled by
 * 1 / @f, and has steps of @step then */
static gdouble
predict_noise (const Equalizer *self, const Onnx__NodeProto *node,
    const gdouble *f, const gdouble *power, guint n_channels, gdouble step)
{
  Onnx__TensorProto *weight;
  g_autofree gfloat *values = NULL;
  g_autofree gdouble *squares = NULL, *largest = NULL;
  gdouble energy = 0;
  InputAxis axis;
  gsize n, n_outputs;

  values = read_weight (self, node, 1, &weight, &n);
  axis = find_input_axis (node, weight, n_channels);
  if (values == NULL || axis.depthwise)
    return 0;
  n_outputs = axis.outputs_last ? axis.inner : axis.outer;
  squares = g_new0 (gdouble, n_outputs);
  largest = g_new0 (gdouble, n_outputs);
  for (gsize i = 0; i < n; i++) {
    gsize c = i / axis.inner % n_channels;
    gsize o =
        axis.outputs_last ? i % axis.inner : i / (axis.inner * n_channels);
    gdouble value = values[i] * f[c];

    squares[o] += value * value;
    largest[o] = MAX (largest[o], fabs (value));
  }
  for (guint c = 0; c < n_channels; c++)
    energy += power[c] / (f[c] * f[c]);
  if (!axis.outputs_last)
    energy *= axis.inner;
  return sum_noise (
      self, node->output[0], squares, largest, n_outputs, step, energy);
}

static void
make_factors (const gdouble *shares, guint n, gdouble strength, gdouble *f)
{
  for (guint c = 0; c < n; c++)
    f[c] = pow (shares[c], strength);
}

/* E [x^2] of each channel of what the consumers read */
static gdouble *
find_power (const Equalizer *self, const PtqEqualizationPair *pair, guint n)
{
  const gchar *last = pair->tensors->pdata[pair->tensors->len - 1];
  guint n_channels;
  guint64 count;
  const PtqChannel *channels = get_channels (self, last, &n_channels, &count);
  gdouble *power;

  if (channels == NULL || n_channels != n || count == 0)
    return NULL;
  power = g_new (gdouble, n);
  for (guint c = 0; c < n; c++)
    power[c] = channels[c].sum_of_squares / count;
  return power;
}

static gdouble
choose_strength (const Equalizer *self, const PtqEqualizationPair *pair,
    const gdouble *shares, gdouble range, guint n)
{
  g_autofree gdouble *power = find_power (self, pair, n);
  g_autofree gdouble *f = g_new (gdouble, n);
  gdouble best = 0, least = G_MAXDOUBLE;

  if (power == NULL)
    return 0;
  for (gint k = N_STRENGTHS; k >= 0; k--) {
    gdouble largest = 0, noise = 0;

    make_factors (shares, n, (gdouble) k / N_STRENGTHS, f);
    for (guint c = 0; c < n; c++)
      largest = MAX (largest, range * shares[c] / f[c]);
    for (guint i = 0; i < pair->consumers->len; i++)
      noise += predict_noise (self, pair->consumers->pdata[i], f, power, n,
          largest / ACTIVATION_STEPS);
    if (noise < least) {
      least = noise;
      best = (gdouble) k / N_STRENGTHS;
    }
  }
  return best;
}

static void
store (Onnx__TensorProto *tensor, const gfloat *values, gsize n)
{
  g_autofree gint64 *dims =
      g_memdup2 (tensor->dims, tensor->n_dims * sizeof (gint64));

  ptq_tensor_proto_set_data (tensor, PTQ_ELEMENT_FLOAT, dims, tensor->n_dims,
      values, n * sizeof (gfloat));
}

/* Rows of the producer by 1 / f, weights and bias */
static void
scale_producer (const Equalizer *self, const Onnx__NodeProto *node,
    const gdouble *f, guint n_channels)
{
  for (guint input = 1; input <= 2; input++) {
    Onnx__TensorProto *tensor;
    gsize n;
    g_autofree gfloat *values = read_weight (self, node, input, &tensor, &n);

    if (values == NULL)
      continue;
    for (gsize i = 0; i < n; i++)
      values[i] = (gfloat) (values[i] / f[i / (n / n_channels)]);
    store (tensor, values, n);
  }
}

static void
scale_consumer (const Equalizer *self, const Onnx__NodeProto *node,
    const gdouble *f, guint n_channels)
{
  Onnx__TensorProto *tensor;
  gsize n;
  g_autofree gfloat *values = read_weight (self, node, 1, &tensor, &n);
  InputAxis axis = find_input_axis (node, tensor, n_channels);

  for (gsize i = 0; i < n; i++)
    values[i] = (gfloat) (values[i] * f[i / axis.inner % n_channels]);
  store (tensor, values, n);
}

static void
remember (const Equalizer *self, const PtqEqualizationPair *pair,
    const gdouble *f, guint n)
{
  for (guint i = 0; i < pair->tensors->len; i++) {
    const gchar *root = ptq_plan_get_root (self->plan, pair->tensors->pdata[i]);

    g_hash_table_replace (
        self->factors, g_strdup (root), g_memdup2 (f, n * sizeof (gdouble)));
  }
}

static void
equalize_pair (const Equalizer *self, const PtqEqualizationPair *pair)
{
  g_autofree gdouble *shares = NULL, *f = NULL;
  gdouble largest = 0, strength;
  guint n;

  shares = find_magnitudes (self, pair, &n);
  if (shares == NULL || n < 2)
    return;
  for (guint c = 0; c < n; c++)
    largest = MAX (largest, shares[c]);
  if (largest <= 0)
    return;
  for (guint c = 0; c < n; c++)
    shares[c] = MAX (shares[c] / largest, MIN_SHARE);

  strength = choose_strength (self, pair, shares, largest, n);
  f = g_new (gdouble, n);
  make_factors (shares, n, strength, f);
  scale_producer (self, pair->producer, f, n);
  for (guint i = 0; i < pair->consumers->len; i++)
    scale_consumer (self, pair->consumers->pdata[i], f, n);
  remember (self, pair, f, n);
}

/* Range of a tensor over its scaled channels */
static void
settle_range (const Equalizer *self, const gchar *tensor)
{
  const gdouble *f = g_hash_table_lookup (self->factors, tensor);
  guint n;
  guint64 count;
  const PtqChannel *channels = get_channels (self, tensor, &n, &count);
  PtqRange *range;

  if (channels == NULL)
    return;
  range = g_new0 (PtqRange, 1);
  for (guint c = 0; c < n; c++) {
    gdouble factor = f != NULL ? f[c] : 1;
    gdouble limit = get_limit (self, tensor, c);

    range->min = MIN (range->min, MAX (channels[c].min, -limit) / factor);
    range->max = MAX (range->max, MIN (channels[c].max, limit) / factor);
  }
  g_hash_table_replace (self->ranges, g_strdup (tensor), range);
}

void
ptq_equalize (PtqPlan *plan, PtqCalibrator *calibrator, GHashTable *clips,
    GHashTable *factors)
{
  g_autoptr (GPtrArray) pairs = ptq_equalization_pairs_find (plan);
  Equalizer self = { ptq_plan_get_model (plan), plan, calibrator, clips, NULL,
    factors };

  for (guint i = 0; i < pairs->len; i++)
    equalize_pair (&self, pairs->pdata[i]);
}

void
ptq_equalized_ranges_find (PtqPlan *plan, PtqCalibrator *calibrator,
    GHashTable *clips, GHashTable *factors, GHashTable *ranges)
{
  Equalizer self = { ptq_plan_get_model (plan), plan, calibrator, clips, ranges,
    factors };
  guint n;
  const gchar *const *tensors = ptq_plan_get_tensors (plan, &n);

  for (guint i = 0; i < n; i++)
    settle_range (&self, tensors[i]);
}
