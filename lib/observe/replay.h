/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "observe-private.h"

G_BEGIN_DECLS

/**
 * PtqReplay:
 * @model: what to run; it has the inputs of the calibrator's
 * @tensors: names of the tensors to show
 * @precise_int8: as in #PtqSessionOptions
 * @observe: sees each of @tensors, under its index
 * @begin_sample: (nullable): told the share of the samples that are done
 * @user_data: passed to both
 */
typedef struct
{
  PtqModel *model;
  GPtrArray *tensors;
  gboolean precise_int8;
  PtqObserveFunc observe;
  void (*begin_sample) (gdouble done, gpointer user_data);
  gpointer user_data;
} PtqReplay;

/* Runs the model on each sample of the calibrator's reservoir; does nothing
 * where there are no samples, or nothing to show. */
gboolean ptq_replay_run (const PtqReplay *self, PtqCalibrator *calibrator,
    GCancellable *cancellable, GError **error);

G_END_DECLS
