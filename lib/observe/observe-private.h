/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "ptq-calibrator.h"
#include "runtime-private.h"
#include "plan.h"
#include "prepare.h"
#include "ptq-channel-observer.h"
#include "ptq-reservoir.h"

G_BEGIN_DECLS

/* The graph that is calibrated and then rewritten: upgraded, folded, every
 * node named. Not owned. */
PtqModel *ptq_calibrator_get_prepared (PtqCalibrator *self);
/* Which tensors are wanted. Not owned. */
PtqPlan *ptq_calibrator_get_plan (PtqCalibrator *self);
/* Element type and shape as the first run showed them; FALSE before it, and
 * for tensors that are not observed. */
gboolean ptq_calibrator_get_tensor (PtqCalibrator *self, const gchar *name,
    PtqElementType *type, gint *rank, gint64 *dims);
const PtqChannel *ptq_calibrator_get_channels (PtqCalibrator *self,
    const gchar *name, guint *n_channels, guint64 *n_values);
guint ptq_calibrator_get_n_replay (PtqCalibrator *self);

/* What sees samples that are shown again: @observe the tensors of the plan,
 * each under its place in ptq_plan_get_tensors (), @ran the outputs. Either may
 * be NULL. */
typedef struct
{
  PtqObserveFunc observe;
  gboolean (*ran) (PtqSession *session, gpointer user_data, GError **error);
  gpointer user_data;
} PtqLook;

gboolean ptq_calibrator_look_again (PtqCalibrator *self, guint max,
    const PtqLook *look, GCancellable *cancellable, GError **error);
gboolean ptq_calibrator_replay (PtqCalibrator *self, guint max,
    PtqSampleFunc func, gpointer user_data, GCancellable *cancellable,
    GError **error);

G_END_DECLS
