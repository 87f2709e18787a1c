/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Beyond this ratio the deviation of a decoded channel says nothing. */
#define PTQ_WEIGHT_MAX_RATIO 10.0

/* A weight, and what its codes should keep of it */
typedef struct
{
  const gfloat *values; /* row-major, all finite */
  const gint64 *dims;
  guint rank;
  gint axis;            /* of the output channels, -1: there are none */
  gsize kernel;         /* neighbours that read one input channel */
  gboolean per_channel; /* a scale a channel, not one for all */
  gboolean corrected;   /* mean and deviation of the original */
  gboolean keep_sums;   /* of kernels, as far as codes can */
  gboolean outliers;    /* codes beyond the width can be stored */
} PtqWeightTask;

/* value[i] = codes[i] * scales[c] + offsets[c], c the index along @axis */
typedef struct
{
  gint bits;
  gint axis; /* -1: one scale for all */
  guint n_channels;
  gsize inner; /* elements for each index along @axis */
  gsize n;
  gint *codes;
  gsize n_apart; /* not of 0 to 2^bits - 1, at most */
  gfloat *scales;
  gfloat *offsets;
} PtqWeightCode;

/* Uninitialized codes, scales and offsets for @task */
PtqWeightCode *ptq_weight_code_new (
    const PtqWeightTask *task, gint bits, gboolean per_channel);
PtqWeightCode *ptq_weight_code_new_fixed (const PtqWeightTask *task, gint bits);
void ptq_weight_code_free (PtqWeightCode *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtqWeightCode, ptq_weight_code_free)

/* Elements, elements for each index along @axis; @axis -1: all */
gsize ptq_weight_task_count (const PtqWeightTask *task);
gsize ptq_weight_task_inner (const PtqWeightTask *task, gint axis);

/* Gives every channel the mean and the deviation that it has in @task. */
void ptq_weight_code_correct (PtqWeightCode *self, const PtqWeightTask *task);
/* Bits in a file for all codes, bytes with their scales */
guint64 ptq_weight_code_get_code_bits (const PtqWeightCode *self);
gsize ptq_weight_code_get_size (const PtqWeightCode *self);
/* Bits that an ideal entropy coder needs for all codes */
gdouble ptq_weight_code_get_entropy (const PtqWeightCode *self);

G_END_DECLS
