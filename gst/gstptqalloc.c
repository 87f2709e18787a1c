/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What allocation queries are answered with: memory aligned as tensors want
 * it.
 */
#include "gstptqalloc.h"

/**
 * gst_ptq_alloc_align:
 * @query: an answered allocation query, before the base class decides
 *
 * Sees to it that buffers allocated from the answer are aligned for vector
 * instructions and for ONNX Runtime.
 */
void
gst_ptq_alloc_align (GstQuery *query)
{
  GstAllocationParams params;
  GstAllocator *allocator = NULL;

  if (gst_query_get_n_allocation_params (query) == 0) {
    gst_allocation_params_init (&params);
    params.align = GST_PTQ_ALIGNMENT - 1;
    gst_query_add_allocation_param (query, NULL, &params);
    return;
  }
  gst_query_parse_nth_allocation_param (query, 0, &allocator, &params);
  params.align |= GST_PTQ_ALIGNMENT - 1;
  gst_query_set_nth_allocation_param (query, 0, allocator, &params);
  g_clear_pointer (&allocator, gst_object_unref);
}
