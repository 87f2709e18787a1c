/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is quantized, and what shares one scale.
 */
#pragma once

#include "model-private.h"
#include "operators.h"

G_BEGIN_DECLS

/* What is to be quantized, and which tensors share one scale. */
typedef struct _PtqPlan PtqPlan;
PtqPlan *ptq_plan_new (
    PtqModel *prepared, PtqSettings *settings, GError **error);
/* The same decisions for @model, a copy of the plan's that has the same nodes
 * in the same order. */
PtqPlan *ptq_plan_copy_for (PtqPlan *plan, PtqModel *model);
void ptq_plan_free (PtqPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtqPlan, ptq_plan_free)
/* The tensors to observe, in the order in which they are produced, graph
 * inputs first */
const gchar *const *ptq_plan_get_tensors (PtqPlan *plan, guint *n);
/* Is the range of each channel of this tensor needed, not only its own? */
gboolean ptq_plan_wants_channels (PtqPlan *plan, const gchar *tensor);

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
