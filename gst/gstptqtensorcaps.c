/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * The other/tensors caps that NNStreamer made the common form of a model's
 * input:
 *
 *   other/tensors, format=(string)static, num_tensors=(int)1,
 *     types=(string)float32, dimensions=(string)224:224:3:1,
 *     framerate=(fraction)0/1
 *
 * Dimensions stand innermost first, several tensors are separated by "," or
 * by ".". As dimensions is a plain string, 224:224:3 and 224:224:3:1 do not
 * intersect: caps made here hold one structure for each spelling, and
 * everything that compares does so with numbers.
 */
#include "gstptqtensorcaps.h"

#include <string.h>

#include "ptq-error.h"

#define PADDED_RANK 4

static const struct
{
  const gchar *name;
  PtqElementType type;
} type_names[] = {
  { "float32", PTQ_ELEMENT_FLOAT },
  { "uint8", PTQ_ELEMENT_UINT8 },
  { "int8", PTQ_ELEMENT_INT8 },
  { "uint16", PTQ_ELEMENT_UINT16 },
  { "int16", PTQ_ELEMENT_INT16 },
  { "int32", PTQ_ELEMENT_INT32 },
  { "int64", PTQ_ELEMENT_INT64 },
  { "float16", PTQ_ELEMENT_FLOAT16 },
  { "float64", PTQ_ELEMENT_DOUBLE },
  { "uint32", PTQ_ELEMENT_UINT32 },
  { "uint64", PTQ_ELEMENT_UINT64 },
};

/**
 * gst_ptq_tensor_type_to_string:
 * @type: an element type
 *
 * Returns: (nullable): its name in caps ("float32"), %NULL when caps have
 *   none
 */
const gchar *
gst_ptq_tensor_type_to_string (PtqElementType type)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (type_names); i++)
    if (type_names[i].type == type)
      return type_names[i].name;
  return NULL;
}

/**
 * gst_ptq_tensor_type_from_string:
 * @name: (nullable): a name in caps
 *
 * Returns: the element type, %PTQ_ELEMENT_UNDEFINED for an unknown name
 */
PtqElementType
gst_ptq_tensor_type_from_string (const gchar *name)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (type_names); i++)
    if (g_strcmp0 (type_names[i].name, name) == 0)
      return type_names[i].type;
  return PTQ_ELEMENT_UNDEFINED;
}

static gsize
type_size (PtqElementType type)
{
  switch (type) {
    case PTQ_ELEMENT_UINT8:
    case PTQ_ELEMENT_INT8:
      return 1;
    case PTQ_ELEMENT_UINT16:
    case PTQ_ELEMENT_INT16:
    case PTQ_ELEMENT_FLOAT16:
      return 2;
    case PTQ_ELEMENT_INT64:
    case PTQ_ELEMENT_UINT64:
    case PTQ_ELEMENT_DOUBLE:
      return 8;
    default:
      return 4;
  }
}

/**
 * gst_ptq_tensor_shape_from_value_info:
 * @shape: (out): type and shape
 * @value: what a model says about an input
 *
 * An open first dimension is the batch and becomes 1; other open ones stay
 * -1. An unknown rank becomes a rank of 0.
 */
void
gst_ptq_tensor_shape_from_value_info (
    GstPtqTensorShape *shape, const PtqValueInfo *value)
{
  memset (shape, 0, sizeof *shape);
  shape->type = value->type;
  shape->rank = MAX (value->rank, 0);
  memcpy (shape->dims, value->dims, shape->rank * sizeof (gint64));
  if (shape->rank > 0 && shape->dims[0] < 0)
    shape->dims[0] = 1;
}

/**
 * gst_ptq_tensor_shape_is_fixed:
 * @shape: a shape
 *
 * Returns: whether every dimension is known
 */
gboolean
gst_ptq_tensor_shape_is_fixed (const GstPtqTensorShape *shape)
{
  guint i;

  for (i = 0; i < shape->rank; i++)
    if (shape->dims[i] <= 0)
      return FALSE;
  return shape->rank > 0;
}

/**
 * gst_ptq_tensor_shape_get_size:
 * @shape: a shape with all dimensions known
 *
 * Returns: bytes of the tensor, 0 when they do not fit a #gsize
 */
gsize
gst_ptq_tensor_shape_get_size (const GstPtqTensorShape *shape)
{
  gsize size = type_size (shape->type);
  guint i;

  for (i = 0; i < shape->rank; i++)
    if (!g_size_checked_mul (&size, size, (gsize) shape->dims[i]))
      return 0;
  return size;
}

/**
 * gst_ptq_tensor_shape_to_string:
 * @shape: a shape
 *
 * Returns: (transfer full): type and dimensions for people, outermost first:
 *   "float32 [1,3,224,224]", open dimensions as "?"
 */
gchar *
gst_ptq_tensor_shape_to_string (const GstPtqTensorShape *shape)
{
  const gchar *type = gst_ptq_tensor_type_to_string (shape->type);
  GString *text = g_string_new (type ? type : "(unknown type)");
  guint i;

  g_string_append (text, " [");
  for (i = 0; i < shape->rank; i++) {
    if (i > 0)
      g_string_append_c (text, ',');
    if (shape->dims[i] < 0)
      g_string_append_c (text, '?');
    else
      g_string_append_printf (text, "%" G_GINT64_FORMAT, shape->dims[i]);
  }
  g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}

/**
 * gst_ptq_tensor_shape_parse:
 * @shape: (out): type and shape
 * @type: name of the element type, "float32"
 * @dimensions: dimensions of one tensor, innermost first, "224:224:3:1"
 * @error: return location for an error
 *
 * More dimensions than %PTQ_TENSOR_MAX_RANK are taken as long as the outer
 * ones are 1.
 *
 * Returns: whether both could be read
 */
gboolean
gst_ptq_tensor_shape_parse (GstPtqTensorShape *shape, const gchar *type,
    const gchar *dimensions, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (dimensions, ":", -1);
  guint n = g_strv_length (parts), i;

  memset (shape, 0, sizeof *shape);
  shape->type = gst_ptq_tensor_type_from_string (type);
  if (shape->type == PTQ_ELEMENT_UNDEFINED) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
        "tensor type \"%s\" is not known; float32, uint8, int8, … are", type);
    return FALSE;
  }

  while (
      n > PTQ_TENSOR_MAX_RANK && strcmp (g_strstrip (parts[n - 1]), "1") == 0)
    n--;
  if (n == 0 || n > PTQ_TENSOR_MAX_RANK) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
        "dimensions=%s has %u dimensions; 1 to %d are supported", dimensions, n,
        PTQ_TENSOR_MAX_RANK);
    return FALSE;
  }

  shape->rank = n;
  for (i = 0; i < n; i++) {
    gint64 *dim = &shape->dims[n - 1 - i];

    if (!g_ascii_string_to_signed (
            g_strstrip (parts[i]), 10, 1, G_MAXINT32, dim, NULL)) {
      g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
          "dimensions=%s: \"%s\" is not a dimension; numbers from 1 on, "
          "innermost first and separated by \":\", are expected",
          dimensions, parts[i]);
      return FALSE;
    }
  }
  return TRUE;
}

/* Counted from the innermost, so that a missing batch of 1 costs nothing. */
static gint64
inner_dim (const gint64 *dims, guint rank, guint i)
{
  return i < rank ? dims[rank - 1 - i] : 1;
}

/**
 * gst_ptq_tensor_shape_match:
 * @shape: what is offered
 * @value: what the model wants
 * @error: return location for an error
 *
 * Compares by numbers: outermost dimensions of 1 do not count, an open
 * dimension of the model takes everything. An input of float16 takes float32
 * as well, which is rounded. The message names both shapes.
 *
 * Returns: whether the model can take the tensor
 */
gboolean
gst_ptq_tensor_shape_match (
    const GstPtqTensorShape *shape, const PtqValueInfo *value, GError **error)
{
  GstPtqTensorShape wanted;
  g_autofree gchar *have = NULL, *want = NULL;
  gboolean fits = shape->type == value->type
      || (shape->type == PTQ_ELEMENT_FLOAT
          && value->type == PTQ_ELEMENT_FLOAT16);
  guint i;

  if (value->rank >= 0) {
    guint rank = MAX (shape->rank, (guint) value->rank);

    for (i = 0; i < rank; i++) {
      gint64 dim = inner_dim (value->dims, value->rank, i);

      if (dim >= 0 && dim != inner_dim (shape->dims, shape->rank, i))
        fits = FALSE;
    }
  }
  if (fits)
    return TRUE;

  memset (&wanted, 0, sizeof wanted);
  wanted.type = value->type;
  wanted.rank = MAX (value->rank, 0);
  memcpy (wanted.dims, value->dims, wanted.rank * sizeof (gint64));
  have = gst_ptq_tensor_shape_to_string (shape);
  want = gst_ptq_tensor_shape_to_string (&wanted);
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
      "input \"%s\" of the model wants %s, the stream brings %s", value->name,
      want, have);
  return FALSE;
}

/**
 * gst_ptq_tensor_shape_to_tensor:
 * @shape: a fixed shape
 * @rank: rank of the model's input, 0 to keep the shape's own
 * @tensor: (out): type, rank and dimensions are set, data is left %NULL
 *
 * Writes the shape with as many dimensions as the model's input has, adding
 * or dropping outermost ones of 1.
 */
void
gst_ptq_tensor_shape_to_tensor (
    const GstPtqTensorShape *shape, guint rank, PtqTensor *tensor)
{
  guint i;

  memset (tensor, 0, sizeof *tensor);
  tensor->type = shape->type;
  tensor->rank = MIN (rank > 0 ? rank : shape->rank, PTQ_TENSOR_MAX_RANK);
  for (i = 0; i < tensor->rank; i++)
    tensor->dims[tensor->rank - 1 - i] =
        inner_dim (shape->dims, shape->rank, i);
  tensor->size = gst_ptq_tensor_shape_get_size (shape);
}

/* Says what is wrong with fields that look right at first sight. */
static gboolean
check_fields (const GstStructure *structure, GError **error)
{
  const gchar *format = gst_structure_get_string (structure, "format");
  const GValue *number = gst_structure_get_value (structure, "num_tensors");
  const GValue *dims = gst_structure_get_value (structure, "dimensions");

  if (!gst_structure_has_name (structure, GST_PTQ_TENSORS_MEDIA_TYPE)) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
        "media type %s is not " GST_PTQ_TENSORS_MEDIA_TYPE,
        gst_structure_get_name (structure));
    return FALSE;
  }
  if (g_strcmp0 (format, "static") != 0) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
        "tensors with format=%s cannot be taken, only format=static",
        format ? format : "(none)");
    return FALSE;
  }
  if (number == NULL || !G_VALUE_HOLDS_INT (number)) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
        "num_tensors is %s%s; num_tensors=(int)N is expected",
        number ? "of type " : "missing",
        number ? G_VALUE_TYPE_NAME (number) : "");
    return FALSE;
  }
  if (dims == NULL || !G_VALUE_HOLDS_STRING (dims)) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
        "dimensions is %s%s; dimensions=(string)224:224:3:1 or the like is "
        "expected",
        dims ? "of type " : "missing", dims ? G_VALUE_TYPE_NAME (dims) : "");
    return FALSE;
  }
  return TRUE;
}

/**
 * gst_ptq_tensors_info_from_structure:
 * @info: (out): what the caps say
 * @structure: a fixed structure of other/tensors caps
 * @error: return location for an error
 *
 * Refused by name: format=flexible and format=sparse, a num_tensors that is
 * not an int, dimensions that are not a string.
 *
 * Returns: whether the caps could be read
 */
gboolean
gst_ptq_tensors_info_from_structure (
    GstPtqTensorsInfo *info, const GstStructure *structure, GError **error)
{
  g_auto (GStrv) types = NULL;
  g_auto (GStrv) dims = NULL;
  const gchar *type_list;
  gint n = 0, i;

  memset (info, 0, sizeof *info);
  info->framerate_d = 1;
  if (!check_fields (structure, error))
    return FALSE;

  gst_structure_get_int (structure, "num_tensors", &n);
  if (n < 1 || n > GST_PTQ_TENSORS_MAX) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
        "num_tensors=%d is outside of 1 to %d", n, GST_PTQ_TENSORS_MAX);
    return FALSE;
  }

  type_list = gst_structure_get_string (structure, "types");
  types = g_strsplit_set (type_list ? type_list : "", ",.", -1);
  dims = g_strsplit_set (
      gst_structure_get_string (structure, "dimensions"), ",.", -1);
  if (g_strv_length (types) != (guint) n || g_strv_length (dims) != (guint) n) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
        "num_tensors=%d, but %u types (%s) and %u dimensions (%s)", n,
        g_strv_length (types), type_list ? type_list : "none",
        g_strv_length (dims),
        gst_structure_get_string (structure, "dimensions"));
    return FALSE;
  }

  for (i = 0; i < n; i++)
    if (!gst_ptq_tensor_shape_parse (
            &info->tensors[i], g_strstrip (types[i]), dims[i], error))
      return FALSE;
  info->n_tensors = n;
  gst_structure_get_fraction (
      structure, "framerate", &info->framerate_n, &info->framerate_d);
  return TRUE;
}

/**
 * gst_ptq_tensors_info_from_caps:
 * @info: (out): what the caps say
 * @caps: fixed other/tensors caps
 * @error: return location for an error
 *
 * As gst_ptq_tensors_info_from_structure() for the first structure.
 *
 * Returns: whether the caps could be read
 */
gboolean
gst_ptq_tensors_info_from_caps (
    GstPtqTensorsInfo *info, const GstCaps *caps, GError **error)
{
  if (gst_caps_get_size (caps) == 0) {
    g_set_error_literal (
        error, PTQ_ERROR, PTQ_ERROR_SHAPE, "the caps are empty");
    return FALSE;
  }
  return gst_ptq_tensors_info_from_structure (
      info, gst_caps_get_structure (caps, 0), error);
}

typedef enum
{
  SPELLING_PADDED, /* at least four dimensions */
  SPELLING_AS_IS,
  SPELLING_CUT, /* no outermost dimensions of 1 */
  N_SPELLINGS
} Spelling;

static void
append_dimensions (
    GString *text, const GstPtqTensorShape *shape, Spelling spelling)
{
  guint rank = shape->rank, i;

  if (spelling == SPELLING_PADDED)
    rank = MAX (rank, PADDED_RANK);
  while (spelling == SPELLING_CUT && rank > 1
      && inner_dim (shape->dims, shape->rank, rank - 1) == 1)
    rank--;
  for (i = 0; i < rank; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i > 0 ? ":" : "",
        inner_dim (shape->dims, shape->rank, i));
}

static gchar *
join_types (const GstPtqTensorShape *shapes, guint n, const gchar *separator)
{
  GString *text = g_string_new (NULL);
  guint i;

  for (i = 0; i < n; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? separator : "",
        gst_ptq_tensor_type_to_string (shapes[i].type));
  return g_string_free (text, FALSE);
}

static gchar *
join_dimensions (const GstPtqTensorShape *shapes, guint n,
    const gchar *separator, Spelling spelling)
{
  GString *text = g_string_new (NULL);
  guint i;

  for (i = 0; i < n; i++) {
    if (i > 0)
      g_string_append (text, separator);
    append_dimensions (text, &shapes[i], spelling);
  }
  return g_string_free (text, FALSE);
}

static GstStructure *
new_structure (const GstPtqTensorShape *shapes, guint n, const gchar *separator)
{
  g_autofree gchar *types = join_types (shapes, n, separator);

  return gst_structure_new (GST_PTQ_TENSORS_MEDIA_TYPE, "format", G_TYPE_STRING,
      "static", "num_tensors", G_TYPE_INT, (gint) n, "types", G_TYPE_STRING,
      types, "framerate", GST_TYPE_FRACTION_RANGE, 0, 1, G_MAXINT, 1, NULL);
}

static void
append_spelling (GstCaps *caps, const GstPtqTensorShape *shapes, guint n,
    const gchar *separator, Spelling spelling)
{
  GstStructure *structure = new_structure (shapes, n, separator);
  g_autofree gchar *dims = join_dimensions (shapes, n, separator, spelling);
  guint i;

  gst_structure_set (structure, "dimensions", G_TYPE_STRING, dims, NULL);
  for (i = 0; i < gst_caps_get_size (caps); i++) {
    if (gst_structure_is_equal (gst_caps_get_structure (caps, i), structure)) {
      gst_structure_free (structure);
      return;
    }
  }
  gst_caps_append_structure (caps, structure);
}

/**
 * gst_ptq_tensor_caps_new:
 * @shapes: (array length=n_shapes): types and shapes
 * @n_shapes: number of tensors, 1 to %GST_PTQ_TENSORS_MAX
 *
 * Caps for these tensors at any frame rate: one structure for each way to
 * spell the dimensions, first the one that ptqnormalize writes (four
 * dimensions at least). When a dimension is open there is no dimensions
 * field, as a string cannot say "any".
 *
 * Returns: (transfer full): caps
 */
GstCaps *
gst_ptq_tensor_caps_new (const GstPtqTensorShape *shapes, guint n_shapes)
{
  static const gchar *separators[] = { ",", "." };
  GstCaps *caps = gst_caps_new_empty ();
  guint n_separators = n_shapes > 1 ? 2 : 1, i, spelling;
  gboolean fixed = TRUE;

  g_return_val_if_fail (n_shapes >= 1 && n_shapes <= GST_PTQ_TENSORS_MAX, caps);

  for (i = 0; i < n_shapes; i++)
    fixed = fixed && gst_ptq_tensor_shape_is_fixed (&shapes[i]);
  for (i = 0; i < n_separators; i++) {
    if (!fixed) {
      gst_caps_append_structure (
          caps, new_structure (shapes, n_shapes, separators[i]));
      continue;
    }
    for (spelling = 0; spelling < N_SPELLINGS; spelling++)
      append_spelling (caps, shapes, n_shapes, separators[i], spelling);
  }
  return caps;
}

/**
 * gst_ptq_tensors_info_to_caps:
 * @info: what the caps shall say
 *
 * Returns: (transfer full): fixed caps in the spelling with four dimensions
 */
GstCaps *
gst_ptq_tensors_info_to_caps (const GstPtqTensorsInfo *info)
{
  GstCaps *caps = gst_ptq_tensor_caps_new (info->tensors, info->n_tensors);

  caps = gst_caps_truncate (caps);
  gst_caps_set_simple (caps, "framerate", GST_TYPE_FRACTION, info->framerate_n,
      info->framerate_d, NULL);
  return caps;
}
