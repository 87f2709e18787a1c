/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One model that holds every weighted layer twice.
 */
#pragma once

#include "plan.h"

G_BEGIN_DECLS

typedef struct
{
  gchar *name;         /* of the node in both models */
  gchar *float_result; /* tensors of the twin model */
  gchar *quantized_result;
} PtqReferenceLayer;

/* The float graph, and beside each quantized layer its quantized twin, which
 * reads the same float input. @layers: array of PtqReferenceLayer to fill. */
PtqModel *ptq_reference_model_new (
    PtqPlan *plan, PtqModel *quantized, GPtrArray *layers, GError **error);
void ptq_reference_layer_free (PtqReferenceLayer *layer);

G_END_DECLS
