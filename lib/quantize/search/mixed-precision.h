/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "full-quantize.h"

G_BEGIN_DECLS

/* @settings with as many more layers named in skip-quant-node as it takes for
 * its min-sqnr; a copy that is the same where none are needed. @full may be
 * replaced by what was made for these settings. Tells what it did in
 * @warnings. Transfer full; NULL with @error set when min-sqnr is out of
 * reach. */
PtqSettings *ptq_mixed_precision_choose (PtqFullQuantize **full,
    PtqSettings *settings, PtqCalibrator *calibrator, GPtrArray *warnings,
    const PtqRun *run, GError **error);

G_END_DECLS
