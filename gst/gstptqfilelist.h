/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

GPtrArray *gst_ptq_file_list_new (const gchar *location, GError **error);
void gst_ptq_file_list_shuffle (GPtrArray *list, GRand *random);

G_END_DECLS
