/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reading and writing the elements of a tensor in the file.
 */
#include "external-data.h"
#include "half-float.h"

#include <string.h>

static const gchar *
tensor_name (const Onnx__TensorProto *tensor)
{
  return tensor->name ? tensor->name : "";
}

static gboolean
count_elements (const Onnx__TensorProto *tensor, gsize *count)
{
  gsize i;

  *count = 1;
  for (i = 0; i < tensor->n_dims; i++) {
    if (tensor->dims[i] < 0
        || !g_size_checked_mul (count, *count, (gsize) tensor->dims[i]))
      return FALSE;
  }

  return TRUE;
}

gboolean
ptq_tensor_proto_get_byte_size (const Onnx__TensorProto *tensor, gsize *size)
{
  const PtqElementType type = tensor->data_type;
  gsize count;

  if (!count_elements (tensor, &count))
    return FALSE;
  if (type == PTQ_ELEMENT_INT4 || type == PTQ_ELEMENT_UINT4) {
    *size = count / 2 + count % 2;
    return TRUE;
  }

  return ptq_element_type_size (type) > 0
      && g_size_checked_mul (size, count, ptq_element_type_size (type));
}

/**
 * ptq_tensor_proto_new:
 * @name: (nullable): name of the tensor
 * @type: element type
 * @dims: (nullable) (array length=rank): dimensions
 * @rank: how many, 0 for a scalar
 * @data: the elements; copied
 * @size: bytes of @data
 *
 * Returns: (transfer full): a tensor that is in no graph yet
 */
Onnx__TensorProto *
ptq_tensor_proto_new (const gchar *name, PtqElementType type,
    const gint64 *dims, guint rank, gconstpointer data, gsize size)
{
  Onnx__TensorProto *tensor = g_new (Onnx__TensorProto, 1);

  onnx__tensor_proto__init (tensor);
  tensor->name = g_strdup (name);
  ptq_tensor_proto_set_data (tensor, type, dims, rank, data, size);

  return tensor;
}

/**
 * ptq_tensor_proto_count:
 * @tensor: a tensor
 *
 * Returns: the number of elements, 1 for a scalar; 0 where a dimension is
 *   negative or the product does not fit
 */
gsize
ptq_tensor_proto_count (const Onnx__TensorProto *tensor)
{
  gsize count;

  return count_elements (tensor, &count) ? count : 0;
}

static void
clear_entries (Onnx__TensorProto *tensor)
{
  gsize i;

  for (i = 0; i < tensor->n_string_data; i++)
    g_free (tensor->string_data[i].data);
  for (i = 0; i < tensor->n_external_data; i++)
    onnx__string_string_entry_proto__free_unpacked (
        tensor->external_data[i], NULL);
  g_clear_pointer (&tensor->string_data, g_free);
  g_clear_pointer (&tensor->external_data, g_free);
  tensor->n_string_data = 0;
  tensor->n_external_data = 0;
}

static void
clear_content (Onnx__TensorProto *tensor)
{
  clear_entries (tensor);
  g_clear_pointer (&tensor->dims, g_free);
  g_clear_pointer (&tensor->float_data, g_free);
  g_clear_pointer (&tensor->int32_data, g_free);
  g_clear_pointer (&tensor->int64_data, g_free);
  g_clear_pointer (&tensor->double_data, g_free);
  g_clear_pointer (&tensor->uint64_data, g_free);
  g_clear_pointer (&tensor->raw_data.data, g_free);
  if (tensor->segment)
    protobuf_c_message_free_unpacked (&tensor->segment->base, NULL);
  tensor->segment = NULL;
  tensor->n_dims = 0;
  tensor->n_float_data = 0;
  tensor->n_int32_data = 0;
  tensor->n_int64_data = 0;
  tensor->n_double_data = 0;
  tensor->n_uint64_data = 0;
  tensor->raw_data.len = 0;
  tensor->has_data_location = FALSE;
  tensor->data_location = ONNX__TENSOR_PROTO__DATA_LOCATION__DEFAULT;
}

/**
 * ptq_tensor_proto_set_data:
 * @tensor: a tensor
 * @type: its new element type
 * @dims: (nullable) (array length=rank): its new dimensions
 * @rank: how many, 0 for a scalar
 * @data: the elements; copied
 * @size: bytes of @data
 *
 * Replaces the content, wherever it was, by raw data. The name stays.
 * @dims and @data may be those of @tensor.
 */
void
ptq_tensor_proto_set_data (Onnx__TensorProto *tensor, PtqElementType type,
    const gint64 *dims, guint rank, gconstpointer data, gsize size)
{
  gint64 *new_dims = g_memdup2 (dims, rank * sizeof *dims);
  guint8 *new_data = g_memdup2 (data, size);

  clear_content (tensor);
  tensor->n_dims = rank;
  tensor->dims = new_dims;
  tensor->has_data_type = TRUE;
  tensor->data_type = type;
  tensor->has_raw_data = TRUE;
  tensor->raw_data.len = size;
  tensor->raw_data.data = new_data;
}

static GBytes *
narrow (gconstpointer values, gsize n, gsize from, gsize to)
{
  const guint8 *source = values;
  guint8 *narrowed = g_malloc_n (n, to);
  gsize i;

  /* The low bytes come first. */
  for (i = 0; i < n; i++)
    memcpy (narrowed + i * to, source + i * from, to);

  return g_bytes_new_take (narrowed, n * to);
}

/* The elements that a typed field holds, laid out as raw data is */
static GBytes *
read_typed (const Onnx__TensorProto *tensor)
{
  gsize size = ptq_element_type_size (tensor->data_type);

  switch (tensor->data_type) {
    case PTQ_ELEMENT_FLOAT:
      return g_bytes_new_static (
          tensor->float_data, tensor->n_float_data * sizeof (gfloat));
    case PTQ_ELEMENT_DOUBLE:
      return g_bytes_new_static (
          tensor->double_data, tensor->n_double_data * sizeof (gdouble));
    case PTQ_ELEMENT_INT64:
      return g_bytes_new_static (
          tensor->int64_data, tensor->n_int64_data * sizeof (gint64));
    case PTQ_ELEMENT_UINT64:
    case PTQ_ELEMENT_UINT32:
      return narrow (
          tensor->uint64_data, tensor->n_uint64_data, sizeof (guint64), size);
    default:
      return narrow (tensor->int32_data, tensor->n_int32_data, sizeof (gint32),
          MAX (size, 1));
  }
}

static GBytes *
read_anywhere (PtqModel *model, const Onnx__TensorProto *tensor, GError **error)
{
  if (tensor->data_location == ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL)
    return ptq_external_data_read (
        ptq_model_get_external_data (model), tensor, error);
  if (tensor->has_raw_data)
    return g_bytes_new_static (tensor->raw_data.data, tensor->raw_data.len);

  return read_typed (tensor);
}

static gboolean
check_kind (const Onnx__TensorProto *tensor, gsize *size, GError **error)
{
  g_autofree gchar *shape = NULL;

  if (tensor->segment) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED,
        "tensor \"%s\" is stored in segments, which is not supported",
        tensor_name (tensor));
    return FALSE;
  }
  if (ptq_tensor_proto_get_byte_size (tensor, size))
    return TRUE;

  shape = ptq_dims_to_string (tensor->dims, tensor->n_dims);
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED,
      "tensor \"%s\" of element type %s (%d) and shape %s cannot be read",
      tensor_name (tensor), ptq_element_type_name (tensor->data_type),
      tensor->data_type, shape);
  return FALSE;
}

/**
 * ptq_tensor_proto_read_raw:
 * @model: (nullable): the model that @tensor belongs to; may be %NULL where
 *   the data is surely not external
 * @tensor: a tensor
 * @error: return location for an error
 *
 * The elements as they lie in memory, whether the file holds them as raw,
 * typed or external data; row-major, little-endian, 4-bit types two to a byte.
 * Not aligned where they are external.
 *
 * Returns: (transfer full): the bytes, valid until the tensor is changed, or
 *   %NULL with %PTQ_ERROR_UNSUPPORTED for strings and types not known,
 *   %PTQ_ERROR_INVALID_MODEL where data and shape do not agree
 */
GBytes *
ptq_tensor_proto_read_raw (
    PtqModel *model, const Onnx__TensorProto *tensor, GError **error)
{
  g_autofree gchar *shape = NULL;
  GBytes *bytes;
  gsize size;

  if (!check_kind (tensor, &size, error))
    return NULL;
  bytes = read_anywhere (model, tensor, error);
  if (!bytes || g_bytes_get_size (bytes) == size)
    return bytes;

  shape = ptq_dims_to_string (tensor->dims, tensor->n_dims);
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_INVALID_MODEL,
      "tensor \"%s\" has %" G_GSIZE_FORMAT " bytes of data, but its shape %s "
      "of %s needs %" G_GSIZE_FORMAT,
      tensor_name (tensor), g_bytes_get_size (bytes), shape,
      ptq_element_type_name (tensor->data_type), size);
  g_bytes_unref (bytes);

  return NULL;
}

static gfloat
bfloat_to_float (guint16 bfloat)
{
  const guint32 bits = (guint32) bfloat << 16;
  gfloat value;

  memcpy (&value, &bits, sizeof value);

  return value;
}

static gboolean
widen_to_float (
    PtqElementType type, const guint8 *data, gfloat *floats, gsize n)
{
  gsize i;
  guint16 half;
  gdouble number;

  switch (type) {
    case PTQ_ELEMENT_FLOAT:
      if (n > 0)
        memcpy (floats, data, n * sizeof *floats);
      return TRUE;
    case PTQ_ELEMENT_DOUBLE:
      for (i = 0; i < n; i++) {
        memcpy (&number, data + i * sizeof number, sizeof number);
        floats[i] = (gfloat) number;
      }
      return TRUE;
    case PTQ_ELEMENT_FLOAT16:
    case PTQ_ELEMENT_BFLOAT16:
      for (i = 0; i < n; i++) {
        memcpy (&half, data + i * sizeof half, sizeof half);
        floats[i] = type == PTQ_ELEMENT_FLOAT16 ? ptq_half_to_float (half)
                                                : bfloat_to_float (half);
      }
      return TRUE;
    default:
      return FALSE;
  }
}

static void
set_type_error (
    const Onnx__TensorProto *tensor, const gchar *wanted, GError **error)
{
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED,
      "tensor \"%s\" has elements of type %s, %s are expected",
      tensor_name (tensor), ptq_element_type_name (tensor->data_type), wanted);
}

/**
 * ptq_tensor_proto_read_floats:
 * @model: (nullable): the model that @tensor belongs to
 * @tensor: a tensor of float32, float16, bfloat16 or float64
 * @n: (out): how many elements
 * @error: return location for an error
 *
 * Returns: (transfer full): the elements, never %NULL for an empty tensor;
 *   %NULL with an error
 */
gfloat *
ptq_tensor_proto_read_floats (
    PtqModel *model, const Onnx__TensorProto *tensor, gsize *n, GError **error)
{
  g_autoptr (GBytes) bytes = ptq_tensor_proto_read_raw (model, tensor, error);
  gfloat *floats;

  *n = 0;
  if (!bytes)
    return NULL;

  *n = ptq_tensor_proto_count (tensor);
  floats = g_new (gfloat, MAX (*n, 1));
  if (!widen_to_float (
          tensor->data_type, g_bytes_get_data (bytes, NULL), floats, *n)) {
    set_type_error (tensor, "floating point numbers", error);
    *n = 0;
    g_clear_pointer (&floats, g_free);
  }

  return floats;
}

static gint64
unpack_nibble (PtqElementType type, const guint8 *data, gsize i)
{
  gint nibble = i % 2 ? data[i / 2] >> 4 : data[i / 2] & 0xf;

  return type == PTQ_ELEMENT_INT4 && nibble > 7 ? nibble - 16 : nibble;
}

/* The integer of @size bytes at @data, the low byte first */
static gint64
read_integer (const guint8 *data, gsize size, gboolean is_signed)
{
  const guint unused = 64 - 8 * size;
  guint64 bits = 0;

  memcpy (&bits, data, size);
  bits <<= unused;

  return is_signed ? (gint64) bits >> unused : (gint64) (bits >> unused);
}

static gboolean
widen_to_int (PtqElementType type, const guint8 *data, gint64 *ints, gsize n)
{
  const gsize size = ptq_element_type_size (type);
  gboolean is_signed = FALSE;
  gsize i;

  switch (type) {
    case PTQ_ELEMENT_INT4:
    case PTQ_ELEMENT_UINT4:
      for (i = 0; i < n; i++)
        ints[i] = unpack_nibble (type, data, i);
      return TRUE;
    case PTQ_ELEMENT_INT8:
    case PTQ_ELEMENT_INT16:
    case PTQ_ELEMENT_INT32:
    case PTQ_ELEMENT_INT64:
      is_signed = TRUE;
      break;
    case PTQ_ELEMENT_BOOL:
    case PTQ_ELEMENT_UINT8:
    case PTQ_ELEMENT_UINT16:
    case PTQ_ELEMENT_UINT32:
    case PTQ_ELEMENT_UINT64:
      break;
    default:
      return FALSE;
  }

  for (i = 0; i < n; i++)
    ints[i] = read_integer (data + i * size, size, is_signed);

  return TRUE;
}

/**
 * ptq_tensor_proto_read_ints:
 * @model: (nullable): the model that @tensor belongs to
 * @tensor: a tensor of an integer type or of booleans
 * @n: (out): how many elements
 * @error: return location for an error
 *
 * Returns: (transfer full): the elements, never %NULL for an empty tensor;
 *   %NULL with an error. uint64 above the range of int64 wraps.
 */
gint64 *
ptq_tensor_proto_read_ints (
    PtqModel *model, const Onnx__TensorProto *tensor, gsize *n, GError **error)
{
  g_autoptr (GBytes) bytes = ptq_tensor_proto_read_raw (model, tensor, error);
  gint64 *ints;

  *n = 0;
  if (!bytes)
    return NULL;

  *n = ptq_tensor_proto_count (tensor);
  ints = g_new (gint64, MAX (*n, 1));
  if (!widen_to_int (
          tensor->data_type, g_bytes_get_data (bytes, NULL), ints, *n)) {
    set_type_error (tensor, "integers", error);
    *n = 0;
    g_clear_pointer (&ints, g_free);
  }

  return ints;
}
