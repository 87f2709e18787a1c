/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Full quantization of a model that was calibrated, as often as is needed to
 * choose between settings.
 */
#pragma once

#include "plan.h"
#include "ptq-calibrator.h"
#include "progress.h"

G_BEGIN_DECLS

typedef struct _PtqFullQuantize PtqFullQuantize;

/* Equalizes a copy of the calibrator's model, where @settings want that. */
PtqFullQuantize *ptq_full_quantize_new (PtqCalibrator *calibrator,
    PtqSettings *settings, const PtqRun *run, GError **error);
void ptq_full_quantize_free (PtqFullQuantize *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtqFullQuantize, ptq_full_quantize_free)

/* What is quantized. Not owned; it stays as it is. */
PtqModel *ptq_full_quantize_get_float_model (PtqFullQuantize *self);
/* Which nodes and tensors that is with @settings. Transfer full. */
PtqPlan *ptq_full_quantize_plan (
    PtqFullQuantize *self, PtqSettings *settings, GError **error);
/* A quantized copy; @settings may leave more nodes float than those given to
 * ptq_full_quantize_new(). @warnings takes strings. Transfer full. */
PtqModel *ptq_full_quantize_run (PtqFullQuantize *self, PtqSettings *settings,
    GPtrArray *warnings, GError **error);
/* Corrects the biases of what ptq_full_quantize_run() made, where @settings
 * want that. */
gboolean ptq_full_quantize_correct (PtqFullQuantize *self, PtqModel *quantized,
    PtqSettings *settings, GPtrArray *warnings, const PtqRun *run,
    GError **error);

G_END_DECLS
