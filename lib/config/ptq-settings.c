/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The settings as an object: what settings-table.c lists, as properties.
 */
#include "settings-table.h"

/**
 * PtqSettings:
 *
 * Every knob of a quantization, as properties.
 *
 * INI files, element properties and command line flags all end here, and
 * what they may say is checked here.
 *
 * The object knows which properties were set. A file that is read into it
 * (ptq_settings_load_from_file()) fills in only what nobody has set, so that
 * a property beside a file overrides the file, in whatever order they come.
 */
G_DEFINE_FINAL_TYPE (PtqSettings, ptq_settings, G_TYPE_OBJECT)

/* Properties are numbered from 1, in the order of the table. */
static const PtqSetting *
find_setting (GObject *object, guint prop_id, GParamSpec *pspec)
{
  if (prop_id >= 1 && prop_id <= ptq_n_settings)
    return &ptq_settings_table[prop_id - 1];
  G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);

  return NULL;
}

static void
ptq_settings_set_property (
    GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  PtqSettings *self = PTQ_SETTINGS (object);
  const PtqSetting *setting = find_setting (object, prop_id, pspec);

  if (setting == NULL)
    return;
  ptq_setting_set (setting, self, value);
  self->set |= 1u << prop_id;
}

static void
ptq_settings_get_property (
    GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  const PtqSetting *setting = find_setting (object, prop_id, pspec);

  if (setting != NULL)
    ptq_setting_get (setting, PTQ_SETTINGS (object), value);
}

static void
ptq_settings_finalize (GObject *object)
{
  PtqSettings *self = PTQ_SETTINGS (object);

  for (guint i = 0; i < ptq_n_settings; i++)
    ptq_setting_clear (&ptq_settings_table[i], self);
  g_strfreev (self->warnings);

  G_OBJECT_CLASS (ptq_settings_parent_class)->finalize (object);
}

static void
ptq_settings_class_init (PtqSettingsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = ptq_settings_set_property;
  object_class->get_property = ptq_settings_get_property;
  object_class->finalize = ptq_settings_finalize;

  /* A bit of `set` for each, from bit 1 on */
  g_assert (ptq_n_settings < 32);
  for (guint i = 0; i < ptq_n_settings; i++)
    g_object_class_install_property (
        object_class, i + 1, ptq_setting_new_pspec (&ptq_settings_table[i]));
}

static void
ptq_settings_init (PtqSettings *self)
{
  GObjectClass *object_class = G_OBJECT_GET_CLASS (self);

  for (guint i = 0; i < ptq_n_settings; i++) {
    const PtqSetting *setting = &ptq_settings_table[i];
    GParamSpec *pspec =
        g_object_class_find_property (object_class, setting->name);

    ptq_setting_set (setting, self, g_param_spec_get_default_value (pspec));
  }
  self->warnings = g_new0 (gchar *, 1);
}

/**
 * ptq_settings_new:
 *
 * Returns: (transfer full): settings with the default of every property
 *
 * Since: 0.1
 */
PtqSettings *
ptq_settings_new (void)
{
  return g_object_new (PTQ_TYPE_SETTINGS, NULL);
}

void
ptq_settings_assign (PtqSettings *self, PtqSettings *other)
{
  for (guint i = 0; i < ptq_n_settings; i++)
    ptq_setting_copy (&ptq_settings_table[i], self, other);
  self->set = other->set;
}

/**
 * ptq_settings_copy:
 * @self: settings
 *
 * Returns: (transfer full): settings with the same values, that know the same
 *   properties as set
 *
 * Since: 0.1
 */
PtqSettings *
ptq_settings_copy (PtqSettings *self)
{
  PtqSettings *copy;

  g_return_val_if_fail (PTQ_IS_SETTINGS (self), NULL);

  copy = ptq_settings_new ();
  ptq_settings_assign (copy, self);

  return copy;
}

/**
 * ptq_settings_is_set:
 * @self: settings
 * @property: name of a property
 *
 * Returns: whether the property was set, to whatever value, rather than left
 *   at its default or filled in by a file
 *
 * Since: 0.1
 */
gboolean
ptq_settings_is_set (PtqSettings *self, const gchar *property)
{
  GParamSpec *pspec;

  g_return_val_if_fail (PTQ_IS_SETTINGS (self), FALSE);

  pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (self), property);
  g_return_val_if_fail (pspec != NULL, FALSE);

  return (self->set & (1u << pspec->param_id)) != 0;
}

void
ptq_settings_fill (
    PtqSettings *self, const gchar *property, const GValue *value)
{
  guint32 set = self->set;

  if (ptq_settings_is_set (self, property))
    return;
  g_object_set_property (G_OBJECT (self), property, value);
  self->set = set;
}

void
ptq_settings_take_warnings (PtqSettings *self, gchar **warnings)
{
  g_strfreev (self->warnings);
  self->warnings = warnings;
}

/**
 * ptq_settings_validate:
 * @self: settings
 * @error: return location for a #GError
 *
 * Checks what the range of a single property cannot say: the bits that the
 * quantization type allows, and the open interval of "init-scale".
 *
 * Returns: whether a quantization can run with the settings;
 *   %PTQ_ERROR_SETTINGS if not
 *
 * Since: 0.1
 */
gboolean
ptq_settings_validate (PtqSettings *self, GError **error)
{
  g_return_val_if_fail (PTQ_IS_SETTINGS (self), FALSE);

  if (self->quant_type == PTQ_QUANT_TYPE_FULL
      && (self->bit_num < 1 || self->bit_num > 8)) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS,
        "bit_num is %d, but full quantization has 1 to 8 bits; "
        "0 and 9 to 16 are for weight quantization",
        self->bit_num);
    return FALSE;
  }
  if (!(self->init_scale > 0.0 && self->init_scale < 1.0)) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS,
        "init_scale is %g, but must be above 0 and below 1", self->init_scale);
    return FALSE;
  }

  return TRUE;
}

/**
 * ptq_settings_set_skip_quant_node:
 * @self: settings
 * @names: (array zero-terminated=1) (nullable): node names
 *
 * Sets the names of the nodes that stay float, as they are: unlike in the
 * property, a name may hold a comma.
 *
 * Since: 0.1
 */
void
ptq_settings_set_skip_quant_node (PtqSettings *self, const gchar *const *names)
{
  GParamSpec *pspec;

  g_return_if_fail (PTQ_IS_SETTINGS (self));

  pspec = g_object_class_find_property (
      G_OBJECT_GET_CLASS (self), "skip-quant-node");
  g_strfreev (self->skip_quant_node);
  self->skip_quant_node =
      names ? g_strdupv ((gchar **) names) : g_new0 (gchar *, 1);
  self->set |= 1u << pspec->param_id;
  g_object_notify_by_pspec (G_OBJECT (self), pspec);
}
