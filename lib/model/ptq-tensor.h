/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "ptq-macros.h"

G_BEGIN_DECLS

#define PTQ_TENSOR_MAX_RANK 8

/**
 * PtqElementType:
 *
 * Element types, with the numbers of ONNX's TensorProto.DataType.
 *
 * Since: 0.1
 */
typedef enum
{
  PTQ_ELEMENT_UNDEFINED = 0,
  PTQ_ELEMENT_FLOAT = 1,
  PTQ_ELEMENT_UINT8 = 2,
  PTQ_ELEMENT_INT8 = 3,
  PTQ_ELEMENT_UINT16 = 4,
  PTQ_ELEMENT_INT16 = 5,
  PTQ_ELEMENT_INT32 = 6,
  PTQ_ELEMENT_INT64 = 7,
  PTQ_ELEMENT_STRING = 8,
  PTQ_ELEMENT_BOOL = 9,
  PTQ_ELEMENT_FLOAT16 = 10,
  PTQ_ELEMENT_DOUBLE = 11,
  PTQ_ELEMENT_UINT32 = 12,
  PTQ_ELEMENT_UINT64 = 13,
  PTQ_ELEMENT_BFLOAT16 = 16,
  PTQ_ELEMENT_UINT4 = 21,
  PTQ_ELEMENT_INT4 = 22
} PtqElementType;

/**
 * PtqTensor:
 * @type: element type
 * @rank: number of dimensions
 * @dims: the dimensions, outermost first
 * @data: the elements, row-major without padding; not owned
 * @size: size of @data in bytes
 *
 * A view of a tensor that somebody else owns.
 *
 * Since: 0.1
 */
typedef struct
{
  PtqElementType type;
  guint rank;
  gint64 dims[PTQ_TENSOR_MAX_RANK];
  gconstpointer data;
  gsize size;
} PtqTensor;

PTQ_API gsize ptq_element_type_size (PtqElementType type);
PTQ_API const gchar *ptq_element_type_name (PtqElementType type);
PTQ_API gsize ptq_tensor_count (const PtqTensor *tensor);
PTQ_API gchar *ptq_dims_to_string (const gint64 *dims, gint rank);

G_END_DECLS
