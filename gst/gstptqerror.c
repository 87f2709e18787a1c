/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From the errors of the library to the ones of GStreamer.
 */
#include "gstptqerror.h"

#include <gio/gio.h>
#include "ptq-error.h"

typedef struct
{
  gint cause;
  GQuark (*domain) (void);
  gint code;
} ErrorRow;

static const ErrorRow ptq_rows[] = {
  { PTQ_ERROR_FAILED, gst_library_error_quark, GST_LIBRARY_ERROR_FAILED },
  { PTQ_ERROR_NOT_FOUND, gst_resource_error_quark,
      GST_RESOURCE_ERROR_NOT_FOUND },
  { PTQ_ERROR_READ, gst_resource_error_quark, GST_RESOURCE_ERROR_READ },
  { PTQ_ERROR_WRITE, gst_resource_error_quark, GST_RESOURCE_ERROR_WRITE },
  { PTQ_ERROR_NO_SPACE, gst_resource_error_quark,
      GST_RESOURCE_ERROR_NO_SPACE_LEFT },
  { PTQ_ERROR_INVALID_MODEL, gst_resource_error_quark,
      GST_RESOURCE_ERROR_OPEN_READ },
  { PTQ_ERROR_UNSUPPORTED, gst_stream_error_quark,
      GST_STREAM_ERROR_NOT_IMPLEMENTED },
  { PTQ_ERROR_SHAPE, gst_stream_error_quark, GST_STREAM_ERROR_FORMAT },
  { PTQ_ERROR_SETTINGS, gst_library_error_quark, GST_LIBRARY_ERROR_SETTINGS },
  { PTQ_ERROR_NO_SAMPLES, gst_stream_error_quark, GST_STREAM_ERROR_FAILED },
  { PTQ_ERROR_DATA, gst_stream_error_quark, GST_STREAM_ERROR_DECODE },
  { PTQ_ERROR_RUNTIME, gst_library_error_quark, GST_LIBRARY_ERROR_FAILED },
};

/* Where the library passes on what GIO told it */
static const ErrorRow io_rows[] = {
  { G_IO_ERROR_NOT_FOUND, gst_resource_error_quark,
      GST_RESOURCE_ERROR_NOT_FOUND },
  { G_IO_ERROR_NO_SPACE, gst_resource_error_quark,
      GST_RESOURCE_ERROR_NO_SPACE_LEFT },
  { G_IO_ERROR_PERMISSION_DENIED, gst_resource_error_quark,
      GST_RESOURCE_ERROR_NOT_AUTHORIZED },
  { G_IO_ERROR_READ_ONLY, gst_resource_error_quark, GST_RESOURCE_ERROR_WRITE },
};

static const ErrorRow *
find_row (const ErrorRow *rows, gsize n_rows, gint cause)
{
  for (gsize i = 0; i < n_rows; i++) {
    if (rows[i].cause == cause)
      return &rows[i];
  }
  return &ptq_rows[0];
}

static void
post (GstElement *element, GstMessageType type, const GError *error,
    const gchar *file, const gchar *function, gint line)
{
  const ErrorRow *row = &ptq_rows[0];

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (error->domain == PTQ_ERROR)
    row = find_row (ptq_rows, G_N_ELEMENTS (ptq_rows), error->code);
  else if (error->domain == G_IO_ERROR)
    row = find_row (io_rows, G_N_ELEMENTS (io_rows), error->code);

  gst_element_message_full (element, type, row->domain (), row->code,
      g_strdup (error->message),
      g_strdup_printf (
          "%s, code %d", g_quark_to_string (error->domain), error->code),
      file, function, line);
}

void
gst_ptq_post_error (GstElement *element, const GError *error, const gchar *file,
    const gchar *function, gint line)
{
  post (element, GST_MESSAGE_ERROR, error, file, function, line);
}

void
gst_ptq_post_warning (GstElement *element, const GError *error,
    const gchar *file, const gchar *function, gint line)
{
  post (element, GST_MESSAGE_WARNING, error, file, function, line);
}
