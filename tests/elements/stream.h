/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * Stream:
 * @buffers: what arrived
 * @caps: the caps of each
 * @errors: texts of error messages, in order
 * @warnings: texts of warnings, in order
 *
 * What came out of a pipeline, from start to EOS or its first error.
 */
typedef struct
{
  GPtrArray *buffers;
  GPtrArray *caps;
  GPtrArray *errors;
  GPtrArray *warnings;
} Stream;

/* Runs a pipeline whose end is a sink that this function adds. */
Stream *stream_run (const gchar *format, ...) G_GNUC_PRINTF (1, 2);
void stream_free (Stream *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Stream, stream_free)

/* No error or warning, and as many buffers */
void stream_check (Stream *self, guint n_buffers);
/* No buffer; the first error holds each of the texts, NULL at the end. */
void stream_check_error (Stream *self, ...) G_GNUC_NULL_TERMINATED;
/* An element that can not take RGB of 2x1 says so once, though the caps come
 * again with each buffer, and once more after a new start. */
void stream_check_one_error (const gchar *element);
/* The caps of a buffer have these fields. */
void stream_check_caps (Stream *self, guint index, const gchar *caps);

/* SHA-1 of a buffer of RGB video without the padding of its rows */
gchar *stream_rgb_sha1 (Stream *self, guint index);
/* Last part of the path that the buffer was read from */
gchar *stream_file_name (Stream *self, guint index);

G_END_DECLS
