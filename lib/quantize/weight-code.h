/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* value[i] = codes[i] * scales[c] + offsets[c], c the index along @axis */
typedef struct
{
  gint bits;
  gint axis;                    /* -1: one scale for all */
  guint n_channels;
  gsize n;
  guint16 *codes;
  gfloat *scales;
  gfloat *offsets;
} PtqWeightCode;

PtqWeightCode *ptq_weight_code_new_fixed (const gfloat *values,
    const gint64 *dims, guint rank, gint axis, gint bits,
    gboolean corrected);
PtqWeightCode *ptq_weight_code_new_mixed (const gfloat *values,
    const gint64 *dims, guint rank, gint axis, gdouble target,
    gboolean corrected);
void ptq_weight_code_free (PtqWeightCode *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtqWeightCode, ptq_weight_code_free)

/* Relative error: the root of the mean of sum (w - w')^2 / sum w^2 over the
 * channels along @axis; channels of nothing are left out */
gdouble ptq_weight_code_get_error (const PtqWeightCode *self,
    const gfloat *values, const gint64 *dims, guint rank, gint axis);
/* Bytes in a file: codes and their scales */
gsize ptq_weight_code_get_size (const PtqWeightCode *self);
/* Bits that an ideal entropy coder needs for all codes */
gdouble ptq_weight_code_get_entropy (const PtqWeightCode *self);

G_END_DECLS
