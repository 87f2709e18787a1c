/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The type of the property "on-error".
 */
#include "gstptqonerror.h"

GType
gst_ptq_on_error_get_type (void)
{
  static GType type = 0;
  static const GEnumValue values[] = {
    { GST_PTQ_ON_ERROR_FAIL, "End the stream with an error", "fail" },
    { GST_PTQ_ON_ERROR_SKIP, "Leave the sample out and warn", "skip" },
    { 0, NULL, NULL }
  };

  if (g_once_init_enter (&type)) {
    GType new_type = g_enum_register_static ("GstPtqOnError", values);

    gst_type_mark_as_plugin_api (new_type, 0);
    g_once_init_leave (&type, new_type);
  }
  return type;
}
