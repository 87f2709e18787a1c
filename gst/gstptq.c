/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * plugin-ptq:
 *
 * Post-training quantization of ONNX models as a pipeline.
 */
#include "gstptqelements.h"
#include "ptq-runtime.h"

static gboolean
plugin_init (GstPlugin *plugin)
{
  gboolean registered = FALSE;

  ptq_runtime_disable_telemetry ();
  registered |= GST_ELEMENT_REGISTER (ptqbinsrc, plugin);
  registered |= GST_ELEMENT_REGISTER (ptqcompare, plugin);
  registered |= GST_ELEMENT_REGISTER (ptqconvert, plugin);
  registered |= GST_ELEMENT_REGISTER (ptqcrop, plugin);
  registered |= GST_ELEMENT_REGISTER (ptqimagesrc, plugin);
  registered |= GST_ELEMENT_REGISTER (ptqmux, plugin);
  registered |= GST_ELEMENT_REGISTER (ptqnormalize, plugin);
  registered |= GST_ELEMENT_REGISTER (ptqresize, plugin);
  registered |= GST_ELEMENT_REGISTER (ptqsink, plugin);
  return registered;
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, ptq,
    "Post-training quantization of ONNX models", plugin_init, PACKAGE_VERSION,
    "LGPL", "gst-ptq", "https://gst-ptq.invalid/")
