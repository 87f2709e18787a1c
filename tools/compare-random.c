/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ptq-compare on made-up samples.
 */
#include "compare-random.h"

#include <string.h>
#include "ptq-error.h"

#define SEED 1

static gboolean
parse_shape (const gchar *text, PtqTensor *tensor, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);
  guint n = g_strv_length (parts);

  if (n > PTQ_TENSOR_MAX_RANK)
    goto wrong;
  tensor->rank = n;
  for (guint i = 0; i < n; i++) {
    if (!g_ascii_string_to_signed (
            g_strstrip (parts[i]), 10, 1, G_MAXINT32, &tensor->dims[i], NULL))
      goto wrong;
  }
  return TRUE;

wrong:
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS,
      "--input-shape=%s is not a shape; 1,3,224,224 would be one", text);
  return FALSE;
}

static gboolean
take_model_shape (const PtqValueInfo *input, PtqTensor *tensor, GError **error)
{
  gboolean known = input->rank >= 0;

  tensor->rank = MAX (input->rank, 0);
  for (guint i = 0; i < tensor->rank; i++) {
    tensor->dims[i] = input->dims[i];
    if (i == 0 && tensor->dims[i] < 0)
      tensor->dims[i] = 1;
    known = known && tensor->dims[i] > 0;
  }
  if (!known) {
    g_autofree gchar *dims = ptq_dims_to_string (input->dims, input->rank);

    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
        "The input \"%s\" of the model is %s: give its shape with "
        "--input-shape, or samples with --pipeline",
        input->name, dims);
  }
  return known;
}

static gboolean
prepare_tensor (const PtqValueInfo *input, const gchar *shape,
    PtqTensor *tensor, GError **error)
{
  gsize size;

  memset (tensor, 0, sizeof (*tensor));
  /* What is then rounded */
  tensor->type =
      input->type == PTQ_ELEMENT_FLOAT16 ? PTQ_ELEMENT_FLOAT : input->type;
  size = ptq_element_type_size (tensor->type);
  if (shape != NULL ? !parse_shape (shape, tensor, error)
                    : !take_model_shape (input, tensor, error))
    return FALSE;

  for (guint i = 0; i < tensor->rank; i++) {
    if (!g_size_checked_mul (&size, size, tensor->dims[i])
        || size > G_MAXINT32) {
      g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
          "The input \"%s\" would take more than 2 GB", input->name);
      return FALSE;
    }
  }
  tensor->size = size;
  tensor->data = g_malloc (size);
  return TRUE;
}

/* Floats from 0 to 1; integers stay 0, which any table of words knows. */
static void
fill (PtqTensor *tensor, GRand *random)
{
  gfloat *values = (gfloat *) tensor->data;

  if (tensor->type != PTQ_ELEMENT_FLOAT) {
    memset ((gpointer) tensor->data, 0, tensor->size);
    return;
  }
  for (gsize i = 0; i < tensor->size / sizeof (gfloat); i++)
    values[i] = g_rand_double (random);
}

static void
free_tensors (PtqTensor *tensors, guint n)
{
  for (guint i = 0; i < n; i++)
    g_free ((gpointer) tensors[i].data);
  g_free (tensors);
}

static PtqTensor *
prepare_tensors (PtqModel *model, const gchar *shape, GError **error)
{
  guint n = ptq_model_get_n_inputs (model);
  PtqTensor *tensors;

  if (shape != NULL && n != 1) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS,
        "--input-shape is for models with one input, this one has %u", n);
    return NULL;
  }

  tensors = g_new0 (PtqTensor, n);
  for (guint i = 0; i < n; i++) {
    if (!prepare_tensor (
            ptq_model_get_input (model, i), shape, &tensors[i], error)) {
      free_tensors (tensors, n);
      return NULL;
    }
  }
  return tensors;
}

static gboolean
push_samples (PtqComparer *comparer, PtqTensor *tensors, guint n_tensors,
    guint n_samples, GError **error)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (SEED);

  for (guint i = 0; i < n_samples; i++) {
    for (guint j = 0; j < n_tensors; j++)
      fill (&tensors[j], random);
    if (!ptq_comparer_push (comparer, tensors, n_tensors, -1, NULL, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
compare_random (Comparison *comparison, guint n_samples,
    const gchar *input_shape, GError **error)
{
  g_autoptr (PtqModel) reference = NULL;
  g_autoptr (PtqModel) model = NULL;
  g_autoptr (PtqComparer) comparer = NULL;
  PtqTensor *tensors;
  guint n_tensors;
  gboolean pushed;

  reference = ptq_model_load (comparison->reference_path, error);
  if (reference == NULL)
    return FALSE;
  model = ptq_model_load (comparison->model_path, error);
  if (model == NULL)
    return FALSE;
  comparer = ptq_comparer_new (reference, model, error);
  if (comparer == NULL)
    return FALSE;
  tensors = prepare_tensors (reference, input_shape, error);
  if (tensors == NULL)
    return FALSE;

  n_tensors = ptq_model_get_n_inputs (reference);
  pushed = push_samples (comparer, tensors, n_tensors, n_samples, error);
  free_tensors (tensors, n_tensors);
  comparison->random = TRUE;
  return pushed
      && ptq_comparer_get_result (comparer, &comparison->figures, error);
}
