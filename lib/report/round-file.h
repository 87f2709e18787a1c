/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "csv-writer.h"
#include "round-observer.h"

G_BEGIN_DECLS

/* round_<i>.csv: what one sample showed */
void ptq_round_file_write (PtqCsvWriter *writer, const PtqTensorPairs *pairs,
    PtqRoundObserver *observer);

G_END_DECLS
