/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gio/gio.h>
#include "ptq-macros.h"
#include "ptq-tensor.h"

G_BEGIN_DECLS

#define PTQ_TYPE_MODEL (ptq_model_get_type ())
PTQ_API
G_DECLARE_FINAL_TYPE (PtqModel, ptq_model, PTQ, MODEL, GObject)

/**
 * PtqValueInfo:
 * @name: name of the graph input or output
 * @type: element type
 * @rank: number of dimensions, -1 when the model does not say
 * @dims: the dimensions, outermost first; -1 where the model leaves one open
 *
 * What a model says about one of its inputs or outputs.
 *
 * Since: 0.1
 */
typedef struct
{
  const gchar *name;
  PtqElementType type;
  gint rank;
  gint64 dims[PTQ_TENSOR_MAX_RANK];
} PtqValueInfo;

/**
 * PtqModelSaveFlags:
 * @PTQ_MODEL_SAVE_DEFAULT: one file, external data only above 2 GB
 * @PTQ_MODEL_SAVE_EXTERNAL_DATA: weights go into a file beside the model
 *
 * How ptq_model_save() writes.
 *
 * Since: 0.1
 */
typedef enum
{
  PTQ_MODEL_SAVE_DEFAULT = 0,
  PTQ_MODEL_SAVE_EXTERNAL_DATA = 1 << 0
} PtqModelSaveFlags;

PTQ_API PtqModel *ptq_model_load (const gchar *path, GError **error);
PTQ_API PtqModel *ptq_model_new_from_bytes (
    GBytes *bytes, const gchar *folder, GError **error);
PTQ_API PtqModel *ptq_model_copy (PtqModel *self, GError **error);
PTQ_API GBytes *ptq_model_to_bytes (PtqModel *self, GError **error);
PTQ_API gboolean ptq_model_save (PtqModel *self, const gchar *path,
    PtqModelSaveFlags flags, GCancellable *cancellable, GError **error);

PTQ_API gboolean ptq_model_check_target (
    PtqModel *self, const gchar *path, GError **error);

PTQ_API const gchar *ptq_model_get_path (PtqModel *self);
PTQ_API const gchar *ptq_model_get_folder (PtqModel *self);
PTQ_API guint64 ptq_model_get_file_size (PtqModel *self);
PTQ_API gint64 ptq_model_get_opset (PtqModel *self);
PTQ_API gchar *ptq_model_get_checksum (PtqModel *self);
PTQ_API guint ptq_model_get_n_inputs (PtqModel *self);
PTQ_API const PtqValueInfo *ptq_model_get_input (PtqModel *self, guint index);
PTQ_API guint ptq_model_get_n_outputs (PtqModel *self);
PTQ_API const PtqValueInfo *ptq_model_get_output (PtqModel *self, guint index);

PTQ_API gboolean ptq_model_set_input_shape (PtqModel *self, guint index,
    const gint64 *dims, guint rank, GError **error);
PTQ_API gboolean ptq_model_set_input_shapes (
    PtqModel *self, const gchar *shapes, GError **error);
PTQ_API gboolean ptq_model_set_input_type (
    PtqModel *self, guint index, PtqElementType type, GError **error);
PTQ_API gboolean ptq_model_set_output_type (
    PtqModel *self, guint index, PtqElementType type, GError **error);
PTQ_API gboolean ptq_model_set_data_types (PtqModel *self,
    PtqElementType inputs, PtqElementType outputs, GError **error);
PTQ_API gboolean ptq_model_upgrade (
    PtqModel *self, gint64 opset, GError **error);
PTQ_API gboolean ptq_model_store_float16 (
    PtqModel *self, gchar ***warnings, GError **error);

G_END_DECLS
