/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The passes of a quantization, in their order.
 */
#pragma once

#include "quantization.h"

G_BEGIN_DECLS

/**
 * PtqPass:
 * @name: how users call it
 * @stage: what it does, a short English phrase for progress
 * @share: that it has of the time of all passes, roughly; they add up to 1
 * @required: whether nothing comes of a quantization without it
 * @is_on: whether the settings and the samples want it; NULL: always
 * @apply: does it
 */
typedef struct
{
  const gchar *name;
  const gchar *stage;
  gdouble share;
  gboolean required;
  gboolean (*is_on) (const PtqQuantization *quantization);
  gboolean (*apply) (
      PtqQuantization *quantization, const PtqRun *run, GError **error);
} PtqPass;

/* The passes of @quant_type */
const PtqPass *ptq_pipeline_get_passes (PtqQuantType quant_type, guint *n);
/* Are the names in "disable-passes" those of passes that may be left out?
 * PTQ_ERROR_SETTINGS names the first that is not. */
gboolean ptq_pipeline_check (PtqSettings *settings, GError **error);
/* Applies them in their order, but not those that are left out, and none from the one called @until on (NULL:
 * all). */
gboolean ptq_pipeline_run (PtqQuantization *quantization, const gchar *until,
    const PtqRun *run, GError **error);

G_END_DECLS
