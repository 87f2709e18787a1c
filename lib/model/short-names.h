/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Names that a graph has not: they are a good part of a small file.
 */
#pragma once

#include "model-private.h"

G_BEGIN_DECLS

typedef struct _PtqShortNames PtqShortNames;

/* Knows the names of @graph and its subgraphs as they are now. */
PtqShortNames *ptq_short_names_new (Onnx__GraphProto *graph);
void ptq_short_names_free (PtqShortNames *self);
gchar *ptq_short_names_next (PtqShortNames *self);

G_END_DECLS
