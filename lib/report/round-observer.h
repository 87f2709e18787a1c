/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Runs a sample through a float model and its quantized descendant, and
 * compares their tensors.
 */
#pragma once

#include "runtime-private.h"
#include "tensor-pairs.h"
#include "tensor-statistics.h"

G_BEGIN_DECLS

typedef struct
{
  gboolean known; /* FALSE: not a tensor of floats */
  gboolean has_origin;
  guint rank;
  gint64 dims[PTQ_TENSOR_MAX_RANK];
  PtqTensorStatistics origin;
  PtqTensorStatistics dequant;
  gdouble clip; /* share of the origin outside of dequant */
  gdouble cosine;
} PtqTensorFigures;

typedef struct _PtqRoundObserver PtqRoundObserver;

/* @pairs must stay as long as the observer. */
PtqRoundObserver *ptq_round_observer_new (PtqModel *float_model,
    PtqModel *quantized, const PtqTensorPairs *pairs, GError **error);
void ptq_round_observer_free (PtqRoundObserver *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtqRoundObserver, ptq_round_observer_free)

gboolean ptq_round_observer_run (PtqRoundObserver *self,
    const PtqTensor *inputs, guint n_inputs, GCancellable *cancellable,
    GError **error);
/* What the last run showed */
const PtqTensorFigures *ptq_round_observer_get (
    PtqRoundObserver *self, guint pair);
guint ptq_round_observer_get_n_outputs (PtqRoundObserver *self);
/* NULL for an output that can not be compared */
const gchar *ptq_round_observer_get_output (
    PtqRoundObserver *self, guint index, gdouble *cosine);

G_END_DECLS
