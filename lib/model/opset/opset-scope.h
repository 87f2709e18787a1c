/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "model-private.h"
#include "fresh-names.h"

G_BEGIN_DECLS

/* What a rule of an opset upgrade works on: the nodes of one graph or function
 * on their way from one version to the next. */
typedef struct
{
  PtqModel *model;
  Onnx__GraphProto *graph; /* NULL in a function */
  gint64 version;          /* the version to reach */
  PtqFreshNames *names;
  GPtrArray *nodes;     /* done */
  GPtrArray *after;     /* to come right after the node at hand */
  PtqGraphIndex *index; /* made when asked for */
  GHashTable *values;   /* name to ValueInfoProto, likewise */
} PtqOpsetScope;

void ptq_opset_scope_init (PtqOpsetScope *self, PtqModel *model,
    Onnx__GraphProto *graph, PtqFreshNames *names, gint64 version);
/* Returns (transfer full) the nodes. */
GPtrArray *ptq_opset_scope_clear (PtqOpsetScope *self);

/* A tensor name that is free, made from the node's first output */
gchar *ptq_opset_scope_new_name (
    PtqOpsetScope *self, const Onnx__NodeProto *node, const gchar *what);
/* Makes a constant the input @index of @node. */
void ptq_opset_scope_set_constant (PtqOpsetScope *self, Onnx__NodeProto *node,
    guint index, const gchar *what, PtqElementType type, const gint64 *dims,
    guint rank, gconstpointer data, gsize size);
/* What is known of a tensor without running anything */
gint ptq_opset_scope_get_rank (PtqOpsetScope *self, const gchar *tensor);
PtqElementType ptq_opset_scope_get_type (
    PtqOpsetScope *self, const gchar *tensor);
/* NULL where @tensor is no initializer, and in a function */
const Onnx__TensorProto *ptq_opset_scope_get_initializer (
    PtqOpsetScope *self, const gchar *tensor);
/* Does somebody read output @index of @node? */
gboolean ptq_opset_scope_is_read (
    PtqOpsetScope *self, const Onnx__NodeProto *node, guint index);
/* Sets the error of a rule that finds no way. Returns FALSE. */
gboolean ptq_opset_scope_refuse (PtqOpsetScope *self,
    const Onnx__NodeProto *node, GError **error, const gchar *reason, ...)
    G_GNUC_PRINTF (4, 5);

G_END_DECLS
