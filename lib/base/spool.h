/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The activations of one sample, on disk: all of them at once would be too
 * much for memory.
 */
#pragma once

#include "ptq-error.h"

G_BEGIN_DECLS

typedef struct _TensorSpool TensorSpool;

TensorSpool *tensor_spool_new (guint n_tensors, GError **error);
void tensor_spool_free (TensorSpool *self);
/* Forgets all tensors. */
void tensor_spool_clear (TensorSpool *self);
gboolean tensor_spool_put (TensorSpool *self, guint index, gconstpointer data,
    gsize size, GError **error);
/* 0 when there is no such tensor */
gsize tensor_spool_get_size (TensorSpool *self, guint index);
gboolean tensor_spool_get (
    TensorSpool *self, guint index, gpointer data, GError **error);

G_END_DECLS
