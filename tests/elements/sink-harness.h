/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/check/gstharness.h>
#include <gst/gst.h>

G_BEGIN_DECLS

/* A sink that feeds a model, a bus to hear it, and a folder to write to. */
typedef struct
{
  GstHarness *harness;
  GstElement *sink;
  GstBus *bus;
  gchar *folder;
} SinkHarness;

#define TENSOR_CAPS(type, dimensions) \
  "other/tensors, format=(string)static, num_tensors=(int)1, " \
  "types=(string)" type ", dimensions=(string)" dimensions ", " \
  "framerate=(fraction)0/1"
/* What convnet.onnx takes */
#define IMAGE_CAPS TENSOR_CAPS ("float32", "16:16:3:1")
#define IMAGE_SIZE (16 * 16 * 3)

/* Path of a file in tests/data */
gchar *test_data (const gchar *name);

/* The element in NULL, so that properties can be set */
void sink_harness_init (SinkHarness *self, const gchar *element);
void sink_harness_clear (SinkHarness *self);
gchar *sink_harness_path (SinkHarness *self, const gchar *name);
gboolean sink_harness_exists (SinkHarness *self, const gchar *name);
guint sink_harness_n_files (SinkHarness *self);

gboolean sink_harness_play (SinkHarness *self);
GstFlowReturn sink_harness_push (SinkHarness *self, gfloat level);
GstBuffer *new_image (gfloat level);
void sink_harness_end (SinkHarness *self);

/* The next message of one of @types, NULL where there is none; those before
 * it are gone then */
GstMessage *sink_harness_pop (SinkHarness *self, GstMessageType types);
/* There is exactly one error on the bus, it is of @domain and @code, and its
 * text holds @text. */
void sink_harness_check_error (
    SinkHarness *self, GQuark domain, gint code, const gchar *text);

G_END_DECLS
