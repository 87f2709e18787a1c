/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which tensor of a quantized graph stands for which one of the float graph.
 */
#pragma once

#include "model-private.h"

G_BEGIN_DECLS

typedef struct
{
  const gchar *origin; /* NULL: the float graph has no such tensor */
  const gchar *dequant;
  gboolean is_constant;
  /* What makes @dequant out of codes; NULL where nothing does */
  const Onnx__NodeProto *dequantize;
} PtqTensorPair;

/* Where a pair is read or written. Nodes have the same names in both. */
typedef struct
{
  const Onnx__NodeProto *node; /* of the float graph */
  gboolean is_output;
  guint pair;
} PtqTensorUse;

/* All strings belong to the two models. */
typedef struct
{
  GArray *pairs; /* PtqTensorPair, in the order of production */
  GArray *uses;  /* PtqTensorUse, node by node, inputs first */
} PtqTensorPairs;

/* The tensors of every node that reads a quantized one. */
PtqTensorPairs *ptq_tensor_pairs_new (
    PtqModel *float_model, PtqModel *quantized);
void ptq_tensor_pairs_free (PtqTensorPairs *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtqTensorPairs, ptq_tensor_pairs_free)

G_END_DECLS
