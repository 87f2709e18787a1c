/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "ptq-tensor.h"

G_BEGIN_DECLS

/* How one output of two models differs over the samples. Zero it to start. */
typedef struct
{
  guint64 samples;
  gdouble cosine_sum;
  gdouble signal; /* energy of the reference */
  gdouble noise;  /* energy of the difference */
  gdouble max_error;
} PtqOutputDifference;

/* Element @i of a tensor of any numeric type */
gdouble ptq_tensor_element (const PtqTensor *tensor, gsize i);
gboolean ptq_element_type_is_numeric (PtqElementType type);

/* Both of the same number of elements. FALSE, and nothing is counted, where
 * an element is NaN or infinite; *@index and *@in_reference then say which. */
gboolean ptq_output_difference_add (PtqOutputDifference *self,
    const PtqTensor *reference, const PtqTensor *other, gsize *index,
    gboolean *in_reference);
gdouble ptq_output_difference_cosine (const PtqOutputDifference *self);
gdouble ptq_output_difference_sqnr_db (const PtqOutputDifference *self);

/* Index of the largest element, the first of equals */
gsize ptq_tensor_best (const PtqTensor *tensor);
/* Is @label among the @k largest elements? Of equals the first come first. */
gboolean ptq_tensor_among_best (const PtqTensor *tensor, gsize label, guint k);

G_END_DECLS
