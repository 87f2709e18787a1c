/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "ptq-macros.h"

G_BEGIN_DECLS

PTQ_API void ptq_runtime_disable_telemetry (void);

G_END_DECLS
