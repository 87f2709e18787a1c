/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writes the page that is made from the tables of a debug report.
 */
#include "ptq-report.h"
#include "debug-target.h"
#include "report-page.h"
#include "safe-file.h"

#include <string.h>

/**
 * ptq_report_write_page:
 * @folder: a folder of debug reports, as "debug-info-save-path" made it
 * @path: the HTML file to write
 * @cancellable: (nullable): to stop in the middle
 * @error: return location for a #GError
 *
 * Shows the tables of debug reports on one page: the outputs, what the
 * recommendations for reading the reports advise, the layers by their loss,
 * and the nodes that were left float. The page needs no other file and no
 * network. An old file at @path stays until the new one is complete.
 *
 * Returns: whether the page was written. %PTQ_ERROR_NOT_FOUND or
 *   %PTQ_ERROR_READ when a table is missing or damaged, %PTQ_ERROR_SETTINGS
 *   where @path is one of the tables, %PTQ_ERROR_WRITE,
 *   %PTQ_ERROR_NO_SPACE, %G_IO_ERROR_CANCELLED
 *
 * Since: 0.1
 */
gboolean
ptq_report_write_page (const gchar *folder, const gchar *path,
    GCancellable *cancellable, GError **error)
{
  g_autoptr (PtqReportData) data = NULL;
  g_autoptr (PtqSafeFile) file = NULL;
  g_autofree gchar *page = NULL;

  g_return_val_if_fail (folder != NULL, FALSE);
  g_return_val_if_fail (path != NULL, FALSE);

  if (!ptq_debug_target_check (folder, path, error))
    return FALSE;
  data = ptq_report_data_load (folder, error);
  if (data == NULL)
    return FALSE;
  page = ptq_report_page_new (data);
  file = ptq_safe_file_new (path, cancellable, error);
  if (file == NULL)
    return FALSE;
  ptq_safe_file_write (file, page, strlen (page));
  return ptq_safe_file_finish (file, error)
      && ptq_safe_file_commit (file, error);
}
