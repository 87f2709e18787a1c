/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "ort-environment.h"

G_BEGIN_DECLS

/* The operator `ptq.Observe` of one session, and where its reports go */
typedef struct _PtqObserveOperator PtqObserveOperator;

PtqObserveOperator *ptq_observe_operator_new (
    const OrtApi *api, PtqObserveFunc func, gpointer user_data, GError **error);
/* Only after the session that uses it */
void ptq_observe_operator_free (PtqObserveOperator *self);
OrtCustomOpDomain *ptq_observe_operator_get_domain (PtqObserveOperator *self);
/* The error that made the last run fail, NULL when it was another's fault.
 * Transfer full. */
GError *ptq_observe_operator_steal_error (PtqObserveOperator *self);

G_END_DECLS
