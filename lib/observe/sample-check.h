/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "runtime-private.h"

G_BEGIN_DECLS

/* Does sample @number, counted from 1, fit @model, and have the shapes of the
 * first one? @first is NULL as long as there is none. */
gboolean ptq_sample_check_inputs (PtqModel *model, const PtqTensor *first,
    guint64 number, const PtqTensor *inputs, guint n_inputs, GError **error);
/* Is what the last run put out finite? */
gboolean ptq_sample_check_outputs (
    PtqSession *session, PtqModel *model, guint64 number, GError **error);

G_END_DECLS
