/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "runtime-private.h"
#include "model-private.h"

G_BEGIN_DECLS

/* What ONNX Runtime answers to made-up inputs, the same for every model with
 * the same inputs: an array of GBytes, one for each output, its shape first.
 * NULL with @error where the runtime does not take the model. */
GPtrArray *model_answers_new (
    PtqModel *model, PtqOptimizeLevel level, GError **error);
void model_answers_assert_equal (GPtrArray *found, GPtrArray *expected);

/* A file of tests/data/models */
PtqModel *load_test_model (const gchar *folder, const gchar *name);
gchar *test_model_path (const gchar *folder, const gchar *name);

G_END_DECLS
