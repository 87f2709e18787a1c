/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* What became of the samples of a stream */
typedef struct
{
  guint64 used;
  guint64 skipped;
} GstPtqSampleCount;

/* FALSE with %PTQ_ERROR_NO_SAMPLES where fewer than @minimum were used */
gboolean gst_ptq_sample_count_check (
    const GstPtqSampleCount *self, guint64 minimum, GError **error);
/* Posts a warning where samples were skipped. */
void gst_ptq_sample_count_warn (
    const GstPtqSampleCount *self, GstElement *element);

G_END_DECLS
