/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Small models for tests, written as lines of text:
 *
 *   input x 1x3x8x8           float32 graph input
 *   output y                  graph output
 *   weight W 8x3x3x3          normally distributed float32, scaled to keep
 *                             activations near unit variance
 *   floats b 0.5 -1           float32 vector (a scalar when @name is "s:…")
 *   ints sh 1 -1              int64 vector
 *   Conv x,W,b y pads=1,1,1,1 a node: inputs, outputs, attributes; "-" leaves
 *                             an input out; 'name:f=0.1' is a float, 'name:s='
 *                             a string, 'name:i=' one int, else a list of ints
 */
#pragma once

#include "model-private.h"

PtqModel *build_model (const gchar *text);
/* A float32 sample for input 0, values in -1..1 but for @scale */
gfloat *random_sample (
    GRand *rand, PtqModel *model, gdouble scale, PtqTensor *tensor);
guint count_nodes (PtqModel *model, const gchar *op_type);
