/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * All scale arithmetic of the library.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A bias may use half of the 32-bit range; the other half is left to the sum
 * of products, which stays far below it for any real kernel size. */
#define PTQ_BIAS_LIMIT 1073741824.0

/* Codes from qmin to qmax stand for scale * (code - zero_point). */
typedef struct
{
  gfloat scale;
  gint zero_point;
  gint qmin;
  gint qmax;
} PtqScale;

void ptq_scale_limits_signed (
    gint bits, gboolean narrow, gint *qmin, gint *qmax);
void ptq_scale_limits_unsigned (gint bits, gint *qmin, gint *qmax);

/* The smallest and the largest of @n > 0 values */
void ptq_scale_find_range (
    const gfloat *values, gsize n, gdouble *min, gdouble *max);
void ptq_scale_from_range (PtqScale *self, gdouble min, gdouble max, gint qmin,
    gint qmax, gboolean symmetric);

gint ptq_scale_quantize (const PtqScale *self, gdouble value);
gdouble ptq_scale_dequantize (const PtqScale *self, gint code);
/* The values that the lowest and the highest code stand for */
gdouble ptq_scale_get_min (const PtqScale *self);
gdouble ptq_scale_get_max (const PtqScale *self);

G_END_DECLS
