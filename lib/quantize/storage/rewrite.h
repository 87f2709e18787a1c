/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "plan.h"
#include "scale.h"

G_BEGIN_DECLS

/* Rewrites the model of @plan in place: QuantizeLinear and DequantizeLinear
 * around every quantized tensor, codes in place of weights and biases.
 * @scales: root tensor name -> PtqScale of the activation. After it, the plan
 * is of no more use. */
void ptq_rewrite (PtqPlan *plan, PtqSettings *settings, GHashTable *scales,
    GPtrArray *warnings);

/* How @target stores activations */
void ptq_activation_limits (
    PtqTarget target, gint bits, gint *qmin, gint *qmax, gboolean *symmetric);

G_END_DECLS
