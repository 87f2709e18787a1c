/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * The files behind a location: a folder, one file, or a pattern of names.
 */
#include "gstptqfilelist.h"

#include <errno.h>
#include <glob.h>
#include <glib/gstdio.h>
#include <gst/gst.h>
#include <string.h>

#include "ptq-error.h"

static gint
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const gchar *const *) a, *(const gchar *const *) b);
}

/* A link that leads nowhere stays in the list: reading it fails by name. */
static gboolean
is_sample (const gchar *path)
{
  GStatBuf info;

  if (g_stat (path, &info) != 0 || S_ISREG (info.st_mode))
    return TRUE;
  GST_DEBUG ("\"%s\" is not a file, left out", path);
  return FALSE;
}

static gboolean
add_folder (GPtrArray *list, const gchar *location, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GDir) folder = g_dir_open (location, 0, &reason);
  const gchar *name;

  if (folder == NULL) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_READ,
        "folder \"%s\" cannot be read: %s", location, reason->message);
    return FALSE;
  }
  while ((name = g_dir_read_name (folder)) != NULL) {
    g_autofree gchar *path = NULL;

    if (name[0] == '.')
      continue;
    path = g_build_filename (location, name, NULL);
    if (is_sample (path))
      g_ptr_array_add (list, g_steal_pointer (&path));
  }
  return TRUE;
}

static gboolean
add_pattern (GPtrArray *list, const gchar *pattern, GError **error)
{
  glob_t found = { 0 };
  gint result = glob (pattern, GLOB_NOSORT | GLOB_BRACE, NULL, &found);
  gsize i;

  if (result != 0 && result != GLOB_NOMATCH) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_READ,
        "pattern \"%s\" cannot be followed: %s", pattern,
        result == GLOB_NOSPACE ? "out of memory" : g_strerror (errno));
    globfree (&found);
    return FALSE;
  }
  for (i = 0; result == 0 && i < found.gl_pathc; i++)
    if (is_sample (found.gl_pathv[i]))
      g_ptr_array_add (list, g_strdup (found.gl_pathv[i]));
  globfree (&found);
  return TRUE;
}

/**
 * gst_ptq_file_list_new:
 * @location: a folder, a file, or a pattern as a shell knows it ("*", "?",
 *   "[a-z]", "{jpg,png}")
 * @error: return location for an error
 *
 * Lists the files, in bytewise order of their paths whatever the locale is.
 * Of a folder, sub-folders, names that begin with a dot, and devices, pipes
 * and sockets do not count. A location that exists is never a pattern.
 *
 * Returns: (transfer full) (nullable) (element-type filename): paths, at
 *   least one
 */
GPtrArray *
gst_ptq_file_list_new (const gchar *location, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);
  gboolean is_pattern = strpbrk (location, "*?[{") != NULL;

  if (g_file_test (location, G_FILE_TEST_IS_DIR)) {
    if (!add_folder (list, location, error))
      return NULL;
    is_pattern = FALSE;
  } else if (g_file_test (location, G_FILE_TEST_EXISTS)) {
    g_ptr_array_add (list, g_strdup (location));
  } else if (is_pattern) {
    if (!add_pattern (list, location, error))
      return NULL;
  } else {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_NOT_FOUND,
        "\"%s\" does not exist; location is a folder, a file or a pattern "
        "such as \"samples/*.{jpg,bin}\"",
        location);
    return NULL;
  }

  if (list->len == 0) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_NO_SAMPLES,
        is_pattern
            ? "no file matches \"%s\""
            : "folder \"%s\" holds no file; those in sub-folders do not count",
        location);
    return NULL;
  }
  g_ptr_array_sort (list, compare_paths);
  return g_steal_pointer (&list);
}

/**
 * gst_ptq_file_list_shuffle:
 * @list: a list of files
 * @random: where randomness comes from
 *
 * Puts the files into a random order (Fisher and Yates).
 */
void
gst_ptq_file_list_shuffle (GPtrArray *list, GRand *random)
{
  guint i;

  for (i = list->len; i > 1; i--) {
    guint k = g_rand_int_range (random, 0, i);
    gpointer path = list->pdata[i - 1];

    list->pdata[i - 1] = list->pdata[k];
    list->pdata[k] = path;
  }
}
