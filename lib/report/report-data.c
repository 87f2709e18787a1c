/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads the tables of a debug report back, as means over its rounds.
 */
#include "report-data.h"
#include "csv-reader.h"

#include <math.h>
#include <string.h>

enum
{
  NODE_NAME,
  NODE_TYPE,
  TENSOR_NAME,
  IN_OUT,
  DATA_TYPE,
  TENSOR_TYPE,
  MIN_,
  Q1,
  MEDIAN,
  Q3,
  MAX_,
  MEAN,
  VAR,
  CLIP,
  COSINE,
  N_COLUMNS
};

static const gchar *const round_columns[] = { "NodeName", "NodeType",
  "TensorName", "InOutFlag", "DataTypeFlag", "TensorTypeFlag", "Min", "Q1",
  "Median", "Q3", "Max", "Mean", "Var", "Clip", "CosineSimilarity", NULL };

static const gchar *const output_columns[] = { "TensorName", "CosineSimilarity",
  NULL };

static const gchar *const float_node_columns[] = { "NodeName", "NodeType",
  "Reason", NULL };

/* The figures of one row */
typedef gdouble Figures[N_COLUMNS];

static void
report_tensor_free (PtqReportTensor *self)
{
  g_free (self->name);
  g_free (self);
}

static void
report_node_free (PtqReportNode *self)
{
  g_ptr_array_unref (self->tensors);
  g_free (self->name);
  g_free (self->type);
  g_free (self);
}

static void
report_output_free (PtqReportOutput *self)
{
  g_free (self->name);
  g_free (self);
}

static void
report_float_node_free (PtqReportFloatNode *self)
{
  g_free (self->name);
  g_free (self->type);
  g_free (self->reason);
  g_free (self);
}

void
ptq_report_data_free (PtqReportData *self)
{
  g_ptr_array_unref (self->nodes);
  g_ptr_array_unref (self->outputs);
  g_ptr_array_unref (self->float_nodes);
  g_free (self);
}

/* ---- rounds ---- */

typedef struct
{
  PtqReportData *data;
  GHashTable *nodes;   /* name -> PtqReportNode */
  GHashTable *tensors; /* node, direction, name -> PtqReportTensor */
  PtqCsvReader *table;
  gboolean has_origin; /* the row before was an origin */
  Figures origin;
} RoundReader;

static PtqReportNode *
get_node (RoundReader *self, guint row)
{
  const gchar *name = ptq_csv_reader_get_text (self->table, row, NODE_NAME);
  PtqReportNode *node = g_hash_table_lookup (self->nodes, name);

  if (node != NULL)
    return node;
  node = g_new0 (PtqReportNode, 1);
  node->name = g_strdup (name);
  node->type = g_strdup (ptq_csv_reader_get_text (self->table, row, NODE_TYPE));
  node->tensors =
      g_ptr_array_new_with_free_func ((GDestroyNotify) report_tensor_free);
  g_ptr_array_add (self->data->nodes, node);
  g_hash_table_insert (self->nodes, node->name, node);
  return node;
}

static gboolean
is_text (RoundReader *self, guint row, guint column, const gchar *text)
{
  return g_str_equal (ptq_csv_reader_get_text (self->table, row, column), text);
}

static PtqReportTensor *
get_tensor (RoundReader *self, guint row)
{
  PtqReportNode *node = get_node (self, row);
  const gchar *name = ptq_csv_reader_get_text (self->table, row, TENSOR_NAME);
  gchar *key = g_strdup_printf ("%s\n%s\n%s", node->name,
      ptq_csv_reader_get_text (self->table, row, IN_OUT), name);
  PtqReportTensor *tensor = g_hash_table_lookup (self->tensors, key);

  if (tensor != NULL) {
    g_free (key);
    return tensor;
  }
  tensor = g_new0 (PtqReportTensor, 1);
  tensor->name = g_strdup (name);
  tensor->is_output = is_text (self, row, IN_OUT, "Output");
  tensor->is_weight = is_text (self, row, TENSOR_TYPE, "Weight");
  tensor->origin.min = tensor->dequant.min = HUGE_VAL;
  tensor->origin.max = tensor->dequant.max = -HUGE_VAL;
  g_ptr_array_add (node->tensors, tensor);
  g_hash_table_insert (self->tensors, key, tensor);
  return tensor;
}

static gboolean
read_figures (PtqCsvReader *table, guint row, Figures figures, GError **error)
{
  for (guint i = MIN_; i < N_COLUMNS; i++)
    if (!ptq_csv_reader_get_number (table, row, i, &figures[i], error))
      return FALSE;
  return TRUE;
}

/* @n: rounds before this one */
static gdouble
add_to_mean (gdouble mean, guint n, gdouble value)
{
  return mean + (value - mean) / (n + 1);
}

static void
add_to_spread (PtqReportSpread *spread, guint n, const Figures figures)
{
  spread->min = MIN (spread->min, figures[MIN_]);
  spread->max = MAX (spread->max, figures[MAX_]);
  spread->q1 = add_to_mean (spread->q1, n, figures[Q1]);
  spread->median = add_to_mean (spread->median, n, figures[MEDIAN]);
  spread->q3 = add_to_mean (spread->q3, n, figures[Q3]);
}

static gdouble
get_energy (const Figures figures)
{
  return figures[VAR] + figures[MEAN] * figures[MEAN];
}

/* |a - b|^2 = |a|^2 + |b|^2 - 2 |a| |b| cos, of one element in the mean */
static void
add_energies (
    PtqReportTensor *tensor, const Figures origin, const Figures dequant)
{
  gdouble a = get_energy (origin), b = get_energy (dequant);
  gdouble noise = a + b - 2 * sqrt (a * b) * dequant[COSINE];

  tensor->signal += a;
  tensor->noise += MAX (noise, 0);
}

static gboolean
add_row (RoundReader *self, guint row, GError **error)
{
  PtqReportTensor *tensor;
  Figures figures;

  if (!read_figures (self->table, row, figures, error))
    return FALSE;
  if (is_text (self, row, DATA_TYPE, "Origin")) {
    memcpy (self->origin, figures, sizeof figures);
    self->has_origin = TRUE;
    return TRUE;
  }
  tensor = get_tensor (self, row);
  if (self->has_origin) {
    add_to_spread (&tensor->origin, tensor->n_rounds, self->origin);
    add_energies (tensor, self->origin, figures);
  }
  add_to_spread (&tensor->dequant, tensor->n_rounds, figures);
  tensor->clip = add_to_mean (tensor->clip, tensor->n_rounds, figures[CLIP]);
  tensor->cosine =
      add_to_mean (tensor->cosine, tensor->n_rounds, figures[COSINE]);
  tensor->n_rounds++;
  self->has_origin = FALSE;
  return TRUE;
}

static gboolean
read_round (RoundReader *self, const gchar *path, GError **error)
{
  g_autoptr (PtqCsvReader) table =
      ptq_csv_reader_load (path, round_columns, error);

  if (table == NULL)
    return FALSE;
  self->table = table;
  self->has_origin = FALSE;
  for (guint i = 0; i < ptq_csv_reader_get_n_rows (table); i++)
    if (!add_row (self, i, error))
      return FALSE;
  self->data->n_rounds++;
  return TRUE;
}

/* Rounds are numbered without gaps, and there is at least one. */
static gboolean
read_rounds (PtqReportData *data, const gchar *folder, GError **error)
{
  RoundReader self = { data, NULL, NULL, NULL, FALSE, { 0 } };
  gboolean done = TRUE;

  self.nodes = g_hash_table_new (g_str_hash, g_str_equal);
  self.tensors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; done; i++) {
    g_autofree gchar *name = g_strdup_printf ("round_%u.csv", i);
    g_autofree gchar *path = g_build_filename (folder, name, NULL);

    if (i > 0 && !g_file_test (path, G_FILE_TEST_EXISTS))
      break;
    done = read_round (&self, path, error);
  }
  g_hash_table_unref (self.tensors);
  g_hash_table_unref (self.nodes);
  return done;
}

/* ---- the other tables ---- */

static PtqReportOutput *
get_output (PtqReportData *self, const gchar *name)
{
  PtqReportOutput *output;

  for (guint i = 0; i < self->outputs->len; i++) {
    output = self->outputs->pdata[i];
    if (g_str_equal (output->name, name))
      return output;
  }
  output = g_new0 (PtqReportOutput, 1);
  output->name = g_strdup (name);
  output->lowest = 1;
  g_ptr_array_add (self->outputs, output);
  return output;
}

static gboolean
read_outputs (PtqReportData *self, const gchar *folder, GError **error)
{
  g_autofree gchar *path =
      g_build_filename (folder, "output_summary.csv", NULL);
  g_autoptr (PtqCsvReader) table =
      ptq_csv_reader_load (path, output_columns, error);

  if (table == NULL)
    return FALSE;
  for (guint i = 0; i < ptq_csv_reader_get_n_rows (table); i++) {
    PtqReportOutput *output =
        get_output (self, ptq_csv_reader_get_text (table, i, 0));
    gdouble cosine;

    if (!ptq_csv_reader_get_number (table, i, 1, &cosine, error))
      return FALSE;
    output->cosine = add_to_mean (output->cosine, output->n_rounds, cosine);
    output->lowest = MIN (output->lowest, cosine);
    output->n_rounds++;
  }
  return TRUE;
}

static gboolean
read_float_nodes (PtqReportData *self, const gchar *folder, GError **error)
{
  g_autofree gchar *path = g_build_filename (folder, "float_nodes.csv", NULL);
  g_autoptr (PtqCsvReader) table =
      ptq_csv_reader_load (path, float_node_columns, error);

  if (table == NULL)
    return FALSE;
  for (guint i = 0; i < ptq_csv_reader_get_n_rows (table); i++) {
    PtqReportFloatNode *node = g_new0 (PtqReportFloatNode, 1);

    node->name = g_strdup (ptq_csv_reader_get_text (table, i, 0));
    node->type = g_strdup (ptq_csv_reader_get_text (table, i, 1));
    node->reason = g_strdup (ptq_csv_reader_get_text (table, i, 2));
    g_ptr_array_add (self->float_nodes, node);
  }
  return TRUE;
}

static void
mark_float_nodes (PtqReportData *self)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < self->float_nodes->len; i++) {
    PtqReportFloatNode *node = self->float_nodes->pdata[i];

    g_hash_table_add (names, node->name);
  }
  for (guint i = 0; i < self->nodes->len; i++) {
    PtqReportNode *node = self->nodes->pdata[i];

    node->is_float = g_hash_table_contains (names, node->name);
  }
}

/* Tensor -> the worst ratio of the results of its readers (gdouble) */
static GHashTable *
find_ratios_behind (PtqReportData *self)
{
  GHashTable *ratios =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);

  for (guint i = 0; i < self->nodes->len; i++) {
    const PtqReportNode *node = self->nodes->pdata[i];
    const PtqReportTensor *output = ptq_report_node_get_output (node);

    for (guint k = 0; output != NULL && k < node->tensors->len; k++) {
      const PtqReportTensor *tensor = node->tensors->pdata[k];
      gdouble sqnr = ptq_report_tensor_get_sqnr (output);
      const gdouble *known = g_hash_table_lookup (ratios, tensor->name);

      if (!tensor->is_output && (known == NULL || sqnr < *known))
        g_hash_table_replace (
            ratios, tensor->name, g_memdup2 (&sqnr, sizeof sqnr));
    }
  }
  return ratios;
}

static void
look_behind (PtqReportData *self)
{
  g_autoptr (GHashTable) ratios = find_ratios_behind (self);

  for (guint i = 0; i < self->nodes->len; i++) {
    const PtqReportNode *node = self->nodes->pdata[i];

    for (guint k = 0; k < node->tensors->len; k++) {
      PtqReportTensor *tensor = node->tensors->pdata[k];
      const gdouble *ratio = g_hash_table_lookup (ratios, tensor->name);

      tensor->sqnr_behind = ratio != NULL ? *ratio : 0;
    }
  }
}

PtqReportData *
ptq_report_data_load (const gchar *folder, GError **error)
{
  g_autoptr (PtqReportData) self = g_new0 (PtqReportData, 1);

  self->nodes =
      g_ptr_array_new_with_free_func ((GDestroyNotify) report_node_free);
  self->outputs =
      g_ptr_array_new_with_free_func ((GDestroyNotify) report_output_free);
  self->float_nodes =
      g_ptr_array_new_with_free_func ((GDestroyNotify) report_float_node_free);
  if (!read_rounds (self, folder, error) || !read_outputs (self, folder, error)
      || !read_float_nodes (self, folder, error))
    return NULL;
  mark_float_nodes (self);
  look_behind (self);
  return g_steal_pointer (&self);
}

gdouble
ptq_report_tensor_get_sqnr (const PtqReportTensor *self)
{
  if (self->noise <= 0)
    return PTQ_REPORT_MAX_SQNR;
  if (self->signal <= 0)
    return 0;
  return MIN (10 * log10 (self->signal / self->noise), PTQ_REPORT_MAX_SQNR);
}

gdouble
ptq_report_tensor_get_lasting_sqnr (const PtqReportTensor *self)
{
  return MAX (ptq_report_tensor_get_sqnr (self), self->sqnr_behind);
}

const PtqReportTensor *
ptq_report_node_get_output (const PtqReportNode *self)
{
  for (guint i = 0; i < self->tensors->len; i++) {
    const PtqReportTensor *tensor = self->tensors->pdata[i];

    if (tensor->is_output && !tensor->is_weight)
      return tensor;
  }
  return NULL;
}

gdouble
ptq_report_node_get_loss (const PtqReportNode *self)
{
  const PtqReportTensor *output = ptq_report_node_get_output (self);
  gdouble sqnr = PTQ_REPORT_HARMLESS_SQNR;

  if (output == NULL)
    return 0;
  for (guint i = 0; i < self->tensors->len; i++) {
    const PtqReportTensor *tensor = self->tensors->pdata[i];

    if (!tensor->is_output && !tensor->is_weight)
      sqnr = MIN (sqnr, ptq_report_tensor_get_lasting_sqnr (tensor));
  }
  return MAX (sqnr - ptq_report_tensor_get_lasting_sqnr (output), 0);
}
