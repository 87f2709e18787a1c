/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * IEEE 754 binary16, the elements of float16 tensors.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define PTQ_HALF_MAX 65504.0f

/* To the nearest, ties to even; infinity from 65520 on. */
guint16 ptq_half_from_float (gfloat value);
/* Exact */
gfloat ptq_half_to_float (guint16 half);

G_END_DECLS
