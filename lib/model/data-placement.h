/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "model-private.h"
#include "safe-file.h"

G_BEGIN_DECLS

/* Where the data of a model's tensors lies while the model is written. The
 * model is as it was after ptq_data_placement_restore(). */
typedef struct _PtqDataPlacement PtqDataPlacement;

PtqDataPlacement *ptq_data_placement_inline (PtqModel *model, GError **error);
void ptq_data_placement_move_out (
    PtqDataPlacement *self, PtqSafeFile *file, const gchar *location);
void ptq_data_placement_restore (PtqDataPlacement *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtqDataPlacement, ptq_data_placement_restore)

G_END_DECLS
