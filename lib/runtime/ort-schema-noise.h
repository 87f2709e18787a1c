/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gint standard_error; /* the descriptor put aside, -1 when not held */
  gint held;           /* what is written meanwhile */
} PtqOrtSchemaNoise;

/* Between the two calls standard error is held back; then all of it is
 * written but the complaints about schemas. Nothing happens where the library
 * does not complain. */
void ptq_ort_schema_noise_hold (PtqOrtSchemaNoise *self);
void ptq_ort_schema_noise_release (PtqOrtSchemaNoise *self);

G_END_DECLS
