/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Bytes that a tensor is aligned to */
#define GST_PTQ_ALIGNMENT 64

void gst_ptq_alloc_align (GstQuery *query);

G_END_DECLS
