/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "model-private.h"

gboolean
ptq_model_upgrade (PtqModel *self, gint64 opset, GError **error)
{
  g_return_val_if_fail (PTQ_IS_MODEL (self), FALSE);

  if (ptq_model_get_opset (self) >= opset)
    return TRUE;

  g_set_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED,
      "the model uses opset %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT
      " is needed", ptq_model_get_opset (self), opset);
  return FALSE;
}
