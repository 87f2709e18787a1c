/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a quantizer keeps of its last run, for those who report about it.
 */
#pragma once

#include "ptq-quantizer.h"

G_BEGIN_DECLS

/* Of the whole work, where a report is written after it */
#define PTQ_QUANTIZER_SHARE 0.85

/* The graph that was quantized, as it was before; NULL where no run
 * succeeded. Nothing of what these return is owned. */
PtqModel *ptq_quantizer_get_float_model (PtqQuantizer *self);
/* The nodes that stayed float: GStrv of name, type and reason */
GPtrArray *ptq_quantizer_get_float_nodes (PtqQuantizer *self);
PtqSettings *ptq_quantizer_get_settings (PtqQuantizer *self);
/* NULL where the weights were quantized without samples */
PtqCalibrator *ptq_quantizer_get_calibrator (PtqQuantizer *self);

G_END_DECLS
