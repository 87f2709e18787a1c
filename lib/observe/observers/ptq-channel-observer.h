/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "ptq-observer.h"

G_BEGIN_DECLS

#define PTQ_TYPE_CHANNEL_OBSERVER (ptq_channel_observer_get_type ())
G_DECLARE_FINAL_TYPE (PtqChannelObserver, ptq_channel_observer, PTQ,
    CHANNEL_OBSERVER, PtqObserver)

/* What one channel of a tensor held, over all samples */
typedef struct
{
  gfloat min;
  gfloat max;
  gdouble sum;
  gdouble sum_of_squares;
} PtqChannel;

/* For tensors of [batch, channels, …], @inner values a channel and batch. */
PtqObserver *ptq_channel_observer_new (guint n_channels, gsize inner);
const PtqChannel *ptq_channel_observer_get_channels (
    PtqChannelObserver *self, guint *n_channels, guint64 *n_values);

G_END_DECLS
