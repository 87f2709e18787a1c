/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ptq-image-private.h"

#include "ptq-error.h"

/* OpenCV's weights for 8-bit pictures have 11 bits. */
#define OPENCV_U8_STEP (1.0 / 2048)

/* Rows between the two passes must fit into memory. */
#define MAX_SCRATCH_SIZE (G_GUINT64_CONSTANT (1) << 30)

struct _PtqResizer
{
  PtqSampleType type;
  guint channels;
  guint in_width, in_height;
  guint out_width, out_height;

  /* one of these */
  PtqNearest *nearest;
  PtqFloatScaler *floating;
  PtqFixedScaler *fixed;
};

static gboolean
check_sides (const gchar *what, guint width, guint height, GError **error)
{
  if (width == 0 || height == 0 || width > PTQ_IMAGE_MAX_SIDE ||
      height > PTQ_IMAGE_MAX_SIDE) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
        "cannot resize %s a picture of %ux%u: its sides must be 1 to %u "
        "pixels", what, width, height, PTQ_IMAGE_MAX_SIDE);
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_channels (guint channels, GError **error)
{
  if (channels == 0 || channels > PTQ_IMAGE_MAX_CHANNELS) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
        "cannot resize a picture of %u channels: there must be 1 to %u",
        channels, PTQ_IMAGE_MAX_CHANNELS);
    return FALSE;
  }
  return TRUE;
}

static PtqFilter *
filter_for (PtqResizeMethod method, PtqSampleType type, gboolean enlarges,
    guint in_size, guint out_size)
{
  gdouble step = type == PTQ_SAMPLE_U8 ? OPENCV_U8_STEP : 0;

  switch (method) {
    case PTQ_RESIZE_CUBIC:
      return ptq_filter_new_cubic (in_size, out_size, step);
    case PTQ_RESIZE_LINEAR_ANTIALIAS:
      return ptq_filter_new_linear_antialias (in_size, out_size);
    case PTQ_RESIZE_CUBIC_ANTIALIAS:
      return ptq_filter_new_cubic_antialias (in_size, out_size);
    case PTQ_RESIZE_AREA:
      return enlarges ? ptq_filter_new_area_enlarge (in_size, out_size, step)
          : ptq_filter_new_area (in_size, out_size);
    default:
      return ptq_filter_new_linear (in_size, out_size, step);
  }
}

static gboolean
prepare_filters (PtqResizer *self, PtqResizeMethod method, GError **error)
{
  /* OpenCV takes the area only where neither side grows. */
  gboolean enlarges = self->out_width > self->in_width ||
      self->out_height > self->in_height;
  PtqFilter *horizontal = filter_for (method, self->type, enlarges,
      self->in_width, self->out_width);
  PtqFilter *vertical = filter_for (method, self->type, enlarges,
      self->in_height, self->out_height);
  guint64 scratch = (guint64) self->out_width * self->channels *
      sizeof (gfloat) * vertical->max_taps;

  if (scratch > MAX_SCRATCH_SIZE) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
        "cannot resize a picture of %ux%u with %u channels to %ux%u: that "
        "would take %" G_GUINT64_FORMAT " bytes of memory",
        self->in_width, self->in_height, self->channels, self->out_width,
        self->out_height, scratch);
    ptq_filter_free (horizontal);
    ptq_filter_free (vertical);
    return FALSE;
  }

  if (self->type == PTQ_SAMPLE_U8 &&
      (method == PTQ_RESIZE_LINEAR_ANTIALIAS ||
          method == PTQ_RESIZE_CUBIC_ANTIALIAS))
    self->fixed = ptq_fixed_scaler_new (self->channels, horizontal, vertical);
  else
    self->floating = ptq_float_scaler_new (self->type, self->channels,
        horizontal, vertical);
  return TRUE;
}

/**
 * ptq_resizer_new:
 * @method: how to resample
 * @type: type of the samples in and out
 * @channels: interleaved samples in a pixel
 * @in_width: columns of the pictures to come
 * @in_height: their rows
 * @out_width: columns of the result
 * @out_height: rows of the result
 * @error: return location for an error
 *
 * Prepares everything that depends on the sizes alone. The result is that of
 * the library which @method names, whatever the direction: 8-bit results
 * equal Pillow's and are within one level of OpenCV's, float results are
 * within 1e-4 of the range of values.
 *
 * Returns: (transfer full): a resizer, or %NULL with %PTQ_ERROR_SHAPE for a
 *   size that is zero or too large
 */
PtqResizer *
ptq_resizer_new (PtqResizeMethod method, PtqSampleType type, guint channels,
    guint in_width, guint in_height, guint out_width, guint out_height,
    GError **error)
{
  g_autoptr (PtqResizer) self = NULL;

  if (!check_sides ("from", in_width, in_height, error) ||
      !check_sides ("to", out_width, out_height, error) ||
      !check_channels (channels, error))
    return NULL;

  self = g_new0 (PtqResizer, 1);
  self->type = type;
  self->channels = channels;
  self->in_width = in_width;
  self->in_height = in_height;
  self->out_width = out_width;
  self->out_height = out_height;
  if (method == PTQ_RESIZE_NEAREST)
    self->nearest = ptq_nearest_new (type, channels, in_width, in_height,
        out_width, out_height);
  else if (!prepare_filters (self, method, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * ptq_resizer_free:
 * @self: (nullable) (transfer full): a resizer
 */
void
ptq_resizer_free (PtqResizer *self)
{
  if (self == NULL)
    return;
  ptq_nearest_free (self->nearest);
  ptq_float_scaler_free (self->floating);
  ptq_fixed_scaler_free (self->fixed);
  g_free (self);
}

static gboolean
image_fits (const PtqResizer *self, const PtqImage *image, guint width,
    guint height)
{
  return ptq_image_is_valid (image) && image->type == self->type &&
      image->channels == self->channels && image->width == width &&
      image->height == height;
}

/**
 * ptq_resizer_process:
 * @self: a resizer
 * @in: a picture of the size, type and channels that @self was made for
 * @out: where the result goes
 *
 * Resizes a picture. The two must not overlap; rows may have any stride, of
 * whole and aligned samples.
 */
void
ptq_resizer_process (const PtqResizer *self, const PtqImage *in,
    const PtqImage *out)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (image_fits (self, in, self->in_width, self->in_height));
  g_return_if_fail (image_fits (self, out, self->out_width,
          self->out_height));

  if (self->nearest != NULL)
    ptq_nearest_process (self->nearest, in, out);
  else if (self->fixed != NULL)
    ptq_fixed_scaler_process (self->fixed, in, out);
  else
    ptq_float_scaler_process (self->floating, in, out);
}
