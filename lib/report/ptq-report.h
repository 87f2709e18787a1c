/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gio/gio.h>
#include "ptq-macros.h"
#include "ptq-model.h"

G_BEGIN_DECLS

#define PTQ_TYPE_COMPARER (ptq_comparer_get_type ())
PTQ_API G_DECLARE_FINAL_TYPE (PtqComparer, ptq_comparer, PTQ, COMPARER,
    GObject)

/**
 * PtqComparison:
 * @samples: samples compared
 * @labelled: samples of these that came with a label
 * @reference_top1: share (0..1) of labelled samples that the reference model
 *   answers rightly; -1 without labels
 * @model_top1: the same for the other model
 * @reference_top5: share whose label is among the five best; -1 without labels
 * @model_top5: the same for the other model
 * @agreement: share of samples for which both models' best class is the same
 * @cosine: lowest over the outputs of the mean cosine similarity
 * @sqnr_db: lowest over the outputs of the signal to noise ratio in dB
 * @max_error: largest absolute difference
 * @reference_ms: median time of one inference
 * @model_ms: the same for the other model
 * @integer_kernels: convolutions and matrix products on integer kernels
 * @float_kernels: those on float kernels
 * @cpu: class of the CPU that the figures were taken on
 */
typedef struct
{
  guint64 samples;
  guint64 labelled;
  gdouble reference_top1;
  gdouble model_top1;
  gdouble reference_top5;
  gdouble model_top5;
  gdouble agreement;
  gdouble cosine;
  gdouble sqnr_db;
  gdouble max_error;
  gdouble reference_ms;
  gdouble model_ms;
  guint integer_kernels;
  guint float_kernels;
  const gchar *cpu;
} PtqComparison;

typedef struct
{
  const gchar *name;
  gdouble cosine;
  gdouble sqnr_db;
  gdouble max_error;
} PtqOutputComparison;

PTQ_API PtqComparer *ptq_comparer_new (PtqModel *reference, PtqModel *model,
    GError **error);
/* @label: the right class, or -1 where it is not known */
PTQ_API gboolean ptq_comparer_push (PtqComparer *self,
    const PtqTensor *inputs, guint n_inputs, gint label,
    GCancellable *cancellable, GError **error);
PTQ_API gboolean ptq_comparer_get_result (PtqComparer *self,
    PtqComparison *result, GError **error);
PTQ_API guint ptq_comparer_get_n_outputs (PtqComparer *self);
PTQ_API void ptq_comparer_get_output (PtqComparer *self, guint index,
    PtqOutputComparison *result);

G_END_DECLS
