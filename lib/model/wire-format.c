/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Protobuf's wire format, looked at before protobuf-c sees it: protobuf-c
 * recurses as deep as the file says and does not tell what is wrong.
 */
#include "wire-format.h"

#include <stdlib.h>

/* As deep as protobuf's own readers go */
#define MAX_DEPTH 100

enum
{
  WIRE_VARINT = 0,
  WIRE_64BIT = 1,
  WIRE_LENGTH = 2,
  WIRE_32BIT = 5
};

typedef struct
{
  const guint8 *start;
  const guint8 *at;
  const guint8 *end;
} Reader;

/* One byte more than asked for, holding 0, ends what protobuf calls bytes like
 * a C string. */
static void *
allocate_terminated (void *data G_GNUC_UNUSED, size_t size)
{
  guint8 *memory = malloc (size + 1);

  if (memory)
    memory[size] = 0;

  return memory;
}

static void
release (void *data G_GNUC_UNUSED, void *memory)
{
  free (memory);
}

ProtobufCAllocator *
ptq_wire_get_allocator (void)
{
  static ProtobufCAllocator allocator = { allocate_terminated, release, NULL };

  return &allocator;
}

static gboolean
read_varint (Reader *reader, guint64 *value, GError **error)
{
  guint shift;

  *value = 0;
  for (shift = 0; shift < 70 && reader->at < reader->end; shift += 7) {
    guint8 byte = *reader->at++;

    if (shift < 64)
      *value |= (guint64) (byte & 0x7f) << shift;
    if (!(byte & 0x80))
      return TRUE;
  }

  if (reader->at == reader->end)
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_INVALID_MODEL,
        "it ends in the middle of a number; the file is cut short or is not "
        "an ONNX model");
  else
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_INVALID_MODEL,
        "the number at byte %" G_GSIZE_FORMAT " has no end; it is not an ONNX "
        "model",
        (gsize) (reader->at - reader->start));

  return FALSE;
}

static gboolean
skip (Reader *reader, guint64 size, GError **error)
{
  guint64 left = reader->end - reader->at;

  if (size > left) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_INVALID_MODEL,
        "%" G_GUINT64_FORMAT " bytes are expected at byte %" G_GSIZE_FORMAT
        ", only %" G_GUINT64_FORMAT " are there; the file is cut short or is "
        "not an ONNX model",
        size, (gsize) (reader->at - reader->start), left);
    return FALSE;
  }
  reader->at += size;

  return TRUE;
}

static gboolean check_message (Reader *reader,
    const ProtobufCMessageDescriptor *type, guint depth, GError **error);

static gboolean
check_submessage (Reader *reader, const ProtobufCFieldDescriptor *field,
    guint64 size, guint depth, GError **error)
{
  Reader inner = *reader;

  if (!skip (reader, size, error))
    return FALSE;
  inner.end = reader->at;

  return check_message (&inner, field->descriptor, depth + 1, error);
}

static gboolean
check_field (Reader *reader, const ProtobufCMessageDescriptor *type,
    guint depth, GError **error)
{
  const ProtobufCFieldDescriptor *field;
  gsize position = reader->at - reader->start;
  guint64 tag, value;

  if (!read_varint (reader, &tag, error))
    return FALSE;
  if (tag >> 3 == 0 || tag >> 3 > G_MAXUINT32 >> 3)
    goto bad_tag;

  switch (tag & 7) {
    case WIRE_VARINT:
      return read_varint (reader, &value, error);
    case WIRE_64BIT:
      return skip (reader, 8, error);
    case WIRE_32BIT:
      return skip (reader, 4, error);
    case WIRE_LENGTH:
      if (!read_varint (reader, &value, error))
        return FALSE;
      field = protobuf_c_message_descriptor_get_field (type, tag >> 3);
      if (field && field->type == PROTOBUF_C_TYPE_MESSAGE)
        return check_submessage (reader, field, value, depth, error);
      return skip (reader, value, error);
    default:
      goto bad_tag;
  }

bad_tag:
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_INVALID_MODEL,
      "byte %" G_GSIZE_FORMAT " does not start a field of a protobuf message; "
      "it is not an ONNX model",
      position);
  return FALSE;
}

static gboolean
check_message (Reader *reader, const ProtobufCMessageDescriptor *type,
    guint depth, GError **error)
{
  if (depth > MAX_DEPTH) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_INVALID_MODEL,
        "messages are nested more than %d deep", MAX_DEPTH);
    return FALSE;
  }

  while (reader->at < reader->end) {
    if (!check_field (reader, type, depth, error))
      return FALSE;
  }

  return TRUE;
}

/* Reads a message of @type. Its bytes fields end with a 0 that does not count,
 * and it is freed with protobuf_c_message_free_unpacked (message, NULL). The
 * error says what is wrong, but not where the data came from. */
ProtobufCMessage *
ptq_wire_unpack (const ProtobufCMessageDescriptor *type, gconstpointer data,
    gsize size, GError **error)
{
  Reader reader = { data, data, (const guint8 *) data + size };
  ProtobufCMessage *message;

  if (!check_message (&reader, type, 0, error))
    return NULL;

  message =
      protobuf_c_message_unpack (type, ptq_wire_get_allocator (), size, data);
  if (!message)
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_INVALID_MODEL,
        "it does not follow the ONNX format, or memory is short");

  return message;
}

/* A copy of all in @message */
ProtobufCMessage *
ptq_wire_copy (const ProtobufCMessage *message)
{
  const gsize size = protobuf_c_message_get_packed_size (message);
  g_autofree guint8 *packed = g_malloc (MAX (size, 1));

  protobuf_c_message_pack (message, packed);

  return protobuf_c_message_unpack (
      message->descriptor, ptq_wire_get_allocator (), size, packed);
}
