/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the runtime's optimizer leaves in a model that nobody needs.
 */
#pragma once

#include "ptq-model.h"

G_BEGIN_DECLS

/* Gives fused weights the names they had before, and takes out attributes
 * that say what is so without them. */
void ptq_optimizer_traces_remove (PtqModel *model);

G_END_DECLS
