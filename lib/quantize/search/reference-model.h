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
  gchar *float_result; /* tensors of the reference model */
  gchar *quantized_result;
} PtqReferenceLayer;

/* A float model with more in it, for a while */
typedef struct
{
  PtqModel *model;
  gsize n_nodes; /* of its own */
  gsize n_initializers;
} PtqReferenceModel;

/* Adds to the float model of @plan, beside each layer that is quantized in
 * @quantized, that quantized layer, which reads the same float input. @layers:
 * array of PtqReferenceLayer to fill. Nothing else may use the model until
 * ptq_reference_model_remove (). */
void ptq_reference_model_add (PtqReferenceModel *self, PtqPlan *plan,
    PtqModel *quantized, GPtrArray *layers);
void ptq_reference_model_remove (PtqReferenceModel *self);
void ptq_reference_layer_free (PtqReferenceLayer *layer);

G_END_DECLS
