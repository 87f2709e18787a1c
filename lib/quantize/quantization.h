/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One quantization on its way through the passes.
 */
#pragma once

#include "plan.h"
#include "progress.h"
#include "ptq-calibrator.h"
#include "weight-only.h"

G_BEGIN_DECLS

/**
 * PtqQuantization:
 * @model: the user's model; it stays as it is
 * @settings: what was asked for
 * @calibrator: what saw the samples; NULL where weights need none
 * @warnings: takes strings
 * @float_model: what is quantized: prepared, then equalized
 * @plan: of all that may be quantized in @float_model
 * @planned: the settings that @plan was made with
 * @clips: tensor -> the magnitude at which each channel is cut
 * @factors: tensor -> the factor by which each channel was divided
 * @ranges: tensor -> #PtqRange, where another than the calibrator's
 * @chosen: @settings with the layers that the search leaves float
 * @chosen_plan: what is quantized with these
 * @quantized: the result
 * @sqnr: signal to noise ratio of its outputs in dB; NAN where unknown
 * @loads: whether ONNX Runtime has loaded @quantized as it is now
 * @init_scale: relative error that a layer may have, for mixed bits
 * @weights: what became of the weights
 *
 * What the passes of pipeline.c hand on to one another. Each fills in what its
 * name says and reads what those before it have left.
 */
typedef struct
{
  PtqModel *model;
  PtqSettings *settings;
  PtqCalibrator *calibrator;
  GPtrArray *warnings;

  PtqModel *float_model;
  PtqPlan *plan;
  PtqSettings *planned;
  GHashTable *clips;
  GHashTable *factors;
  GHashTable *ranges;
  PtqSettings *chosen;
  PtqPlan *chosen_plan;

  PtqModel *quantized;
  gdouble sqnr;
  gboolean loads;

  gdouble init_scale;
  PtqWeightOnlyResult weights;
} PtqQuantization;

/* @warnings and @calibrator (or NULL) are borrowed references taken here. */
PtqQuantization *ptq_quantization_new (PtqModel *model, PtqSettings *settings,
    PtqCalibrator *calibrator, GPtrArray *warnings);
void ptq_quantization_free (PtqQuantization *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtqQuantization, ptq_quantization_free)

/* @self gets the float model, the plan, the factors and ranges of @other, and
 * @other those of @self. */
void ptq_quantization_take (PtqQuantization *self, PtqQuantization *other);

/* What is quantized with @settings, which may leave more nodes float than
 * those of @self. Transfer full. */
PtqPlan *ptq_quantization_plan (
    PtqQuantization *self, PtqSettings *settings, GError **error);
/* A quantized copy of the float model. @plan: from ptq_quantization_plan ().
 * Transfer full. */
PtqModel *ptq_quantization_rewrite (PtqQuantization *self, PtqPlan *plan,
    PtqSettings *settings, GPtrArray *warnings, GError **error);
/* Corrects the biases of what ptq_quantization_rewrite () made, where
 * @settings want that and samples were kept. */
gboolean ptq_quantization_correct (PtqQuantization *self, PtqPlan *plan,
    PtqModel *quantized, PtqSettings *settings, GPtrArray *warnings,
    const PtqRun *run, GError **error);

G_END_DECLS
