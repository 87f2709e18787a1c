/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "runtime-private.h"

G_BEGIN_DECLS

#define PTQ_TYPE_OBSERVER (ptq_observer_get_type ())
G_DECLARE_DERIVABLE_TYPE (PtqObserver, ptq_observer, PTQ, OBSERVER, GObject)

/**
 * PtqObserverClass:
 * @observe: takes the values in, but only for the sample that is running;
 *   FALSE when one of them is not finite
 * @commit: counts what was observed since the last commit or rollback
 * @rollback: forgets it
 * @merge: adds what another observer of the same class has counted
 * @get_range: the range to quantize; FALSE when nothing was counted
 *
 * Statistics of one tensor over all samples, in bounded memory.
 */
struct _PtqObserverClass
{
  GObjectClass parent_class;

  gboolean (*observe) (
      PtqObserver *self, const gfloat *data, gsize n, PtqParallel *parallel);
  void (*commit) (PtqObserver *self);
  void (*rollback) (PtqObserver *self);
  void (*merge) (PtqObserver *self, PtqObserver *other);
  gboolean (*get_range) (PtqObserver *self, gdouble *min, gdouble *max);
};

gboolean ptq_observer_observe (
    PtqObserver *self, const gfloat *data, gsize n, PtqParallel *parallel);
void ptq_observer_commit (PtqObserver *self);
void ptq_observer_rollback (PtqObserver *self);
void ptq_observer_merge (PtqObserver *self, PtqObserver *other);
gboolean ptq_observer_get_range (PtqObserver *self, gdouble *min, gdouble *max);

G_END_DECLS
