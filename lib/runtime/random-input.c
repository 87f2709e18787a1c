/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Made-up samples, for models of which only the arithmetic is of interest.
 */
#include "random-input.h"

#define OPEN_SIZE 224

static gpointer
make_data (const PtqTensor *tensor, GRand *rand)
{
  gsize n = ptq_tensor_count (tensor);
  gpointer data = g_malloc0 (tensor->size);

  for (gsize i = 0; i < n; i++) {
    gdouble value = g_rand_double_range (rand, 0.1, 1);

    if (tensor->type == PTQ_ELEMENT_FLOAT)
      ((gfloat *) data)[i] = (gfloat) value;
    else if (tensor->type == PTQ_ELEMENT_UINT8)
      ((guint8 *) data)[i] = (guint8) (255 * value);
  }
  return data;
}

void
ptq_random_input_fill (
    PtqModel *model, guint index, GRand *rand, PtqTensor *tensor)
{
  const PtqValueInfo *info = ptq_model_get_input (model, index);
  gsize n = 1;

  /* What a session rounds */
  tensor->type =
      info->type == PTQ_ELEMENT_FLOAT16 ? PTQ_ELEMENT_FLOAT : info->type;
  tensor->rank = MAX (info->rank, 0);
  for (guint i = 0; i < tensor->rank; i++) {
    tensor->dims[i] = info->dims[i];
    if (tensor->dims[i] < 0)
      tensor->dims[i] = i == 0 ? 1 : OPEN_SIZE;
    n *= tensor->dims[i];
  }
  tensor->size = n * ptq_element_type_size (tensor->type);
  tensor->data = make_data (tensor, rand);
}
