/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Fuzz target: configuration files. What is accepted has to be valid, and
 * what is refused has to say why.
 */
#include "config-private.h"
#include "fuzz.h"

static void
check_settings (PtqIniFile *file)
{
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (GError) error = NULL;

  if (ptq_settings_load_ini (settings, file, &error))
    g_assert_true (ptq_settings_validate (settings, NULL));
  else
    g_assert_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS);
}

static void
check_preprocess (PtqIniFile *file)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqPreprocess) preprocess =
      ptq_preprocess_new_from_ini (file, &error);
  guint n;

  if (preprocess == NULL) {
    g_assert_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS);
    return;
  }
  for (guint i = 0; i < ptq_preprocess_get_n_inputs (preprocess); i++) {
    g_assert_cmpstr (ptq_preprocess_get_input_name (preprocess, i), !=, "");
    g_assert_cmpstr (ptq_preprocess_get_folder (preprocess, i), !=, "");
  }
  ptq_preprocess_get_normalize_std (preprocess, &n);
  g_assert_true (n == 0 || n == 1 || n == 3);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqIniFile) file = ptq_ini_file_new_take (
      "fuzz.cfg", g_strndup ((const gchar *) data, size), size, &error);

  if (file == NULL) {
    g_assert_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS);
    return 0;
  }
  check_settings (file);
  check_preprocess (file);

  return 0;
}
