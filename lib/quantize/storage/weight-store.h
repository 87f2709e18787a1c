/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Weights of 1 to 16 bits in an ONNX file that is as small as their bits.
 */
#pragma once

#include "model-private.h"
#include "ptq-settings.h"

G_BEGIN_DECLS

typedef struct _PtqWeightStore PtqWeightStore;

/* QDQ and NATIVE need opset 21 where a width is not 8 bits. */
PtqWeightStore *ptq_weight_store_new (
    PtqModel *model, PtqWeightStorage storage);
void ptq_weight_store_free (PtqWeightStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtqWeightStore, ptq_weight_store_free)

/* The weight called @tensor->name becomes codes[i] * scales[c] + offsets[c],
 * c the index along @axis, or 0 when that is -1. FOLDED takes codes a few of
 * which are not of 0 to 2^@bits - 1, but at most 128 times that far away. */
void ptq_weight_store_add (PtqWeightStore *self,
    const Onnx__TensorProto *tensor, gint axis, gint bits, const gint *codes,
    const gfloat *scales, const gfloat *offsets, guint n_channels);

/* Puts everything added into the graph, in place of the float tensors. */
void ptq_weight_store_write (PtqWeightStore *self);

G_END_DECLS
