/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_PTQ_SAMPLE_META_NAME "GstPtqSampleMeta"

void gst_ptq_sample_meta_register (void);
void gst_ptq_sample_meta_set (GstBuffer *buffer, const gchar *file_name);
const gchar *gst_ptq_sample_meta_get_file_name (GstBuffer *buffer);

G_END_DECLS
