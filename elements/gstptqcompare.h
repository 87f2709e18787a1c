/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "gstptqmodelsink.h"

G_BEGIN_DECLS

#define GST_TYPE_PTQ_COMPARE (gst_ptq_compare_get_type ())
G_DECLARE_FINAL_TYPE (
    GstPtqCompare, gst_ptq_compare, GST, PTQ_COMPARE, GstPtqModelSink)

G_END_DECLS
