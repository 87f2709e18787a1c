/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The GTypes of the enumerations of pictures.
 */
#include "ptq-image.h"

GType
ptq_resize_method_get_type (void)
{
  static GType type = 0;
  static const GEnumValue values[] = { { PTQ_RESIZE_NEAREST,
                                           "OpenCV INTER_NEAREST", "nearest" },
    { PTQ_RESIZE_LINEAR, "OpenCV INTER_LINEAR", "linear" },
    { PTQ_RESIZE_CUBIC, "OpenCV INTER_CUBIC", "cubic" },
    { PTQ_RESIZE_LINEAR_ANTIALIAS, "Pillow BILINEAR", "linear-antialias" },
    { PTQ_RESIZE_CUBIC_ANTIALIAS, "Pillow BICUBIC", "cubic-antialias" },
    { PTQ_RESIZE_AREA, "OpenCV INTER_AREA", "area" }, { 0, NULL, NULL } };

  if (g_once_init_enter (&type)) {
    GType new_type = g_enum_register_static ("PtqResizeMethod", values);
    g_once_init_leave (&type, new_type);
  }
  return type;
}

GType
ptq_resize_mode_get_type (void)
{
  static GType type = 0;
  static const GEnumValue values[] = {
    { PTQ_RESIZE_STRETCH, "To exactly the size asked for", "stretch" },
    { PTQ_RESIZE_SHORTER_SIDE, "The shorter side to the size asked for",
        "shorter-side" },
    { PTQ_RESIZE_LETTERBOX, "As large as fits, centred, the rest filled",
        "letterbox" },
    { 0, NULL, NULL }
  };

  if (g_once_init_enter (&type)) {
    GType new_type = g_enum_register_static ("PtqResizeMode", values);
    g_once_init_leave (&type, new_type);
  }
  return type;
}

GType
ptq_layout_get_type (void)
{
  static GType type = 0;
  static const GEnumValue values[] = { { PTQ_LAYOUT_NCHW,
                                           "Planes, one a channel", "nchw" },
    { PTQ_LAYOUT_NHWC, "Channels interleaved", "nhwc" }, { 0, NULL, NULL } };

  if (g_once_init_enter (&type)) {
    GType new_type = g_enum_register_static ("PtqLayout", values);
    g_once_init_leave (&type, new_type);
  }
  return type;
}
