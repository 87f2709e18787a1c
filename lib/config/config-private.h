/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "ptq-settings.h"
#include "ptq-error.h"

G_BEGIN_DECLS

/* Splits at commas, trims each name and leaves empty ones out. */
gchar **ptq_split_names (const gchar *text);

G_END_DECLS
