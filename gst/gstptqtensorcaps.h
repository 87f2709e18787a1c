/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <gst/gst.h>
#include "ptq-model.h"

G_BEGIN_DECLS

#define GST_PTQ_TENSORS_MEDIA_TYPE "other/tensors"
#define GST_PTQ_TENSORS_MAX 16

/* What a pad template says; one memory a tensor. */
#define GST_PTQ_TENSORS_CAPS \
  "other/tensors, format = (string) static, " \
  "num_tensors = (int) [ 1, 16 ], framerate = (fraction) [ 0/1, max ]"

/**
 * GstPtqTensorShape:
 * @type: element type
 * @rank: number of dimensions, as many as were written
 * @dims: the dimensions, outermost first as in ONNX (caps write them the
 *   other way round); -1 where a model leaves one open
 *
 * Type and shape of one tensor.
 */
typedef struct
{
  PtqElementType type;
  guint rank;
  gint64 dims[PTQ_TENSOR_MAX_RANK];
} GstPtqTensorShape;

/**
 * GstPtqTensorsInfo:
 * @n_tensors: tensors in a buffer, one memory each
 * @tensors: their types and shapes
 * @framerate_n: numerator of the frame rate, 0 for no fixed rate
 * @framerate_d: denominator of the frame rate
 *
 * What fixed other/tensors caps say.
 */
typedef struct
{
  guint n_tensors;
  GstPtqTensorShape tensors[GST_PTQ_TENSORS_MAX];
  gint framerate_n;
  gint framerate_d;
} GstPtqTensorsInfo;

const gchar *gst_ptq_tensor_type_to_string (PtqElementType type);
PtqElementType gst_ptq_tensor_type_from_string (const gchar *name);

void gst_ptq_tensor_shape_from_value_info (
    GstPtqTensorShape *shape, const PtqValueInfo *value);
gboolean gst_ptq_tensor_shape_is_fixed (const GstPtqTensorShape *shape);
gsize gst_ptq_tensor_shape_get_size (const GstPtqTensorShape *shape);
gchar *gst_ptq_tensor_shape_to_string (const GstPtqTensorShape *shape);
gboolean gst_ptq_tensor_shape_parse (GstPtqTensorShape *shape,
    const gchar *type, const gchar *dimensions, GError **error);
gboolean gst_ptq_tensor_shape_match (
    const GstPtqTensorShape *shape, const PtqValueInfo *value, GError **error);
void gst_ptq_tensor_shape_to_tensor (
    const GstPtqTensorShape *shape, guint rank, PtqTensor *tensor);

gboolean gst_ptq_tensors_info_from_structure (
    GstPtqTensorsInfo *info, const GstStructure *structure, GError **error);
gboolean gst_ptq_tensors_info_from_caps (
    GstPtqTensorsInfo *info, const GstCaps *caps, GError **error);
GstCaps *gst_ptq_tensors_info_to_caps (const GstPtqTensorsInfo *info);

GstCaps *gst_ptq_tensor_caps_new (
    const GstPtqTensorShape *shapes, guint n_shapes);

G_END_DECLS
