/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "csv-writer.h"
#include "round-observer.h"

G_BEGIN_DECLS

/* quant_param.csv: scales and zero points of each use of a quantized tensor,
 * a row for each channel. @bits: of a code, where the graph does not say */
gboolean ptq_quant_param_write (PtqCsvWriter *writer, PtqModel *quantized,
    const PtqTensorPairs *pairs, PtqRoundObserver *observer, gint bits,
    GError **error);

G_END_DECLS
