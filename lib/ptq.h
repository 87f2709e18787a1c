/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Everything an application needs, in one include.
 */
#pragma once

#include "ptq-macros.h"
#include "ptq-error.h"
#include "ptq-progress.h"
#include "ptq-model.h"
#include "ptq-settings.h"
#include "ptq-preprocess.h"
#include "ptq-calibrator.h"
#include "ptq-quantizer.h"
#include "ptq-comparer.h"
#include "ptq-image.h"
#include "ptq-report.h"
#include "ptq-runtime.h"
