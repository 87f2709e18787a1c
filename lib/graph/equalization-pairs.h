/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where channels of an activation can be scaled without changing the result.
 */
#pragma once

#include "plan.h"

G_BEGIN_DECLS

/* producer -> tensors[0] -> (homogeneous operators) -> … -> consumers.
 * Dividing a channel of the producer's weights and bias by f, and multiplying
 * the consumers' weights for that channel by f, scales that channel of every
 * tensor between by 1 / f and nothing else. */
typedef struct
{
  const Onnx__NodeProto *producer;
  GPtrArray *tensors;   /* names, all of them [batch, channels, …] */
  GPtrArray *consumers; /* nodes */
} PtqEqualizationPair;

/* In the order of the graph; elements are PtqEqualizationPair. */
GPtrArray *ptq_equalization_pairs_find (PtqPlan *plan);

G_END_DECLS
