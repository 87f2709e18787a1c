/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "gstptqfilesrc.h"

G_BEGIN_DECLS

#define GST_TYPE_PTQ_BIN_SRC (gst_ptq_bin_src_get_type ())
G_DECLARE_FINAL_TYPE (
    GstPtqBinSrc, gst_ptq_bin_src, GST, PTQ_BIN_SRC, GstPtqFileSrc)

G_END_DECLS
