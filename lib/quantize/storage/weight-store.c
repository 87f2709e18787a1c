/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Codes of b bits are cut into planes of 8, 4, 2 and 1 bits (b = 11: 8, 2 and
 * 1), since these divide a byte. Every plane is a string of bytes, the first
 * code in the lowest bits. A graph of standard operators on constants puts
 * them together again:
 *
 *   byte[n, 1] << [8-w, 8-2w, … 0] >> (8-w)    the fields of each byte
 *   Cast, Reshape [-1]                         a plane as numbers
 *   plane + 2^k * plane + …                    the codes
 *   Split, and for each weight Reshape, * scale, + offset
 *
 * The few codes that b bits do not hold have their low bits in the planes. For
 * the rest there is a list of bytes that say how far one is from the next, and
 * one of what is missing:
 *
 *   CumSum of the gaps                         where they are
 *   ScatterElements of 2^b * high, + codes
 *
 * A runtime folds all of it while loading, and then runs at float speed.
 * Weights of one width share one such graph, so that small layers do not pay
 * for it; large ones are kept apart so that loading needs little memory. */

#include "weight-store.h"
#include "code-window.h"
#include "fresh-names.h"

#include <string.h>

/* Codes that one unpacking graph handles at most, unless one weight has more */
#define MAX_BATCH (4 * 1024 * 1024)
/* A whole number of bytes in every plane */
#define ALIGNMENT 8

/* What a code has beyond its width */
typedef struct
{
  gsize index;
  gint8 high;
} Apart;

typedef struct
{
  gchar *name;
  gint64 dims[PTQ_TENSOR_MAX_RANK];
  guint rank;
  gint axis;
  gsize n;
  guint16 *codes; /* as far as the width goes */
  GArray *apart;
  gfloat *scales;
  gfloat *offsets;
  guint n_channels;
} Item;

/* Weights of one width that are unpacked together */
typedef struct
{
  gint bits;
  gsize n;
  GPtrArray *items;
} Batch;

struct _PtqWeightStore
{
  PtqModel *model;
  PtqWeightStorage storage;
  GPtrArray *batches;
  GPtrArray *nodes;   /* to stand before those of the graph */
  GHashTable *shared; /* constants that all batches read */
  PtqFreshNames *names;
};

static void
item_free (Item *item)
{
  g_free (item->name);
  g_free (item->codes);
  g_array_unref (item->apart);
  g_free (item->scales);
  g_free (item->offsets);
  g_free (item);
}

static void
batch_free (Batch *batch)
{
  g_ptr_array_unref (batch->items);
  g_free (batch);
}

PtqWeightStore *
ptq_weight_store_new (PtqModel *model, PtqWeightStorage storage)
{
  PtqWeightStore *self = g_new0 (PtqWeightStore, 1);

  self->model = g_object_ref (model);
  self->storage = storage;
  self->batches = g_ptr_array_new_with_free_func ((GDestroyNotify) batch_free);
  self->nodes = g_ptr_array_new ();
  self->shared =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->names = ptq_fresh_names_new (ptq_model_get_proto (model));
  return self;
}

void
ptq_weight_store_free (PtqWeightStore *self)
{
  g_ptr_array_unref (self->batches);
  g_ptr_array_unref (self->nodes);
  g_hash_table_unref (self->shared);
  ptq_fresh_names_free (self->names);
  g_object_unref (self->model);
  g_free (self);
}

static Batch *
find_batch (PtqWeightStore *self, gint bits, gsize n)
{
  Batch *batch;

  for (guint i = 0; i < self->batches->len; i++) {
    batch = self->batches->pdata[i];
    if (batch->bits == bits && batch->n + n <= MAX_BATCH)
      return batch;
  }
  batch = g_new0 (Batch, 1);
  batch->bits = bits;
  batch->items = g_ptr_array_new_with_free_func ((GDestroyNotify) item_free);
  g_ptr_array_add (self->batches, batch);
  return batch;
}

static void
split_codes (Item *item, const gint *codes, gint bits)
{
  item->codes = g_new (guint16, item->n);
  item->apart = g_array_new (FALSE, FALSE, sizeof (Apart));
  for (gsize i = 0; i < item->n; i++) {
    Apart apart = { i, codes[i] >> bits };

    item->codes[i] = codes[i] & ((1 << bits) - 1);
    if (apart.high != 0)
      g_array_append_val (item->apart, apart);
  }
}

void
ptq_weight_store_add (PtqWeightStore *self, const Onnx__TensorProto *tensor,
    gint axis, gint bits, const gint *codes, const gfloat *scales,
    const gfloat *offsets, guint n_channels)
{
  gsize n = ptq_tensor_proto_count (tensor);
  Batch *batch = find_batch (self, bits, n);
  Item *item = g_new0 (Item, 1);

  g_return_if_fail (tensor->n_dims <= PTQ_TENSOR_MAX_RANK);

  item->name = g_strdup (tensor->name);
  item->rank = tensor->n_dims;
  memcpy (item->dims, tensor->dims, item->rank * sizeof (gint64));
  item->axis = axis;
  item->n = n;
  split_codes (item, codes, bits);
  item->scales = g_memdup2 (scales, n_channels * sizeof (gfloat));
  item->offsets = g_memdup2 (offsets, n_channels * sizeof (gfloat));
  item->n_channels = n_channels;
  g_ptr_array_add (batch->items, item);
  batch->n += n;
}

/* ---- names, nodes and constants ---- */

static gchar *
next_name (PtqWeightStore *self)
{
  return ptq_fresh_names_take_short (self->names);
}

/* Takes @output. */
static gchar *
add_node (PtqWeightStore *self, const gchar *op_type, const gchar *a,
    const gchar *b, gchar *output)
{
  const gchar *inputs[] = { a, b, NULL };
  const gchar *outputs[] = { output, NULL };

  g_ptr_array_add (self->nodes, ptq_node_new (op_type, "", inputs, outputs));
  return output;
}

static Onnx__NodeProto *
last_node (PtqWeightStore *self)
{
  return self->nodes->pdata[self->nodes->len - 1];
}

static gchar *
add_constant (PtqWeightStore *self, PtqElementType type, const gint64 *dims,
    guint rank, gconstpointer data, gsize size)
{
  gchar *name = next_name (self);

  ptq_graph_add_initializer (ptq_model_get_graph (self->model),
      ptq_tensor_proto_new (name, type, dims, rank, data, size));
  return name;
}

/* The same constant for every batch: made once, owned by the store */
static const gchar *
share_constant (PtqWeightStore *self, PtqElementType type, const gint64 *dims,
    guint rank, gconstpointer data, gsize size)
{
  g_autofree gchar *content = g_base64_encode (data, size);
  g_autofree gchar *shape = ptq_dims_to_string (dims, rank);
  g_autofree gchar *key = g_strdup_printf ("%d %s %s", type, shape, content);
  gchar *name = g_hash_table_lookup (self->shared, key);

  if (name == NULL) {
    name = add_constant (self, type, dims, rank, data, size);
    g_hash_table_insert (self->shared, g_steal_pointer (&key), name);
  }
  return name;
}

/* ---- unpacking ---- */

/* Codes in the planes of @batch, those of the padding included */
static gsize
padded_length (const Batch *batch)
{
  if (batch->bits % 8 == 0)
    return batch->n; /* bytes only */
  return (batch->n + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* Bits @shift to @shift + @width - 1 of every code in @batch, packed */
static guint8 *
pack_plane (const Batch *batch, gint shift, gint width, gsize *size)
{
  guint per_byte = 8 / width;
  guint mask = (1u << width) - 1;
  guint8 *bytes;
  gsize at = 0;

  *size = padded_length (batch) / per_byte;
  bytes = g_malloc0 (*size);
  for (guint i = 0; i < batch->items->len; i++) {
    const Item *item = batch->items->pdata[i];

    for (gsize k = 0; k < item->n; k++, at++)
      bytes[at / per_byte] |= ((item->codes[k] >> shift) & mask)
          << (at % per_byte * width);
  }
  return bytes;
}

static gchar *
add_cast (PtqWeightStore *self, const gchar *input, PtqElementType type)
{
  gchar *output = add_node (self, "Cast", input, NULL, next_name (self));

  ptq_node_set_int (last_node (self), "to", type);
  return output;
}

/* The fields of @width bits of every byte of @packed */
static gchar *
unpack_fields (PtqWeightStore *self, gchar *packed, gint width)
{
  gint64 dims[1] = { 8 / width };
  guint8 left[8], right = 8 - width;
  gchar *shifted, *fields;

  for (gint i = 0; i < dims[0]; i++)
    left[i] = 8 - width * (i + 1);
  shifted = add_node (self, "BitShift", packed,
      share_constant (self, PTQ_ELEMENT_UINT8, dims, 1, left, dims[0]),
      next_name (self));
  ptq_node_set_string (last_node (self), "direction", "LEFT");
  fields = add_node (self, "BitShift", shifted,
      share_constant (self, PTQ_ELEMENT_UINT8, NULL, 0, &right, 1),
      next_name (self));
  ptq_node_set_string (last_node (self), "direction", "RIGHT");
  g_free (shifted);
  return fields;
}

/* One plane as float numbers times 2^shift, all codes in a row */
static gchar *
unpack_plane (PtqWeightStore *self, const Batch *batch, gint shift, gint width)
{
  static const gint64 flat = -1;
  static const gint64 flat_dims[1] = { 1 };
  gsize size;
  g_autofree guint8 *bytes = pack_plane (batch, shift, width, &size);
  gint64 dims[2] = { size, 1 };
  g_autofree gchar *packed = add_constant (
      self, PTQ_ELEMENT_UINT8, dims, width == 8 ? 1 : 2, bytes, size);
  g_autofree gchar *fields = NULL;
  g_autofree gchar *numbers = NULL;
  g_autofree gchar *row = NULL;
  gfloat factor = (gfloat) (1 << shift);

  fields = width == 8 ? g_steal_pointer (&packed)
                      : unpack_fields (self, packed, width);
  numbers = add_cast (self, fields, PTQ_ELEMENT_FLOAT);
  row = width == 8 ? g_steal_pointer (&numbers)
                   : add_node (self, "Reshape", numbers,
                       share_constant (self, PTQ_ELEMENT_INT64, flat_dims, 1,
                           &flat, sizeof flat),
                       next_name (self));
  if (shift == 0)
    return g_steal_pointer (&row);
  return add_node (self, "Mul", row,
      share_constant (self, PTQ_ELEMENT_FLOAT, NULL, 0, &factor, sizeof factor),
      next_name (self));
}

/* Low parts of all codes of the batch, as float numbers in a row */
static gchar *
unpack_planes (PtqWeightStore *self, const Batch *batch)
{
  gchar *sum = NULL;
  gint shift = 0;

  while (shift < batch->bits) {
    gint width = 8;
    gchar *plane;

    while (width > batch->bits - shift)
      width /= 2;
    plane = unpack_plane (self, batch, shift, width);
    shift += width;
    if (sum != NULL) {
      gchar *both = add_node (self, "Add", sum, plane, next_name (self));

      g_free (sum);
      g_free (plane);
      plane = both;
    }
    sum = plane;
  }
  return sum;
}

/* Where codes are beyond the width, and by how much: bytes that say how far
 * each is from the one before, and their high parts. */
static void
list_apart (const Batch *batch, GByteArray *gaps, GByteArray *highs)
{
  gsize start = 0, last = 0;

  for (guint i = 0; i < batch->items->len; i++) {
    const Item *item = batch->items->pdata[i];

    for (guint k = 0; k < item->apart->len; k++) {
      const Apart *apart = &g_array_index (item->apart, Apart, k);
      gsize at = start + apart->index;
      guint8 gap;

      for (; at - last > PTQ_APART_MAX_GAP; last += PTQ_APART_MAX_GAP) {
        g_byte_array_append (gaps, &(guint8){ PTQ_APART_MAX_GAP }, 1);
        g_byte_array_append (highs, &(guint8){ 0 }, 1);
      }
      gap = at - last;
      g_byte_array_append (gaps, &gap, 1);
      g_byte_array_append (highs, (const guint8 *) &apart->high, 1);
      last = at;
    }
    start += item->n;
  }
}

/* The high parts times 2^bits, each where it belongs, and 0 elsewhere */
static gchar *
spread_apart (PtqWeightStore *self, const Batch *batch, GByteArray *gaps,
    GByteArray *highs)
{
  static const gint64 first = 0;
  gint64 n = gaps->len, row = padded_length (batch), one = 1;
  gfloat factor = (gfloat) (1 << batch->bits);
  g_autofree gchar *gap_bytes =
      add_constant (self, PTQ_ELEMENT_UINT8, &n, 1, gaps->data, n);
  g_autofree gchar *high_bytes =
      add_constant (self, PTQ_ELEMENT_INT8, &n, 1, highs->data, n);
  g_autofree gchar *steps = add_cast (self, gap_bytes, PTQ_ELEMENT_INT32);
  g_autofree gchar *places = add_node (self, "CumSum", steps,
      share_constant (self, PTQ_ELEMENT_INT64, NULL, 0, &first, sizeof first),
      next_name (self));
  g_autofree gchar *numbers = add_cast (self, high_bytes, PTQ_ELEMENT_FLOAT);
  g_autofree gchar *parts = add_node (self, "Mul", numbers,
      share_constant (self, PTQ_ELEMENT_FLOAT, NULL, 0, &factor, sizeof factor),
      next_name (self));
  g_autofree gchar *nothing = add_node (self, "ConstantOfShape",
      share_constant (self, PTQ_ELEMENT_INT64, &one, 1, &row, sizeof row), NULL,
      next_name (self));
  gchar *output = next_name (self);
  const gchar *inputs[] = { nothing, places, parts, NULL };
  const gchar *outputs[] = { output, NULL };

  g_ptr_array_add (
      self->nodes, ptq_node_new ("ScatterElements", "", inputs, outputs));
  return output;
}

/* All codes of the batch as float numbers in a row */
static gchar *
unpack_codes (PtqWeightStore *self, const Batch *batch)
{
  g_autoptr (GByteArray) gaps = g_byte_array_new ();
  g_autoptr (GByteArray) highs = g_byte_array_new ();
  g_autofree gchar *low = unpack_planes (self, batch);
  g_autofree gchar *high = NULL;

  list_apart (batch, gaps, highs);
  if (gaps->len == 0)
    return g_steal_pointer (&low);
  high = spread_apart (self, batch, gaps, highs);
  return add_node (self, "Add", low, high, next_name (self));
}

/* codes * scale + offset, under the name that the float weight had */
static void
write_item (PtqWeightStore *self, const Item *item, const gchar *codes)
{
  gint64 shape_dims[1] = { item->rank };
  gint64 dims[PTQ_TENSOR_MAX_RANK];
  guint rank = item->axis >= 0 ? item->rank - item->axis : 0;
  gsize size = item->n_channels * sizeof (gfloat);
  g_autofree gchar *scale = NULL;
  g_autofree gchar *offset = NULL;
  g_autofree gchar *shaped = NULL;
  g_autofree gchar *scaled = NULL;

  /* [C, 1, 1, …]: the leading axes are broadcast anyway. */
  for (guint i = 0; i < rank; i++)
    dims[i] = i == 0 ? item->n_channels : 1;
  scale =
      add_constant (self, PTQ_ELEMENT_FLOAT, dims, rank, item->scales, size);
  offset =
      add_constant (self, PTQ_ELEMENT_FLOAT, dims, rank, item->offsets, size);
  shaped = add_node (self, "Reshape", codes,
      share_constant (self, PTQ_ELEMENT_INT64, shape_dims, 1, item->dims,
          item->rank * sizeof (gint64)),
      next_name (self));
  scaled = add_node (self, "Mul", shaped, scale, next_name (self));
  add_node (self, "Add", scaled, offset, item->name);
}

/* Splits the row of codes into those of each weight, and the padding. */
static void
write_batch (PtqWeightStore *self, const Batch *batch)
{
  g_autofree gchar *codes = unpack_codes (self, batch);
  gsize padding = padded_length (batch) - batch->n;
  guint n = batch->items->len + (padding > 0 ? 1 : 0);
  g_autofree gint64 *sizes = g_new (gint64, n);
  g_auto (GStrv) outputs = g_new0 (gchar *, n + 1);
  g_autofree gchar *sizes_name = NULL;
  gint64 dims[1] = { n };

  for (guint i = 0; i < n; i++) {
    outputs[i] = next_name (self);
    sizes[i] = i < batch->items->len
        ? (gint64) ((Item *) batch->items->pdata[i])->n
        : (gint64) padding;
  }
  sizes_name = add_constant (
      self, PTQ_ELEMENT_INT64, dims, 1, sizes, n * sizeof (gint64));
  {
    const gchar *inputs[] = { codes, sizes_name, NULL };

    g_ptr_array_add (self->nodes,
        ptq_node_new ("Split", "", inputs, (const gchar *const *) outputs));
  }
  for (guint i = 0; i < batch->items->len; i++)
    write_item (self, batch->items->pdata[i], outputs[i]);
}

/* ---- DequantizeLinear ---- */

static PtqElementType
find_type (const PtqWeightStore *self, gint bits)
{
  if (self->storage == PTQ_WEIGHT_STORAGE_NATIVE && bits <= 4)
    return PTQ_ELEMENT_UINT4;
  return bits <= 8 ? PTQ_ELEMENT_UINT8 : PTQ_ELEMENT_UINT16;
}

/* Codes as the elements of @type; two of UINT4 in a byte, the first in the
 * low half. */
static gchar *
add_codes (PtqWeightStore *self, const Item *item, PtqElementType type)
{
  g_autofree guint8 *bytes = g_malloc0 (2 * item->n);
  gsize size = item->n;

  for (gsize i = 0; i < item->n; i++) {
    if (type == PTQ_ELEMENT_UINT16)
      ((guint16 *) bytes)[i] = item->codes[i];
    else if (type == PTQ_ELEMENT_UINT8)
      bytes[i] = (guint8) item->codes[i];
    else
      bytes[i / 2] |= (guint8) (item->codes[i] << (i % 2 * 4));
  }
  if (type == PTQ_ELEMENT_UINT16)
    size *= 2;
  if (type == PTQ_ELEMENT_UINT4)
    size = (item->n + 1) / 2;
  return add_constant (self, type, item->dims, item->rank, bytes, size);
}

/* DequantizeLinear with zero point 0, then + offset, which need not be a
 * whole number of steps */
static void
write_dequantize (PtqWeightStore *self, const Item *item, gint bits)
{
  gint64 dims[PTQ_TENSOR_MAX_RANK] = { item->n_channels };
  guint rank = item->axis >= 0 ? 1 : 0;
  gsize size = item->n_channels * sizeof (gfloat);
  g_autofree gchar *codes = add_codes (self, item, find_type (self, bits));
  g_autofree gchar *scale = NULL;
  g_autofree gchar *offset = NULL;
  g_autofree gchar *scaled = NULL;

  scale =
      add_constant (self, PTQ_ELEMENT_FLOAT, dims, rank, item->scales, size);
  scaled = add_node (self, "DequantizeLinear", codes, scale, next_name (self));
  if (item->axis >= 0)
    ptq_node_set_int (last_node (self), "axis", item->axis);
  for (guint i = 1; item->axis >= 0 && i < item->rank - item->axis; i++)
    dims[i] = 1;
  offset = add_constant (self, PTQ_ELEMENT_FLOAT, dims,
      item->axis >= 0 ? item->rank - item->axis : 0, item->offsets, size);
  add_node (self, "Add", scaled, offset, item->name);
}

static void
drop_float_weights (PtqWeightStore *self)
{
  Onnx__GraphProto *graph = ptq_model_get_graph (self->model);
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  gsize kept = 0;

  for (guint i = 0; i < self->batches->len; i++) {
    const Batch *batch = self->batches->pdata[i];

    for (guint k = 0; k < batch->items->len; k++)
      g_hash_table_add (names, ((Item *) batch->items->pdata[k])->name);
  }
  for (gsize i = 0; i < graph->n_initializer; i++) {
    if (g_hash_table_contains (names, graph->initializer[i]->name))
      protobuf_c_message_free_unpacked (&graph->initializer[i]->base, NULL);
    else
      graph->initializer[kept++] = graph->initializer[i];
  }
  graph->n_initializer = kept;
}

void
ptq_weight_store_write (PtqWeightStore *self)
{
  Onnx__GraphProto *graph = ptq_model_get_graph (self->model);

  drop_float_weights (self);
  for (guint i = 0; i < self->batches->len; i++) {
    const Batch *batch = self->batches->pdata[i];

    if (self->storage == PTQ_WEIGHT_STORAGE_FOLDED) {
      write_batch (self, batch);
      continue;
    }
    for (guint k = 0; k < batch->items->len; k++)
      write_dequantize (self, batch->items->pdata[k], batch->bits);
  }
  for (gsize i = 0; i < graph->n_node; i++)
    g_ptr_array_add (self->nodes, graph->node[i]);
  ptq_graph_set_nodes (graph, g_steal_pointer (&self->nodes));
  self->nodes = g_ptr_array_new ();
  ptq_model_changed (self->model);
}
