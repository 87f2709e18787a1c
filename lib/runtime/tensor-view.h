/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "ort-environment.h"

G_BEGIN_DECLS

/* Fills @view with what @value, a tensor, holds. The data stays the
 * runtime's; strings have none that could be seen. */
gboolean ptq_tensor_view_value (
    const OrtApi *api, const OrtValue *value, PtqTensor *view, GError **error);
/* A value over the data of @tensor, which must outlive it. */
OrtValue *ptq_tensor_wrap (const OrtApi *api, const PtqTensor *tensor,
    const gchar *name, GError **error);
/* Size in bytes of @count elements */
gsize ptq_tensor_data_size (PtqElementType type, gsize count);

G_END_DECLS
