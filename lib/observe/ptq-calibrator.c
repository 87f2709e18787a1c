/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Runs samples through the network and keeps statistics of its tensors.
 */
#include <math.h>
#include <string.h>
#include "observe-private.h"
#include "observer-choice.h"
#include "ptq-channel-observer.h"
#include "ptq-reservoir.h"
#include "sample-check.h"
#include "skip-names.h"

/* One tensor, as the last run showed it */
typedef struct
{
  const gchar *name;
  PtqElementType type;
  guint rank;
  gint64 dims[PTQ_TENSOR_MAX_RANK];
  /* NULL where the tensor is not of floats */
  PtqObserver *observer;
} PtqObserved;

struct _PtqCalibrator
{
  GObject parent_instance;

  PtqModel *model;
  PtqSettings *settings;
  PtqModel *prepared;
  PtqPlan *plan;
  gchar **warnings;

  GMutex lock;
  guint n_tensors;
  const gchar *const *names;
  PtqObserved *tensors;
  GHashTable *indices; /* name -> index + 1 */
  /* With the shapes of the first sample; NULL before it */
  PtqSession *session;
  PtqTensor *shapes;
  guint64 n_samples;
  /* What is replayed after the stream; NULL when nothing is */
  PtqReservoir *reservoir;
  /* Who looks at the tensors while samples are shown again; NULL while they
   * are pushed */
  const PtqLook *look;
};

G_DEFINE_FINAL_TYPE (PtqCalibrator, ptq_calibrator, G_TYPE_OBJECT)

static void
forget (PtqCalibrator *self)
{
  for (guint i = 0; i < self->n_tensors; i++) {
    g_clear_object (&self->tensors[i].observer);
    self->tensors[i].type = PTQ_ELEMENT_UNDEFINED;
  }
  g_clear_object (&self->session);
  g_clear_pointer (&self->reservoir, ptq_reservoir_free);
  self->n_samples = 0;
}

static void
ptq_calibrator_finalize (GObject *object)
{
  PtqCalibrator *self = PTQ_CALIBRATOR (object);

  forget (self);
  g_free (self->tensors);
  g_free (self->shapes);
  g_clear_pointer (&self->indices, g_hash_table_unref);
  g_clear_pointer (&self->plan, ptq_plan_free);
  g_strfreev (self->warnings);
  g_clear_object (&self->prepared);
  g_clear_object (&self->settings);
  g_clear_object (&self->model);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (ptq_calibrator_parent_class)->finalize (object);
}

static void
ptq_calibrator_class_init (PtqCalibratorClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ptq_calibrator_finalize;
}

static void
ptq_calibrator_init (PtqCalibrator *self)
{
  g_mutex_init (&self->lock);
}

/* Weight quantization has no plan; samples are only kept for it. */
static gboolean
is_for_weights (PtqCalibrator *self)
{
  return ptq_settings_get_quant_type (self->settings) == PTQ_QUANT_TYPE_WEIGHT;
}

static void
list_tensors (PtqCalibrator *self)
{
  if (self->plan != NULL)
    self->names = ptq_plan_get_tensors (self->plan, &self->n_tensors);
  self->tensors = g_new0 (PtqObserved, self->n_tensors);
  self->indices = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < self->n_tensors; i++) {
    self->tensors[i].name = self->names[i];
    g_hash_table_insert (
        self->indices, (gpointer) self->names[i], GUINT_TO_POINTER (i + 1));
  }
  self->shapes = g_new0 (PtqTensor, ptq_model_get_n_inputs (self->prepared));
}

/**
 * ptq_calibrator_new:
 * @model: a float model
 * @settings: what the statistics are for; later changes to it have no effect
 * @error: return location for an error
 *
 * Makes ready to collect the statistics of @model's activations, from which a
 * #PtqQuantizer finds their scales.
 *
 * Returns: (transfer full): a calibrator, or %NULL with %PTQ_ERROR_UNSUPPORTED,
 *   %PTQ_ERROR_INVALID_MODEL or %PTQ_ERROR_RUNTIME where the model can not be
 *   quantized
 *
 * Since: 0.1
 */
PtqCalibrator *
ptq_calibrator_new (PtqModel *model, PtqSettings *settings, GError **error)
{
  g_autoptr (PtqCalibrator) self = NULL;

  g_return_val_if_fail (PTQ_IS_MODEL (model), NULL);
  g_return_val_if_fail (PTQ_IS_SETTINGS (settings), NULL);

  self = g_object_new (PTQ_TYPE_CALIBRATOR, NULL);
  self->model = g_object_ref (model);
  self->settings = ptq_settings_copy (settings);
  self->prepared = ptq_prepare_model (model, error);
  if (self->prepared == NULL)
    return NULL;
  if (!is_for_weights (self)) {
    self->plan = ptq_plan_new (self->prepared, self->settings, error);
    if (self->plan == NULL)
      return NULL;
  }
  self->warnings = ptq_skip_names_check (self->settings, model, self->prepared);
  list_tensors (self);
  return g_steal_pointer (&self);
}

static PtqObserver *
new_channel_observer (PtqCalibrator *self, const PtqObserved *observed)
{
  gsize inner = 1;

  if (!ptq_plan_wants_channels (self->plan, observed->name)
      || observed->rank < 2)
    return NULL;
  for (guint i = 2; i < observed->rank; i++)
    inner *= observed->dims[i];
  return ptq_channel_observer_new (observed->dims[1], inner);
}

/* What is equalized gets its range from the replayed samples, or, with MAX_MIN,
 * from those of its channels. */
static void
add_observer (PtqCalibrator *self, PtqObserved *observed)
{
  observed->observer = new_channel_observer (self, observed);
  if (observed->observer == NULL)
    observed->observer = ptq_observer_new_for_settings (self->settings);
}

static gboolean
observe_floats (
    PtqObserved *observed, const PtqTensor *tensor, PtqParallel *parallel)
{
  gsize n = tensor->size / sizeof (gfloat);

  return ptq_observer_observe (observed->observer, tensor->data, n, parallel);
}

/* Inside a run, under the lock of the thread that pushes */
static gboolean
observe (gint64 id, const PtqTensor *tensor, PtqParallel *parallel,
    gpointer user_data, GError **error)
{
  PtqCalibrator *self = user_data;
  PtqObserved *observed = &self->tensors[id];

  if (self->look != NULL)
    return self->look->observe == NULL
        || self->look->observe (
            id, tensor, parallel, self->look->user_data, error);
  observed->type = tensor->type;
  observed->rank = tensor->rank;
  memcpy (observed->dims, tensor->dims, sizeof observed->dims);
  if (tensor->type != PTQ_ELEMENT_FLOAT)
    return TRUE;
  if (observed->observer == NULL)
    add_observer (self, observed);
  if (observe_floats (observed, tensor, parallel))
    return TRUE;
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_DATA,
      "Tensor \"%s\" holds NaN or "
      "infinity at sample %" G_GUINT64_FORMAT ": check the preprocessing, "
      "and the model on this sample",
      observed->name, self->n_samples + 1);
  return FALSE;
}

static gboolean
needs_replay (PtqCalibrator *self)
{
  if (is_for_weights (self))
    return ptq_settings_uses_samples (self->settings);
  return ptq_settings_get_bias_correction (self->settings)
      || ptq_settings_get_equalization (self->settings)
      || ptq_settings_get_min_sqnr (self->settings) > 0
      || ptq_settings_wants_report (self->settings);
}

static gboolean
open_session (PtqCalibrator *self, const PtqTensor *inputs, GError **error)
{
  PtqSessionOptions options = { PTQ_OPTIMIZE_ALL, FALSE, observe, self };

  if (is_for_weights (self)) {
    options.observe = NULL;
    self->session = ptq_session_new (self->prepared, &options, error);
  } else {
    self->session = ptq_session_new_observed (
        self->prepared, inputs, self->names, self->n_tensors, &options, error);
  }
  if (self->session == NULL)
    return FALSE;
  for (guint i = 0; i < ptq_model_get_n_inputs (self->prepared); i++) {
    self->shapes[i] = inputs[i];
    self->shapes[i].data = NULL;
  }
  if (needs_replay (self))
    self->reservoir =
        ptq_reservoir_new (ptq_settings_get_replay_samples (self->settings));
  return TRUE;
}

static void
settle_observer (PtqObserver *observer, gboolean good)
{
  if (observer == NULL)
    return;
  if (good)
    ptq_observer_commit (observer);
  else
    ptq_observer_rollback (observer);
}

static void
settle (PtqCalibrator *self, gboolean good)
{
  for (guint i = 0; i < self->n_tensors; i++)
    settle_observer (self->tensors[i].observer, good);
  self->n_samples += good;
}

static gboolean
push_locked (PtqCalibrator *self, const PtqTensor *inputs, guint n_inputs,
    GCancellable *cancellable, GError **error)
{
  guint64 number = self->n_samples + 1;
  gboolean done;

  if (g_cancellable_set_error_if_cancelled (cancellable, error)
      || !ptq_sample_check_inputs (self->prepared,
          self->session != NULL ? self->shapes : NULL, number, inputs, n_inputs,
          error))
    return FALSE;
  if (self->session == NULL && !open_session (self, inputs, error))
    return FALSE;
  /* weights are compared by the outputs, of which the observers see nothing */
  done = ptq_session_run (self->session, inputs, n_inputs, cancellable, error)
      && (!is_for_weights (self)
          || ptq_sample_check_outputs (
              self->session, self->prepared, number, error))
      && (self->reservoir == NULL
          || ptq_reservoir_offer (self->reservoir, inputs, n_inputs, error));
  settle (self, done);
  /* The first good sample decides about open dimensions. */
  if (self->n_samples == 0)
    forget (self);
  return done;
}

/**
 * ptq_calibrator_push:
 * @self: a calibrator
 * @inputs: (array length=n_inputs): a sample, one tensor for each input of
 *   the model, in its order
 * @n_inputs: number of @inputs
 * @cancellable: (nullable): to stop in the middle
 * @error: return location for an error
 *
 * Runs the model on one sample and adds to the statistics. Dimensions that
 * the model leaves open are fixed by the first sample. May be called from
 * several threads, which wait for one another.
 *
 * Returns: %TRUE when the sample counts. On an error nothing of it does, and
 *   it may be pushed again: %PTQ_ERROR_SHAPE where it does not fit,
 *   %PTQ_ERROR_DATA where a tensor held NaN or infinity,
 *   %G_IO_ERROR_CANCELLED, or %PTQ_ERROR_RUNTIME
 *
 * Since: 0.1
 */
gboolean
ptq_calibrator_push (PtqCalibrator *self, const PtqTensor *inputs,
    guint n_inputs, GCancellable *cancellable, GError **error)
{
  gboolean done;

  g_return_val_if_fail (PTQ_IS_CALIBRATOR (self), FALSE);

  g_mutex_lock (&self->lock);
  done = push_locked (self, inputs, n_inputs, cancellable, error);
  g_mutex_unlock (&self->lock);
  return done;
}

/**
 * ptq_calibrator_get_n_samples:
 * @self: a calibrator
 *
 * Returns: number of samples that count
 *
 * Since: 0.1
 */
guint64
ptq_calibrator_get_n_samples (PtqCalibrator *self)
{
  guint64 n_samples;

  g_mutex_lock (&self->lock);
  n_samples = self->n_samples;
  g_mutex_unlock (&self->lock);
  return n_samples;
}

/**
 * ptq_calibrator_reset:
 * @self: a calibrator
 *
 * Forgets all samples; the next one may have another size.
 *
 * Since: 0.1
 */
void
ptq_calibrator_reset (PtqCalibrator *self)
{
  g_mutex_lock (&self->lock);
  forget (self);
  g_mutex_unlock (&self->lock);
}

/**
 * ptq_calibrator_get_model:
 * @self: a calibrator
 *
 * Returns: (transfer none): the model given to ptq_calibrator_new()
 *
 * Since: 0.1
 */
PtqModel *
ptq_calibrator_get_model (PtqCalibrator *self)
{
  return self->model;
}

/**
 * ptq_calibrator_get_settings:
 * @self: a calibrator
 *
 * Returns: (transfer none): a copy of the settings given to
 *   ptq_calibrator_new()
 *
 * Since: 0.1
 */
PtqSettings *
ptq_calibrator_get_settings (PtqCalibrator *self)
{
  return self->settings;
}

/**
 * ptq_calibrator_get_warnings:
 * @self: a calibrator
 *
 * What is odd about the settings for this model, before the first sample:
 * names in "skip-quant-node" that no node has, or none that is quantized.
 *
 * Returns: (transfer none) (array zero-terminated=1): texts
 *
 * Since: 0.1
 */
const gchar *const *
ptq_calibrator_get_warnings (PtqCalibrator *self)
{
  g_return_val_if_fail (PTQ_IS_CALIBRATOR (self), NULL);

  return (const gchar *const *) self->warnings;
}

PtqModel *
ptq_calibrator_get_prepared (PtqCalibrator *self)
{
  return self->prepared;
}

PtqPlan *
ptq_calibrator_get_plan (PtqCalibrator *self)
{
  return self->plan;
}

/* NULL where nothing is known about @name */
static const PtqObserved *
find_observed (PtqCalibrator *self, const gchar *name)
{
  guint index = GPOINTER_TO_UINT (g_hash_table_lookup (self->indices, name));
  const PtqObserved *observed;

  if (index == 0 || self->n_samples == 0)
    return NULL;
  observed = &self->tensors[index - 1];
  return observed->type != PTQ_ELEMENT_UNDEFINED ? observed : NULL;
}

/**
 * ptq_calibrator_get_range:
 * @self: a calibrator
 * @tensor: name of a tensor of the prepared model
 * @min: (out): lower end of the range to quantize
 * @max: (out): upper end
 *
 * The range of a tensor whose channels are to be equalized is that of all
 * values, whatever the method: a #PtqQuantizer applies the method to the
 * equalized channels.
 *
 * Returns: %FALSE when the tensor is not observed, is not of floats, or no
 *   sample was pushed yet
 *
 * Since: 0.1
 */
gboolean
ptq_calibrator_get_range (
    PtqCalibrator *self, const gchar *tensor, gdouble *min, gdouble *max)
{
  const PtqObserved *observed;
  gboolean found;

  g_mutex_lock (&self->lock);
  observed = find_observed (self, tensor);
  found = observed != NULL && observed->observer != NULL
      && ptq_observer_get_range (observed->observer, min, max);
  g_mutex_unlock (&self->lock);
  return found;
}

gboolean
ptq_calibrator_get_tensor (PtqCalibrator *self, const gchar *name,
    PtqElementType *type, gint *rank, gint64 *dims)
{
  const PtqObserved *observed;

  g_mutex_lock (&self->lock);
  observed = find_observed (self, name);
  if (observed != NULL) {
    *type = observed->type;
    *rank = observed->rank;
    memcpy (dims, observed->dims, observed->rank * sizeof *dims);
  }
  g_mutex_unlock (&self->lock);
  return observed != NULL;
}

/* Minimum, maximum and sums of each channel of a tensor that the plan wants
 * them of; NULL before the first sample. Valid until the next push. */
const PtqChannel *
ptq_calibrator_get_channels (PtqCalibrator *self, const gchar *name,
    guint *n_channels, guint64 *n_values)
{
  const PtqObserved *observed;
  const PtqChannel *channels = NULL;
  PtqObserver *observer = NULL;

  g_mutex_lock (&self->lock);
  observed = find_observed (self, name);
  if (observed != NULL)
    observer = observed->observer;
  if (observer != NULL && PTQ_IS_CHANNEL_OBSERVER (observer))
    channels = ptq_channel_observer_get_channels (
        PTQ_CHANNEL_OBSERVER (observer), n_channels, n_values);
  g_mutex_unlock (&self->lock);
  return channels;
}

/* How many samples ptq_calibrator_replay() shows */
guint
ptq_calibrator_get_n_replay (PtqCalibrator *self)
{
  return self->reservoir != NULL ? ptq_reservoir_get_n (self->reservoir) : 0;
}

/* Calls @func with each sample of the reservoir, but at most @max. Nothing may
 * be pushed meanwhile. */
gboolean
ptq_calibrator_replay (PtqCalibrator *self, guint max, PtqSampleFunc func,
    gpointer user_data, GCancellable *cancellable, GError **error)
{
  if (self->reservoir == NULL)
    return TRUE;
  return ptq_reservoir_replay (
      self->reservoir, max, func, user_data, cancellable, error);
}

typedef struct
{
  PtqCalibrator *calibrator;
  const PtqLook *look;
  GCancellable *cancellable;
} Showing;

static gboolean
show_sample (
    const PtqTensor *inputs, guint n_inputs, gpointer user_data, GError **error)
{
  Showing *self = user_data;
  const PtqLook *look = self->look;
  PtqSession *session = self->calibrator->session;

  return ptq_session_run (session, inputs, n_inputs, self->cancellable, error)
      && (look->ran == NULL || look->ran (session, look->user_data, error));
}

/* Runs the model on samples of the reservoir, but at most @max, in the session
 * that the samples were pushed to, and shows its tensors and outputs to @look
 * instead of adding to the statistics. Nothing may be pushed meanwhile. */
gboolean
ptq_calibrator_look_again (PtqCalibrator *self, guint max, const PtqLook *look,
    GCancellable *cancellable, GError **error)
{
  Showing showing = { self, look, cancellable };
  gboolean done;

  self->look = look;
  done = ptq_calibrator_replay (
      self, max, show_sample, &showing, cancellable, error);
  self->look = NULL;
  return done;
}
