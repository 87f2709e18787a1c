/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a folder of debug reports says, over all its rounds.
 */
#pragma once

#include "ptq-error.h"

G_BEGIN_DECLS

typedef struct
{
  gdouble min, max;       /* of all rounds */
  gdouble q1, median, q3; /* means over the rounds */
} ReportSpread;

typedef struct
{
  gchar *name;
  gboolean is_output;
  gboolean is_weight;
  guint n_rounds;
  ReportSpread origin;
  ReportSpread dequant;
  gdouble clip; /* means over the rounds */
  gdouble cosine;
  gdouble signal; /* energies of an element, summed */
  gdouble noise;
  gdouble sqnr_behind; /* of the worst of what is made of it */
} ReportTensor;

typedef struct
{
  gchar *name;
  gchar *type;
  gboolean is_float;  /* it only reads what was quantized */
  GPtrArray *tensors; /* ReportTensor, inputs first */
} ReportNode;

typedef struct
{
  gchar *name;
  guint n_rounds;
  gdouble cosine; /* mean over the rounds */
  gdouble lowest;
} ReportOutput;

typedef struct
{
  gchar *name;
  gchar *type;
  gchar *reason;
} ReportFloatNode;

typedef struct
{
  guint n_rounds;
  GPtrArray *nodes;       /* ReportNode, as they are executed */
  GPtrArray *outputs;     /* ReportOutput */
  GPtrArray *float_nodes; /* ReportFloatNode */
} ReportData;

ReportData *report_data_load (const gchar *folder, GError **error);
void report_data_free (ReportData *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ReportData, report_data_free)

/* Beyond it the digits of the tables say nothing. */
#define REPORT_MAX_SQNR 70.0
/* What is lost above it does no harm. */
#define REPORT_HARMLESS_SQNR 30.0

/* The first output that is not a constant; NULL without one */
const ReportTensor *report_node_get_output (const ReportNode *self);
/* Signal over noise in dB, REPORT_MAX_SQNR at most */
gdouble report_tensor_get_sqnr (const ReportTensor *self);
/* The same of what is left of the noise: an activation function that is flat
 * where values were cut off makes good for it. */
gdouble report_tensor_get_lasting_sqnr (const ReportTensor *self);
/* By how many dB the output is worse than the worst input, which counts as no
 * better than REPORT_HARMLESS_SQNR, both by what is left of their noise */
gdouble report_node_get_loss (const ReportNode *self);

G_END_DECLS
