/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * As many bits for a weight as its relative error asks for.
 */
#pragma once

#include "weight-code.h"

G_BEGIN_DECLS

/* The smaller of two codes whose relative error is @target: one step for the
 * whole tensor, or a step for each channel. NULL when neither does it in 16
 * bits. */
PtqWeightCode *ptq_weight_code_new_mixed (
    const PtqWeightTask *task, gdouble target);
/* Root of the mean of sum (w - w')^2 / sum w^2 over the channels of @task;
 * channels of nothing are left out. */
gdouble ptq_weight_code_get_error (
    const PtqWeightCode *self, const PtqWeightTask *task);

G_END_DECLS
