/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The activations of one sample, on disk: all of them at once would be too
 * much for memory.
 */
#pragma once

#include "ptq-error.h"

G_BEGIN_DECLS

typedef struct _PtqSpool PtqSpool;

PtqSpool *ptq_spool_new (guint n_tensors, GError **error);
void ptq_spool_free (PtqSpool *self);
/* Forgets all tensors. */
void ptq_spool_clear (PtqSpool *self);
gboolean ptq_spool_put (PtqSpool *self, guint index, gconstpointer data,
    gsize size, GError **error);
/* 0 when there is no such tensor */
gsize ptq_spool_get_size (PtqSpool *self, guint index);
gboolean ptq_spool_get (
    PtqSpool *self, guint index, gpointer data, GError **error);

G_END_DECLS
