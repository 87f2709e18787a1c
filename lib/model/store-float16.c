/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Float32 constants stored as float16, a Cast behind each. The Cast writes
 * the name that the constant had, so that nobody who reads it changes; a
 * runtime folds it while loading, and then has the very graph of before.
 */
#include "half-float.h"
#include "fresh-names.h"

#include <math.h>
#include <string.h>

/* Initializers that are no inputs came with IR version 4. */
#define MIN_IR_VERSION 4
/* Rounding to 11 bits makes an error of at most 2^-11. What is much worse has
 * lost bits at the lower end of the range. */
#define MAX_ERROR 0x1p-9

typedef struct
{
  PtqModel *model;
  PtqFreshNames *names;
  GHashTable *constants; /* tensors that follow from constants */
  GHashTable *codes;     /* constants of quantized codes */
  GHashTable *unpacked;  /* constants computed from codes */
  GHashTable *kept;      /* what computes with codes: scales, … */
  GPtrArray *warnings;
  guint n_stored;
  guint n_tiny; /* left alone as their values are too small */
  gchar *tiny;  /* the first of them */
  GError *error;
} Store;

static const gchar *
tensor_name (const Onnx__TensorProto *tensor)
{
  return tensor->name ? tensor->name : "";
}

/* ---- what belongs to codes ---- */

static gboolean
is_code (PtqElementType type)
{
  switch (type) {
    case PTQ_ELEMENT_UINT4:
    case PTQ_ELEMENT_INT4:
    case PTQ_ELEMENT_UINT8:
    case PTQ_ELEMENT_INT8:
    case PTQ_ELEMENT_UINT16:
    case PTQ_ELEMENT_INT16:
      return TRUE;
    default:
      return FALSE;
  }
}

static gboolean
reads_any (const Onnx__NodeProto *node, GHashTable *names)
{
  gsize i;

  for (i = 0; i < node->n_input; i++) {
    if (g_hash_table_contains (names, node->input[i]))
      return TRUE;
  }

  return FALSE;
}

static gboolean
is_constant (const Store *store, const Onnx__NodeProto *node)
{
  gsize i;

  for (i = 0; i < node->n_input; i++) {
    if (!g_hash_table_contains (store->constants, node->input[i]))
      return FALSE;
  }

  return node->n_input > 0;
}

static void study_graph (Onnx__GraphProto *graph, gpointer store);

/* An operator that takes codes has scales beside them. One that takes what was
 * unpacked from codes is part of the unpacking as long as everything it reads
 * is constant; then comes the layer, whose other constants are like any. */
static void
study_node (Store *store, const Onnx__NodeProto *node)
{
  gboolean constant = is_constant (store, node);
  gboolean coded = !g_strcmp0 (node->op_type, "QuantizeLinear")
      || !g_strcmp0 (node->op_type, "DequantizeLinear")
      || reads_any (node, store->codes)
      || (constant && reads_any (node, store->unpacked));
  gsize i;

  for (i = 0; coded && i < node->n_input; i++)
    g_hash_table_add (store->kept, node->input[i]);
  for (i = 0; constant && i < node->n_output; i++) {
    g_hash_table_add (store->constants, node->output[i]);
    if (coded)
      g_hash_table_add (store->unpacked, node->output[i]);
  }
  ptq_node_foreach_subgraph (node, study_graph, store);
}

static void
study_graph (Onnx__GraphProto *graph, gpointer user_data)
{
  Store *store = user_data;
  gsize i;

  for (i = 0; i < graph->n_initializer; i++) {
    const Onnx__TensorProto *tensor = graph->initializer[i];

    g_hash_table_add (store->constants, (gpointer) tensor_name (tensor));
    if (is_code (tensor->data_type))
      g_hash_table_add (store->codes, (gpointer) tensor_name (tensor));
  }
  for (i = 0; i < graph->n_node; i++)
    study_node (store, graph->node[i]);
}

/* ---- narrowing ---- */

/* FALSE, with a warning, where float16 cannot hold the values */
static gboolean
check_values (Store *store, const Onnx__TensorProto *tensor,
    const gfloat *values, const guint16 *halves, gsize n)
{
  gdouble largest = 0, signal = 0, noise = 0;
  gsize i;

  for (i = 0; i < n; i++) {
    gdouble value = values[i];
    gdouble error = value - ptq_half_to_float (halves[i]);

    if (!isfinite (value))
      continue;
    largest = MAX (largest, fabs (value));
    signal += value * value;
    noise += error * error;
  }
  if (largest > PTQ_HALF_MAX) {
    g_ptr_array_add (store->warnings,
        g_strdup_printf ("tensor '%s' stays "
                         "float32: it holds %g, and float16 ends at %g",
            tensor->name, largest, (gdouble) PTQ_HALF_MAX));
    return FALSE;
  }
  if (noise <= signal * MAX_ERROR * MAX_ERROR)
    return TRUE;
  if (store->n_tiny++ == 0)
    store->tiny = g_strdup (tensor->name);

  return FALSE;
}

/* Batch normalization can have dozens of tensors of almost nothing. */
static void
sum_up (Store *store)
{
  if (store->n_tiny > 0)
    g_ptr_array_add (store->warnings,
        g_strdup_printf (
            "%u tensor(s) stay "
            "float32, as their values are too small for float16; '%s' is the "
            "first",
            store->n_tiny, store->tiny));
  if (store->n_stored == 0)
    g_ptr_array_add (store->warnings,
        g_strdup (
            "nothing is stored as "
            "float16: no float32 constant is large enough to gain by it"));
  g_free (store->tiny);
}

static Onnx__NodeProto *
new_cast (const gchar *from, const gchar *to)
{
  const gchar *inputs[] = { from, NULL };
  const gchar *outputs[] = { to, NULL };
  Onnx__NodeProto *node = ptq_node_new ("Cast", "", inputs, outputs);

  ptq_node_set_int (node, "to", PTQ_ELEMENT_FLOAT);

  return node;
}

/* Does the Cast take less room than the elements give? It is this, too, that
 * leaves scalars and the sizes of a Resize alone. */
static gboolean
is_worth_it (const Onnx__TensorProto *tensor, const Onnx__NodeProto *cast)
{
  const gsize saved =
      ptq_tensor_proto_count (tensor) * (sizeof (gfloat) - sizeof (guint16));

  return saved > protobuf_c_message_get_packed_size (&cast->base)
      + strlen (cast->input[0]) - strlen (cast->output[0]);
}

/* Returns the Cast, or NULL where @tensor stays as it is. */
static Onnx__NodeProto *
narrow (Store *store, Onnx__TensorProto *tensor)
{
  g_autofree gchar *name =
      ptq_fresh_names_take (store->names, tensor->name, "_fp16");
  g_autofree gfloat *values = NULL;
  g_autofree guint16 *halves = NULL;
  Onnx__NodeProto *cast = new_cast (name, tensor->name);
  gsize n = 0, i;

  if (is_worth_it (tensor, cast))
    values =
        ptq_tensor_proto_read_floats (store->model, tensor, &n, &store->error);
  halves = g_new (guint16, MAX (n, 1));
  for (i = 0; i < n; i++)
    halves[i] = ptq_half_from_float (values[i]);
  if (!values || !check_values (store, tensor, values, halves, n)) {
    ptq_node_free (cast);
    return NULL;
  }

  ptq_tensor_proto_set_data (tensor, PTQ_ELEMENT_FLOAT16, tensor->dims,
      tensor->n_dims, halves, n * sizeof *halves);
  g_free (tensor->name);
  tensor->name = g_steal_pointer (&name);
  store->n_stored++;

  return cast;
}

static gboolean
is_candidate (const Store *store, const Onnx__TensorProto *tensor)
{
  return tensor->data_type == PTQ_ELEMENT_FLOAT && *tensor_name (tensor)
      && !g_hash_table_contains (store->kept, tensor->name);
}

static void
store_graph (Onnx__GraphProto *graph, gpointer user_data)
{
  Store *store = user_data;
  GPtrArray *nodes = g_ptr_array_new ();
  gsize i;

  for (i = 0; i < graph->n_initializer && !store->error; i++) {
    Onnx__TensorProto *tensor = graph->initializer[i];
    Onnx__NodeProto *cast =
        is_candidate (store, tensor) ? narrow (store, tensor) : NULL;

    if (cast)
      g_ptr_array_add (nodes, cast);
  }
  for (i = 0; i < graph->n_node; i++) {
    ptq_node_foreach_subgraph (graph->node[i], store_graph, store);
    g_ptr_array_add (nodes, graph->node[i]);
  }
  ptq_graph_set_nodes (graph, nodes);
}

static void
store_all (Store *store)
{
  Onnx__ModelProto *proto = ptq_model_get_proto (store->model);
  Onnx__GraphProto *graph = proto->graph;

  ptq_graph_lift_constants (graph);
  ptq_graph_freeze_initializers (graph);
  proto->has_ir_version = TRUE;
  proto->ir_version = MAX (proto->ir_version, MIN_IR_VERSION);

  study_graph (graph, store);
  store_graph (graph, store);
  ptq_model_changed (store->model);
}

/**
 * ptq_model_store_float16:
 * @self: a model
 * @warnings: (out) (optional) (transfer full) (array zero-terminated=1): the
 *   constants that had to stay float32, a sentence each
 * @error: return location for an error
 *
 * Stores the float32 constants of a model as float16, with a Cast to float32
 * behind each. The file gets smaller by almost half of them; a runtime folds
 * the Cast when it loads the model, and then computes as before, with
 * constants of 11 bits.
 *
 * Constants that are quantized are left alone, with their scales, zero points
 * and offsets, and so are those that are too small to gain, and, with a
 * warning, those that float16 cannot hold: values above 65504, or almost all
 * below its smallest ones.
 *
 * Returns: %TRUE, or %FALSE where a constant cannot be read, with
 *   %PTQ_ERROR_INVALID_MODEL, %PTQ_ERROR_NOT_FOUND or %PTQ_ERROR_READ; the
 *   model is of no use then
 *
 * Since: 0.1
 */
gboolean
ptq_model_store_float16 (PtqModel *self, gchar ***warnings, GError **error)
{
  Store store = { 0 };

  g_return_val_if_fail (PTQ_IS_MODEL (self), FALSE);

  store.model = self;
  store.names = ptq_fresh_names_new (ptq_model_get_proto (self));
  store.constants = g_hash_table_new (g_str_hash, g_str_equal);
  store.codes = g_hash_table_new (g_str_hash, g_str_equal);
  store.unpacked = g_hash_table_new (g_str_hash, g_str_equal);
  store.kept = g_hash_table_new (g_str_hash, g_str_equal);
  store.warnings = g_ptr_array_new_with_free_func (g_free);
  store_all (&store);
  sum_up (&store);

  ptq_fresh_names_free (store.names);
  g_hash_table_unref (store.constants);
  g_hash_table_unref (store.codes);
  g_hash_table_unref (store.unpacked);
  g_hash_table_unref (store.kept);
  g_ptr_array_add (store.warnings, NULL);
  if (warnings)
    *warnings = (gchar **) g_ptr_array_steal (store.warnings, NULL);
  g_ptr_array_unref (store.warnings);
  if (!store.error)
    return TRUE;
  g_propagate_error (error, store.error);

  return FALSE;
}
