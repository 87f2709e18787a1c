/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "ptq-report.h"

G_BEGIN_DECLS

typedef struct
{
  const gchar *reference_path;
  const gchar *model_path;
  gboolean random; /* were the samples made up? */
  PtqComparison figures;
} Comparison;

/* For people */
void comparison_print_table (const Comparison *self);
/* For scripts: one object on one line. Shares are 0 to 1; null stands for
 * what is not known, and for a ratio to no difference at all. */
void comparison_print_json (const Comparison *self);

G_END_DECLS
