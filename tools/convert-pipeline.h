/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "ptq-model.h"
#include "ptq-preprocess.h"
#include "convert-options.h"

G_BEGIN_DECLS

/* The pipeline that does what the files say, as gst-launch-1.0 takes it.
 * @settings_type: the type where the configuration file does not name it,
 * else NULL. Appends texts to @warnings. */
gchar *convert_pipeline_describe (const ConvertOptions *options,
    PtqModel *model, PtqPreprocess *preprocess, const gchar *settings_type,
    GPtrArray *warnings, GError **error);

G_END_DECLS
