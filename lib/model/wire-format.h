/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "model-private.h"

G_BEGIN_DECLS

ProtobufCAllocator *ptq_wire_get_allocator (void);
ProtobufCMessage *ptq_wire_unpack (const ProtobufCMessageDescriptor *type,
    gconstpointer data, gsize size, GError **error);
ProtobufCMessage *ptq_wire_copy (const ProtobufCMessage *message);

G_END_DECLS
