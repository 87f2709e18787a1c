/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writing a model: into memory, to a file, into a checksum.
 */
#include "data-placement.h"
#include "model-private.h"

/* A protobuf message can have 2 GB at most. */
#define MESSAGE_LIMIT G_MAXINT32

typedef struct
{
  ProtobufCBuffer base;
  PtqSafeFile *file;
} FileBuffer;

typedef struct
{
  ProtobufCBuffer base;
  GChecksum *checksum;
} ChecksumBuffer;

static gboolean
check_size (gsize size, GError **error)
{
  if (size <= MESSAGE_LIMIT)
    return TRUE;

  g_set_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED,
      "the model has %" G_GSIZE_FORMAT " bytes in one piece, 2 GB are possible",
      size);
  return FALSE;
}

/**
 * ptq_model_to_bytes:
 * @self: a model
 * @error: return location for an error
 *
 * Writes the model into memory, external data included.
 *
 * Returns: (transfer full): the ONNX file, or %NULL with
 *   %PTQ_ERROR_UNSUPPORTED for a model over 2 GB, or an error of its external
 *   data
 *
 * Since: 0.1
 */
GBytes *
ptq_model_to_bytes (PtqModel *self, GError **error)
{
  g_autoptr (PtqDataPlacement) placement = NULL;
  const Onnx__ModelProto *proto;
  guint8 *data;
  gsize size;

  g_return_val_if_fail (PTQ_IS_MODEL (self), NULL);

  placement = ptq_data_placement_inline (self, error);
  if (!placement)
    return NULL;

  proto = ptq_model_get_proto (self);
  size = onnx__model_proto__get_packed_size (proto);
  if (!check_size (size, error))
    return NULL;
  data = g_try_malloc (size);
  if (!data) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_FAILED,
        "no memory for the model, %" G_GSIZE_FORMAT " bytes", size);
    return NULL;
  }
  onnx__model_proto__pack (proto, data);

  return g_bytes_new_take (data, size);
}

static void
append_to_checksum (ProtobufCBuffer *buffer, size_t size, const uint8_t *data)
{
  g_checksum_update (((ChecksumBuffer *) buffer)->checksum, data, size);
}

/**
 * ptq_model_get_checksum:
 * @self: a model
 *
 * Tells two graphs apart. Weights count by their values, whether they lie in
 * the model or beside it.
 *
 * Returns: (transfer full): SHA-256 of the serialized graph, in hexadecimal
 *
 * Since: 0.1
 */
gchar *
ptq_model_get_checksum (PtqModel *self)
{
  ChecksumBuffer buffer = { { append_to_checksum }, NULL };
  g_autoptr (PtqDataPlacement) placement = NULL;
  gchar *text;

  g_return_val_if_fail (PTQ_IS_MODEL (self), NULL);

  /* All external data was found when the model was loaded. */
  placement = ptq_data_placement_inline (self, NULL);
  buffer.checksum = g_checksum_new (G_CHECKSUM_SHA256);
  protobuf_c_message_pack_to_buffer (
      &ptq_model_get_graph (self)->base, &buffer.base);
  text = g_strdup (g_checksum_get_string (buffer.checksum));
  g_checksum_free (buffer.checksum);

  return text;
}

static void
append_to_file (ProtobufCBuffer *buffer, size_t size, const uint8_t *data)
{
  ptq_safe_file_write (((FileBuffer *) buffer)->file, data, size);
}

static PtqSafeFile *
write_model (PtqModel *self, const gchar *path, GCancellable *cancellable,
    GError **error)
{
  const Onnx__ModelProto *proto = ptq_model_get_proto (self);
  FileBuffer buffer = { { append_to_file }, NULL };
  g_autoptr (PtqSafeFile) file = NULL;

  if (!check_size (onnx__model_proto__get_packed_size (proto), error)) {
    g_prefix_error (error, "%s: ", path);
    return NULL;
  }
  file = ptq_safe_file_new (path, cancellable, error);
  if (!file)
    return NULL;
  buffer.file = file;
  protobuf_c_message_pack_to_buffer (&proto->base, &buffer.base);
  if (!ptq_safe_file_finish (file, error))
    return NULL;

  return g_steal_pointer (&file);
}

static PtqSafeFile *
write_data (PtqDataPlacement *placement, const gchar *path,
    GCancellable *cancellable, GError **error)
{
  g_autofree gchar *data_path = g_strconcat (path, ".data", NULL);
  g_autofree gchar *location = g_path_get_basename (data_path);
  g_autoptr (PtqSafeFile) file =
      ptq_safe_file_new (data_path, cancellable, error);

  if (!file)
    return NULL;
  ptq_data_placement_move_out (placement, file, location);
  if (!ptq_safe_file_finish (file, error))
    return NULL;

  return g_steal_pointer (&file);
}

static gboolean
commit (PtqSafeFile *model_file, PtqSafeFile *data_file, GError **error)
{
  if (data_file && !ptq_safe_file_commit (data_file, error))
    return FALSE;
  if (ptq_safe_file_commit (model_file, error))
    return TRUE;
  if (data_file)
    ptq_safe_file_revert (data_file);

  return FALSE;
}

/**
 * ptq_model_save:
 * @self: a model
 * @path: where to; an older file is replaced
 * @flags: how
 * @cancellable: (nullable): a #GCancellable
 * @error: return location for an error
 *
 * Writes the model. The file appears, or takes the place of the older one,
 * when it is complete; on failure and when cancelled nothing is left behind.
 * With external data the weights go to @path with ".data" added.
 *
 * Returns: %TRUE, or %FALSE with %PTQ_ERROR_NOT_FOUND, %PTQ_ERROR_WRITE,
 *   %PTQ_ERROR_NO_SPACE, %PTQ_ERROR_UNSUPPORTED or %G_IO_ERROR_CANCELLED
 *
 * Since: 0.1
 */
gboolean
ptq_model_save (PtqModel *self, const gchar *path, PtqModelSaveFlags flags,
    GCancellable *cancellable, GError **error)
{
  g_autoptr (PtqDataPlacement) placement = NULL;
  g_autoptr (PtqSafeFile) data_file = NULL;
  g_autoptr (PtqSafeFile) model_file = NULL;

  g_return_val_if_fail (PTQ_IS_MODEL (self), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);

  placement = ptq_data_placement_inline (self, error);
  if (!placement)
    return FALSE;
  if (onnx__model_proto__get_packed_size (ptq_model_get_proto (self))
      > MESSAGE_LIMIT)
    flags |= PTQ_MODEL_SAVE_EXTERNAL_DATA;

  if (flags & PTQ_MODEL_SAVE_EXTERNAL_DATA) {
    data_file = write_data (placement, path, cancellable, error);
    if (!data_file)
      return FALSE;
  }
  model_file = write_model (self, path, cancellable, error);
  if (!model_file)
    return FALSE;

  return commit (model_file, data_file, error);
}
