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
  TensorStatistics origin;
  TensorStatistics dequant;
  gdouble clip; /* share of the origin outside of dequant */
  gdouble cosine;
} TensorFigures;

typedef struct _RoundObserver RoundObserver;

/* @pairs must stay as long as the observer. */
RoundObserver *round_observer_new (PtqModel *float_model, PtqModel *quantized,
    const TensorPairs *pairs, GError **error);
void round_observer_free (RoundObserver *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RoundObserver, round_observer_free)

gboolean round_observer_run (RoundObserver *self, const PtqTensor *inputs,
    guint n_inputs, GCancellable *cancellable, GError **error);
/* What the last run showed */
const TensorFigures *round_observer_get (RoundObserver *self, guint pair);
guint round_observer_get_n_outputs (RoundObserver *self);
/* NULL for an output that can not be compared */
const gchar *round_observer_get_output (
    RoundObserver *self, guint index, gdouble *cosine);

G_END_DECLS
