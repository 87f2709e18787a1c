/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a target's integer kernels want of each operator.
 */
#pragma once

#include "model-private.h"
#include "ptq-settings.h"

G_BEGIN_DECLS

typedef enum
{
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

typedef struct
{
  const gchar *op_type;
  PtqOpKind kind;
  guint n_data;
  guint targets; /* 1 << PtqTarget, or'ed */
  /* Further conditions on one node; NULL when there are none. Returns why
   * not, or NULL. */
  const gchar *(*refuses) (const Onnx__NodeProto *node);
} PtqOperator;

const PtqOperator *ptq_operator_find (
    const Onnx__NodeProto *node, PtqTarget target);

G_END_DECLS
