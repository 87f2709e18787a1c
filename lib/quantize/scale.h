/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * All scale arithmetic of the library.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Codes from qmin to qmax stand for scale * (code - zero_point). */
typedef struct
{
  gfloat scale;
  gint zero_point;
  gint qmin;
  gint qmax;
} PtqScale;

void ptq_scale_limits_signed (gint bits, gboolean narrow, gint *qmin,
    gint *qmax);
void ptq_scale_limits_unsigned (gint bits, gint *qmin, gint *qmax);

void ptq_scale_from_range (PtqScale *self, gdouble min, gdouble max,
    gint qmin, gint qmax, gboolean symmetric);

gint ptq_scale_quantize (const PtqScale *self, gdouble value);
gdouble ptq_scale_dequantize (const PtqScale *self, gint code);
/* The values that the lowest and the highest code stand for */
gdouble ptq_scale_get_min (const PtqScale *self);
gdouble ptq_scale_get_max (const PtqScale *self);

G_END_DECLS
