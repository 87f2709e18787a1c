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
} PtqReportSpread;

typedef struct
{
  gchar *name;
  gboolean is_output;
  gboolean is_weight;
  guint n_rounds;
  PtqReportSpread origin;
  PtqReportSpread dequant;
  gdouble clip; /* means over the rounds */
  gdouble cosine;
  gdouble signal; /* energies of an element, summed */
  gdouble noise;
  gdouble sqnr_behind; /* of the worst of what is made of it */
} PtqReportTensor;

typedef struct
{
  gchar *name;
  gchar *type;
  gboolean is_float;  /* it only reads what was quantized */
  GPtrArray *tensors; /* PtqReportTensor, inputs first */
} PtqReportNode;

typedef struct
{
  gchar *name;
  guint n_rounds;
  gdouble cosine; /* mean over the rounds */
  gdouble lowest;
} PtqReportOutput;

typedef struct
{
  gchar *name;
  gchar *type;
  gchar *reason;
} PtqReportFloatNode;

typedef struct
{
  guint n_rounds;
  GPtrArray *nodes;       /* PtqReportNode, as they are executed */
  GPtrArray *outputs;     /* PtqReportOutput */
  GPtrArray *float_nodes; /* PtqReportFloatNode */
} PtqReportData;

PtqReportData *ptq_report_data_load (const gchar *folder, GError **error);
void ptq_report_data_free (PtqReportData *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtqReportData, ptq_report_data_free)

/* Beyond it the digits of the tables say nothing. */
#define PTQ_REPORT_MAX_SQNR 70.0
/* What is lost above it does no harm. */
#define PTQ_REPORT_HARMLESS_SQNR 30.0

/* The first output that is not a constant; NULL without one */
const PtqReportTensor *ptq_report_node_get_output (const PtqReportNode *self);
/* Signal over noise in dB, PTQ_REPORT_MAX_SQNR at most */
gdouble ptq_report_tensor_get_sqnr (const PtqReportTensor *self);
/* The same of what is left of the noise: an activation function that is flat
 * where values were cut off makes good for it. */
gdouble ptq_report_tensor_get_lasting_sqnr (const PtqReportTensor *self);
/* By how many dB the output is worse than the worst input, which counts as no
 * better than PTQ_REPORT_HARMLESS_SQNR, both by what is left of their noise */
gdouble ptq_report_node_get_loss (const PtqReportNode *self);

G_END_DECLS
