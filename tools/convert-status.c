/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From errors to the codes that the program ends with.
 */
#include <gst/gst.h>
#include "convert-status.h"
#include "ptq-error.h"

typedef enum
{
  STATUS_FAILED = -1,
  STATUS_NOT_SUPPORTED = -7,
  STATUS_INVALID_INPUT = -600
} Status;

static Status
status_of_ptq_error (gint code)
{
  switch (code) {
    case PTQ_ERROR_SETTINGS:
    case PTQ_ERROR_NOT_FOUND:
    case PTQ_ERROR_SHAPE:
    case PTQ_ERROR_NO_SAMPLES:
      return STATUS_INVALID_INPUT;
    case PTQ_ERROR_UNSUPPORTED:
      return STATUS_NOT_SUPPORTED;
    default:
      return STATUS_FAILED;
  }
}

/* The elements post the same errors in GStreamer's terms. */
gint
convert_status_of_error (const GError *error)
{
  if (error->domain == PTQ_ERROR)
    return status_of_ptq_error (error->code);
  if (g_error_matches (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS)
      || g_error_matches (
          error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND)
      || g_error_matches (
          error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS)
      || g_error_matches (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT)
      || g_error_matches (error, GST_STREAM_ERROR, GST_STREAM_ERROR_WRONG_TYPE))
    return STATUS_INVALID_INPUT;
  if (g_error_matches (
          error, GST_STREAM_ERROR, GST_STREAM_ERROR_NOT_IMPLEMENTED))
    return STATUS_NOT_SUPPORTED;

  return STATUS_FAILED;
}
