/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tensors whose elements lie in a file beside the model.
 */
#include "external-data.h"

#include <errno.h>
#include <string.h>
#include <glib/gstdio.h>

struct _PtqExternalData
{
  gchar *folder;
  GMutex lock;
  GHashTable *files; /* location to GMappedFile */
};

PtqExternalData *
ptq_external_data_new (const gchar *folder)
{
  PtqExternalData *self = g_new0 (PtqExternalData, 1);

  self->folder = g_strdup (folder);
  g_mutex_init (&self->lock);
  self->files = g_hash_table_new_full (
      g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_mapped_file_unref);

  return self;
}

void
ptq_external_data_free (PtqExternalData *self)
{
  if (!self)
    return;

  g_hash_table_unref (self->files);
  g_mutex_clear (&self->lock);
  g_free (self->folder);
  g_free (self);
}

static const gchar *
tensor_name (const Onnx__TensorProto *tensor)
{
  return tensor->name ? tensor->name : "";
}

static const gchar *
find_value (const Onnx__TensorProto *tensor, const gchar *key)
{
  gsize i;

  for (i = 0; i < tensor->n_external_data; i++) {
    const Onnx__StringStringEntryProto *entry = tensor->external_data[i];

    if (entry->key && entry->value && !strcmp (entry->key, key))
      return entry->value;
  }

  return NULL;
}

static gboolean
read_number (const Onnx__TensorProto *tensor, const gchar *key,
    guint64 fallback, guint64 *number, GError **error)
{
  const gchar *text = find_value (tensor, key);

  *number = fallback;
  if (!text
      || g_ascii_string_to_unsigned (text, 10, 0, G_MAXSIZE, number, NULL))
    return TRUE;

  g_set_error (error, PTQ_ERROR, PTQ_ERROR_INVALID_MODEL,
      "tensor \"%s\": its external data has %s \"%s\", a number of bytes is "
      "expected",
      tensor_name (tensor), key, text);
  return FALSE;
}

/* A model from elsewhere must not make us read any file it likes. */
static gboolean
stays_below (const gchar *location)
{
  g_auto (GStrv) parts = g_strsplit_set (location, "/\\", -1);

  return *location && !g_path_is_absolute (location)
      && !g_strv_contains ((const gchar *const *) parts, "..");
}

static gboolean
check_location (PtqExternalData *self, const Onnx__TensorProto *tensor,
    const gchar *location, GError **error)
{
  if (!location) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_INVALID_MODEL,
        "tensor \"%s\" has external data, but no location of it",
        tensor_name (tensor));
    return FALSE;
  }
  if (!stays_below (location)) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_INVALID_MODEL,
        "tensor \"%s\" has its data in \"%s\"; only files in the folder of "
        "the model are read",
        tensor_name (tensor), location);
    return FALSE;
  }
  if (!self->folder) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_NOT_FOUND,
        "tensor \"%s\" has its data in the file \"%s\", but the folder of the "
        "model is not known",
        tensor_name (tensor), location);
    return FALSE;
  }

  return TRUE;
}

gchar *
ptq_external_data_get_path (
    PtqExternalData *self, const Onnx__TensorProto *tensor)
{
  const gchar *location = find_value (tensor, "location");

  if (tensor->data_location != ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL
      || !check_location (self, tensor, location, NULL))
    return NULL;

  return g_build_filename (self->folder, location, NULL);
}

static GMappedFile *
open_file (PtqExternalData *self, const Onnx__TensorProto *tensor,
    const gchar *location, GError **error)
{
  g_autofree gchar *path = g_build_filename (self->folder, location, NULL);
  g_autoptr (GError) reason = NULL;
  GMappedFile *file;
  GStatBuf info;

  if (g_stat (path, &info) != 0) {
    g_set_error (error, PTQ_ERROR,
        errno == ENOENT ? PTQ_ERROR_NOT_FOUND : PTQ_ERROR_READ,
        "%s: the data of tensor \"%s\" should be here: %s", path,
        tensor_name (tensor), g_strerror (errno));
    return NULL;
  }
  if (!S_ISREG (info.st_mode)) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_READ,
        "%s: the data of tensor \"%s\" should be here, but this is not a "
        "regular file",
        path, tensor_name (tensor));
    return NULL;
  }

  file = g_mapped_file_new (path, FALSE, &reason);
  if (!file)
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_READ,
        "%s: the data of tensor \"%s\" cannot be read: %s", path,
        tensor_name (tensor), reason->message);

  return file;
}

static GMappedFile *
map_file (PtqExternalData *self, const Onnx__TensorProto *tensor,
    const gchar *location, GError **error)
{
  GMappedFile *file;

  g_mutex_lock (&self->lock);
  file = g_hash_table_lookup (self->files, location);
  if (!file) {
    file = open_file (self, tensor, location, error);
    if (file)
      g_hash_table_insert (self->files, g_strdup (location), file);
  }
  if (file)
    g_mapped_file_ref (file);
  g_mutex_unlock (&self->lock);

  return file;
}

/* Where the model gives no length: what the shape needs, or else the rest of
 * the file */
static guint64
default_length (const Onnx__TensorProto *tensor, guint64 offset, guint64 size)
{
  gsize needed;

  if (ptq_tensor_proto_get_byte_size (tensor, &needed))
    return needed;

  return offset < size ? size - offset : 0;
}

/* The bytes of @tensor, in the mapped file and not copied */
GBytes *
ptq_external_data_read (
    PtqExternalData *self, const Onnx__TensorProto *tensor, GError **error)
{
  const gchar *location = find_value (tensor, "location");
  GMappedFile *file;
  guint64 offset, length, size;

  if (!check_location (self, tensor, location, error)
      || !read_number (tensor, "offset", 0, &offset, error)
      || !read_number (tensor, "length", G_MAXUINT64, &length, error))
    return NULL;

  file = map_file (self, tensor, location, error);
  if (!file)
    return NULL;

  size = g_mapped_file_get_length (file);
  if (length == G_MAXUINT64)
    length = default_length (tensor, offset, size);
  if (offset > size || length > size - offset) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_INVALID_MODEL,
        "%s/%s: tensor \"%s\" needs %" G_GUINT64_FORMAT
        " bytes from byte %" G_GUINT64_FORMAT
        ", but the file has %" G_GUINT64_FORMAT " bytes",
        self->folder, location, tensor_name (tensor), length, offset, size);
    g_mapped_file_unref (file);
    return NULL;
  }

  return g_bytes_new_with_free_func (
      length ? g_mapped_file_get_contents (file) + offset : NULL, length,
      (GDestroyNotify) g_mapped_file_unref, file);
}
