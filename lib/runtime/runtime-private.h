/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ONNX Runtime behind one small interface. No other folder includes its
 * headers.
 */
#pragma once

#include <gio/gio.h>
#include "ptq-model.h"
#include "ptq-error.h"

G_BEGIN_DECLS

/* Runs @func (i, user_data) for i in 0..n-1 on the runtime's thread pool and
 * returns when all are done. @parallel is only valid inside the
 * PtqObserveFunc that got it; NULL stays on this thread. */
typedef struct _PtqParallel PtqParallel;
typedef void (*PtqParallelFunc) (guint i, gpointer user_data);
void ptq_parallel_for (
    PtqParallel *parallel, guint n, PtqParallelFunc func, gpointer user_data);

/* Does @tensor have the type and shape that @expected asks for, and as much
 * data as it says? PTQ_ERROR_SHAPE names the input and both shapes. */
gboolean ptq_tensor_check (
    const PtqTensor *tensor, const PtqValueInfo *expected, GError **error);

/* Called from inside Run, once for each `ptq.Observe` node, on one thread at
 * a time. @id is the node's attribute "id". @tensor may be of any type.
 * Returning FALSE with @error set makes the run fail with that error. */
typedef gboolean (*PtqObserveFunc) (gint64 id, const PtqTensor *tensor,
    PtqParallel *parallel, gpointer user_data, GError **error);

/* Domain and operator of the observing node: one input of any type, no
 * output, an int attribute "id". */
#define PTQ_OBSERVE_DOMAIN "ptq"
#define PTQ_OBSERVE_OP "Observe"

typedef enum
{
  PTQ_OPTIMIZE_NONE,
  PTQ_OPTIMIZE_BASIC,
  PTQ_OPTIMIZE_EXTENDED,
  PTQ_OPTIMIZE_ALL
} PtqOptimizeLevel;

typedef struct
{
  PtqOptimizeLevel level;
  /* Results that do not depend on the CPU's lack of 8-bit dot products:
   * session.x64quantprecision */
  gboolean precise_int8;
  PtqObserveFunc observe;
  gpointer user_data;
} PtqSessionOptions;

#define PTQ_TYPE_SESSION (ptq_session_get_type ())
G_DECLARE_FINAL_TYPE (PtqSession, ptq_session, PTQ, SESSION, GObject)

PtqSession *ptq_session_new (
    PtqModel *model, const PtqSessionOptions *options, GError **error);
PtqSession *ptq_session_new_observed (PtqModel *model, const PtqTensor *samples,
    const gchar *const *tensors, guint n_tensors,
    const PtqSessionOptions *options, GError **error);
/* Inputs in the order of the model's inputs (initializers not counted).
 * Cancelling makes it return G_IO_ERROR_CANCELLED at the next node; the
 * session stays usable. */
gboolean ptq_session_run (PtqSession *self, const PtqTensor *inputs,
    guint n_inputs, GCancellable *cancellable, GError **error);
guint ptq_session_get_n_outputs (PtqSession *self);
const gchar *ptq_session_get_output_name (PtqSession *self, guint index);
/* Valid until the next run */
const PtqTensor *ptq_session_get_output (PtqSession *self, guint index);

/* The model as the runtime's optimizer leaves it. BASIC yields standard
 * operators only. External data is read. */
PtqModel *ptq_runtime_optimize (
    PtqModel *model, PtqOptimizeLevel level, GError **error);

/* How many convolutions and matrix products of @model run on integer kernels
 * and how many on float kernels, from the fully optimized graph. */
gboolean ptq_runtime_count_kernels (
    PtqModel *model, guint *n_integer, guint *n_float, GError **error);

/* "AVX512-VNNI", "AVX-VNNI", "AVX2 without VNNI", "ARM dot product", ... */
const gchar *ptq_runtime_cpu_class (void);
/* TRUE where u8*s8 products are summed in saturating 16 bits */
gboolean ptq_runtime_cpu_saturates (void);
const gchar *ptq_runtime_version (void);

G_END_DECLS
