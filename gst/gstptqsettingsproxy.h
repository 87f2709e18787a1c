/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/gst.h>
#include "ptq-settings.h"

G_BEGIN_DECLS

/* Every property of PtqSettings as a property of an element, under the same
 * name: a new setting shows up in the element by itself. Their ids start at
 * @first_id. */
void gst_ptq_settings_proxy_install (GObjectClass *klass, guint first_id);
void gst_ptq_settings_proxy_set (
    PtqSettings *settings, GParamSpec *pspec, const GValue *value);
void gst_ptq_settings_proxy_get (
    PtqSettings *settings, GParamSpec *pspec, GValue *value);

G_END_DECLS
