/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Names that a model has not. Whatever is added to a graph is named here: a
 * name that something else has already makes another network of it, and no
 * runtime says so.
 */
#pragma once

#include "model-private.h"

G_BEGIN_DECLS

typedef struct _PtqFreshNames PtqFreshNames;

/* Knows every name that is in @proto now: of tensors and of nodes, in the
 * graph, in graphs within it and in functions. */
PtqFreshNames *ptq_fresh_names_new (const Onnx__ModelProto *proto);
void ptq_fresh_names_free (PtqFreshNames *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtqFreshNames, ptq_fresh_names_free)

/* @base and @suffix joined, with "_2" and so on behind them where that is
 * taken; takes it. Transfer full. */
gchar *ptq_fresh_names_take (
    PtqFreshNames *self, const gchar *base, const gchar *suffix);
/* The next of "_0", "_1", …, "_z", "_10", … that is free: names are a good part
 * of a small file. Transfer full. */
gchar *ptq_fresh_names_take_short (PtqFreshNames *self);

G_END_DECLS
