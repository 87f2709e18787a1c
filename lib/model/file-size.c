/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How much room a model takes on the disk.
 */
#include <glib/gstdio.h>
#include "external-data.h"
#include "model-tensors.h"

typedef struct
{
  PtqExternalData *external_data;
  GHashTable *paths; /* of the files that count already */
  guint64 size;
} Sum;

static guint64
size_of_file (const gchar *path)
{
  GStatBuf info;

  return g_stat (path, &info) == 0 ? info.st_size : 0;
}

static gboolean
add_weights (
    Onnx__TensorProto *tensor, gpointer user_data, GError **error G_GNUC_UNUSED)
{
  Sum *sum = user_data;
  gchar *path = ptq_external_data_get_path (sum->external_data, tensor);

  if (path != NULL && g_hash_table_add (sum->paths, path))
    sum->size += size_of_file (path);
  return TRUE;
}

/**
 * ptq_model_get_file_size:
 * @self: a model
 *
 * Returns: bytes of the file that the model was read from, and of the files
 *   beside it that hold its weights; 0 where it was read from none
 *
 * Since: 0.1
 */
guint64
ptq_model_get_file_size (PtqModel *self)
{
  g_autoptr (GHashTable) paths =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Sum sum = { NULL, paths, 0 };

  g_return_val_if_fail (PTQ_IS_MODEL (self), 0);

  sum.external_data = ptq_model_get_external_data (self);
  if (ptq_model_get_path (self) != NULL)
    sum.size = size_of_file (ptq_model_get_path (self));
  ptq_model_foreach_tensor (
      ptq_model_get_proto (self), add_weights, &sum, NULL);
  return sum.size;
}
