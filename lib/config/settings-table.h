/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "config-private.h"

G_BEGIN_DECLS

typedef enum
{
  PTQ_SETTING_BOOLEAN,
  PTQ_SETTING_INT,
  PTQ_SETTING_UINT,
  PTQ_SETTING_DOUBLE,
  PTQ_SETTING_ENUM,
  PTQ_SETTING_STRING,
  PTQ_SETTING_STRV /* as a property: names separated by commas */
} PtqSettingType;

/* A property of PtqSettings. */
typedef struct
{
  const gchar *name;
  const gchar *nick;
  const gchar *blurb;
  PtqSettingType type;
  GType (*get_type) (void); /* of an enumeration */
  gdouble min;              /* of a number */
  gdouble max;
  gdouble def;
  gsize offset; /* in PtqSettings */
} PtqSetting;

extern const PtqSetting ptq_settings_table[];
extern const guint ptq_n_settings;

GParamSpec *ptq_setting_new_pspec (const PtqSetting *setting);
void ptq_setting_clear (const PtqSetting *setting, PtqSettings *self);
void ptq_setting_set (
    const PtqSetting *setting, PtqSettings *self, const GValue *value);
void ptq_setting_get (
    const PtqSetting *setting, PtqSettings *self, GValue *value);
void ptq_setting_copy (
    const PtqSetting *setting, PtqSettings *self, PtqSettings *other);

G_END_DECLS
