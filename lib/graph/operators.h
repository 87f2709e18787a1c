/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * All that is known of each operator.
 */
#pragma once

#include "activation-arithmetic.h"
#include "model-private.h"
#include "ptq-settings.h"

G_BEGIN_DECLS

typedef enum
{
  /* Stays float: no target has an integer kernel */
  PTQ_OP_FLOAT,
  /* Convolutions: data, weight and bias are quantized, and so must the
   * result be */
  PTQ_OP_CONVOLUTION,
  /* Matrix products: the same, but the result may be left float */
  PTQ_OP_PRODUCT,
  /* Every data input and the result have scales of their own */
  PTQ_OP_ARITHMETIC,
  /* Like arithmetic, but only joins what is already quantized */
  PTQ_OP_JOIN,
  /* Moves data about: the result has the input's very scale */
  PTQ_OP_SAME,
  /* Clips: what the saturation of the result's codes can do as well */
  PTQ_OP_CLIP
} PtqOpKind;

/* How many of the inputs are data (the others are shapes, axes, bounds) */
#define PTQ_ALL_INPUTS G_MAXUINT

/* Which axis of a weight counts the output channels */
typedef enum
{
  PTQ_AXIS_FIRST,
  PTQ_AXIS_SECOND,
  PTQ_AXIS_GEMM,   /* by transB */
  PTQ_AXIS_MATMUL, /* last of B, last but one of A */
  PTQ_AXIS_GATHER  /* its axis attribute */
} PtqAxisRule;

typedef struct
{
  guint first, n; /* inputs that may be weights */
  PtqAxisRule axis;
  gboolean by_channels; /* min-quant-weight-channel applies */
} PtqWeightInputs;

/* Whether f (a x) = a f (x) for a > 0, channel by channel, and the channels
 * stay axis 1 */
typedef enum
{
  PTQ_HOMOGENEOUS_NO,
  PTQ_HOMOGENEOUS_YES,
  PTQ_HOMOGENEOUS_POOLS,   /* and leaves one value a channel */
  PTQ_HOMOGENEOUS_FLATTENS /* where there is one value a channel */
} PtqHomogeneity;

/* Whether its weights can take a factor for each channel that it reads */
typedef enum
{
  PTQ_CONSUMER_NO,
  PTQ_CONSUMER_CONVOLUTION,
  PTQ_CONSUMER_PRODUCT /* where there is one value a channel */
} PtqConsumer;

typedef struct
{
  PtqActivationFunc func; /* NULL where the operator is no such function */
  gdouble alpha, beta;    /* defaults of the attributes */
  gboolean saturates;
  gboolean times_value; /* the result then multiplies the value */
  gboolean slopes;      /* input 1 holds alpha */
} PtqOperatorFunction;

typedef struct
{
  const gchar *op_type;
  PtqOpKind kind;
  guint n_data;
  guint targets; /* 1 << PtqTarget, or'ed */
  /* Further conditions on one node; NULL when there are none. Returns why
   * not, or NULL. */
  const gchar *(*refuses) (const Onnx__NodeProto *node);
  PtqWeightInputs weights;
  PtqHomogeneity homogeneous;
  gboolean equalizes; /* its own channels can take factors */
  PtqConsumer consumer;
  PtqOperatorFunction function;
} PtqOperator;

const PtqOperator *ptq_operator_find (
    const Onnx__NodeProto *node, PtqTarget target);
const PtqOperator *ptq_operator_look_up (const Onnx__NodeProto *node);

/* For tests: @row has to outlive all use; not while other threads look. */
void ptq_operators_add (const PtqOperator *row);
const PtqOperator *ptq_operators_get (guint i);

G_END_DECLS
