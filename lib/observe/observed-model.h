/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "runtime-private.h"

G_BEGIN_DECLS

/* A copy of @prepared with the shapes of @inputs, in which each of @tensors
 * is shown to ptq.Observe under its index. */
PtqModel *ptq_observed_model_new (PtqModel *prepared,
    const gchar *const *tensors, guint n_tensors, const PtqTensor *inputs,
    GError **error);

G_END_DECLS
