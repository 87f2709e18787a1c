/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "plan.h"

G_BEGIN_DECLS

typedef struct _PtqResponse PtqResponse;

/**
 * PtqResponse:
 * @func: what the activation function makes of a value
 * @saturates: whether values far above 0 make no difference
 * @times_value: whether its result then multiplies the value, as in SiLU
 * @result: the tensor that comes of it
 *
 * What becomes of a tensor that only an activation function reads.
 */
struct _PtqResponse
{
  gdouble (*func) (const PtqResponse *self, gdouble value);
  gdouble alpha;
  gdouble beta;
  gboolean saturates;
  gboolean times_value;
  const gchar *result;
};

/* FALSE where @tensor has other readers, or none. */
gboolean ptq_response_find (
    PtqPlan *plan, const gchar *tensor, PtqResponse *response);
gdouble ptq_response_apply (const PtqResponse *self, gdouble value);

G_END_DECLS
