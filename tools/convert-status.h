/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The code of an error; the exit status of the program is its lowest byte. */
gint convert_status_of_error (const GError *error);

G_END_DECLS
