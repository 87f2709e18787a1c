/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "model-private.h"
#include "runtime-private.h"

G_BEGIN_DECLS

/* A model as it is handed to the runtime: the graph in memory, its larger
 * weights in a file. It looks into the model it was made from, which must stay
 * as it is. */
typedef struct _PtqModelSerializer PtqModelSerializer;

PtqModelSerializer *ptq_model_serializer_new (PtqModel *model, GError **error);
void ptq_model_serializer_free (PtqModelSerializer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtqModelSerializer, ptq_model_serializer_free)

/* Gives each input the shape of one of @samples. */
void ptq_model_serializer_fix_shapes (
    PtqModelSerializer *self, const PtqTensor *samples);
/* Shows each of @tensors to ptq.Observe under its index. They come in the
 * order in which they are made. */
void ptq_model_serializer_observe (
    PtqModelSerializer *self, const gchar *const *tensors, guint n_tensors);
/* Where the runtime is to look for the weights; NULL where there are none
 * outside */
const gchar *ptq_model_serializer_get_folder (PtqModelSerializer *self);
GBytes *ptq_model_serializer_pack (PtqModelSerializer *self, GError **error);
/* Puts the weights back into a model that the runtime wrote. */
gboolean ptq_model_serializer_restore (
    PtqModelSerializer *self, Onnx__ModelProto *result, GError **error);

G_END_DECLS
