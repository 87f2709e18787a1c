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
typedef struct _PtqLeanModel PtqLeanModel;

PtqLeanModel *ptq_lean_model_new (PtqModel *model, GError **error);
void ptq_lean_model_free (PtqLeanModel *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtqLeanModel, ptq_lean_model_free)

/* Gives each input the shape of one of @samples. */
void ptq_lean_model_fix_shapes (PtqLeanModel *self, const PtqTensor *samples);
/* Shows each of @tensors to ptq.Observe under its index. They come in the
 * order in which they are made. */
void ptq_lean_model_observe (
    PtqLeanModel *self, const gchar *const *tensors, guint n_tensors);
/* Where the runtime is to look for the weights; NULL where there are none
 * outside */
const gchar *ptq_lean_model_get_folder (PtqLeanModel *self);
GBytes *ptq_lean_model_pack (PtqLeanModel *self, GError **error);
/* Puts the weights back into a model that the runtime wrote. */
gboolean ptq_lean_model_restore (
    PtqLeanModel *self, Onnx__ModelProto *result, GError **error);

G_END_DECLS
