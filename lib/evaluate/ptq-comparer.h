/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gio/gio.h>
#include "ptq-macros.h"
#include "ptq-model.h"

G_BEGIN_DECLS

#define PTQ_TYPE_COMPARER (ptq_comparer_get_type ())
PTQ_API
G_DECLARE_FINAL_TYPE (PtqComparer, ptq_comparer, PTQ, COMPARER, GObject)

/**
 * PtqLabels:
 *
 * Which file shows what: the table that a list of labels is read into.
 *
 * Since: 0.1
 */
#define PTQ_TYPE_LABELS (ptq_labels_get_type ())
PTQ_API
G_DECLARE_FINAL_TYPE (PtqLabels, ptq_labels, PTQ, LABELS, GObject)

PTQ_API PtqLabels *ptq_labels_load (const gchar *path, GError **error);
PTQ_API guint ptq_labels_get_n_files (PtqLabels *self);
PTQ_API gint ptq_labels_lookup (PtqLabels *self, const gchar *file);

/**
 * PtqComparison:
 * @samples: samples compared
 * @labelled: samples of these that came with a label
 * @reference_top1: share (0..1) of labelled samples that the reference model
 *   answers rightly; -1 where no sample has a label
 * @model_top1: the same for the other model
 * @reference_top5: share whose label is among the five best; -1 where no
 *   sample has a label
 * @model_top5: the same for the other model
 * @agreement: share of samples for which both models' best class is the same;
 *   -1 where no output is a list of classes
 * @cosine: lowest over the outputs of the mean cosine similarity
 * @sqnr_db: lowest over the outputs of the signal to noise ratio in dB,
 *   infinite where there is no difference
 * @max_error: largest absolute difference
 * @reference_ms: median time of one inference
 * @model_ms: the same for the other model
 * @integer_kernels: convolutions and matrix products on integer kernels
 * @float_kernels: those on float kernels
 * @cpu: class of the CPU that the figures were taken on; static
 *
 * What two models' answers to the same samples have in common. The kernels
 * are those of the other model.
 *
 * Since: 0.1
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

/**
 * PtqOutputComparison:
 * @name: name of the output in the reference model, valid as long as the
 *   comparer
 * @cosine: mean cosine similarity over the samples
 * @sqnr_db: energy of the reference over that of the difference, both summed
 *   over all samples, in dB; infinite where there is no difference
 * @max_error: largest absolute difference
 *
 * The same for one output.
 *
 * Since: 0.1
 */
typedef struct
{
  const gchar *name;
  gdouble cosine;
  gdouble sqnr_db;
  gdouble max_error;
} PtqOutputComparison;

PTQ_API PtqComparer *ptq_comparer_new (
    PtqModel *reference, PtqModel *model, GError **error);
PTQ_API gboolean ptq_comparer_push (PtqComparer *self, const PtqTensor *inputs,
    guint n_inputs, gint label, GCancellable *cancellable, GError **error);
PTQ_API void ptq_comparer_reset (PtqComparer *self);
PTQ_API gboolean ptq_comparer_get_result (
    PtqComparer *self, PtqComparison *result, GError **error);
PTQ_API guint ptq_comparer_get_n_outputs (PtqComparer *self);
PTQ_API void ptq_comparer_get_output (
    PtqComparer *self, guint index, PtqOutputComparison *result);

G_END_DECLS
