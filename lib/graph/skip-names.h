/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "model-private.h"
#include "ptq-settings.h"

G_BEGIN_DECLS

/* Why a node stays float that matches */
#define PTQ_SKIP_REASON "named in skip-quant-node, or left float for min-sqnr"

/* Does skip-quant-node name this node? */
gboolean ptq_skip_names_match (PtqSettings *settings, const gchar *node_name);
/* A warning for each name that is no node's, or that of a node which is not
 * there any more when @model is @prepared; NULL-terminated */
gchar **ptq_skip_names_check (
    PtqSettings *settings, PtqModel *model, PtqModel *prepared);

G_END_DECLS
