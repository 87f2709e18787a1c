/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "model-private.h"

G_BEGIN_DECLS

/* The larger initializers of a model, in a temporary file that the runtime
 * maps instead of keeping a copy of its own. */
typedef struct _PtqWeightFile PtqWeightFile;

PtqWeightFile *ptq_weight_file_new (GError **error);
/* Removes the file; what is mapped stays so. */
void ptq_weight_file_free (PtqWeightFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtqWeightFile, ptq_weight_file_free)

const gchar *ptq_weight_file_get_folder (PtqWeightFile *self);
/* A stand-in for @tensor that says where in the file it is; @tensor itself
 * where it is too small for that. NULL on error. Not owned. */
Onnx__TensorProto *ptq_weight_file_add (PtqWeightFile *self, PtqModel *model,
    Onnx__TensorProto *tensor, GError **error);
gboolean ptq_weight_file_finish (PtqWeightFile *self, GError **error);
/* The tensor that @stub stands for; NULL when it is none of ours */
const Onnx__TensorProto *ptq_weight_file_find (
    PtqWeightFile *self, const Onnx__TensorProto *stub);

G_END_DECLS
