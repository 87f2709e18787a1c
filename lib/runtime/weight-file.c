/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Weights on their way to the runtime. Handed over in memory, they would be
 * there three times while a session is made: ours, the serialized model's,
 * and the runtime's own.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "temporary-folder.h"
#include "weight-file.h"

#define FILE_NAME "ptq-weights"
/* The runtime looks at small constants, such as shapes, before it looks for
 * files. */
#define MIN_SIZE 4096
/* A page, so that each tensor can be mapped as it lies */
#define ALIGNMENT 4096

enum
{
  LOCATION,
  OFFSET,
  LENGTH,
  N_ENTRIES
};

typedef struct
{
  const Onnx__TensorProto *original;
  Onnx__TensorProto stub;
  Onnx__StringStringEntryProto entries[N_ENTRIES];
  Onnx__StringStringEntryProto *list[N_ENTRIES];
  gchar offset[24];
  gchar length[24];
} OutsideWeight;

struct _PtqWeightFile
{
  PtqTemporaryFolder *folder;
  gchar *path;
  FILE *file;
  guint64 end;
  GHashTable *weights; /* offset as text -> OutsideWeight */
};

PtqWeightFile *
ptq_weight_file_new (GError **error)
{
  g_autoptr (PtqWeightFile) self = g_new0 (PtqWeightFile, 1);

  self->weights = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  self->folder = ptq_temporary_folder_new (error);
  if (self->folder == NULL)
    return NULL;
  self->path = g_build_filename (
      ptq_temporary_folder_get_path (self->folder), FILE_NAME, NULL);
  self->file = fopen (self->path, "wxe");
  if (self->file != NULL)
    return g_steal_pointer (&self);
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_WRITE, "%s: %s", self->path,
      g_strerror (errno));
  return NULL;
}

void
ptq_weight_file_free (PtqWeightFile *self)
{
  if (self->file != NULL)
    fclose (self->file);
  g_clear_pointer (&self->folder, ptq_temporary_folder_free);
  g_free (self->path);
  g_hash_table_unref (self->weights);
  g_free (self);
}

const gchar *
ptq_weight_file_get_folder (PtqWeightFile *self)
{
  return ptq_temporary_folder_get_path (self->folder);
}

static gboolean
report_write_error (PtqWeightFile *self, GError **error)
{
  gboolean full = errno == ENOSPC || errno == EDQUOT;

  g_set_error (error, PTQ_ERROR, full ? PTQ_ERROR_NO_SPACE : PTQ_ERROR_WRITE,
      "%s: weights for ONNX Runtime could not be written: %s. TMPDIR names "
      "another folder for temporary files.",
      self->path, g_strerror (errno));
  return FALSE;
}

static gboolean
append (PtqWeightFile *self, GBytes *bytes, GError **error)
{
  gsize size = g_bytes_get_size (bytes);

  self->end = (self->end + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  if (fseeko (self->file, self->end, SEEK_SET) != 0
      || fwrite (g_bytes_get_data (bytes, NULL), 1, size, self->file) != size)
    return report_write_error (self, error);
  return TRUE;
}

static void
set_entry (OutsideWeight *weight, guint index, const gchar *key, gchar *value)
{
  Onnx__StringStringEntryProto *entry = &weight->entries[index];

  onnx__string_string_entry_proto__init (entry);
  entry->key = (gchar *) key;
  entry->value = value;
  weight->list[index] = entry;
}

static OutsideWeight *
weight_new (const Onnx__TensorProto *tensor, guint64 offset, gsize length)
{
  OutsideWeight *weight = g_new0 (OutsideWeight, 1);
  Onnx__TensorProto *stub = &weight->stub;

  g_snprintf (
      weight->offset, sizeof weight->offset, "%" G_GUINT64_FORMAT, offset);
  g_snprintf (
      weight->length, sizeof weight->length, "%" G_GSIZE_FORMAT, length);
  set_entry (weight, LOCATION, "location", (gchar *) FILE_NAME);
  set_entry (weight, OFFSET, "offset", weight->offset);
  set_entry (weight, LENGTH, "length", weight->length);

  weight->original = tensor;
  onnx__tensor_proto__init (stub);
  stub->name = tensor->name;
  stub->n_dims = tensor->n_dims;
  stub->dims = tensor->dims;
  stub->has_data_type = tensor->has_data_type;
  stub->data_type = tensor->data_type;
  stub->has_data_location = TRUE;
  stub->data_location = ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL;
  stub->n_external_data = N_ENTRIES;
  stub->external_data = weight->list;
  return weight;
}

Onnx__TensorProto *
ptq_weight_file_add (PtqWeightFile *self, PtqModel *model,
    Onnx__TensorProto *tensor, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  OutsideWeight *weight;
  gsize size;

  if (tensor->data_type == PTQ_ELEMENT_STRING)
    return tensor;
  bytes = ptq_tensor_proto_read_raw (model, tensor, error);
  if (bytes == NULL)
    return NULL;
  size = g_bytes_get_size (bytes);
  if (size < MIN_SIZE
      && tensor->data_location != ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL)
    return tensor;
  if (!append (self, bytes, error))
    return NULL;
  weight = weight_new (tensor, self->end, size);
  self->end += size;
  g_hash_table_insert (self->weights, weight->offset, weight);
  return &weight->stub;
}

gboolean
ptq_weight_file_finish (PtqWeightFile *self, GError **error)
{
  if (fclose (g_steal_pointer (&self->file)) != 0)
    return report_write_error (self, error);
  return TRUE;
}

static const gchar *
find_entry (const Onnx__TensorProto *tensor, const gchar *key)
{
  for (gsize i = 0; i < tensor->n_external_data; i++) {
    if (g_strcmp0 (tensor->external_data[i]->key, key) == 0)
      return tensor->external_data[i]->value;
  }
  return "";
}

const Onnx__TensorProto *
ptq_weight_file_find (PtqWeightFile *self, const Onnx__TensorProto *stub)
{
  const OutsideWeight *weight;

  if (stub->data_location != ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL
      || !g_str_equal (find_entry (stub, "location"), FILE_NAME))
    return NULL;
  weight = g_hash_table_lookup (self->weights, find_entry (stub, "offset"));
  return weight != NULL ? weight->original : NULL;
}
