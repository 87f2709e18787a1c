/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Moving tensors between the model and the file beside it, without copying
 * them in memory.
 */
#include "data-placement.h"
#include "external-data.h"
#include "model-tensors.h"

/* Smaller tensors are not worth a place of their own, and runtimes read shapes
 * and axes before they look for external data. */
#define MIN_EXTERNAL_SIZE 1024
/* A page, so that a runtime can map a tensor */
#define ALIGNMENT 4096

typedef struct
{
  Onnx__TensorProto *tensor;
  Onnx__TensorProto before;
  GBytes *bytes;
} Placed;

struct _PtqDataPlacement
{
  PtqModel *model;
  GArray *placed;
};

static void
free_entries (Onnx__StringStringEntryProto **entries, gsize n)
{
  gsize i;

  for (i = 0; i < n; i++)
    onnx__string_string_entry_proto__free_unpacked (entries[i], NULL);
  g_free (entries);
}

static void
restore_tensor (gpointer data)
{
  Placed *placed = data;
  Onnx__TensorProto *tensor = placed->tensor;

  if (tensor->external_data != placed->before.external_data)
    free_entries (tensor->external_data, tensor->n_external_data);
  *tensor = placed->before;
  g_bytes_unref (placed->bytes);
}

/* Remembers @tensor and takes all data from it. */
static void
remember (PtqDataPlacement *self, Onnx__TensorProto *tensor, GBytes *bytes)
{
  Placed placed = { tensor, *tensor, bytes };

  g_array_append_val (self->placed, placed);
  tensor->n_external_data = 0;
  tensor->external_data = NULL;
  tensor->has_data_location = FALSE;
  tensor->data_location = ONNX__TENSOR_PROTO__DATA_LOCATION__DEFAULT;
  tensor->n_float_data = 0;
  tensor->n_int32_data = 0;
  tensor->n_int64_data = 0;
  tensor->n_double_data = 0;
  tensor->n_uint64_data = 0;
  tensor->has_raw_data = FALSE;
}

static gboolean
place_inline (Onnx__TensorProto *tensor, gpointer user_data, GError **error)
{
  PtqDataPlacement *self = user_data;
  GBytes *bytes;
  gsize size;

  if (tensor->data_location != ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL)
    return TRUE;

  bytes = ptq_external_data_read (
      ptq_model_get_external_data (self->model), tensor, error);
  if (!bytes)
    return FALSE;

  remember (self, tensor, bytes);
  tensor->has_raw_data = TRUE;
  tensor->raw_data.data = (guint8 *) g_bytes_get_data (bytes, &size);
  tensor->raw_data.len = size;

  return TRUE;
}

/* Puts all external data of @model into it, for as long as it is written. */
PtqDataPlacement *
ptq_data_placement_inline (PtqModel *model, GError **error)
{
  g_autoptr (PtqDataPlacement) self = g_new0 (PtqDataPlacement, 1);

  self->model = g_object_ref (model);
  self->placed = g_array_new (FALSE, FALSE, sizeof (Placed));
  g_array_set_clear_func (self->placed, restore_tensor);
  if (!ptq_model_foreach_tensor (
          ptq_model_get_proto (model), place_inline, self, error))
    return NULL;

  return g_steal_pointer (&self);
}

/* What is to be written outside; NULL for what stays inside */
static GBytes *
get_movable (PtqDataPlacement *self, const Onnx__TensorProto *tensor)
{
  GBytes *bytes;

  bytes = ptq_tensor_proto_read_raw (self->model, tensor, NULL);
  if (bytes && g_bytes_get_size (bytes) >= MIN_EXTERNAL_SIZE)
    return bytes;
  g_clear_pointer (&bytes, g_bytes_unref);

  return NULL;
}

static void
add_entry (Onnx__TensorProto *tensor, const gchar *key, gchar *value)
{
  Onnx__StringStringEntryProto *entry = g_new (Onnx__StringStringEntryProto, 1);

  onnx__string_string_entry_proto__init (entry);
  entry->key = g_strdup (key);
  entry->value = value;
  tensor->external_data = g_renew (Onnx__StringStringEntryProto *,
      tensor->external_data, tensor->n_external_data + 1);
  tensor->external_data[tensor->n_external_data++] = entry;
}

static void
refer_to (Onnx__TensorProto *tensor, const gchar *location, guint64 offset,
    guint64 length)
{
  add_entry (tensor, "location", g_strdup (location));
  add_entry (tensor, "offset", g_strdup_printf ("%" G_GUINT64_FORMAT, offset));
  add_entry (tensor, "length", g_strdup_printf ("%" G_GUINT64_FORMAT, length));
  tensor->has_data_location = TRUE;
  tensor->data_location = ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL;
}

/* Writes the larger initializers of the main graph to @file, and makes the
 * model refer to them as lying in @location. Runtimes do not all look for
 * external data elsewhere. */
void
ptq_data_placement_move_out (
    PtqDataPlacement *self, PtqSafeFile *file, const gchar *location)
{
  Onnx__GraphProto *graph = ptq_model_get_graph (self->model);
  gsize i;

  for (i = 0; i < graph->n_initializer; i++) {
    Onnx__TensorProto *tensor = graph->initializer[i];
    GBytes *bytes = get_movable (self, tensor);
    gconstpointer data;
    guint64 offset;
    gsize size;

    if (!bytes)
      continue;
    ptq_safe_file_pad (file, ALIGNMENT);
    offset = ptq_safe_file_get_size (file);
    data = g_bytes_get_data (bytes, &size);
    ptq_safe_file_write (file, data, size);
    remember (self, tensor, bytes);
    refer_to (tensor, location, offset, size);
  }
}

void
ptq_data_placement_restore (PtqDataPlacement *self)
{
  guint i;

  if (!self)
    return;

  /* Backwards: a tensor may have been placed twice. */
  for (i = self->placed->len; i > 0; i--)
    g_array_set_size (self->placed, i - 1);
  g_array_unref (self->placed);
  g_object_unref (self->model);
  g_free (self);
}
