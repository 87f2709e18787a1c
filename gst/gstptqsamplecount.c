/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether the samples of a stream were enough, and what is said when they were
 * not.
 */
#include "gstptqsamplecount.h"

#include "ptq-error.h"

gboolean
gst_ptq_sample_count_check (
    const GstPtqSampleCount *self, guint64 minimum, GError **error)
{
  if (self->used >= minimum)
    return TRUE;

  if (self->used > 0)
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_NO_SAMPLES,
        "The stream ended after %" G_GUINT64_FORMAT " samples, but "
        "min-samples is %" G_GUINT64_FORMAT,
        self->used, minimum);
  else if (self->skipped > 0)
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_NO_SAMPLES,
        "All %" G_GUINT64_FORMAT " samples of the stream were unusable",
        self->skipped);
  else
    g_set_error_literal (error, PTQ_ERROR, PTQ_ERROR_NO_SAMPLES,
        "The stream ended without a sample; look at what the source finds");
  return FALSE;
}

void
gst_ptq_sample_count_warn (const GstPtqSampleCount *self, GstElement *element)
{
  if (self->skipped > 0)
    GST_ELEMENT_WARNING (element, STREAM, DECODE,
        ("%" G_GUINT64_FORMAT " samples were skipped, %" G_GUINT64_FORMAT
         " were used",
            self->skipped, self->used),
        (NULL));
}
