/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The width of codes that are spread unevenly.
 */
#pragma once

#include "weight-code.h"

G_BEGIN_DECLS

/* Bits for each code that is stored apart: how far it is from the one before,
 * and its part above the width */
#define PTQ_APART_BITS 16
/* Farther ones need a code between them. */
#define PTQ_APART_MAX_GAP 255
/* The part above the width is from -128 to 127. */
#define PTQ_APART_MIN_HIGH (-128)
#define PTQ_APART_MAX_HIGH 127

/* Chooses the width, and where its codes begin in each channel, that take the
 * least space: few codes may lie outside where @apart, none else. FALSE when
 * 16 bits do not do. */
gboolean ptq_code_window_choose (PtqWeightCode *code, gboolean apart);

G_END_DECLS
