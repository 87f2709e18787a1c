/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Equalization scales channels, so the histogram of all channels together is
 * another one afterwards, and the samples that are kept have to show it. The
 * extremes, on which MAX_MIN goes, scale with the channels. */

#include "choose-ranges.h"
#include "equalize.h"
#include "observer-choice.h"
#include "replay.h"

typedef struct
{
  PtqSettings *settings;
  GPtrArray *tensors; /* names */
  GPtrArray *observers;
} Finder;

static gboolean
observe (gint64 id, const PtqTensor *tensor, PtqParallel *parallel,
    gpointer user_data, GError **error)
{
  Finder *self = user_data;
  PtqObserver *observer = self->observers->pdata[id];

  if (ptq_observer_observe (
          observer, tensor->data, ptq_tensor_count (tensor), parallel)) {
    ptq_observer_commit (observer);
    return TRUE;
  }
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_DATA,
      "Tensor \"%s\" holds NaN or "
      "infinity once its channels are equalized",
      (const gchar *) self->tensors->pdata[id]);
  return FALSE;
}

/* In the order of the network, as ptq_session_new_observed() needs them */
static void
list_tensors (Finder *self, PtqPlan *plan, GHashTable *ranges)
{
  guint n;
  const gchar *const *names = ptq_plan_get_tensors (plan, &n);

  for (guint i = 0; i < n; i++) {
    if (!g_hash_table_contains (ranges, names[i]))
      continue;
    g_ptr_array_add (self->tensors, (gpointer) names[i]);
    g_ptr_array_add (
        self->observers, ptq_observer_new_for_settings (self->settings));
  }
}

gboolean
ptq_choose_ranges (PtqPlan *plan, PtqSettings *settings,
    PtqCalibrator *calibrator, GHashTable *ranges, const PtqRun *run,
    GError **error)
{
  g_autoptr (GPtrArray) tensors = g_ptr_array_new ();
  g_autoptr (GPtrArray) observers =
      g_ptr_array_new_with_free_func (g_object_unref);
  Finder self = { settings, tensors, observers };
  PtqReplay replay = { .model = ptq_plan_get_model (plan),
    .tensors = tensors,
    .observe = observe,
    .user_data = &self,
    .stage = "choosing ranges" };

  if (ptq_settings_get_activation_quant_method (settings)
      == PTQ_ACTIVATION_MAX_MIN)
    return TRUE;
  list_tensors (&self, plan, ranges);
  if (!ptq_replay_run (&replay, calibrator, run, error))
    return FALSE;
  for (guint i = 0; i < tensors->len; i++) {
    PtqRange *range = g_hash_table_lookup (ranges, tensors->pdata[i]);

    ptq_observer_get_range (observers->pdata[i], &range->min, &range->max);
  }
  return TRUE;
}
