/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "plan.h"

G_BEGIN_DECLS

typedef struct _PtqActivationFunction PtqActivationFunction;

/**
 * PtqActivationFunction:
 * @func: what the activation function makes of a value
 * @saturates: whether values far above 0 make no difference
 * @times_value: whether its result then multiplies the value, as in SiLU
 * @result: the tensor that comes of it
 *
 * What becomes of a tensor that only an activation function reads.
 */
struct _PtqActivationFunction
{
  PtqActivationFunc func;
  gdouble alpha;
  gdouble beta;
  gboolean saturates;
  gboolean times_value;
  const gchar *result;
};

/* FALSE where @tensor has other readers, or none. */
gboolean ptq_activation_function_find (
    PtqPlan *plan, const gchar *tensor, PtqActivationFunction *response);
gdouble ptq_activation_function_apply (
    const PtqActivationFunction *self, gdouble value);

G_END_DECLS
