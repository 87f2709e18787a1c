/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Codes whose rounding errors cancel where they read the same activations.
 */
#pragma once

#include "weight-code.h"

G_BEGIN_DECLS

/* Moves codes of @self, which is corrected, to the next one up or down, so
 * that the sum of every kernel is that of @task to half a step. Codes stay
 * within @lowest to @highest. */
void ptq_kernel_sums_keep (
    PtqWeightCode *self, const PtqWeightTask *task, gint lowest, gint highest);

G_END_DECLS
