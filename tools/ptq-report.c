/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ptq-report: a page for people from the tables of debug reports.
 */
#include <locale.h>
#include <signal.h>
#include "ptq-report.h"

#define EXIT_USAGE 2

#define SUMMARY \
  "Reads the tables that a quantization with debug_info_save_path left in\n" \
  "the folder DIR, and writes one HTML page that shows where accuracy is\n" \
  "lost and what may be done about it."

#define DESCRIPTION \
  "  ptq-report debug --output=report.html\n" \
  "\n" \
  "The exit status is 0 when the page was written, 2 for wrong usage and 1\n" \
  "for every other error."

static gboolean
parse_options (
    int *argc, char ***argv, gchar **output, gchar ***folders, GError **error)
{
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, output,
        "The page (default: report.html in DIR)", "FILE.html" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, folders, NULL,
        "DIR" },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (context, SUMMARY);
  g_option_context_set_description (context, DESCRIPTION);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*folders != NULL && g_strv_length (*folders) == 1)
    return TRUE;
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
      "one folder of debug reports is wanted: ptq-report DIR");
  return FALSE;
}

int
main (int argc, char **argv)
{
  g_autofree gchar *output = NULL;
  g_auto (GStrv) folders = NULL;
  g_autoptr (GError) error = NULL;
  int status = EXIT_SUCCESS;

  setlocale (LC_ALL, "");
  /* a file that may not grow is an error, and no reason to die */
  signal (SIGXFSZ, SIG_IGN);

  if (!parse_options (&argc, &argv, &output, &folders, &error)) {
    status = EXIT_USAGE;
  } else {
    if (output == NULL)
      output = g_build_filename (folders[0], "report.html", NULL);
    if (ptq_report_write_page (folders[0], output, NULL, &error))
      g_print ("%s\n", output);
    else
      status = EXIT_FAILURE;
  }
  if (error != NULL)
    g_printerr ("ptq-report: %s\n", error->message);
  return status;
}
