/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Names that are taken, and such that are not.
 */
#pragma once

#include "model-private.h"

G_BEGIN_DECLS

/* A set of the names of all tensors, those in subgraphs and functions too */
GHashTable *ptq_tensor_names_new (const Onnx__ModelProto *proto);
/* Returns (transfer full) @base and @what with "_" between, and a number where
 * that is taken; takes it. */
gchar *ptq_tensor_names_take (
    GHashTable *names, const gchar *base, const gchar *what);

G_END_DECLS
