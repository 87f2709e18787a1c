/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The ONNX graph as the other folders of the library read and edit it.
 *
 * Everything hung into a message is allocated with g_malloc(), g_new() or
 * g_strdup(), which are malloc(), so that protobuf-c frees it with the rest.
 */
#pragma once

#include "ptq-model.h"
#include "ptq-error.h"
#include "onnx.pb-c.h"

G_BEGIN_DECLS

/* The message itself; it belongs to the model, and may be edited. Call
 * ptq_model_changed() when inputs, outputs or opsets were touched. */
Onnx__ModelProto *ptq_model_get_proto (PtqModel *self);
Onnx__GraphProto *ptq_model_get_graph (PtqModel *self);
/* Takes @proto, also where it is refused. */
PtqModel *ptq_model_new_from_proto (
    Onnx__ModelProto *proto, const gchar *folder, GError **error);
void ptq_model_changed (PtqModel *self);
void ptq_model_take_proto (PtqModel *self, Onnx__ModelProto *proto);

/* Nodes. New nodes are not yet in a graph. */
Onnx__NodeProto *ptq_node_new (const gchar *op_type, const gchar *name,
    const gchar *const *inputs, const gchar *const *outputs);
Onnx__NodeProto *ptq_node_copy (const Onnx__NodeProto *node);
void ptq_node_free (Onnx__NodeProto *node);
gboolean ptq_node_is_default_domain (const Onnx__NodeProto *node);
/* Is it @op_type of the default ONNX domain? */
gboolean ptq_node_is (const Onnx__NodeProto *node, const gchar *op_type);
void ptq_node_set_input (Onnx__NodeProto *node, guint index, const gchar *name);
void ptq_node_set_output (
    Onnx__NodeProto *node, guint index, const gchar *name);
/* "" for an input that is absent or left out */
const gchar *ptq_node_get_input (const Onnx__NodeProto *node, guint index);
Onnx__AttributeProto *ptq_node_get_attribute (
    const Onnx__NodeProto *node, const gchar *name);
gint64 ptq_node_get_int (
    const Onnx__NodeProto *node, const gchar *name, gint64 fallback);
gfloat ptq_node_get_float (
    const Onnx__NodeProto *node, const gchar *name, gfloat fallback);
/* NULL when absent; points into the node */
const gint64 *ptq_node_get_ints (
    const Onnx__NodeProto *node, const gchar *name, gsize *n);
const gchar *ptq_node_get_string (const Onnx__NodeProto *node,
    const gchar *name); /* NULL when absent; valid as long as the node */
void ptq_node_set_int (Onnx__NodeProto *node, const gchar *name, gint64 value);
void ptq_node_set_float (
    Onnx__NodeProto *node, const gchar *name, gfloat value);
void ptq_node_set_ints (
    Onnx__NodeProto *node, const gchar *name, const gint64 *values, gsize n);
void ptq_node_set_string (
    Onnx__NodeProto *node, const gchar *name, const gchar *value);
void ptq_node_remove_attribute (Onnx__NodeProto *node, const gchar *name);

/* Graphs. The node array is replaced as a whole: @nodes holds (transfer full)
 * the nodes in their new order; nodes no longer in it are freed. */
void ptq_graph_set_nodes (Onnx__GraphProto *graph, GPtrArray *nodes);
void ptq_graph_append_node (Onnx__GraphProto *graph, Onnx__NodeProto *node);
Onnx__TensorProto *ptq_graph_find_initializer (const Onnx__GraphProto *graph,
    const gchar *name); /* linear; use ptq_graph_index_new() in loops */
void ptq_graph_add_initializer (
    Onnx__GraphProto *graph, Onnx__TensorProto *tensor); /* transfer full */
/* Turns Constant nodes into initializers, in subgraphs as well. Left as they
 * are: sparse and string constants, and one that is itself an output. */
void ptq_graph_lift_constants (Onnx__GraphProto *graph);
/* Calls @func for each subgraph that an attribute of @node holds. */
typedef void (*PtqSubgraphFunc) (
    Onnx__GraphProto *subgraph, gpointer user_data);
void ptq_node_foreach_subgraph (
    const Onnx__NodeProto *node, PtqSubgraphFunc func, gpointer user_data);
/* Takes the initializers off the list of inputs, where IR versions before 4
 * had to have them: no caller replaces them any more. */
void ptq_graph_freeze_initializers (Onnx__GraphProto *graph);
/* Lets everybody who reads @from read @to, also from inside subgraphs. Outputs
 * of @graph keep their names. Returns how many inputs changed. */
guint ptq_graph_rename_reads (
    Onnx__GraphProto *graph, const gchar *from, const gchar *to);
/* Drops initializers that no node, subgraph or graph output reads. */
guint ptq_graph_drop_unused_initializers (Onnx__GraphProto *graph);

/* An index over a graph, valid until the graph is edited. */
typedef struct _PtqGraphIndex PtqGraphIndex;
PtqGraphIndex *ptq_graph_index_new (const Onnx__GraphProto *graph);
void ptq_graph_index_free (PtqGraphIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtqGraphIndex, ptq_graph_index_free)
/* NULL where the tensor is a graph input or an initializer */
Onnx__NodeProto *ptq_graph_index_producer (
    PtqGraphIndex *index, const gchar *tensor);
/* Nodes that read @tensor (a node once for each input that names it), also
 * those that read it from inside a subgraph; never NULL. Not owned. */
GPtrArray *ptq_graph_index_consumers (
    PtqGraphIndex *index, const gchar *tensor);
Onnx__TensorProto *ptq_graph_index_initializer (
    PtqGraphIndex *index, const gchar *tensor);
gboolean ptq_graph_index_is_output (PtqGraphIndex *index, const gchar *tensor);
gboolean ptq_graph_index_is_input (PtqGraphIndex *index, const gchar *tensor);
/* Does a node inside a subgraph (If, Loop, Scan) read @tensor? */
gboolean ptq_graph_index_in_subgraph (
    PtqGraphIndex *index, const gchar *tensor);

/* Tensors. @data is copied into raw_data; INT4 and UINT4 come packed. */
Onnx__TensorProto *ptq_tensor_proto_new (const gchar *name, PtqElementType type,
    const gint64 *dims, guint rank, gconstpointer data, gsize size);
gsize ptq_tensor_proto_count (const Onnx__TensorProto *tensor);
/* Bytes in memory; FALSE for strings, types not known and sizes that do not
 * fit */
gboolean ptq_tensor_proto_get_byte_size (
    const Onnx__TensorProto *tensor, gsize *size);
/* The elements as they lie in memory, not copied where that can be */
GBytes *ptq_tensor_proto_read_raw (
    PtqModel *model, const Onnx__TensorProto *tensor, GError **error);
/* The elements as float32, from raw, typed or external data, float16,
 * bfloat16 and double converted. Free with g_free(). */
gfloat *ptq_tensor_proto_read_floats (
    PtqModel *model, const Onnx__TensorProto *tensor, gsize *n, GError **error);
/* The elements of an integer tensor as int64. Free with g_free(). */
gint64 *ptq_tensor_proto_read_ints (
    PtqModel *model, const Onnx__TensorProto *tensor, gsize *n, GError **error);
/* Replaces the content, keeping the name. */
void ptq_tensor_proto_set_data (Onnx__TensorProto *tensor, PtqElementType type,
    const gint64 *dims, guint rank, gconstpointer data, gsize size);

/* Makes a float32 model of one that computes in float16, or holds constants of
 * it. Inputs and outputs keep their types, by a Cast behind or before each. */
gboolean ptq_model_widen_float16 (PtqModel *self, GError **error);

/* Opset imports of the default domain and of others */
void ptq_model_set_opset (PtqModel *self, const gchar *domain, gint64 version);

G_END_DECLS
