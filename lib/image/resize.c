/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Chooses the scaler for a method and a sample type, and runs it.
 */
#include "ptq-image-private.h"

#include "ptq-error.h"

/* Rows between the two passes must fit into memory. */
#define MAX_SCRATCH_SIZE (G_GUINT64_CONSTANT (1) << 30)

struct _PtqResizer
{
  PtqSampleType type;
  guint channels;
  guint in_width, in_height;
  guint out_width, out_height;

  PtqScaler *scaler;
};

static PtqFilter *
filter_new (PtqResizeMethod method, PtqPositionFunc position, guint in_size,
    guint out_size)
{
  switch (method) {
    case PTQ_RESIZE_CUBIC:
      return ptq_filter_new_cubic (in_size, out_size);
    case PTQ_RESIZE_LINEAR_ANTIALIAS:
      return ptq_filter_new_linear_antialias (in_size, out_size);
    case PTQ_RESIZE_CUBIC_ANTIALIAS:
      return ptq_filter_new_cubic_antialias (in_size, out_size);
    case PTQ_RESIZE_AREA:
      return ptq_filter_new_area (in_size, out_size);
    default:
      return ptq_filter_new_linear (in_size, out_size, position);
  }
}

static gboolean
check_scratch (
    const PtqResizer *self, const PtqFilter *vertical, GError **error)
{
  guint64 size = (guint64) self->out_width * self->channels * sizeof (gfloat)
      * vertical->max_taps;

  if (size > MAX_SCRATCH_SIZE) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
        "cannot resize a picture of %ux%u with %u channels to %ux%u: that "
        "would take %" G_GUINT64_FORMAT " bytes of memory",
        self->in_width, self->in_height, self->channels, self->out_width,
        self->out_height, size);
    return FALSE;
  }
  return TRUE;
}

static PtqScaler *
separable_new (const PtqResizer *self, PtqResizeMethod method, GError **error)
{
  gboolean is_u8 = self->type == PTQ_SAMPLE_U8;
  PtqPositionFunc position = ptq_position_linear;
  g_autoptr (PtqFilter) horizontal = NULL;
  g_autoptr (PtqFilter) vertical = NULL;

  /* OpenCV has one way to halve, whether by area or linearly. */
  if (method == PTQ_RESIZE_AREA && self->in_width == 2 * self->out_width
      && self->in_height == 2 * self->out_height)
    method = PTQ_RESIZE_LINEAR;

  /* It weighs by area only where neither side grows. */
  if (method == PTQ_RESIZE_AREA
      && (self->out_width > self->in_width
          || self->out_height > self->in_height)) {
    method = PTQ_RESIZE_LINEAR;
    position = ptq_position_area;
  }

  vertical = filter_new (method, position, self->in_height, self->out_height);
  if (!check_scratch (self, vertical, error))
    return NULL;
  horizontal = filter_new (method, position, self->in_width, self->out_width);

  if (is_u8 && method == PTQ_RESIZE_LINEAR)
    return ptq_linear_scaler_new (self->channels, position,
        g_steal_pointer (&horizontal), g_steal_pointer (&vertical));
  if (is_u8
      && (method == PTQ_RESIZE_LINEAR_ANTIALIAS
          || method == PTQ_RESIZE_CUBIC_ANTIALIAS))
    return ptq_pillow_scaler_new (self->channels, g_steal_pointer (&horizontal),
        g_steal_pointer (&vertical));
  return ptq_float_scaler_new (self->type, self->channels,
      g_steal_pointer (&horizontal), g_steal_pointer (&vertical));
}

/**
 * ptq_resizer_new: (skip)
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
 * the library which @method names, larger or smaller. In 8 bits nearest,
 * linear and the antialiased ones are equal to it (linear with two channels
 * may be a level off where both sides are halved), cubic and area at most one
 * level off; floats are within 1e-4 of the range of values.
 *
 * Returns: (transfer full): a resizer, or %NULL with %PTQ_ERROR_SHAPE for a
 *   size that is zero or too large
 *
 * Since: 0.1
 */
PtqResizer *
ptq_resizer_new (PtqResizeMethod method, PtqSampleType type, guint channels,
    guint in_width, guint in_height, guint out_width, guint out_height,
    GError **error)
{
  g_autoptr (PtqResizer) self = NULL;

  if (!ptq_image_check_sides (
          "resize a picture of", in_width, in_height, PTQ_ERROR_SHAPE, error)
      || !ptq_image_check_sides (
          "resize to", out_width, out_height, PTQ_ERROR_SHAPE, error)
      || !ptq_image_check_channels ("resize", channels, error))
    return NULL;

  self = g_new0 (PtqResizer, 1);
  self->type = type;
  self->channels = channels;
  self->in_width = in_width;
  self->in_height = in_height;
  self->out_width = out_width;
  self->out_height = out_height;
  if (method == PTQ_RESIZE_NEAREST)
    self->scaler = ptq_nearest_scaler_new (
        type, channels, in_width, in_height, out_width, out_height);
  else
    self->scaler = separable_new (self, method, error);
  if (self->scaler == NULL)
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * ptq_resizer_free:
 * @self: (nullable) (transfer full): a resizer
 *
 * Since: 0.1
 */
void
ptq_resizer_free (PtqResizer *self)
{
  if (self == NULL)
    return;
  if (self->scaler != NULL)
    self->scaler->free (self->scaler);
  g_free (self);
}

static gboolean
image_fits (
    const PtqResizer *self, const PtqImage *image, guint width, guint height)
{
  return ptq_image_is_valid (image) && image->type == self->type
      && image->channels == self->channels && image->width == width
      && image->height == height;
}

/**
 * ptq_resizer_process:
 * @self: a resizer
 * @in: a picture of the size, type and channels that @self was made for
 * @out: where the result goes
 *
 * Resizes a picture. The two must not overlap; rows may have any stride, of
 * whole and aligned samples.
 *
 * Since: 0.1
 */
void
ptq_resizer_process (
    const PtqResizer *self, const PtqImage *in, const PtqImage *out)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (image_fits (self, in, self->in_width, self->in_height));
  g_return_if_fail (image_fits (self, out, self->out_width, self->out_height));

  self->scaler->process (self->scaler, in, out);
}
