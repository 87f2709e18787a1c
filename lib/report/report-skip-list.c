/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* Leaving one node float helps little: its input and its result stay codes
 * for the sake of their other readers, and the error of its input was made
 * before it. What helps is to leave float the whole way on which a loss comes
 * about: from the node that shows it back to where tensors are still good,
 * and on to the operators without weights that work on its result. Losses
 * early in the graph come first, because those behind are often only their
 * consequence. */

#include "report-skip-list.h"

/* A list that leaves everything float is no help. */
#define MAX_NODES 12

typedef struct
{
  const PtqReportData *data;
  GHashTable *producers; /* tensor -> PtqReportNode */
  GHashTable *chosen;    /* PtqReportNode */
} Chooser;

static gboolean
has_weights (const PtqReportNode *node)
{
  for (guint i = 0; i < node->tensors->len; i++)
    if (((const PtqReportTensor *) node->tensors->pdata[i])->is_weight)
      return TRUE;
  return FALSE;
}

static gboolean
reads (const PtqReportNode *node, const gchar *tensor)
{
  for (guint i = 0; i < node->tensors->len; i++) {
    const PtqReportTensor *input = node->tensors->pdata[i];

    if (!input->is_output && g_str_equal (input->name, tensor))
      return TRUE;
  }
  return FALSE;
}

static void
add_way (Chooser *self, PtqReportNode *node)
{
  if (!g_hash_table_add (self->chosen, node))
    return;
  for (guint i = 0; i < node->tensors->len; i++) {
    const PtqReportTensor *tensor = node->tensors->pdata[i];
    PtqReportNode *producer;

    if (tensor->is_output || tensor->is_weight
        || ptq_report_tensor_get_lasting_sqnr (tensor)
            >= PTQ_REPORT_HARMLESS_SQNR)
      continue;
    producer = g_hash_table_lookup (self->producers, tensor->name);
    if (producer != NULL)
      add_way (self, producer);
  }
}

static void
add_readers (Chooser *self, const PtqReportNode *node)
{
  const PtqReportTensor *output = ptq_report_node_get_output (node);

  for (guint i = 0; i < self->data->nodes->len; i++) {
    PtqReportNode *reader = self->data->nodes->pdata[i];

    if (!has_weights (reader) && reads (reader, output->name))
      g_hash_table_add (self->chosen, reader);
  }
}

static guint
count_quantized (GHashTable *nodes)
{
  GHashTableIter iter;
  gpointer node;
  guint n = 0;

  g_hash_table_iter_init (&iter, nodes);
  while (g_hash_table_iter_next (&iter, &node, NULL))
    n += !((const PtqReportNode *) node)->is_float;
  return n;
}

/* What is chosen when the way to @node comes in addition */
static GHashTable *
extend (const Chooser *self, PtqReportNode *node)
{
  Chooser extended = *self;
  GHashTableIter iter;
  gpointer chosen;

  extended.chosen = g_hash_table_new (NULL, NULL);
  g_hash_table_iter_init (&iter, self->chosen);
  while (g_hash_table_iter_next (&iter, &chosen, NULL))
    g_hash_table_add (extended.chosen, chosen);
  add_way (&extended, node);
  add_readers (&extended, node);
  return extended.chosen;
}

/* In the order of execution, as long as there is room; the first way counts
 * whatever its length. */
static void
choose_losses (Chooser *self)
{
  for (guint i = 0; i < self->data->nodes->len; i++) {
    PtqReportNode *node = self->data->nodes->pdata[i];
    GHashTable *extended;

    if ((ptq_report_advise (node) & PTQ_REPORT_ADVICE_LOSS) == 0)
      continue;
    extended = extend (self, node);
    if (g_hash_table_size (self->chosen) > 0
        && count_quantized (extended) > MAX_NODES) {
      g_hash_table_unref (extended);
      return;
    }
    g_hash_table_unref (self->chosen);
    self->chosen = extended;
  }
}

/* What the other rules name, the greatest loss first */
static void
choose_others (Chooser *self)
{
  g_autoptr (GPtrArray) advised = ptq_report_list_advised (self->data);

  for (guint i = 0; i < advised->len && i < MAX_NODES; i++)
    g_hash_table_add (self->chosen, advised->pdata[i]);
}

static void
find_producers (Chooser *self)
{
  for (guint i = 0; i < self->data->nodes->len; i++) {
    PtqReportNode *node = self->data->nodes->pdata[i];

    for (guint k = 0; k < node->tensors->len; k++) {
      const PtqReportTensor *tensor = node->tensors->pdata[k];

      if (tensor->is_output)
        g_hash_table_insert (self->producers, tensor->name, node);
    }
  }
}

GPtrArray *
ptq_report_skip_list_new (const PtqReportData *data)
{
  GPtrArray *list = g_ptr_array_new ();
  Chooser self = { data, NULL, NULL };

  self.producers = g_hash_table_new (g_str_hash, g_str_equal);
  self.chosen = g_hash_table_new (NULL, NULL);
  find_producers (&self);
  choose_losses (&self);
  if (g_hash_table_size (self.chosen) == 0)
    choose_others (&self);
  for (guint i = 0; i < data->nodes->len; i++) {
    PtqReportNode *node = data->nodes->pdata[i];

    if (!node->is_float && g_hash_table_contains (self.chosen, node))
      g_ptr_array_add (list, node);
  }
  g_hash_table_unref (self.chosen);
  g_hash_table_unref (self.producers);
  return list;
}
