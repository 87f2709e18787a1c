/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "gstptqtensorcaps.h"

G_BEGIN_DECLS

/**
 * GstPtqTensorMap:
 * @tensors: the tensors of the buffer, valid until gst_ptq_tensor_map_clear()
 * @n_tensors: how many there are
 *
 * A buffer of other/tensors, mapped for reading. The rest is private.
 */
typedef struct
{
  PtqTensor tensors[GST_PTQ_TENSORS_MAX];
  guint n_tensors;

  GstBuffer *buffer;
  gboolean whole; /* one map for all tensors */
  guint n_maps;
  GstMapInfo maps[GST_PTQ_TENSORS_MAX];
} GstPtqTensorMap;

/* gst_ptq_tensor_map_clear() is due in any case */
gboolean gst_ptq_tensor_map_init (GstPtqTensorMap *self, GstBuffer *buffer,
    const GstPtqTensorsInfo *info, PtqModel *model, GError **error);
void gst_ptq_tensor_map_clear (GstPtqTensorMap *self);

G_END_DECLS
