/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which nodes the setting skip-quant-node names.
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

static GPtrArray *
list_names (const Onnx__GraphProto *graph)
{
  GPtrArray *names = g_ptr_array_new ();

  for (gsize i = 0; i < graph->n_node; i++)
    if (graph->node[i]->name != NULL)
      g_ptr_array_add (names, graph->node[i]->name);
  g_ptr_array_add (names, NULL);
  return names;
}

static gboolean
names_any (const gchar *skip, const gchar *const *names)
{
  for (guint i = 0; names[i] != NULL; i++)
    if (names_node (skip, names[i]))
      return TRUE;
  return FALSE;
}

static void
add_unmatched (
    GPtrArray *warnings, const gchar *skip, const gchar *const *names)
{
  const gchar *const one[] = { skip, NULL };
  g_autofree gchar **texts = ptq_skip_names_unmatched (one, names);

  for (guint i = 0; texts[i] != NULL; i++)
    g_ptr_array_add (warnings, texts[i]);
}

gchar **
ptq_skip_names_check (
    PtqSettings *settings, PtqModel *model, PtqModel *prepared)
{
  const gchar *const *skip = ptq_settings_get_skip_quant_node (settings);
  g_autoptr (GPtrArray) before = list_names (ptq_model_get_graph (model));
  g_autoptr (GPtrArray) after = list_names (ptq_model_get_graph (prepared));
  const gchar *const *names = (const gchar *const *) after->pdata;
  GPtrArray *warnings = g_ptr_array_new ();

  for (guint i = 0; skip != NULL && skip[i] != NULL; i++) {
    if (names_any (skip[i], names))
      continue;
    if (g_strv_contains ((const gchar *const *) before->pdata, skip[i]))
      g_ptr_array_add (warnings,
          g_strdup_printf (
              "skip_quant_node: node "
              "\"%s\" is folded into others before the model is quantized: "
              "name the layer that it belongs to",
              skip[i]));
    else
      add_unmatched (warnings, skip[i], names);
  }
  g_ptr_array_add (warnings, NULL);
  return (gchar **) g_ptr_array_free (warnings, FALSE);
}
