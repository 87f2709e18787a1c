/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A ptqsink that is about to write out.onnx into the harness's folder.
 */
#pragma once

#include "sink-harness.h"

G_BEGIN_DECLS

/* In NULL, with one of the models in tests/data/stream; the second takes
 * convnet.onnx. */
void init_with (SinkHarness *h, const gchar *model_name);
void init (SinkHarness *h);
void play (SinkHarness *h);
void push_good (SinkHarness *h, guint n);
/* The folder is empty. */
void check_no_file (SinkHarness *h);
/* Takes the warnings off the bus; returns how many have @text in them. */
guint count_warnings (SinkHarness *h, const gchar *text);

G_END_DECLS
