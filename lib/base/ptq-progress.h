/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PtqProgressFunc:
 * @stage: what is being done, a short English phrase
 * @fraction: how much of the whole work is done, 0 to 1
 * @user_data: what was passed along
 *
 * Called between the steps of a long computation, on the thread that runs it.
 * It may block (that is how a pipeline pauses); to stop the computation,
 * cancel the #GCancellable.
 */
typedef void (*PtqProgressFunc) (
    const gchar *stage, gdouble fraction, gpointer user_data);

G_END_DECLS
