/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which layers stay float so that the outputs are good enough.
 */
#pragma once

#include "quantization.h"

G_BEGIN_DECLS

/* @chosen of @quantization becomes its settings with as many more layers named
 * in skip-quant-node as it takes for min-sqnr on the samples kept. Where the
 * same choice is better made before the channels are equalized, the model and
 * its ranges are replaced by those. */
gboolean ptq_mixed_precision_choose (
    PtqQuantization *quantization, const PtqRun *run, GError **error);

G_END_DECLS
