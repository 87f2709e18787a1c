/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

/* The entry of a fuzz target, called with one input after the other. */
int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);
