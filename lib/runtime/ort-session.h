/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "model-serializer.h"
#include "ort-environment.h"

G_BEGIN_DECLS

/* Options as every session of ours has them. Release with
 * ReleaseSessionOptions(). */
OrtSessionOptions *ptq_ort_session_options_new (
    const OrtApi *api, PtqOptimizeLevel level, GError **error);
/* Loads @lean, which was made from @model; the weights are found wherever the
 * process stands, and are not needed in their file afterwards. Release with
 * ReleaseSession(). */
OrtSession *ptq_ort_session_new (const OrtApi *api, PtqModel *model,
    PtqModelSerializer *lean, OrtSessionOptions *options, GError **error);

G_END_DECLS
