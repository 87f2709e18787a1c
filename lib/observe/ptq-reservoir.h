/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A bounded, uniform choice of the samples of a stream, to be seen again.
 */
#pragma once

#include <gio/gio.h>
#include "ptq-tensor.h"
#include "ptq-error.h"

G_BEGIN_DECLS

typedef struct _PtqReservoir PtqReservoir;

typedef gboolean (*PtqSampleFunc) (const PtqTensor *inputs, guint n_inputs,
    gpointer user_data, GError **error);

PtqReservoir *ptq_reservoir_new (guint capacity);
void ptq_reservoir_free (PtqReservoir *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtqReservoir, ptq_reservoir_free)

/* All samples have the types and shapes of the first. */
gboolean ptq_reservoir_offer (PtqReservoir *self, const PtqTensor *inputs,
    guint n_inputs, GError **error);
guint ptq_reservoir_get_n (PtqReservoir *self);
/* At most @max of the samples, always the same ones */
gboolean ptq_reservoir_replay (PtqReservoir *self, guint max,
    PtqSampleFunc func, gpointer user_data, GCancellable *cancellable,
    GError **error);

G_END_DECLS
