/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include <glib-object.h>
#include "ptq-macros.h"
#include "ptq-image.h"

G_BEGIN_DECLS

/**
 * PtqInputType:
 * @PTQ_INPUT_TYPE_UNSET: the file does not say
 * @PTQ_INPUT_TYPE_IMAGE: pictures
 * @PTQ_INPUT_TYPE_BIN: raw tensors, one file each
 *
 * What the files of a calibration folder are.
 *
 * Since: 0.1
 */
typedef enum
{
  PTQ_INPUT_TYPE_UNSET,
  PTQ_INPUT_TYPE_IMAGE,
  PTQ_INPUT_TYPE_BIN
} PtqInputType;

/**
 * PtqImageFormat:
 * @PTQ_IMAGE_FORMAT_UNSET: the file does not say; pictures are BGR then
 * @PTQ_IMAGE_FORMAT_RGB: red, green, blue
 * @PTQ_IMAGE_FORMAT_GRAY: one channel
 * @PTQ_IMAGE_FORMAT_BGR: blue, green, red
 *
 * Channels that pictures are converted to.
 *
 * Since: 0.1
 */
typedef enum
{
  PTQ_IMAGE_FORMAT_UNSET,
  PTQ_IMAGE_FORMAT_RGB,
  PTQ_IMAGE_FORMAT_GRAY,
  PTQ_IMAGE_FORMAT_BGR
} PtqImageFormat;

#define PTQ_TYPE_PREPROCESS (ptq_preprocess_get_type ())
PTQ_API
G_DECLARE_FINAL_TYPE (PtqPreprocess, ptq_preprocess, PTQ, PREPROCESS, GObject)

PTQ_API PtqPreprocess *ptq_preprocess_new_from_file (
    const gchar *path, GError **error);
PTQ_API gboolean ptq_preprocess_validate (PtqPreprocess *self, GError **error);
PTQ_API const gchar *const *ptq_preprocess_get_warnings (PtqPreprocess *self);

PTQ_API guint ptq_preprocess_get_n_inputs (PtqPreprocess *self);
PTQ_API const gchar *ptq_preprocess_get_input_name (
    PtqPreprocess *self, guint index);
PTQ_API const gchar *ptq_preprocess_get_folder (
    PtqPreprocess *self, guint index);
PTQ_API guint ptq_preprocess_get_calibrate_size (PtqPreprocess *self);
PTQ_API PtqInputType ptq_preprocess_get_input_type (PtqPreprocess *self);
PTQ_API PtqImageFormat ptq_preprocess_get_image_to_format (PtqPreprocess *self);
PTQ_API const gdouble *ptq_preprocess_get_normalize_mean (
    PtqPreprocess *self, guint *n);
PTQ_API const gdouble *ptq_preprocess_get_normalize_std (
    PtqPreprocess *self, guint *n);
PTQ_API gboolean ptq_preprocess_get_resize (
    PtqPreprocess *self, PtqResizeMethod *method, guint *width, guint *height);
PTQ_API gboolean ptq_preprocess_get_center_crop (
    PtqPreprocess *self, guint *width, guint *height);

G_END_DECLS
