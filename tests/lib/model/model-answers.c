/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a model answers to made-up samples, to compare models by.
 */
#include <string.h>
#include "model-answers.h"

/* Open dimensions: one sample, and sides that all of the models can halve
 * five times */
#define OPEN_BATCH 1
#define OPEN_SIDE 64

static void
fill (PtqElementType type, gpointer data, gsize count, GRand *random)
{
  for (gsize i = 0; i < count; i++) {
    switch (type) {
      case PTQ_ELEMENT_FLOAT:
        ((gfloat *) data)[i] = g_rand_double_range (random, -0.7, 1.3);
        break;
      case PTQ_ELEMENT_INT64:
        ((gint64 *) data)[i] = g_rand_int_range (random, 0, 5);
        break;
      case PTQ_ELEMENT_BOOL:
      case PTQ_ELEMENT_UINT8:
        ((guint8 *) data)[i] = 1;
        break;
      default:
        g_assert_not_reached ();
    }
  }
}

static PtqTensor
make_input (const PtqValueInfo *info, GRand *random)
{
  PtqTensor tensor = { .type = info->type, .rank = MAX (info->rank, 0) };
  gpointer data;

  for (guint i = 0; i < tensor.rank; i++)
    tensor.dims[i] = info->dims[i] > 0 ? info->dims[i]
        : i == 0                       ? OPEN_BATCH
                                       : OPEN_SIDE;
  tensor.size =
      ptq_tensor_count (&tensor) * ptq_element_type_size (tensor.type);
  data = g_malloc (tensor.size);
  fill (tensor.type, data, ptq_tensor_count (&tensor), random);
  tensor.data = data;

  return tensor;
}

static GBytes *
copy_output (const PtqTensor *tensor)
{
  GByteArray *array = g_byte_array_new ();

  g_byte_array_append (array, (const guint8 *) tensor->dims,
      tensor->rank * sizeof tensor->dims[0]);
  g_byte_array_append (array, tensor->data, tensor->size);

  return g_byte_array_free_to_bytes (array);
}

static GPtrArray *
copy_outputs (PtqSession *session)
{
  GPtrArray *answers =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; i < ptq_session_get_n_outputs (session); i++)
    g_ptr_array_add (
        answers, copy_output (ptq_session_get_output (session, i)));

  return answers;
}

GPtrArray *
model_answers_new (PtqModel *model, PtqOptimizeLevel level, GError **error)
{
  const PtqSessionOptions options = { level, FALSE, NULL, NULL };
  g_autoptr (PtqSession) session = NULL;
  const guint n = ptq_model_get_n_inputs (model);
  g_autofree PtqTensor *inputs = g_new0 (PtqTensor, n);
  GRand *random = g_rand_new_with_seed (11);
  gboolean answered;

  for (guint i = 0; i < n; i++)
    inputs[i] = make_input (ptq_model_get_input (model, i), random);
  session = ptq_session_new (model, &options, error);
  answered = session && ptq_session_run (session, inputs, n, NULL, error);
  for (guint i = 0; i < n; i++)
    g_free ((gpointer) inputs[i].data);
  g_rand_free (random);

  return answered ? copy_outputs (session) : NULL;
}

void
model_answers_assert_equal (GPtrArray *found, GPtrArray *expected)
{
  g_assert_cmpuint (found->len, ==, expected->len);
  for (guint i = 0; i < found->len; i++) {
    gsize n_found, n_expected;
    gconstpointer a = g_bytes_get_data (found->pdata[i], &n_found);
    gconstpointer b = g_bytes_get_data (expected->pdata[i], &n_expected);

    g_assert_cmpmem (a, n_found, b, n_expected);
  }
}

gchar *
test_model_path (const gchar *folder, const gchar *name)
{
  return g_test_build_filename (
      G_TEST_DIST, "data", "models", folder, name, NULL);
}

PtqModel *
load_test_model (const gchar *folder, const gchar *name)
{
  g_autofree gchar *path = test_model_path (folder, name);
  g_autoptr (GError) error = NULL;
  PtqModel *model = ptq_model_load (path, &error);

  g_assert_no_error (error);

  return model;
}
