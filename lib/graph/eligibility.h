/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "operators.h"

G_BEGIN_DECLS

/* A model and its index, neither owned */
typedef struct
{
  PtqModel *model;
  PtqGraphIndex *index;
} PtqEligibility;

const gchar *ptq_eligibility_refuse (const PtqEligibility *self,
    const PtqOperator *row, const Onnx__NodeProto *node);
gboolean ptq_eligibility_get_clip_bounds (const PtqEligibility *self,
    const Onnx__NodeProto *node, gdouble *min, gdouble *max);

G_END_DECLS
