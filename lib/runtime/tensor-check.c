/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether a tensor fits the input that it is meant for.
 */
#include "tensor-view.h"

static gboolean
dims_match (const PtqTensor *tensor, const PtqValueInfo *expected)
{
  if (expected->rank < 0)
    return TRUE;
  if ((gint) tensor->rank != expected->rank)
    return FALSE;
  for (gint i = 0; i < expected->rank; i++) {
    if (expected->dims[i] >= 0 && expected->dims[i] != tensor->dims[i])
      return FALSE;
  }
  return TRUE;
}

static gboolean
type_matches (const PtqTensor *tensor, const PtqValueInfo *expected)
{
  return tensor->type == expected->type
      || (tensor->type == PTQ_ELEMENT_FLOAT
          && expected->type == PTQ_ELEMENT_FLOAT16);
}

/**
 * ptq_tensor_check:
 * @tensor: what is to be passed on
 * @expected: what the model says about the input; open dimensions take any,
 *   and float16 takes float32, which a session rounds
 * @error: return location for an error
 *
 * Returns: %TRUE when it fits, else %FALSE with %PTQ_ERROR_SHAPE, which names
 *   the input, both types and both shapes
 */
gboolean
ptq_tensor_check (
    const PtqTensor *tensor, const PtqValueInfo *expected, GError **error)
{
  g_autofree gchar *found = NULL, *wanted = NULL;
  gsize size;

  if (tensor->rank > PTQ_TENSOR_MAX_RANK) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
        "Input \"%s\": a tensor "
        "of %u dimensions was given, at most %d are supported",
        expected->name, tensor->rank, PTQ_TENSOR_MAX_RANK);
    return FALSE;
  }
  found = ptq_dims_to_string (tensor->dims, tensor->rank);
  wanted = ptq_dims_to_string (expected->dims, expected->rank);
  if (!type_matches (tensor, expected) || !dims_match (tensor, expected)) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
        "Input \"%s\": a tensor "
        "of %s %s was given, the model wants %s %s: change the preprocessing",
        expected->name, ptq_element_type_name (tensor->type), found,
        ptq_element_type_name (expected->type), wanted);
    return FALSE;
  }
  size = ptq_tensor_data_size (tensor->type, ptq_tensor_count (tensor));
  if (tensor->type == PTQ_ELEMENT_STRING || tensor->size != size) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
        "Input \"%s\": a tensor "
        "of %s %s came with %" G_GSIZE_FORMAT " bytes, %" G_GSIZE_FORMAT
        " were expected",
        expected->name, ptq_element_type_name (tensor->type), found,
        tensor->size, size);
    return FALSE;
  }
  return TRUE;
}
