/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The shapes of inputs from a line of text.
 */
#include <string.h>
#include "ptq-error.h"
#include "ptq-model.h"

static gchar *
list_inputs (PtqModel *self)
{
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; i < ptq_model_get_n_inputs (self); i++)
    g_string_append_printf (list, "%s\"%s\"", i > 0 ? ", " : "",
        ptq_model_get_input (self, i)->name);

  return g_string_free (g_steal_pointer (&list), FALSE);
}

static gboolean
find_input (PtqModel *self, const gchar *name, guint *index, GError **error)
{
  g_autofree gchar *inputs = NULL;

  for (*index = 0; *index < ptq_model_get_n_inputs (self); (*index)++) {
    if (g_str_equal (ptq_model_get_input (self, *index)->name, name))
      return TRUE;
  }
  inputs = list_inputs (self);
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS,
      "The model has no input \"%s\"; its inputs are %s", name, inputs);

  return FALSE;
}

static gboolean
parse_dims (const gchar *text, gint64 *dims, guint *rank)
{
  g_auto (GStrv) pieces = g_strsplit (text, ",", -1);

  *rank = g_strv_length (pieces);
  if (*rank > PTQ_TENSOR_MAX_RANK)
    return FALSE;
  for (guint i = 0; i < *rank; i++) {
    if (!g_ascii_string_to_signed (
            g_strstrip (pieces[i]), 10, 1, G_MAXINT32, &dims[i], NULL))
      return FALSE;
  }

  return *rank > 0;
}

static gboolean
set_shape (PtqModel *self, const gchar *text, GError **error)
{
  const gchar *colon = strrchr (text, ':');
  g_autofree gchar *name = NULL;
  gint64 dims[PTQ_TENSOR_MAX_RANK];
  guint index, rank;

  if (colon == NULL || !parse_dims (colon + 1, dims, &rank)) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS,
        "\"%s\" is no shape of an input; it looks like name:1,3,224,224, with "
        "1 to %d dimensions above 0",
        text, PTQ_TENSOR_MAX_RANK);
    return FALSE;
  }
  name = g_strstrip (g_strndup (text, colon - text));

  return find_input (self, name, &index, error)
      && ptq_model_set_input_shape (self, index, dims, rank, error);
}

/**
 * ptq_model_set_input_shapes:
 * @self: a model
 * @shapes: `name:1,3,224,224`, several separated by semicolons; the last
 *   colon divides, so that names such as `input:0` work
 * @error: return location for an error
 *
 * Gives open dimensions of inputs a value, as ptq_model_set_input_shape()
 * does.
 *
 * Returns: %TRUE, or %FALSE with %PTQ_ERROR_SETTINGS for a text that is not
 *   understood or a name that the model does not have, and
 *   %PTQ_ERROR_SHAPE where the model says otherwise. The shapes before the
 *   wrong one are set then.
 *
 * Since: 0.1
 */
gboolean
ptq_model_set_input_shapes (PtqModel *self, const gchar *shapes, GError **error)
{
  g_auto (GStrv) pieces = NULL;

  g_return_val_if_fail (PTQ_IS_MODEL (self), FALSE);
  g_return_val_if_fail (shapes != NULL, FALSE);

  pieces = g_strsplit (shapes, ";", -1);
  if (pieces[0] == NULL)
    return set_shape (self, "", error);
  for (guint i = 0; pieces[i] != NULL; i++) {
    /* a semicolon at the end */
    if (*g_strstrip (pieces[i]) == '\0' && i > 0 && pieces[i + 1] == NULL)
      break;
    if (!set_shape (self, pieces[i], error))
      return FALSE;
  }

  return TRUE;
}
