/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The properties of PtqSettings, handed on as properties of an element.
 */
#include "gstptqsettingsproxy.h"

#define PROXY_FLAGS \
  (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY)

/* The strings belong to the class of the settings, which is never unloaded. */
static GParamSpec *
copy_pspec (GParamSpec *pspec)
{
  const gchar *name = g_param_spec_get_name (pspec);
  const gchar *nick = g_param_spec_get_nick (pspec);
  const gchar *blurb = g_param_spec_get_blurb (pspec);

  if (G_IS_PARAM_SPEC_BOOLEAN (pspec)) {
    GParamSpecBoolean *p = G_PARAM_SPEC_BOOLEAN (pspec);

    return g_param_spec_boolean (
        name, nick, blurb, p->default_value, PROXY_FLAGS);
  } else if (G_IS_PARAM_SPEC_INT (pspec)) {
    GParamSpecInt *p = G_PARAM_SPEC_INT (pspec);

    return g_param_spec_int (name, nick, blurb, p->minimum, p->maximum,
        p->default_value, PROXY_FLAGS);
  } else if (G_IS_PARAM_SPEC_UINT (pspec)) {
    GParamSpecUInt *p = G_PARAM_SPEC_UINT (pspec);

    return g_param_spec_uint (name, nick, blurb, p->minimum, p->maximum,
        p->default_value, PROXY_FLAGS);
  } else if (G_IS_PARAM_SPEC_DOUBLE (pspec)) {
    GParamSpecDouble *p = G_PARAM_SPEC_DOUBLE (pspec);

    return g_param_spec_double (name, nick, blurb, p->minimum, p->maximum,
        p->default_value, PROXY_FLAGS);
  } else if (G_IS_PARAM_SPEC_ENUM (pspec)) {
    GParamSpecEnum *p = G_PARAM_SPEC_ENUM (pspec);

    gst_type_mark_as_plugin_api (pspec->value_type, 0);
    return g_param_spec_enum (
        name, nick, blurb, pspec->value_type, p->default_value, PROXY_FLAGS);
  } else if (G_IS_PARAM_SPEC_STRING (pspec)) {
    GParamSpecString *p = G_PARAM_SPEC_STRING (pspec);

    return g_param_spec_string (
        name, nick, blurb, p->default_value, PROXY_FLAGS);
  }
  g_return_val_if_reached (NULL);
}

void
gst_ptq_settings_proxy_install (GObjectClass *klass, guint first_id)
{
  GObjectClass *settings_class = g_type_class_ref (PTQ_TYPE_SETTINGS);
  g_autofree GParamSpec **pspecs = NULL;
  guint n;

  pspecs = g_object_class_list_properties (settings_class, &n);
  for (guint i = 0; i < n; i++) {
    GParamSpec *copy = copy_pspec (pspecs[i]);

    if (copy != NULL)
      g_object_class_install_property (klass, first_id + i, copy);
  }
  g_type_class_unref (settings_class);
}

void
gst_ptq_settings_proxy_set (
    PtqSettings *settings, GParamSpec *pspec, const GValue *value)
{
  g_object_set_property (G_OBJECT (settings), pspec->name, value);
}

void
gst_ptq_settings_proxy_get (
    PtqSettings *settings, GParamSpec *pspec, GValue *value)
{
  g_object_get_property (G_OBJECT (settings), pspec->name, value);
}
