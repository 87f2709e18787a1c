/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * docs/seed-keys.md against the table of keys: what one knows the other has to
 * know, with the words and the limits.
 */
#include <string.h>
#include "config-private.h"

#define MAX_ROWS 200

typedef struct
{
  gchar *section;
  gchar *names; /* the first cell */
  const gchar *row;
} PageRow;

typedef struct
{
  gchar **lines;
  PageRow rows[MAX_ROWS];
  guint n;
} Page;

/* "## `[common_quant_param]` …" begins a section; other headings end one. */
static gchar *
read_heading (const gchar *line)
{
  const gchar *begin = strchr (line, '[');
  const gchar *end = begin != NULL ? strchr (begin, ']') : NULL;

  return end != NULL ? g_strndup (begin + 1, end - begin - 1) : NULL;
}

static Page *
page_load (void)
{
  g_autofree gchar *path =
      g_test_build_filename (G_TEST_DIST, "..", "docs", "seed-keys.md", NULL);
  g_autofree gchar *text = NULL;
  g_autofree gchar *section = NULL;
  Page *self = g_new0 (Page, 1);

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  self->lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; self->lines[i] != NULL; i++) {
    const gchar *line = self->lines[i];

    if (line[0] == '#') {
      g_free (section);
      section = read_heading (line);
    } else if (section != NULL && g_str_has_prefix (line, "| `")) {
      PageRow *row = &self->rows[self->n++];

      g_assert_cmpuint (self->n, <, MAX_ROWS);
      row->section = g_strdup (section);
      row->names = g_strndup (line + 2, strcspn (line + 2, "|"));
      row->row = line;
    }
  }
  return self;
}

static void
page_free (Page *self)
{
  for (guint i = 0; i < self->n; i++) {
    g_free (self->rows[i].section);
    g_free (self->rows[i].names);
  }
  g_strfreev (self->lines);
  g_free (self);
}

static const PageRow *
find_row (const Page *page, const PtqIniKey *key)
{
  g_autofree gchar *name = g_strdup_printf ("`%s`", key->key);

  for (guint i = 0; i < page->n; i++)
    if (g_str_equal (page->rows[i].section, key->section)
        && strstr (page->rows[i].names, name) != NULL)
      return &page->rows[i];
  g_error ("[%s] %s is not in the page", key->section, key->key);
}

static void
test_table_in_page (void)
{
  Page *page = page_load ();

  for (guint i = 0; i < ptq_n_ini_keys; i++) {
    const PtqIniKey *key = &ptq_ini_keys[i];
    const PageRow *row = find_row (page, key);
    g_autofree gchar *limit = g_strdup_printf ("%g", key->max);

    for (const PtqIniWord *w = key->words; w != NULL && w->word != NULL; w++)
      if (strstr (row->row, w->word) == NULL)
        g_error ("[%s] %s: the page does not say %s", key->section, key->key,
            w->word);
    if (key->max > 1 && strstr (row->row, limit) == NULL)
      g_error ("[%s] %s: the page has no %s", key->section, key->key, limit);
    if (key->property != NULL && strstr (row->row, key->property) == NULL)
      g_error ("[%s] %s: the page does not name the property %s", key->section,
          key->key, key->property);
  }
  page_free (page);
}

static gboolean
has_key (const gchar *section, const gchar *name)
{
  for (guint i = 0; i < ptq_n_ini_keys; i++)
    if (g_str_equal (ptq_ini_keys[i].section, section)
        && g_str_equal (ptq_ini_keys[i].key, name))
      return TRUE;
  return FALSE;
}

static void
test_page_in_table (void)
{
  Page *page = page_load ();

  for (guint i = 0; i < page->n; i++) {
    g_auto (GStrv) parts = g_strsplit (page->rows[i].names, "`", -1);

    for (guint k = 1; parts[k] != NULL && parts[k + 1] != NULL; k += 2)
      if (!has_key (page->rows[i].section, parts[k]))
        g_error ("[%s] has no key %s", page->rows[i].section, parts[k]);
  }
  g_assert_cmpuint (page->n, >, 20);
  page_free (page);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keys-page/table-in-page", test_table_in_page);
  g_test_add_func ("/keys-page/page-in-table", test_page_in_table);
  return g_test_run ();
}
