/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "ort-environment.h"

G_BEGIN_DECLS

/* Options as every session of ours has them. Release with
 * ReleaseSessionOptions(). */
OrtSessionOptions *ptq_ort_session_options_new (const OrtApi *api,
    PtqOptimizeLevel level, GError **error);
/* Loads @model; the weights beside it are found wherever the process stands.
 * Release with ReleaseSession(). */
OrtSession *ptq_ort_session_new (const OrtApi *api, PtqModel *model,
    OrtSessionOptions *options, GError **error);
/* Is @model too large to be handed over in one piece? */
gboolean ptq_ort_model_is_large (PtqModel *model);

G_END_DECLS
