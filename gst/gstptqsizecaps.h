/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "gstptqpicture.h"

G_BEGIN_DECLS

/**
 * GstPtqSizeFunc:
 * @in_width: columns of a picture
 * @in_height: its rows
 * @width: (out): columns that it gets, 0 for any number
 * @height: (out): rows that it gets, 0 for any number
 * @data: user data
 *
 * How an element changes sizes. The input is 0x0 when it is not known yet.
 */
typedef void (*GstPtqSizeFunc) (guint in_width, guint in_height, guint *width,
    guint *height, gpointer data);

GstCaps *gst_ptq_size_caps_forward (
    GstCaps *caps, GstPtqLayout layout, GstPtqSizeFunc func, gpointer data);
GstCaps *gst_ptq_size_caps_backward (GstCaps *caps, GstCaps *filter,
    GstPtqLayout layout, GstPtqSizeFunc func, gpointer data);

G_END_DECLS
