/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <onnxruntime_c_api.h>
#include "runtime-private.h"

G_BEGIN_DECLS

/* The runtime's functions; NULL with @error set where the library is too
 * old. */
const OrtApi *ptq_ort_get_api (GError **error);
/* The one environment of the process, with its thread pool. Never freed. */
OrtEnv *ptq_ort_get_environment (GError **error);
/* Consumes @status. FALSE with @error set when it tells of a failure; the
 * message is "@what: the runtime's words". */
gboolean ptq_ort_check (
    const OrtApi *api, OrtStatus *status, const gchar *what, GError **error);

G_END_DECLS
