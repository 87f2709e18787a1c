/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Lists of names, and finding what a mistyped name was meant to be.
 */
#include <string.h>
#include "config-private.h"

gchar **
ptq_split_names (const gchar *text)
{
  GPtrArray *names = g_ptr_array_new ();
  gchar **pieces = g_strsplit (text ? text : "", ",", -1);

  for (guint i = 0; pieces[i] != NULL; i++) {
    if (*g_strstrip (pieces[i]) != '\0')
      g_ptr_array_add (names, pieces[i]);
    else
      g_free (pieces[i]);
  }
  g_free (pieces);
  g_ptr_array_add (names, NULL);

  return (gchar **) g_ptr_array_free (names, FALSE);
}

/* Longer names are not compared. */
#define MAX_NAME 512

/* Levenshtein's distance, letter case left out of account, with one row of
 * the matrix at a time. */
static guint
edit_distance (const gchar *a, const gchar *b)
{
  gsize length = strlen (b);
  guint row[MAX_NAME + 1];

  for (gsize j = 0; j <= length; j++)
    row[j] = j;

  for (gsize i = 0; a[i] != '\0'; i++) {
    guint diagonal = row[0];

    row[0] = i + 1;
    for (gsize j = 0; j < length; j++) {
      gboolean same = g_ascii_tolower (a[i]) == g_ascii_tolower (b[j]);
      guint replaced = diagonal + !same;

      diagonal = row[j + 1];
      row[j + 1] = MIN (replaced, MIN (row[j], row[j + 1]) + 1);
    }
  }

  return row[length];
}

/* Shorter names begin too many others. */
#define MIN_BEGINNING 4

/* "full_quant" is short for "full_quant_param", and for nothing else. */
static const gchar *
find_longer_name (const gchar *name, const gchar *const *names)
{
  const gchar *longer = NULL;

  if (strlen (name) < MIN_BEGINNING)
    return NULL;
  for (guint i = 0; names[i] != NULL; i++) {
    if (!g_str_has_prefix (names[i], name))
      continue;
    if (longer != NULL)
      return NULL;
    longer = names[i];
  }

  return longer;
}

const gchar *
ptq_nearest_name (const gchar *name, const gchar *const *names)
{
  gsize length = strlen (name);
  const gchar *nearest = NULL;
  guint least = length / 3 + 2;

  if (length > MAX_NAME)
    return NULL;

  for (guint i = 0; names[i] != NULL; i++) {
    gsize other = strlen (names[i]);
    guint distance;

    /* The difference of the lengths is the least that the distance can be. */
    if (other > MAX_NAME || MAX (length, other) - MIN (length, other) >= least)
      continue;
    distance = edit_distance (name, names[i]);
    if (distance < least) {
      least = distance;
      nearest = names[i];
    }
  }

  return nearest != NULL ? nearest : find_longer_name (name, names);
}

gchar **
ptq_skip_names_unmatched (
    const gchar *const *skip, const gchar *const *node_names)
{
  GPtrArray *texts = g_ptr_array_new ();
  GHashTable *known = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; node_names[i] != NULL; i++)
    g_hash_table_add (known, (gpointer) node_names[i]);

  for (guint i = 0; skip[i] != NULL; i++) {
    const gchar *nearest;

    if (g_hash_table_contains (known, skip[i]))
      continue;
    nearest = ptq_nearest_name (skip[i], node_names);
    g_ptr_array_add (texts,
        nearest
            ? g_strdup_printf ("skip_quant_node: the model has no node \"%s\"; "
                               "did you mean \"%s\"?",
                skip[i], nearest)
            : g_strdup_printf (
                "skip_quant_node: the model has no node \"%s\"", skip[i]));
  }
  g_hash_table_unref (known);
  g_ptr_array_add (texts, NULL);

  return (gchar **) g_ptr_array_free (texts, FALSE);
}
