/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

GST_ELEMENT_REGISTER_DECLARE (ptqcompare)
GST_ELEMENT_REGISTER_DECLARE (ptqconvert)
GST_ELEMENT_REGISTER_DECLARE (ptqcrop)
GST_ELEMENT_REGISTER_DECLARE (ptqimagesrc)
GST_ELEMENT_REGISTER_DECLARE (ptqnormalize)
GST_ELEMENT_REGISTER_DECLARE (ptqresize)
GST_ELEMENT_REGISTER_DECLARE (ptqsink)

G_END_DECLS
