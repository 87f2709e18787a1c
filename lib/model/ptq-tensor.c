/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Types and sizes of the elements of tensors.
 */
#include "ptq-tensor.h"

typedef struct
{
  PtqElementType type;
  guint8 size;
  const gchar *name;
} ElementType;

/* The size is 0 where an element does not fill whole bytes. */
static const ElementType element_types[] = {
  { PTQ_ELEMENT_FLOAT, 4, "float32" },
  { PTQ_ELEMENT_UINT8, 1, "uint8" },
  { PTQ_ELEMENT_INT8, 1, "int8" },
  { PTQ_ELEMENT_UINT16, 2, "uint16" },
  { PTQ_ELEMENT_INT16, 2, "int16" },
  { PTQ_ELEMENT_INT32, 4, "int32" },
  { PTQ_ELEMENT_INT64, 8, "int64" },
  { PTQ_ELEMENT_STRING, 0, "string" },
  { PTQ_ELEMENT_BOOL, 1, "bool" },
  { PTQ_ELEMENT_FLOAT16, 2, "float16" },
  { PTQ_ELEMENT_DOUBLE, 8, "float64" },
  { PTQ_ELEMENT_UINT32, 4, "uint32" },
  { PTQ_ELEMENT_UINT64, 8, "uint64" },
  { PTQ_ELEMENT_BFLOAT16, 2, "bfloat16" },
  { PTQ_ELEMENT_UINT4, 0, "uint4" },
  { PTQ_ELEMENT_INT4, 0, "int4" },
};

static const ElementType *
find_element_type (PtqElementType type)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (element_types); i++) {
    if (element_types[i].type == type)
      return &element_types[i];
  }

  return NULL;
}

/**
 * ptq_element_type_size:
 * @type: an element type
 *
 * Returns: the bytes that one element takes; 0 for strings, for the 4-bit
 *   types, two of which share a byte, and for types that are not known
 *
 * Since: 0.1
 */
gsize
ptq_element_type_size (PtqElementType type)
{
  const ElementType *found = find_element_type (type);

  return found ? found->size : 0;
}

/**
 * ptq_element_type_name:
 * @type: an element type
 *
 * Returns: a name for messages, such as "float32"; "unknown" for types that
 *   are not known
 *
 * Since: 0.1
 */
const gchar *
ptq_element_type_name (PtqElementType type)
{
  const ElementType *found = find_element_type (type);

  return found ? found->name : "unknown";
}

/**
 * ptq_tensor_count:
 * @tensor: a tensor
 *
 * Returns: the number of elements, 1 for a scalar; 0 where a dimension is
 *   negative or the product does not fit
 *
 * Since: 0.1
 */
gsize
ptq_tensor_count (const PtqTensor *tensor)
{
  gsize count = 1;
  guint i;

  for (i = 0; i < tensor->rank; i++) {
    if (tensor->dims[i] < 0
        || !g_size_checked_mul (&count, count, (gsize) tensor->dims[i]))
      return 0;
  }

  return count;
}

/**
 * ptq_dims_to_string:
 * @dims: (array length=rank): dimensions, outermost first
 * @rank: how many, -1 when unknown
 *
 * Writes a shape for messages, as in "1x3x224x224". An open dimension (-1) is
 * written "?", an unknown rank "any shape" and a rank of 0 "scalar".
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
gchar *
ptq_dims_to_string (const gint64 *dims, gint rank)
{
  GString *text;
  gint i;

  if (rank < 0)
    return g_strdup ("any shape");
  if (rank == 0)
    return g_strdup ("scalar");

  text = g_string_new (NULL);
  for (i = 0; i < rank; i++) {
    if (i > 0)
      g_string_append_c (text, 'x');
    if (dims[i] < 0)
      g_string_append_c (text, '?');
    else
      g_string_append_printf (text, "%" G_GINT64_FORMAT, dims[i]);
  }

  return g_string_free (text, FALSE);
}
