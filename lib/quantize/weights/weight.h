/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>
#include "scale.h"

G_BEGIN_DECLS

/**
 * PtqPairRule:
 * @PTQ_PAIRS_ANY: weights may take every code
 * @PTQ_PAIRS_SAFE: neighbours in the order of summation must not saturate
 * @PTQ_PAIRS_HALF: no code is larger than half the range
 *
 * x86 kernels without VNNI sum two products of an unsigned 8-bit activation
 * and a signed 8-bit weight in 16 bits that saturate: 255 * (|w0| + |w1|) must
 * stay below 32768.
 */
typedef enum
{
  PTQ_PAIRS_ANY,
  PTQ_PAIRS_SAFE,
  PTQ_PAIRS_HALF
} PtqPairRule;

typedef struct
{
  gint bits;
  gboolean symmetric;
  gboolean is_unsigned;
  PtqPairRule pairs;
  gint axis;                /* channel axis, -1: one scale for all */
  gint kernel_axis;         /* first spatial axis, -1: no convolution */
  const gfloat *min_scales; /* lower bounds, one a channel; or NULL */
} PtqWeightOptions;

typedef struct
{
  gint *codes; /* in the order of the tensor */
  gsize n;
  PtqScale *scales; /* one a channel */
  guint n_channels;
} PtqWeight;

PtqWeight *ptq_weight_new (const gfloat *values, const gint64 *dims, guint rank,
    const PtqWeightOptions *options);
void ptq_weight_free (PtqWeight *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtqWeight, ptq_weight_free)

G_END_DECLS
