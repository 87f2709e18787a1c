/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/base/gstaggregator.h>

G_BEGIN_DECLS

#define GST_TYPE_PTQ_MUX (gst_ptq_mux_get_type ())
G_DECLARE_FINAL_TYPE (GstPtqMux, gst_ptq_mux, GST, PTQ_MUX, GstAggregator)

G_END_DECLS
