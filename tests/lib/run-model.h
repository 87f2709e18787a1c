/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Calibrating, quantizing and running small models in tests.
 */
#pragma once

#include "build-model.h"
#include "ptq-calibrator.h"
#include "ptq-quantizer.h"
#include "runtime-private.h"

#define N_SAMPLES 4

/* Samples of the float32 input 0 */
typedef struct
{
  PtqTensor tensors[N_SAMPLES];
} Samples;

/* Uniform in @min to @max */
Samples *samples_new (PtqModel *model, gdouble min, gdouble max);
void samples_free (Samples *samples);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Samples, samples_free)

PtqCalibrator *calibrate (
    PtqModel *model, PtqSettings *settings, const Samples *samples);
/* @quantizer: NULL, or takes what ran, to ask for counts and warnings */
PtqModel *quantize (PtqModel *model, PtqSettings *settings,
    const Samples *samples, PtqQuantizer **quantizer);

/* Copies of output 0, row-major */
gfloat *run (
    PtqModel *model, const PtqTensor *sample, gboolean precise, gsize *n);
/* All values of a tensor, over the samples */
GArray *collect_values (
    PtqModel *model, const gchar *tensor, const Samples *samples);
/* Signal to noise ratio of output 0 over the samples, in dB. The second takes
 * no notice of how the processor saturates. */
gdouble compare (PtqModel *model, PtqModel *quantized, const Samples *samples);
gdouble compare_exactly (
    PtqModel *model, PtqModel *quantized, const Samples *samples);

/* Is there a warning with both texts in it? */
gboolean is_among (
    const gchar *const *warnings, const gchar *a, const gchar *b);
gboolean has_warning (PtqQuantizer *quantizer, const gchar *a, const gchar *b);
Onnx__NodeProto *find_node (PtqModel *model, const gchar *name);
gint64 *find_ints (PtqModel *model, const gchar *name, gsize *n);
void set_weight (PtqModel *model, const gchar *name, const gfloat *values);
