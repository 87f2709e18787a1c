/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A network that can be run, one run at a time.
 */
#include <string.h>
#include <onnxruntime_session_options_config_keys.h>
#include "half-float.h"
#include "observe-operator.h"
#include "ort-session.h"
#include "tensor-view.h"

struct _PtqSession
{
  GObject parent_instance;

  const OrtApi *api;
  OrtSession *session;
  PtqObserveOperator *observe;
  /* A kernel runs on one thread at a time only while one run does. */
  GMutex lock;
  gchar *model_name;

  guint n_inputs;
  PtqValueInfo *inputs;
  gchar **input_names;
  guint n_outputs;
  gchar **output_names;
  OrtValue **values;
  PtqTensor *outputs;
};

G_DEFINE_FINAL_TYPE (PtqSession, ptq_session, G_TYPE_OBJECT)

static void
release_outputs (PtqSession *self)
{
  for (guint i = 0; i < self->n_outputs; i++) {
    g_clear_pointer (&self->values[i], self->api->ReleaseValue);
    self->outputs[i] = (PtqTensor){ 0 };
  }
}

static void
ptq_session_finalize (GObject *object)
{
  PtqSession *self = PTQ_SESSION (object);

  release_outputs (self);
  if (self->session != NULL)
    self->api->ReleaseSession (self->session);
  g_clear_pointer (&self->observe, ptq_observe_operator_free);
  g_strfreev (self->input_names);
  g_strfreev (self->output_names);
  g_free (self->inputs);
  g_free (self->values);
  g_free (self->outputs);
  g_free (self->model_name);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (ptq_session_parent_class)->finalize (object);
}

static void
ptq_session_class_init (PtqSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ptq_session_finalize;
}

static void
ptq_session_init (PtqSession *self)
{
  g_mutex_init (&self->lock);
}

static void
read_signature (PtqSession *self, PtqModel *model)
{
  self->n_inputs = ptq_model_get_n_inputs (model);
  self->inputs = g_new0 (PtqValueInfo, self->n_inputs);
  self->input_names = g_new0 (gchar *, self->n_inputs + 1);
  for (guint i = 0; i < self->n_inputs; i++) {
    self->inputs[i] = *ptq_model_get_input (model, i);
    self->input_names[i] = g_strdup (self->inputs[i].name);
    self->inputs[i].name = self->input_names[i];
  }

  self->n_outputs = ptq_model_get_n_outputs (model);
  self->output_names = g_new0 (gchar *, self->n_outputs + 1);
  self->values = g_new0 (OrtValue *, self->n_outputs);
  self->outputs = g_new0 (PtqTensor, self->n_outputs);
  for (guint i = 0; i < self->n_outputs; i++)
    self->output_names[i] = g_strdup (ptq_model_get_output (model, i)->name);
}

static gboolean
apply_options (PtqSession *self, const PtqSessionOptions *options,
    OrtSessionOptions *ort_options, GError **error)
{
  OrtStatus *status = NULL;

  if (options->precise_int8)
    status = self->api->AddSessionConfigEntry (
        ort_options, kOrtSessionOptionsAvx2PrecisionMode, "1");
  if (!ptq_ort_check (self->api, status, "Preparing a session failed", error))
    return FALSE;
  if (options->observe == NULL)
    return TRUE;

  self->observe = ptq_observe_operator_new (
      self->api, options->observe, options->user_data, error);
  return self->observe != NULL
      && ptq_ort_check (self->api,
          self->api->AddCustomOpDomain (
              ort_options, ptq_observe_operator_get_domain (self->observe)),
          "Preparing a session failed", error);
}

static PtqSession *
new_session (PtqModel *model, PtqModelSerializer *lean,
    const PtqSessionOptions *options, GError **error)
{
  const OrtApi *api = ptq_ort_get_api (error);
  g_autoptr (PtqSession) self = NULL;
  OrtSessionOptions *ort_options;

  if (api == NULL)
    return NULL;
  self = g_object_new (PTQ_TYPE_SESSION, NULL);
  self->api = api;
  self->model_name = g_strdup (ptq_model_get_path (model));
  read_signature (self, model);
  ort_options = ptq_ort_session_options_new (api, options->level, error);
  if (ort_options == NULL)
    return NULL;
  if (apply_options (self, options, ort_options, error))
    self->session = ptq_ort_session_new (api, model, lean, ort_options, error);
  api->ReleaseSessionOptions (ort_options);
  return self->session != NULL ? g_steal_pointer (&self) : NULL;
}

/**
 * ptq_session_new:
 * @model: a model; it is not needed any more once the session exists
 * @options: how to run it
 * @error: return location for an error
 *
 * Returns: (transfer full): a session, or %NULL with %PTQ_ERROR_UNSUPPORTED
 *   when ONNX Runtime does not know an operator of the model, with
 *   %PTQ_ERROR_RUNTIME when it does not take the model for another reason
 */
PtqSession *
ptq_session_new (
    PtqModel *model, const PtqSessionOptions *options, GError **error)
{
  g_autoptr (PtqModelSerializer) lean = ptq_model_serializer_new (model, error);

  return lean != NULL ? new_session (model, lean, options, error) : NULL;
}

static void
expect_shapes (PtqSession *self, const PtqTensor *samples)
{
  for (guint i = 0; i < self->n_inputs; i++) {
    self->inputs[i].rank = samples[i].rank;
    memcpy (self->inputs[i].dims, samples[i].dims, sizeof samples[i].dims);
  }
}

/**
 * ptq_session_new_observed:
 * @model: a model; it is not needed any more once the session exists
 * @samples: one tensor for each input, whose shape becomes the input's
 * @tensors: (array length=n_tensors): names of tensors of the main graph, in
 *   the order in which they are made
 * @n_tensors: number of @tensors
 * @options: how to run it
 * @error: return location for an error
 *
 * A session of a model with all shapes fixed, that shows each of @tensors to
 * the function in @options under its index.
 *
 * Returns: (transfer full): a session, or %NULL as ptq_session_new()
 */
PtqSession *
ptq_session_new_observed (PtqModel *model, const PtqTensor *samples,
    const gchar *const *tensors, guint n_tensors,
    const PtqSessionOptions *options, GError **error)
{
  g_autoptr (PtqModelSerializer) lean = ptq_model_serializer_new (model, error);
  PtqSession *self;

  if (lean == NULL)
    return NULL;
  ptq_model_serializer_fix_shapes (lean, samples);
  ptq_model_serializer_observe (lean, tensors, n_tensors);
  self = new_session (model, lean, options, error);
  if (self != NULL)
    expect_shapes (self, samples);
  return self;
}

static gboolean
check_inputs (
    PtqSession *self, const PtqTensor *inputs, guint n_inputs, GError **error)
{
  if (n_inputs != self->n_inputs) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
        "%u tensors were given, "
        "the model has %u inputs",
        n_inputs, self->n_inputs);
    return FALSE;
  }
  for (guint i = 0; i < n_inputs; i++) {
    if (!ptq_tensor_check (&inputs[i], &self->inputs[i], error))
      return FALSE;
  }
  return TRUE;
}

typedef struct
{
  const OrtApi *api;
  OrtRunOptions *options;
} PtqTerminator;

static void
on_cancelled (GCancellable *cancellable G_GNUC_UNUSED, PtqTerminator *self)
{
  OrtStatus *status = self->api->RunOptionsSetTerminate (self->options);

  if (status != NULL)
    self->api->ReleaseStatus (status);
}

static OrtStatus *
run_cancellable (
    PtqSession *self, const OrtValue *const *values, GCancellable *cancellable)
{
  PtqTerminator terminator = { self->api, NULL };
  OrtStatus *status;
  gulong handler = 0;

  status = self->api->CreateRunOptions (&terminator.options);
  if (status != NULL)
    return status;
  if (cancellable != NULL)
    handler = g_cancellable_connect (
        cancellable, G_CALLBACK (on_cancelled), &terminator, NULL);
  status = self->api->Run (self->session, terminator.options,
      (const char *const *) self->input_names, values, self->n_inputs,
      (const char *const *) self->output_names, self->n_outputs, self->values);
  g_cancellable_disconnect (cancellable, handler);
  self->api->ReleaseRunOptions (terminator.options);
  return status;
}

/* Why the run failed: our own function, the caller's wish, or the runtime */
static gboolean
explain (PtqSession *self, OrtStatus *status, GCancellable *cancellable,
    GError **error)
{
  g_autofree gchar *what = NULL;
  GError *observed = NULL;

  if (self->observe != NULL)
    observed = ptq_observe_operator_steal_error (self->observe);
  if (status == NULL)
    return TRUE;
  if (observed != NULL) {
    self->api->ReleaseStatus (status);
    g_propagate_error (error, observed);
    return FALSE;
  }
  if (g_cancellable_set_error_if_cancelled (cancellable, error)) {
    self->api->ReleaseStatus (status);
    return FALSE;
  }
  what = g_strdup_printf ("Running the model%s%s failed",
      self->model_name != NULL ? " " : "",
      self->model_name != NULL ? self->model_name : "");
  return ptq_ort_check (self->api, status, what, error);
}

static gboolean
view_outputs (PtqSession *self, GError **error)
{
  for (guint i = 0; i < self->n_outputs; i++) {
    int is_tensor = 0;

    if (!ptq_ort_check (self->api,
            self->api->IsTensor (self->values[i], &is_tensor),
            "Looking at an output failed", error))
      return FALSE;
    if (is_tensor
        && !ptq_tensor_view_value (
            self->api, self->values[i], &self->outputs[i], error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
run_locked (PtqSession *self, const OrtValue *const *values,
    GCancellable *cancellable, GError **error)
{
  OrtStatus *status;

  release_outputs (self);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  status = run_cancellable (self, values, cancellable);
  if (explain (self, status, cancellable, error) && view_outputs (self, error))
    return TRUE;
  release_outputs (self);
  return FALSE;
}

/* Samples are float32 as a rule. One for an input of float16 is rounded into
 * @narrowed, which keeps the elements. */
static OrtValue *
wrap_input (PtqSession *self, guint index, const PtqTensor *input,
    gpointer *narrowed, GError **error)
{
  PtqTensor tensor = *input;
  const gfloat *values = input->data;
  guint16 *halves;

  if (input->type != self->inputs[index].type) {
    tensor.type = PTQ_ELEMENT_FLOAT16;
    tensor.size = input->size / sizeof (gfloat) * sizeof (guint16);
    halves = g_malloc (MAX (tensor.size, 1));
    for (gsize i = 0; i < input->size / sizeof (gfloat); i++)
      halves[i] = ptq_half_from_float (values[i]);
    tensor.data = *narrowed = halves;
  }
  return ptq_tensor_wrap (self->api, &tensor, self->input_names[index], error);
}

/**
 * ptq_session_run:
 * @self: a session
 * @inputs: (array length=n_inputs): one tensor for each input of the model,
 *   in its order; where one is of float16, float32 will do
 * @n_inputs: number of @inputs
 * @cancellable: (nullable): to stop at the next node
 * @error: return location for an error
 *
 * Runs the model. Calls from several threads wait for one another; the
 * outputs of one run are gone when the next begins.
 *
 * Returns: %TRUE on success. Otherwise %PTQ_ERROR_SHAPE where a tensor does
 *   not fit, %G_IO_ERROR_CANCELLED, the error of the #PtqObserveFunc, or
 *   %PTQ_ERROR_RUNTIME; the session can be run again after each of them.
 */
gboolean
ptq_session_run (PtqSession *self, const PtqTensor *inputs, guint n_inputs,
    GCancellable *cancellable, GError **error)
{
  OrtValue **values;
  gpointer *narrowed;
  gboolean done = TRUE;

  g_return_val_if_fail (PTQ_IS_SESSION (self), FALSE);

  if (!check_inputs (self, inputs, n_inputs, error))
    return FALSE;
  values = g_new0 (OrtValue *, n_inputs);
  narrowed = g_new0 (gpointer, n_inputs);
  for (guint i = 0; done && i < n_inputs; i++) {
    values[i] = wrap_input (self, i, &inputs[i], &narrowed[i], error);
    done = values[i] != NULL;
  }
  if (done) {
    g_mutex_lock (&self->lock);
    done =
        run_locked (self, (const OrtValue *const *) values, cancellable, error);
    g_mutex_unlock (&self->lock);
  }
  for (guint i = 0; i < n_inputs; i++) {
    if (values[i] != NULL)
      self->api->ReleaseValue (values[i]);
    g_free (narrowed[i]);
  }
  g_free (narrowed);
  g_free (values);
  return done;
}

/**
 * ptq_session_get_n_outputs:
 * @self: a session
 *
 * Returns: number of outputs of the model
 */
guint
ptq_session_get_n_outputs (PtqSession *self)
{
  return self->n_outputs;
}

/**
 * ptq_session_get_output_name:
 * @self: a session
 * @index: which output
 *
 * Returns: its name in the model
 */
const gchar *
ptq_session_get_output_name (PtqSession *self, guint index)
{
  g_return_val_if_fail (index < self->n_outputs, NULL);
  return self->output_names[index];
}

/**
 * ptq_session_get_output:
 * @self: a session that has been run
 * @index: which output
 *
 * Returns: what the last run gave, valid until the next. Its type is
 *   %PTQ_ELEMENT_UNDEFINED before the first run, after one that failed, and
 *   where the output is not a tensor.
 */
const PtqTensor *
ptq_session_get_output (PtqSession *self, guint index)
{
  g_return_val_if_fail (index < self->n_outputs, NULL);
  return &self->outputs[index];
}
