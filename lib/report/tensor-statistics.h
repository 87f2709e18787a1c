/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How the values of one tensor are spread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gdouble min, q1, median, q3, max;
  gdouble mean;
  gdouble variance; /* of the population */
  gdouble sparsity; /* share of exact zeros */
} PtqTensorStatistics;

/* @data of @n > 0 values is put into another order. */
void ptq_tensor_statistics_take (
    PtqTensorStatistics *self, gfloat *data, gsize n);

/* Share of @data outside @min to @max */
gdouble ptq_tensor_clip_share (
    const gfloat *data, gsize n, gdouble min, gdouble max);
/* Of two vectors of @n values; 1 for two vectors of nothing but zeros */
gdouble ptq_tensor_cosine (const gfloat *a, const gfloat *b, gsize n);

G_END_DECLS
