/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * What a model says about its inputs, as caps and against caps.
 */
#include "gstptqmodelcaps.h"

#include "gstptqshapeadvice.h"
#include "ptq-error.h"

static gboolean
match_tensor (
    const GstPtqTensorShape *shape, const PtqValueInfo *input, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autofree gchar *advice = NULL;

  if (gst_ptq_tensor_shape_match (shape, input, &reason))
    return TRUE;

  advice = gst_ptq_shape_advice (shape, input);
  if (advice != NULL)
    g_set_error (
        error, reason->domain, reason->code, "%s: %s", reason->message, advice);
  else
    g_propagate_error (error, g_steal_pointer (&reason));
  return FALSE;
}

/**
 * gst_ptq_tensors_info_match:
 * @info: what the stream brings
 * @model: a model
 * @error: return location for an error
 *
 * Compares number, types and shapes of the tensors to the inputs of the
 * model, in their order. What does not fit is said with the element that
 * helps.
 *
 * Returns: whether the model can take the stream
 */
gboolean
gst_ptq_tensors_info_match (
    const GstPtqTensorsInfo *info, PtqModel *model, GError **error)
{
  guint n_inputs = ptq_model_get_n_inputs (model), i;

  if (info->n_tensors != n_inputs) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
        "the model has %u input%s, the stream brings %u tensor%s; ptqmux "
        "joins several streams into one",
        n_inputs, n_inputs == 1 ? "" : "s", info->n_tensors,
        info->n_tensors == 1 ? "" : "s");
    return FALSE;
  }
  for (i = 0; i < n_inputs; i++)
    if (!match_tensor (
            &info->tensors[i], ptq_model_get_input (model, i), error))
      return FALSE;
  return TRUE;
}

/* Pictures become float32. */
static gboolean
widen (GstPtqTensorShape *shapes, guint n)
{
  gboolean changed = FALSE;

  for (guint i = 0; i < n; i++) {
    if (shapes[i].type == PTQ_ELEMENT_FLOAT16) {
      shapes[i].type = PTQ_ELEMENT_FLOAT;
      changed = TRUE;
    }
  }
  return changed;
}

/**
 * gst_ptq_tensor_caps_for_model:
 * @model: a model
 * @error: return location for an error
 *
 * What the inputs of a model take, as gst_ptq_tensor_caps_new(). An open
 * batch is 1. Where inputs are float16, float32 comes second.
 *
 * Returns: (transfer full) (nullable): caps, or %NULL when an input cannot
 *   be a tensor in caps
 */
GstCaps *
gst_ptq_tensor_caps_for_model (PtqModel *model, GError **error)
{
  GstPtqTensorShape shapes[GST_PTQ_TENSORS_MAX];
  guint n = ptq_model_get_n_inputs (model), i;
  GstCaps *caps;

  if (n < 1 || n > GST_PTQ_TENSORS_MAX) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED,
        "the model has %u inputs; 1 to %d can be fed", n, GST_PTQ_TENSORS_MAX);
    return NULL;
  }
  for (i = 0; i < n; i++) {
    const PtqValueInfo *value = ptq_model_get_input (model, i);

    gst_ptq_tensor_shape_from_value_info (&shapes[i], value);
    if (gst_ptq_tensor_type_to_string (value->type) == NULL) {
      g_set_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED,
          "input \"%s\" of the model has element type %d, which a stream of "
          "tensors cannot carry",
          value->name, value->type);
      return NULL;
    }
  }
  caps = gst_ptq_tensor_caps_new (shapes, n);
  if (widen (shapes, n))
    gst_caps_append (caps, gst_ptq_tensor_caps_new (shapes, n));
  return caps;
}
