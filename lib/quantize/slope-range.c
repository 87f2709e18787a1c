/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What a LeakyRelu reads is quantized, and then its negative side shrinks by
 * the slope. Codes spent on far negative values are hardly worth it: cutting
 * the range at l trades a finer step for an error of slope * (l - x) below l.
 * With step s = (max - l) / 255 the squared error of the result is expected
 * to be
 *
 *   s^2 / 12 * (P [x >= 0] + slope^2 * P [x < 0])
 *     + slope^2 * E [(l - x)^2; x < l]
 *
 * and l is chosen where it is least, over a histogram of the values. */

#include "slope-range.h"
#include "equalize.h"
#include "replay.h"

#define N_BINS 1024
#define N_CANDIDATES 64
#define STEPS 255.0

/* One LeakyRelu */
typedef struct
{
  const gchar *tensor;          /* what it reads */
  const gchar *result;
  gdouble slope;
  gdouble min;                  /* range of the tensor, and of the bins */
  gdouble max;
  guint64 bins[N_BINS];
} Slope;

typedef struct
{
  PtqPlan *plan;
  GPtrArray *slopes;
  GPtrArray *tensors;           /* their names */
} Fit;

static Slope *
new_slope (PtqPlan *plan, const PtqPlanNode *node, GHashTable *ranges)
{
  const gchar *tensor = ptq_node_get_input (node->proto, 0);
  const PtqRange *range = g_hash_table_lookup (ranges, tensor);
  PtqGraphIndex *index = ptq_plan_get_index (plan);
  gdouble slope;
  Slope *self;

  if (!node->quantized || !ptq_node_is (node->proto, "LeakyRelu")
      || range == NULL || range->min >= 0 || range->min >= range->max
      || ptq_graph_index_is_output (index, tensor)
      || ptq_graph_index_consumers (index, tensor)->len != 1)
    return NULL;
  slope = ptq_node_get_float (node->proto, "alpha", 0.01f);
  if (slope < 0 || slope >= 1)
    return NULL;
  self = g_new0 (Slope, 1);
  self->tensor = tensor;
  self->result = node->proto->output[0];
  self->slope = slope;
  self->min = range->min;
  self->max = range->max;
  return self;
}

static void
find_slopes (Fit *self, GHashTable *ranges)
{
  const PtqPlanNode *nodes;
  guint n;

  nodes = ptq_plan_get_nodes (self->plan, &n);
  for (guint i = 0; i < n; i++) {
    Slope *slope = new_slope (self->plan, &nodes[i], ranges);

    if (slope == NULL)
      continue;
    g_ptr_array_add (self->slopes, slope);
    g_ptr_array_add (self->tensors, (gpointer) slope->tensor);
  }
}

static gboolean
observe (gint64 id, const PtqTensor *tensor, PtqParallel *parallel,
    gpointer user_data, GError **error)
{
  Fit *self = user_data;
  Slope *slope = self->slopes->pdata[id];
  const gfloat *data = tensor->data;
  gsize n = ptq_tensor_count (tensor);
  gfloat low = (gfloat) slope->min;
  gfloat scale = (gfloat) (N_BINS / (slope->max - slope->min));

  (void) parallel;
  (void) error;
  if (tensor->type != PTQ_ELEMENT_FLOAT)
    return TRUE;
  for (gsize i = 0; i < n; i++) {
    gfloat bin = (data[i] - low) * scale;

    slope->bins[(gint) CLAMP (bin, 0, N_BINS - 1)]++;
  }
  return TRUE;
}

static gdouble
expected_error (const Slope *slope, gdouble low)
{
  gdouble width = (slope->max - slope->min) / N_BINS;
  gdouble step = (slope->max - low) / STEPS;
  gdouble slope2 = slope->slope * slope->slope;
  gdouble rounding = 0, cut = 0;

  for (guint i = 0; i < N_BINS; i++) {
    gdouble x = slope->min + (i + 0.5) * width;

    rounding += slope->bins[i] * (x < 0 ? slope2 : 1);
    if (x < low)
      cut += slope->bins[i] * slope2 * (low - x) * (low - x);
  }
  return step * step / 12 * rounding + cut;
}

static void
settle (const Slope *slope, GHashTable *ranges)
{
  PtqRange *range = g_hash_table_lookup (ranges, slope->tensor);
  PtqRange *result = g_hash_table_lookup (ranges, slope->result);
  gdouble least = G_MAXDOUBLE, best = slope->min;

  for (guint i = 1; i <= N_CANDIDATES; i++) {
    gdouble low = slope->min * i / N_CANDIDATES;
    gdouble error = expected_error (slope, low);

    if (error < least) {
      least = error;
      best = low;
    }
  }
  range->min = best;
  if (result != NULL)
    result->min = MAX (result->min, best * slope->slope);
}

gboolean
ptq_slope_ranges_fit (PtqPlan *plan, PtqCalibrator *calibrator,
    GHashTable *ranges, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) slopes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) tensors = g_ptr_array_new ();
  Fit self = { plan, slopes, tensors };
  PtqReplay replay = { .model = ptq_plan_get_model (plan),
    .tensors = tensors, .observe = observe, .user_data = &self
  };

  if (ptq_calibrator_get_n_replay (calibrator) == 0)
    return TRUE;
  find_slopes (&self, ranges);
  if (!ptq_replay_run (&replay, calibrator, cancellable, error))
    return FALSE;
  for (guint i = 0; i < slopes->len; i++)
    settle (slopes->pdata[i], ranges);
  return TRUE;
}
