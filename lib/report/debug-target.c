/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Files that must not take the place of a table of the debug report.
 */
#include "debug-target.h"
#include "ptq-report.h"
#include "safe-file.h"

static const gchar *const tables[] = { "quant_param.csv", "float_nodes.csv",
  "output_summary.csv" };

static gboolean
is_file_of (const gchar *folder, const gchar *name, const gchar *path)
{
  g_autofree gchar *file = g_build_filename (folder, name, NULL);

  return ptq_safe_file_is_same (file, path);
}

/* As many as there are samples */
static gboolean
is_round_of (const gchar *folder, const gchar *path)
{
  g_autofree gchar *name = g_path_get_basename (path);

  return g_regex_match_simple ("^round_[0-9]+\\.csv$", name, 0, 0)
      && is_file_of (folder, name, path);
}

static gboolean
is_table_of (const gchar *folder, const gchar *path)
{
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++) {
    if (is_file_of (folder, tables[i], path))
      return TRUE;
  }
  return is_round_of (folder, path);
}

gboolean
ptq_debug_target_check (const gchar *folder, const gchar *path, GError **error)
{
  const gboolean is_folder = ptq_safe_file_is_same (folder, path);

  if (!is_folder && !is_table_of (folder, path))
    return TRUE;
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS,
      "%s cannot be written: "
      "it is %s; choose another name",
      path,
      is_folder ? "the folder of the debug reports"
                : "a table of the debug reports");
  return FALSE;
}

/**
 * ptq_report_check_target:
 * @settings: the settings of a quantization
 * @path: where the quantized model is to go
 * @error: return location for an error
 *
 * To be known before long work whose result goes to @path: that the reports
 * which @settings ask for are other files. Links are followed.
 *
 * Returns: whether they are; %PTQ_ERROR_SETTINGS where the page, or a table
 *   in the folder of the debug reports, is @path
 *
 * Since: 0.1
 */
gboolean
ptq_report_check_target (
    PtqSettings *settings, const gchar *path, GError **error)
{
  const gchar *folder = ptq_settings_get_debug_info_save_path (settings);
  const gchar *page = ptq_settings_get_report_location (settings);

  g_return_val_if_fail (PTQ_IS_SETTINGS (settings), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);

  if (page != NULL && ptq_safe_file_is_same (page, path)) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS,
        "report-location: %s "
        "cannot be written: the quantized model goes there; choose another "
        "name",
        page);
    return FALSE;
  }
  return folder == NULL || ptq_debug_target_check (folder, path, error);
}
