/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * GstPtqOnError:
 * @GST_PTQ_ON_ERROR_FAIL: the stream ends with an error
 * @GST_PTQ_ON_ERROR_SKIP: the sample is left out, with a warning
 *
 * What becomes of a stream when one of its samples is unusable.
 */
typedef enum
{
  GST_PTQ_ON_ERROR_FAIL,
  GST_PTQ_ON_ERROR_SKIP
} GstPtqOnError;

#define GST_TYPE_PTQ_ON_ERROR (gst_ptq_on_error_get_type ())
GType gst_ptq_on_error_get_type (void);

G_END_DECLS
