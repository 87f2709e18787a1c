/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib.h>
#include "ptq-model.h"
#include "ptq-settings.h"

G_BEGIN_DECLS

/* What the command line asks for; NULL for a flag that is not there. */
typedef struct
{
  gboolean print_pipeline;
  gboolean list_passes;
  gboolean version;
  gchar *fmk;
  gchar *model_file;
  gchar *output_file; /* ends in ".onnx" */
  gchar *config_file;
  gchar *input_shape;
  gchar *input_data_format;
  gchar *output_data_format;
  gchar *input_data_type;
  gchar *output_data_type;
  gchar *quant_type;
  gchar *fp16; /* "on" or "off" */
} ConvertOptions;

gboolean convert_options_parse (
    ConvertOptions *self, gint *argc, gchar ***argv, GError **error);
void convert_options_clear (ConvertOptions *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ConvertOptions, convert_options_clear)
/* FALSE when the flag is not there */
gboolean convert_options_get_quant_type (
    const ConvertOptions *self, PtqQuantType *type);

/* FALSE where @word is NULL or unknown */
gboolean convert_options_parse_data_type (const gchar *word, PtqDataType *type);
/* Whether what the flags say of layouts can be for @model */
gboolean convert_options_check_model (
    const ConvertOptions *self, PtqModel *model, GError **error);

G_END_DECLS
