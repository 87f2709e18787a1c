/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Samples for models of which only the arithmetic is of interest.
 */
#pragma once

#include "ptq-model.h"

G_BEGIN_DECLS

/* Fills @tensor for input @index of @model with uniform values of 0.1 to 1.
 * An open dimension becomes 1 if it is the first, else a usual picture size.
 * g_free() the data. */
void ptq_random_input_fill (
    PtqModel *model, guint index, GRand *rand, PtqTensor *tensor);

G_END_DECLS
