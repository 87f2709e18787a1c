/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "gstptqmodelsink.h"

G_BEGIN_DECLS

#define GST_TYPE_PTQ_SINK (gst_ptq_sink_get_type ())
G_DECLARE_FINAL_TYPE (GstPtqSink, gst_ptq_sink, GST, PTQ_SINK, GstPtqModelSink)

G_END_DECLS
