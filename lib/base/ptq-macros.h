/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

/* Everything else stays hidden, whatever folder it is compiled in. */
#define PTQ_API __attribute__ ((visibility ("default"))) extern
