/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "observe-private.h"
#include "progress.h"

G_BEGIN_DECLS

/**
 * PtqReplay:
 * @model: what to run; it has the inputs of the calibrator's. NULL is the
 *   calibrator's own, whose session is there already
 * @tensors: names of the tensors to show
 * @precise_int8: as in #PtqSessionOptions
 * @observe: sees each of @tensors, under its index
 * @user_data: passed to it
 * @stage: what the samples are shown for, in words
 */
typedef struct
{
  PtqModel *model;
  GPtrArray *tensors;
  gboolean precise_int8;
  PtqObserveFunc observe;
  gpointer user_data;
  const gchar *stage;
} PtqReplay;

/* Runs the model on each sample of the calibrator's reservoir; does nothing
 * where there are no samples, or nothing to show. */
gboolean ptq_replay_run (const PtqReplay *self, PtqCalibrator *calibrator,
    const PtqRun *run, GError **error);

G_END_DECLS
