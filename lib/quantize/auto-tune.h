/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "ptq-quantizer.h"

G_BEGIN_DECLS

/* The largest relative error of weights with which the outputs still agree;
 * 0 with @error set when there is none. */
gdouble ptq_auto_tune (PtqModel *prepared, PtqSettings *settings,
    PtqProgressFunc progress, gpointer user_data, GCancellable *cancellable,
    GError **error);

G_END_DECLS
