/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the rows of pipeline.c call.
 */
#pragma once

#include "quantization.h"

G_BEGIN_DECLS

#define PTQ_DECLARE_PASS(name) \
  gboolean ptq_pass_##name ( \
      PtqQuantization *self, const PtqRun *run, GError **error);

PTQ_DECLARE_PASS (copy_prepared)
PTQ_DECLARE_PASS (plan)
PTQ_DECLARE_PASS (clip_channels)
PTQ_DECLARE_PASS (equalize)
PTQ_DECLARE_PASS (choose_ranges)
PTQ_DECLARE_PASS (fit_activation_ranges)
PTQ_DECLARE_PASS (partition)
PTQ_DECLARE_PASS (rewrite)
PTQ_DECLARE_PASS (correct_biases)
PTQ_DECLARE_PASS (measure)

PTQ_DECLARE_PASS (prepare_weights)
PTQ_DECLARE_PASS (tune_widths)
PTQ_DECLARE_PASS (code_weights)

PTQ_DECLARE_PASS (store_types)
PTQ_DECLARE_PASS (verify)

#undef PTQ_DECLARE_PASS

gboolean ptq_pass_equalizes (const PtqQuantization *self);
gboolean ptq_pass_searches (const PtqQuantization *self);
gboolean ptq_pass_corrects (const PtqQuantization *self);
gboolean ptq_pass_tunes (const PtqQuantization *self);

G_END_DECLS
