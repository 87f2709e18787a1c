/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From the memory of a buffer to the inputs of a model.
 */
#include "gstptqtensormap.h"

#include "ptq-error.h"

static gboolean
check_size (gsize have, gsize want, const gchar *what, GError **error)
{
  if (have == want)
    return TRUE;
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
      "A %s of the stream holds %" G_GSIZE_FORMAT
      " bytes, but its caps say %" G_GSIZE_FORMAT,
      what, have, want);
  return FALSE;
}

static gboolean
cannot_map (GError **error)
{
  g_set_error_literal (error, PTQ_ERROR, PTQ_ERROR_READ,
      "A buffer of the stream cannot be read");
  return FALSE;
}

/* A memory each, which is how other/tensors are meant */
static gboolean
map_memories (GstPtqTensorMap *self, GError **error)
{
  for (guint i = 0; i < self->n_tensors; i++) {
    GstMemory *memory = gst_buffer_peek_memory (self->buffer, i);

    if (!gst_memory_map (memory, &self->maps[i], GST_MAP_READ))
      return cannot_map (error);
    self->n_maps++;
    if (!check_size (
            self->maps[i].size, self->tensors[i].size, "tensor", error))
      return FALSE;
    self->tensors[i].data = self->maps[i].data;
  }
  return TRUE;
}

/* One behind the other, however the memory is cut */
static gboolean
map_whole (GstPtqTensorMap *self, GError **error)
{
  const guint8 *data;
  gsize size = 0;

  for (guint i = 0; i < self->n_tensors; i++)
    size += self->tensors[i].size;
  if (!check_size (gst_buffer_get_size (self->buffer), size, "buffer", error))
    return FALSE;

  self->whole = TRUE;
  if (!gst_buffer_map (self->buffer, &self->maps[0], GST_MAP_READ))
    return cannot_map (error);
  self->n_maps = 1;

  data = self->maps[0].data;
  for (guint i = 0; i < self->n_tensors; i++) {
    self->tensors[i].data = data;
    data += self->tensors[i].size;
  }
  return TRUE;
}

/**
 * gst_ptq_tensor_map_init:
 * @self: (out caller-allocates): a map
 * @buffer: a buffer of the stream, to outlive @self
 * @info: what the caps of the stream say
 * @model: the model, for the rank of its inputs
 * @error: return location for an error
 *
 * Maps @buffer as one tensor for each input of @model.
 *
 * Returns: whether the buffer holds what the caps say
 */
gboolean
gst_ptq_tensor_map_init (GstPtqTensorMap *self, GstBuffer *buffer,
    const GstPtqTensorsInfo *info, PtqModel *model, GError **error)
{
  self->buffer = buffer;
  self->whole = FALSE;
  self->n_maps = 0;
  self->n_tensors = info->n_tensors;
  for (guint i = 0; i < info->n_tensors; i++) {
    const PtqValueInfo *input = ptq_model_get_input (model, i);

    gst_ptq_tensor_shape_to_tensor (
        &info->tensors[i], MAX (input->rank, 0), &self->tensors[i]);
  }

  return gst_buffer_n_memory (buffer) == self->n_tensors
      ? map_memories (self, error)
      : map_whole (self, error);
}

void
gst_ptq_tensor_map_clear (GstPtqTensorMap *self)
{
  for (guint i = 0; i < self->n_maps; i++) {
    if (self->whole)
      gst_buffer_unmap (self->buffer, &self->maps[i]);
    else
      gst_memory_unmap (self->maps[i].memory, &self->maps[i]);
  }
  self->n_maps = 0;
}
