/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tensors of ours as values of the runtime, and the other way around, without
 * a copy of the data.
 */
#include <string.h>
#include "tensor-view.h"

gsize
ptq_tensor_data_size (PtqElementType type, gsize count)
{
  if (type == PTQ_ELEMENT_UINT4 || type == PTQ_ELEMENT_INT4)
    return (count + 1) / 2;
  return count * ptq_element_type_size (type);
}

static OrtStatus *
read_shape (const OrtApi *api, const OrtTensorTypeAndShapeInfo *info,
    PtqTensor *view, gsize *rank, gsize *count)
{
  ONNXTensorElementDataType type = ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
  OrtStatus *status;

  status = api->GetTensorElementType (info, &type);
  if (status == NULL)
    status = api->GetDimensionsCount (info, rank);
  if (status == NULL && *rank <= PTQ_TENSOR_MAX_RANK)
    status = api->GetDimensions (info, view->dims, *rank);
  if (status == NULL)
    status = api->GetTensorShapeElementCount (info, count);
  /* Both have the numbers of ONNX's TensorProto.DataType. */
  view->type = (PtqElementType) type;
  view->rank = *rank;
  return status;
}

gboolean
ptq_tensor_view_value (
    const OrtApi *api, const OrtValue *value, PtqTensor *view, GError **error)
{
  OrtTensorTypeAndShapeInfo *info = NULL;
  OrtStatus *status;
  gsize rank = 0, count = 0;
  void *data = NULL;

  memset (view, 0, sizeof *view);
  status = api->GetTensorTypeAndShape (value, &info);
  if (status == NULL)
    status = read_shape (api, info, view, &rank, &count);
  if (info != NULL)
    api->ReleaseTensorTypeAndShapeInfo (info);
  if (status == NULL && view->type != PTQ_ELEMENT_STRING)
    status = api->GetTensorMutableData ((OrtValue *) value, &data);
  if (!ptq_ort_check (api, status, "Looking at a tensor failed", error))
    return FALSE;

  if (rank > PTQ_TENSOR_MAX_RANK) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED,
        "A tensor has %" G_GSIZE_FORMAT " dimensions, at most %d are supported",
        rank, PTQ_TENSOR_MAX_RANK);
    return FALSE;
  }
  view->data = data;
  view->size = data != NULL ? ptq_tensor_data_size (view->type, count) : 0;
  return TRUE;
}

OrtValue *
ptq_tensor_wrap (const OrtApi *api, const PtqTensor *tensor, const gchar *name,
    GError **error)
{
  static gint64 nothing;
  OrtMemoryInfo *memory = NULL;
  OrtValue *value = NULL;
  OrtStatus *status;
  g_autofree gchar *what = NULL;
  /* The runtime only reads inputs, and wants an address even for none. */
  void *data = tensor->data != NULL ? (void *) tensor->data : &nothing;

  status =
      api->CreateCpuMemoryInfo (OrtArenaAllocator, OrtMemTypeDefault, &memory);
  if (status == NULL)
    status = api->CreateTensorWithDataAsOrtValue (memory, data, tensor->size,
        tensor->dims, tensor->rank, (ONNXTensorElementDataType) tensor->type,
        &value);
  if (memory != NULL)
    api->ReleaseMemoryInfo (memory);
  what = g_strdup_printf ("Input \"%s\" could not be passed on", name);
  if (!ptq_ort_check (api, status, what, error))
    return NULL;
  return value;
}
