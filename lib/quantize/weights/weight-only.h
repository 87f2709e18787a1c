/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Weight quantization: the file gets smaller, inference stays float.
 */
#pragma once

#include "ptq-model.h"
#include "ptq-settings.h"

G_BEGIN_DECLS

/* What became of the weights */
typedef struct
{
  guint n_quantized;    /* tensors */
  guint n_float;        /* candidates that were left alone */
  guint64 n_weights;    /* elements of the quantized tensors */
  guint64 n_bits;       /* of their codes */
  gdouble entropy_bits; /* what an entropy coder would need for them */
} PtqWeightOnlyResult;

/* Quantizes the weights of @model in place. @init_scale: relative error
 * that every layer may have, for mixed bits (bit-num 0). */
gboolean ptq_weight_only_run (PtqModel *model, PtqSettings *settings,
    gdouble init_scale, GCancellable *cancellable, PtqWeightOnlyResult *result,
    GError **error);

G_END_DECLS
