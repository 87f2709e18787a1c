/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "skip-names.h"
#include "config-private.h"

#include <string.h>

/* The optimizer names what it fused "name/…Fusion". */
static gboolean
names_node (const gchar *skip, const gchar *node_name)
{
  gsize length = strlen (skip);

  return g_str_has_prefix (node_name, skip)
      && (node_name[length] == '\0'
      || (node_name[length] == '/'
          && strstr (node_name + length, "Fusion") != NULL));
}

gboolean
ptq_skip_names_match (PtqSettings *settings, const gchar *node_name)
{
  const gchar *const *skip = ptq_settings_get_skip_quant_node (settings);

  for (guint i = 0; skip != NULL && skip[i] != NULL; i++)
    if (names_node (skip[i], node_name))
      return TRUE;
  return FALSE;
}

gchar **
ptq_skip_names_check (PtqSettings *settings, const Onnx__GraphProto *graph)
{
  const gchar *const *skip = ptq_settings_get_skip_quant_node (settings);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  if (skip == NULL)
    return g_new0 (gchar *, 1);
  for (gsize i = 0; i < graph->n_node; i++) {
    g_ptr_array_add (names, graph->node[i]->name);
    for (guint k = 0; skip[k] != NULL; k++)
      if (names_node (skip[k], graph->node[i]->name))
        g_ptr_array_add (names, (gpointer) skip[k]);
  }
  g_ptr_array_add (names, NULL);
  return ptq_skip_names_unmatched (skip,
      (const gchar * const *) names->pdata);
}
