/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How often the costly things were done since the process began: a test sees
 * that a change does not do them more often.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  PTQ_WORK_SESSION, /* ONNX Runtime opened a model */
  PTQ_WORK_COPY,    /* a model was copied, with its weights */
  PTQ_WORK_PLAN,    /* it was decided anew what to quantize */
  PTQ_WORK_KINDS
} PtqWork;

void ptq_work_count_add (PtqWork work);
guint ptq_work_count_get (PtqWork work);

G_END_DECLS
