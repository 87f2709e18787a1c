/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

void gst_ptq_post_error (GstElement *element, const GError *error,
    const gchar *file, const gchar *function, gint line);
void gst_ptq_post_warning (GstElement *element, const GError *error,
    const gchar *file, const gchar *function, gint line);

/* Posts an error of the library on the bus; the caller then stops the
 * stream. A cancelled operation is no error and posts nothing. */
#define GST_PTQ_ELEMENT_ERROR(element, error) \
  gst_ptq_post_error ( \
      GST_ELEMENT (element), (error), __FILE__, GST_FUNCTION, __LINE__)
/* The same as a warning, for what the stream survives */
#define GST_PTQ_ELEMENT_WARNING(element, error) \
  gst_ptq_post_warning ( \
      GST_ELEMENT (element), (error), __FILE__, GST_FUNCTION, __LINE__)

G_END_DECLS
