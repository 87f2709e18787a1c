/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The tables round_<i>.csv: what one sample showed.
 */
#include "round-file.h"

static const gchar *const header[] = { "", "NodeName", "NodeType", "TensorName",
  "InOutFlag", "DataTypeFlag", "TensorTypeFlag", "Min", "Q1", "Median", "Q3",
  "Max", "Mean", "Var", "Sparsity", "Clip", "CosineSimilarity", NULL };

static void
write_statistics (PtqCsvWriter *writer, const PtqTensorStatistics *statistics)
{
  ptq_csv_writer_number (writer, statistics->min);
  ptq_csv_writer_number (writer, statistics->q1);
  ptq_csv_writer_number (writer, statistics->median);
  ptq_csv_writer_number (writer, statistics->q3);
  ptq_csv_writer_number (writer, statistics->max);
  ptq_csv_writer_number (writer, statistics->mean);
  ptq_csv_writer_number (writer, statistics->variance);
  ptq_csv_writer_number (writer, statistics->sparsity);
}

static void
write_row (PtqCsvWriter *writer, guint number, const PtqTensorUse *use,
    const PtqTensorPair *pair, const gchar *data_type,
    const PtqTensorStatistics *statistics, gdouble clip, gdouble cosine)
{
  ptq_csv_writer_integer (writer, number);
  ptq_csv_writer_text (writer, use->node->name);
  ptq_csv_writer_text (writer, use->node->op_type);
  ptq_csv_writer_text (
      writer, pair->origin != NULL ? pair->origin : pair->dequant);
  ptq_csv_writer_text (writer, use->is_output ? "Output" : "Input");
  ptq_csv_writer_text (writer, data_type);
  ptq_csv_writer_text (writer, pair->is_constant ? "Weight" : "Activation");
  write_statistics (writer, statistics);
  ptq_csv_writer_number (writer, clip);
  ptq_csv_writer_number (writer, cosine);
  ptq_csv_writer_end_row (writer);
}

void
ptq_round_file_write (PtqCsvWriter *writer, const PtqTensorPairs *pairs,
    PtqRoundObserver *observer)
{
  guint n = 0;

  ptq_csv_writer_texts (writer, header);
  for (guint i = 0; i < pairs->uses->len; i++) {
    const PtqTensorUse *use = &g_array_index (pairs->uses, PtqTensorUse, i);
    const PtqTensorPair *pair =
        &g_array_index (pairs->pairs, PtqTensorPair, use->pair);
    const PtqTensorFigures *figures =
        ptq_round_observer_get (observer, use->pair);

    if (!figures->known)
      continue;
    if (figures->has_origin)
      write_row (writer, n++, use, pair, "Origin", &figures->origin, 0, 1);
    write_row (writer, n++, use, pair, "Dequant", &figures->dequant,
        figures->clip, figures->cosine);
  }
}
