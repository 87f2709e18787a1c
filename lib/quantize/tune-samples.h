/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The samples on which trials of auto-tune are scored, and what the float
 * model makes of them.
 */
#pragma once

#include "ptq-calibrator.h"

G_BEGIN_DECLS

typedef struct _PtqTuneSamples PtqTuneSamples;

/* The samples that @calibrator kept; random inputs where it is NULL or kept
 * none. Runs @model on them. */
PtqTuneSamples *ptq_tune_samples_new (PtqModel *model,
    PtqCalibrator *calibrator, GCancellable *cancellable, GError **error);
void ptq_tune_samples_free (PtqTuneSamples *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtqTuneSamples, ptq_tune_samples_free)

/* Mean cosine similarity of the float outputs of @quantized with those of the
 * float model; 0 where an output is not finite. Random inputs show little of
 * what pictures do, so that of theirs the lowest counts. */
gboolean ptq_tune_samples_score (PtqTuneSamples *self, PtqModel *quantized,
    gdouble *cosine, GCancellable *cancellable, GError **error);
/* "mean", "lowest" */
const gchar *ptq_tune_samples_get_measure (PtqTuneSamples *self);
/* "32 samples", "random inputs" */
const gchar *ptq_tune_samples_describe (PtqTuneSamples *self);

G_END_DECLS
