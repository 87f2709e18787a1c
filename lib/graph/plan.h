/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The plan as the rewriter reads it.
 */
#pragma once

#include "quantize-private.h"
#include "model-private.h"
#include "operators.h"

G_BEGIN_DECLS

typedef struct _PtqPlanNode PtqPlanNode;

struct _PtqPlanNode
{
  Onnx__NodeProto *proto;
  const PtqOperator *row; /* NULL: no integer kernel */
  gboolean quantized;
  /* For the nodes left float: why, in words for people */
  const gchar *reason;
  /* The only reader of the result, when that is a Relu or Clip that becomes
   * part of this node; and the other way round */
  PtqPlanNode *clip;
  PtqPlanNode *clip_of;
};

const PtqPlanNode *ptq_plan_get_nodes (PtqPlan *plan, guint *n);
PtqModel *ptq_plan_get_model (PtqPlan *plan);
PtqGraphIndex *ptq_plan_get_index (PtqPlan *plan);
gboolean ptq_plan_is_quantized (PtqPlan *plan, const gchar *tensor);
/* The tensor whose scale @tensor has: itself, unless data only moved */
const gchar *ptq_plan_get_root (PtqPlan *plan, const gchar *tensor);
/* Is it worth an integer kernel wherever it stands? Anchors read constant
 * weights; a product of two activations is none. */
gboolean ptq_plan_is_anchor (PtqPlan *plan, const PtqPlanNode *node);
/* Where a node's data inputs end */
guint ptq_plan_node_n_data (const PtqPlanNode *node);

G_END_DECLS
