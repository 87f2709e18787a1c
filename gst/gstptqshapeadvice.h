/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "gstptqtensorcaps.h"

G_BEGIN_DECLS

gchar *gst_ptq_shape_advice (
    const GstPtqTensorShape *have, const PtqValueInfo *want);

G_END_DECLS
