/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * The file that a sample came from, carried by its buffer as a custom meta
 * named "GstPtqSampleMeta" whose structure has one field, file-name
 * (string). A meta without tags is copied by GstBaseTransform, GstVideoFilter
 * and the decoders of GStreamer, and stays on the buffer in queue and tee.
 */
#include "gstptqsamplemeta.h"

#define FIELD_FILE_NAME "file-name"

/**
 * gst_ptq_sample_meta_register:
 *
 * Makes the meta known. May be called more than once.
 */
void
gst_ptq_sample_meta_register (void)
{
  static const gchar *no_tags[] = { NULL };
  static gsize once = 0;

  if (g_once_init_enter (&once)) {
    if (gst_meta_get_info (GST_PTQ_SAMPLE_META_NAME) == NULL)
      gst_meta_register_custom (
          GST_PTQ_SAMPLE_META_NAME, no_tags, NULL, NULL, NULL);
    g_once_init_leave (&once, 1);
  }
}

/**
 * gst_ptq_sample_meta_set:
 * @buffer: a writable buffer
 * @file_name: path of the file that the sample was read from
 *
 * Writes the name onto the buffer, over an earlier one.
 */
void
gst_ptq_sample_meta_set (GstBuffer *buffer, const gchar *file_name)
{
  GstCustomMeta *meta;

  gst_ptq_sample_meta_register ();
  meta = gst_buffer_get_custom_meta (buffer, GST_PTQ_SAMPLE_META_NAME);
  if (meta == NULL)
    meta = gst_buffer_add_custom_meta (buffer, GST_PTQ_SAMPLE_META_NAME);
  gst_structure_set (gst_custom_meta_get_structure (meta), FIELD_FILE_NAME,
      G_TYPE_STRING, file_name, NULL);
}

/**
 * gst_ptq_sample_meta_get_file_name:
 * @buffer: a buffer
 *
 * Returns: (nullable) (transfer none): path of the file that the sample was
 *   read from, valid as long as @buffer; %NULL when it came from elsewhere
 */
const gchar *
gst_ptq_sample_meta_get_file_name (GstBuffer *buffer)
{
  GstCustomMeta *meta;

  gst_ptq_sample_meta_register ();
  meta = gst_buffer_get_custom_meta (buffer, GST_PTQ_SAMPLE_META_NAME);
  if (meta == NULL)
    return NULL;
  return gst_structure_get_string (
      gst_custom_meta_get_structure (meta), FIELD_FILE_NAME);
}
