/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether a file can be written, without destroying what a model was read
 * from.
 */
#include "external-data.h"
#include "model-tensors.h"
#include "safe-file.h"

typedef struct
{
  PtqModel *model;
  const gchar *path;
} Target;

static gboolean
check_weights (Onnx__TensorProto *tensor, gpointer user_data, GError **error)
{
  const Target *target = user_data;
  g_autofree gchar *path = ptq_external_data_get_path (
      ptq_model_get_external_data (target->model), tensor);

  if (path == NULL || !ptq_safe_file_is_same (path, target->path))
    return TRUE;
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS,
      "%s cannot be written: it holds weights of the model that is read; "
      "choose another name",
      target->path);
  return FALSE;
}

/* By doing it: permissions do not tell of read-only disks. */
static gboolean
check_folder (const gchar *path, GError **error)
{
  PtqSafeFile *file = ptq_safe_file_new (path, NULL, error);

  if (file == NULL)
    return FALSE;
  ptq_safe_file_free (file);
  return TRUE;
}

/**
 * ptq_model_check_target:
 * @self: a model
 * @path: a file to write
 * @error: return location for an error
 *
 * To be known before long work whose result goes to @path: that a file can be
 * made there, and that it does not take the place of the model itself, or of a
 * file that its weights lie in. Files are compared, not their names.
 *
 * Returns: whether @path can be written; %PTQ_ERROR_SETTINGS where it is one
 *   of the model's files, else the errors of ptq_model_save()
 *
 * Since: 0.1
 */
gboolean
ptq_model_check_target (PtqModel *self, const gchar *path, GError **error)
{
  Target target = { self, path };

  g_return_val_if_fail (PTQ_IS_MODEL (self), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);

  if (ptq_model_get_path (self) != NULL
      && ptq_safe_file_is_same (ptq_model_get_path (self), path)) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS,
        "%s cannot be written: it is the model that is read; choose another "
        "name",
        path);
    return FALSE;
  }
  return ptq_model_foreach_tensor (
             ptq_model_get_proto (self), check_weights, &target, error)
      && check_folder (path, error);
}
