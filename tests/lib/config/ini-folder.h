/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void ini_folder_make (void);
void ini_folder_remove (void);
const gchar *ini_folder_get (void);
/* Its path, (transfer full). It takes the place of the one before. */
gchar *ini_folder_write (const gchar *text);

G_END_DECLS
