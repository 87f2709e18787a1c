/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * `ptq.Observe`: an operator that shows its input to a function of ours while
 * the network runs, and has no output. The runtime does not prune it, keeps
 * its own fusions around it, and frees the tensor as soon as it would have
 * without it.
 */
#include "observe-operator.h"
#include "tensor-view.h"

struct _PtqObserveOperator
{
  /* First: the runtime hands its address back to the callbacks. */
  OrtCustomOp op;
  const OrtApi *api;
  OrtCustomOpDomain *domain;
  PtqObserveFunc func;
  gpointer user_data;
  GError *error;
};

typedef struct
{
  PtqObserveOperator *owner;
  gint64 id;
} PtqObserveKernel;

struct _PtqParallel
{
  const OrtApi *api;
  const OrtKernelContext *context;
};

typedef struct
{
  PtqParallelFunc func;
  gpointer user_data;
} PtqParallelCall;

static void
run_part (void *data, size_t i)
{
  PtqParallelCall *call = data;

  call->func (i, call->user_data);
}

/**
 * ptq_parallel_for:
 * @parallel: (nullable): as the #PtqObserveFunc got it, %NULL to stay on this
 *   thread
 * @n: number of parts
 * @func: called once for each part, from several threads at once
 * @user_data: passed to @func
 */
void
ptq_parallel_for (
    PtqParallel *parallel, guint n, PtqParallelFunc func, gpointer user_data)
{
  PtqParallelCall call = { func, user_data };
  OrtStatus *status;

  if (parallel != NULL && n > 1) {
    status = parallel->api->KernelContext_ParallelFor (
        parallel->context, run_part, n, 0, &call);
    if (status == NULL)
      return;
    parallel->api->ReleaseStatus (status);
  }
  for (guint i = 0; i < n; i++)
    func (i, user_data);
}

static OrtStatus *ORT_API_CALL
create_kernel (const OrtCustomOp *op, const OrtApi *api,
    const OrtKernelInfo *info, void **kernel)
{
  PtqObserveKernel *self = g_new0 (PtqObserveKernel, 1);
  OrtStatus *status;

  self->owner = (PtqObserveOperator *) op;
  status = api->KernelInfoGetAttribute_int64 (info, "id", &self->id);
  if (status != NULL) {
    g_free (self);
    return status;
  }
  *kernel = self;
  return NULL;
}

static void ORT_API_CALL
destroy_kernel (void *kernel)
{
  g_free (kernel);
}

static OrtStatus *ORT_API_CALL
compute (void *kernel, OrtKernelContext *context)
{
  PtqObserveKernel *self = kernel;
  PtqObserveOperator *owner = self->owner;
  PtqParallel parallel = { owner->api, context };
  const OrtValue *value = NULL;
  g_autoptr (GError) error = NULL;
  OrtStatus *status;
  PtqTensor view;

  status = owner->api->KernelContext_GetInput (context, 0, &value);
  if (status != NULL)
    return status;
  if (ptq_tensor_view_value (owner->api, value, &view, &error)
      && owner->func (self->id, &view, &parallel, owner->user_data, &error))
    return NULL;

  status = owner->api->CreateStatus (ORT_FAIL, error->message);
  g_clear_error (&owner->error);
  owner->error = g_steal_pointer (&error);
  return status;
}

static const char *ORT_API_CALL
get_name (const OrtCustomOp *op G_GNUC_UNUSED)
{
  return PTQ_OBSERVE_OP;
}

static const char *ORT_API_CALL
get_provider (const OrtCustomOp *op G_GNUC_UNUSED)
{
  return NULL;
}

/* Undefined means any. */
static ONNXTensorElementDataType ORT_API_CALL
get_type (const OrtCustomOp *op G_GNUC_UNUSED, size_t index G_GNUC_UNUSED)
{
  return ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
}

static size_t ORT_API_CALL
get_one (const OrtCustomOp *op G_GNUC_UNUSED)
{
  return 1;
}

static size_t ORT_API_CALL
get_none (const OrtCustomOp *op G_GNUC_UNUSED)
{
  return 0;
}

static OrtCustomOpInputOutputCharacteristic ORT_API_CALL
get_characteristic (
    const OrtCustomOp *op G_GNUC_UNUSED, size_t index G_GNUC_UNUSED)
{
  return INPUT_OUTPUT_REQUIRED;
}

static OrtMemType ORT_API_CALL
get_memory_type (
    const OrtCustomOp *op G_GNUC_UNUSED, size_t index G_GNUC_UNUSED)
{
  return OrtMemTypeDefault;
}

static int ORT_API_CALL
get_arity (const OrtCustomOp *op G_GNUC_UNUSED)
{
  return 1;
}

static int ORT_API_CALL
get_first_version (const OrtCustomOp *op G_GNUC_UNUSED)
{
  return 1;
}

static int ORT_API_CALL
get_last_version (const OrtCustomOp *op G_GNUC_UNUSED)
{
  return G_MAXINT;
}

static void
fill_in (OrtCustomOp *op)
{
  op->version = ORT_API_VERSION;
  op->GetName = get_name;
  op->GetExecutionProviderType = get_provider;
  op->GetInputType = get_type;
  op->GetInputTypeCount = get_one;
  op->GetOutputType = get_type;
  op->GetOutputTypeCount = get_none;
  op->KernelDestroy = destroy_kernel;
  op->GetInputCharacteristic = get_characteristic;
  op->GetOutputCharacteristic = get_characteristic;
  op->GetInputMemoryType = get_memory_type;
  op->GetVariadicInputMinArity = get_arity;
  op->GetVariadicInputHomogeneity = get_arity;
  op->GetVariadicOutputMinArity = get_arity;
  op->GetVariadicOutputHomogeneity = get_arity;
  op->CreateKernelV2 = create_kernel;
  op->KernelComputeV2 = compute;
  op->GetStartVersion = get_first_version;
  op->GetEndVersion = get_last_version;
}

PtqObserveOperator *
ptq_observe_operator_new (
    const OrtApi *api, PtqObserveFunc func, gpointer user_data, GError **error)
{
  PtqObserveOperator *self = g_new0 (PtqObserveOperator, 1);
  OrtStatus *status;

  fill_in (&self->op);
  self->api = api;
  self->func = func;
  self->user_data = user_data;
  status = api->CreateCustomOpDomain (PTQ_OBSERVE_DOMAIN, &self->domain);
  if (status == NULL)
    status = api->CustomOpDomain_Add (self->domain, &self->op);
  if (!ptq_ort_check (api, status,
          "Registering " PTQ_OBSERVE_DOMAIN "." PTQ_OBSERVE_OP " failed",
          error))
    g_clear_pointer (&self, ptq_observe_operator_free);
  return self;
}

void
ptq_observe_operator_free (PtqObserveOperator *self)
{
  if (self->domain != NULL)
    self->api->ReleaseCustomOpDomain (self->domain);
  g_clear_error (&self->error);
  g_free (self);
}

OrtCustomOpDomain *
ptq_observe_operator_get_domain (PtqObserveOperator *self)
{
  return self->domain;
}

GError *
ptq_observe_operator_steal_error (PtqObserveOperator *self)
{
  return g_steal_pointer (&self->error);
}
