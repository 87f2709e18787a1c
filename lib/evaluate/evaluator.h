/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The samples on which quantized models are scored to choose one of them, and
 * what the float model makes of the samples.
 */
#pragma once

#include "ptq-calibrator.h"

G_BEGIN_DECLS

typedef struct _PtqEvaluator PtqEvaluator;

/* Enough for the ratio of full quantization, measured once a trial */
#define PTQ_EVALUATOR_FEW_SAMPLES 8

/* At most @max of the samples that @calibrator kept; random inputs where it is
 * NULL or kept none. Runs @model on them, which has to compute what the
 * calibrator's model does. */
PtqEvaluator *ptq_evaluator_new (PtqModel *model, PtqCalibrator *calibrator,
    guint max, GCancellable *cancellable, GError **error);
void ptq_evaluator_free (PtqEvaluator *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtqEvaluator, ptq_evaluator_free)

/* How the float outputs of @quantized agree with those of the float model.
 * @cosine: their mean cosine similarity; random inputs show little of what
 * pictures do, so that of theirs the lowest counts. @sqnr: the signal to
 * quantization noise ratio of the worst output, in dB; G_MAXDOUBLE where no
 * output is of floats. 0 and 0 where an output is not finite. */
gboolean ptq_evaluator_score (PtqEvaluator *self, PtqModel *quantized,
    gdouble *cosine, gdouble *sqnr, GCancellable *cancellable, GError **error);
/* "mean", "lowest" */
const gchar *ptq_evaluator_get_measure (PtqEvaluator *self);
/* "32 samples", "random inputs" */
const gchar *ptq_evaluator_describe (PtqEvaluator *self);

G_END_DECLS
