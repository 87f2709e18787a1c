/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

#include "ptq-macros.h"

G_BEGIN_DECLS

/**
 * PTQ_ERROR:
 *
 * Error domain of the library. Cancelled operations report
 * %G_IO_ERROR_CANCELLED in %G_IO_ERROR instead.
 *
 * Since: 0.1
 */
#define PTQ_ERROR (ptq_error_quark ())

/**
 * PtqError:
 * @PTQ_ERROR_FAILED: something that no other code describes
 * @PTQ_ERROR_NOT_FOUND: a file or folder does not exist
 * @PTQ_ERROR_READ: a file could not be read
 * @PTQ_ERROR_WRITE: a file could not be written
 * @PTQ_ERROR_NO_SPACE: the disk is full
 * @PTQ_ERROR_INVALID_MODEL: the file is not a usable ONNX model
 * @PTQ_ERROR_UNSUPPORTED: a valid model uses something that is not supported
 * @PTQ_ERROR_SHAPE: a sample or picture does not have the shape expected
 * @PTQ_ERROR_SETTINGS: a setting has a wrong name, type or value
 * @PTQ_ERROR_NO_SAMPLES: too few samples were seen
 * @PTQ_ERROR_DATA: a sample or an activation holds NaN or infinity
 * @PTQ_ERROR_RUNTIME: ONNX Runtime reported an error
 *
 * What went wrong, by cause.
 *
 * Since: 0.1
 */
typedef enum
{
  PTQ_ERROR_FAILED,
  PTQ_ERROR_NOT_FOUND,
  PTQ_ERROR_READ,
  PTQ_ERROR_WRITE,
  PTQ_ERROR_NO_SPACE,
  PTQ_ERROR_INVALID_MODEL,
  PTQ_ERROR_UNSUPPORTED,
  PTQ_ERROR_SHAPE,
  PTQ_ERROR_SETTINGS,
  PTQ_ERROR_NO_SAMPLES,
  PTQ_ERROR_DATA,
  PTQ_ERROR_RUNTIME
} PtqError;

PTQ_API GQuark ptq_error_quark (void);

G_END_DECLS
