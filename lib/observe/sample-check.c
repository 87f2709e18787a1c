/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether a sample can be used: what goes into the network, and what comes
 * out.
 */
#include "sample-check.h"
#include "finite.h"

#include <math.h>
#include <string.h>

static gboolean
same_shape (const PtqTensor *a, const PtqTensor *b)
{
  return a->rank == b->rank
      && memcmp (a->dims, b->dims, a->rank * sizeof a->dims[0]) == 0;
}

static gboolean
check_input (const PtqValueInfo *info, const PtqTensor *first, guint64 number,
    const PtqTensor *input, GError **error)
{
  g_autofree gchar *found = NULL, *wanted = NULL;

  if (!ptq_tensor_check (input, info, error))
    return FALSE;
  found = ptq_dims_to_string (input->dims, input->rank);
  if (ptq_tensor_count (input) == 0) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
        "Input \"%s\": a tensor of shape %s is empty", info->name, found);
    return FALSE;
  }
  if (first == NULL || same_shape (input, first))
    return TRUE;
  wanted = ptq_dims_to_string (first->dims, first->rank);
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
      "Input \"%s\": sample %" G_GUINT64_FORMAT
      " has shape %s, the first one had %s: bring all "
      "samples to one size",
      info->name, number, found, wanted);
  return FALSE;
}

gboolean
ptq_sample_check_inputs (PtqModel *model, const PtqTensor *first,
    guint64 number, const PtqTensor *inputs, guint n_inputs, GError **error)
{
  guint n_expected = ptq_model_get_n_inputs (model);

  if (n_inputs != n_expected) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
        "A sample of %u tensors was given, the model has %u inputs", n_inputs,
        n_expected);
    return FALSE;
  }
  for (guint i = 0; i < n_inputs; i++) {
    if (!check_input (ptq_model_get_input (model, i),
            first != NULL ? &first[i] : NULL, number, &inputs[i], error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
is_finite (const PtqTensor *tensor)
{
  return tensor->type != PTQ_ELEMENT_FLOAT
      || ptq_all_finite (tensor->data, tensor->size / sizeof (gfloat));
}

gboolean
ptq_sample_check_outputs (
    PtqSession *session, PtqModel *model, guint64 number, GError **error)
{
  for (guint i = 0; i < ptq_session_get_n_outputs (session); i++) {
    if (is_finite (ptq_session_get_output (session, i)))
      continue;
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_DATA,
        "Output \"%s\" holds NaN or infinity at sample %" G_GUINT64_FORMAT
        ": check the preprocessing, and the model on this sample",
        ptq_model_get_output (model, i)->name, number);
    return FALSE;
  }
  return TRUE;
}
