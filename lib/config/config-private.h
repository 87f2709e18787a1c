/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "ptq-settings.h"
#include "ptq-preprocess.h"
#include "ptq-error.h"

G_BEGIN_DECLS

struct _PtqSettings
{
  GObject parent_instance;

  PtqQuantType quant_type;
  gint bit_num;
  guint min_quant_weight_size;
  guint min_quant_weight_channel;
  gchar **skip_quant_node;
  gchar *debug_info_save_path;
  gchar *report_location;
  gdouble init_scale;
  gboolean auto_tune;
  PtqActivationMethod activation_quant_method;
  gboolean bias_correction;
  PtqTarget target;
  PtqReduceRange reduce_range;
  guint replay_samples;
  PtqKlSides kl_sides;
  PtqWeightStorage weight_storage;
  gboolean weight_per_channel;
  gboolean weight_bias_correction;
  gboolean equalization;
  gboolean fp16;
  gdouble min_sqnr;
  PtqDataType input_data_type;
  PtqDataType output_data_type;
  gboolean weight_kernel_sums;
  gchar **disable_passes;

  guint32 set;      /* bit i: property i was set */
  gchar **warnings; /* about the file read last */
};

/* Splits at commas, trims each name and leaves empty ones out. */
gchar **ptq_split_names (const gchar *text);

/* Sets a property that nobody has set, without counting it as set. */
void ptq_settings_fill (
    PtqSettings *self, const gchar *property, const GValue *value);
/* Makes @self what @other is, except for the warnings. */
void ptq_settings_assign (PtqSettings *self, PtqSettings *other);
void ptq_settings_take_warnings (PtqSettings *self, gchar **warnings);

/* The one of @names that a mistyped @name most likely means, or NULL if none
 * is near enough. */
const gchar *ptq_nearest_name (const gchar *name, const gchar *const *names);
/* A ready warning for each of @skip that is not among @node_names. */
gchar **ptq_skip_names_unmatched (
    const gchar *const *skip, const gchar *const *node_names);

/* A configuration file: sections of `key=value` lines, `#` comments. */
typedef struct _PtqIniFile PtqIniFile;
PtqIniFile *ptq_ini_file_new (const gchar *path, GError **error);
PtqIniFile *ptq_ini_file_new_take (
    const gchar *path, gchar *text, gsize length, GError **error);
const gchar *ptq_ini_file_get_path (PtqIniFile *self);
void ptq_ini_file_free (PtqIniFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtqIniFile, ptq_ini_file_free)
gchar **ptq_ini_file_get_sections (PtqIniFile *self);
gchar **ptq_ini_file_get_keys (PtqIniFile *self, const gchar *section);
/* Without the blanks around and the double quotes inside; NULL if absent */
gchar *ptq_ini_file_get_value (
    PtqIniFile *self, const gchar *section, const gchar *key);
/* "file:line" of a key, or of a section where @key is NULL */
gchar *ptq_ini_file_get_place (
    PtqIniFile *self, const gchar *section, const gchar *key);
/* Sets a PTQ_ERROR_SETTINGS that names file, line, section, key and value.
 * Returns FALSE. */
gboolean ptq_ini_file_refuse (PtqIniFile *self, const gchar *section,
    const gchar *key, GError **error, const gchar *format, ...)
    G_GNUC_PRINTF (5, 6);

typedef enum
{
  PTQ_INI_INTEGER,       /* G_TYPE_INT */
  PTQ_INI_NUMBER,        /* G_TYPE_DOUBLE */
  PTQ_INI_OPEN_INTERVAL, /* the same, the ends excluded */
  PTQ_INI_BOOLEAN,       /* G_TYPE_BOOLEAN */
  PTQ_INI_WORD,          /* G_TYPE_INT, the value of an enumeration */
  PTQ_INI_TEXT,          /* G_TYPE_STRING */
  PTQ_INI_VECTOR,        /* G_TYPE_ARRAY of gdouble, 1 or 3 of them */
  PTQ_INI_DIVISOR,       /* the same without zeros */
  PTQ_INI_FOLDERS        /* G_TYPE_STRV: input, folder, input, ... */
} PtqIniType;

typedef struct
{
  const gchar *word;
  gint value;
} PtqIniWord;

typedef enum
{
  PTQ_INI_ALWAYS,
  PTQ_INI_FULL_ONLY, /* means something to FULL_QUANT only */
  PTQ_INI_WEIGHT_ONLY
} PtqIniWhen;

/* A key that a file may have. */
typedef struct
{
  const gchar *section;
  const gchar *key;
  PtqIniType type;
  gdouble min;
  gdouble max;
  const PtqIniWord *words;
  const gchar *property; /* of PtqSettings; NULL: of PtqPreprocess */
  gsize offset;          /* in PtqPreprocess */
  PtqIniWhen when;
} PtqIniKey;

typedef void (*PtqIniFunc) (
    const PtqIniKey *key, const GValue *value, gpointer user_data);

/* Checks the whole file, then calls @func for each key that it has. Appends
 * texts about the file as a whole to @warnings, unless that is NULL. */
gboolean ptq_ini_read (PtqIniFile *file, PtqIniFunc func, gpointer user_data,
    GPtrArray *warnings, GError **error);
/* Turns the text of a key into a value; what is wrong is @allowed. */
gboolean ptq_ini_parse (
    const PtqIniKey *key, const gchar *text, GValue *value, gchar **allowed);
extern const PtqIniKey ptq_ini_keys[];
extern const guint ptq_n_ini_keys;

gboolean ptq_settings_load_ini (
    PtqSettings *self, PtqIniFile *file, GError **error);
PtqPreprocess *ptq_preprocess_new_from_ini (PtqIniFile *file, GError **error);

struct _PtqPreprocess
{
  GObject parent_instance;

  gchar *path;
  gchar **warnings;

  gchar **calibrate_path; /* input, folder, input, folder, ... */
  gint calibrate_size;
  gint input_type;
  gint image_to_format;
  GArray *normalize_mean;
  GArray *normalize_std;
  gint resize_width;
  gint resize_height;
  gint resize_method; /* -1: no resize */
  gint center_crop_width;
  gint center_crop_height;
};

G_END_DECLS
