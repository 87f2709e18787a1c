/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Samples become floats: (x * scale - mean) / std.
 */
#include "ptq-image-private.h"

#include <math.h>

#include "ptq-error.h"

#define LEVELS 256

struct _PtqNormalizer
{
  guint channels;
  gfloat scale;
  gfloat *mean;   /* channels */
  gfloat *std;    /* channels */
  gfloat *tables; /* channels * LEVELS, what 8 bits become */
};

static gboolean
check_count (const gchar *name, guint n, guint channels, GError **error)
{
  if (n != 1 && n != channels) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS,
        "%s has %u values, but the picture has %u channels: give one value, "
        "or one a channel",
        name, n, channels);
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_finite (const gchar *name, const gdouble *values, guint n, GError **error)
{
  for (guint i = 0; i < n; i++) {
    if (!isfinite ((gfloat) values[i])) {
      g_set_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS,
          "%s value %u is %g: it must be a finite number", name, i, values[i]);
      return FALSE;
    }
  }
  return TRUE;
}

/* In single precision, where a tiny number may become zero. */
static gboolean
check_not_zero (
    const gchar *name, const gdouble *values, guint n, GError **error)
{
  for (guint i = 0; i < n; i++) {
    if ((gfloat) values[i] == 0.0f) {
      g_set_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS,
          "%s value %u is %g: it must not be zero", name, i, values[i]);
      return FALSE;
    }
  }
  return TRUE;
}

static gfloat *
value_per_channel (const gdouble *values, guint n, guint channels)
{
  gfloat *result = g_new (gfloat, channels);

  for (guint c = 0; c < channels; c++)
    result[c] = values[n == 1 ? 0 : c];
  return result;
}

static inline gfloat
normalize (gfloat x, gfloat scale, gfloat mean, gfloat std)
{
  return (x * scale - mean) / std;
}

static gfloat *
tables_new (const PtqNormalizer *self)
{
  gfloat *tables = g_new (gfloat, (gsize) self->channels * LEVELS);

  for (guint c = 0; c < self->channels; c++)
    for (guint level = 0; level < LEVELS; level++)
      tables[(gsize) c * LEVELS + level] =
          normalize (level, self->scale, self->mean[c], self->std[c]);
  return tables;
}

/**
 * ptq_normalizer_new: (skip)
 * @scale: what samples are multiplied with first, 1/255 for a range of 0 to 1
 * @mean: (array length=n_mean): what is subtracted then
 * @n_mean: 1, or @channels
 * @std: (array length=n_std): what is divided by last
 * @n_std: 1, or @channels
 * @channels: samples in a pixel of the pictures to come
 * @error: return location for an error
 *
 * Prepares y = (x * scale - mean) / std, computed in this order in single
 * precision. Mean and deviation apply to channels in the order they have in
 * the picture.
 *
 * Returns: (transfer full): a normalizer, or %NULL with %PTQ_ERROR_SETTINGS
 *   for a wrong number of values, one that is not finite, a deviation or
 *   scale of 0, and %PTQ_ERROR_SHAPE for a number of channels out of range
 *
 * Since: 0.1
 */
PtqNormalizer *
ptq_normalizer_new (gdouble scale, const gdouble *mean, guint n_mean,
    const gdouble *std, guint n_std, guint channels, GError **error)
{
  PtqNormalizer *self;

  if (!ptq_image_check_channels ("normalize", channels, error)
      || !check_count ("mean", n_mean, channels, error)
      || !check_count ("std", n_std, channels, error)
      || !check_finite ("scale", &scale, 1, error)
      || !check_finite ("mean", mean, n_mean, error)
      || !check_finite ("std", std, n_std, error)
      || !check_not_zero ("scale", &scale, 1, error)
      || !check_not_zero ("std", std, n_std, error))
    return NULL;

  self = g_new0 (PtqNormalizer, 1);
  self->channels = channels;
  self->scale = scale;
  self->mean = value_per_channel (mean, n_mean, channels);
  self->std = value_per_channel (std, n_std, channels);
  self->tables = tables_new (self);
  return self;
}

/**
 * ptq_normalizer_free:
 * @self: (nullable) (transfer full): a normalizer
 *
 * Since: 0.1
 */
void
ptq_normalizer_free (PtqNormalizer *self)
{
  if (self == NULL)
    return;
  g_free (self->mean);
  g_free (self->std);
  g_free (self->tables);
  g_free (self);
}

/* One channel of one row; steps are in samples. */
static PTQ_ALWAYS_INLINE void
normalize_u8 (const gfloat *table, const guint8 *in, gsize in_step, gfloat *out,
    gsize out_step, guint n)
{
  for (gsize i = 0; i < n; i++)
    out[i * out_step] = table[in[i * in_step]];
}

static PTQ_ALWAYS_INLINE void
normalize_f32 (gfloat scale, gfloat mean, gfloat std, const gfloat *restrict in,
    gsize in_step, gfloat *restrict out, gsize out_step, guint n)
{
  for (gsize i = 0; i < n; i++)
    out[i * out_step] = normalize (in[i * in_step], scale, mean, std);
}

static PTQ_ALWAYS_INLINE void
normalize_channel (const PtqNormalizer *self, const PtqImage *in, guint y,
    guint c, gfloat *out, gsize in_step, gsize out_step)
{
  if (in->type == PTQ_SAMPLE_U8)
    normalize_u8 (self->tables + (gsize) c * LEVELS,
        (const guint8 *) ptq_image_row (in, y) + c, in_step, out, out_step,
        in->width);
  else
    normalize_f32 (self->scale, self->mean[c], self->std[c],
        (const gfloat *) ptq_image_row (in, y) + c, in_step, out, out_step,
        in->width);
}

static PTQ_ALWAYS_INLINE void
normalize_rows (const PtqNormalizer *self, const PtqImage *in, PtqLayout layout,
    gfloat *out, guint channels)
{
  gsize width = in->width;
  gsize height = in->height;

  for (guint y = 0; y < height; y++) {
    for (guint c = 0; c < channels; c++) {
      if (layout == PTQ_LAYOUT_NCHW)
        normalize_channel (
            self, in, y, c, out + (c * height + y) * width, channels, 1);
      else
        normalize_channel (
            self, in, y, c, out + y * width * channels + c, channels, channels);
    }
  }
}

/**
 * ptq_normalizer_process:
 * @self: a normalizer
 * @in: a picture of as many channels as @self was made for
 * @layout: order of the samples in @out
 * @out: width * height * channels floats, aligned, without gaps
 *
 * Normalizes a picture. @out must not overlap @in.
 *
 * Since: 0.1
 */
void
ptq_normalizer_process (const PtqNormalizer *self, const PtqImage *in,
    PtqLayout layout, gfloat *out)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (out != NULL);
  g_return_if_fail (ptq_image_is_valid (in));
  g_return_if_fail (in->channels == self->channels);

  /* A constant number of channels makes constant steps. */
  if (in->channels == 1)
    normalize_rows (self, in, layout, out, 1);
  else if (in->channels == 3)
    normalize_rows (self, in, layout, out, 3);
  else
    normalize_rows (self, in, layout, out, in->channels);
}
