/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The type of the property "layout".
 */
#include "gstptqlayout.h"

GType
gst_ptq_layout_get_type (void)
{
  static GType type = 0;
  static const GEnumValue values[] = {
    { GST_PTQ_LAYOUT_AUTO, "What the shapes in the caps say", "auto" },
    { GST_PTQ_LAYOUT_NCHW, "Planes (caps W:H:C:1)", "nchw" },
    { GST_PTQ_LAYOUT_NHWC, "Interleaved channels (caps C:W:H:1)", "nhwc" },
    { 0, NULL, NULL }
  };

  if (g_once_init_enter (&type)) {
    GType new_type = g_enum_register_static ("GstPtqLayout", values);

    gst_type_mark_as_plugin_api (new_type, 0);
    g_once_init_leave (&type, new_type);
  }
  return type;
}
