/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "model-private.h"

G_BEGIN_DECLS

/* The files beside a model that hold weights, mapped into memory on first use
 * for as long as somebody reads from them. */
typedef struct _PtqExternalData PtqExternalData;

PtqExternalData *ptq_external_data_new (const gchar *folder);
void ptq_external_data_free (PtqExternalData *self);
GBytes *ptq_external_data_read (
    PtqExternalData *self, const Onnx__TensorProto *tensor, GError **error);

/* NULL where @tensor has no data outside, or refers to none that is read */
gchar *ptq_external_data_get_path (
    PtqExternalData *self, const Onnx__TensorProto *tensor);

PtqExternalData *ptq_model_get_external_data (PtqModel *self);

G_END_DECLS
