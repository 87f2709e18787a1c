/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the scalers have in common that go first along one axis, then along the
 * other.
 */
#include "ptq-image-private.h"

static void
separable_free (PtqScaler *scaler)
{
  PtqSeparable *self = (PtqSeparable *) scaler;

  ptq_filter_free (self->horizontal);
  ptq_filter_free (self->vertical);
  g_free (self->row_weights);
  g_free (self->column_weights);
  g_free (self);
}

static void
separable_process (
    const PtqScaler *scaler, const PtqImage *in, const PtqImage *out)
{
  const PtqSeparable *self = (const PtqSeparable *) scaler;
  const PtqFilter *filter = self->vertical;
  gsize row_size = self->n_samples * self->sample_size;
  guint8 *ring = g_malloc (filter->max_taps * row_size);
  gpointer scratch = g_malloc (self->n_samples * sizeof (gint32));
  guint ready = 0;

  for (guint y = 0; y < out->height; y++) {
    guint end = filter->first[y] + filter->count[y];

    for (guint row = MAX (ready, filter->first[y]); row < end; row++)
      self->resample_row (self, ptq_image_row (in, row),
          ring + ptq_separable_ring_offset (self, row) * self->sample_size);
    ready = MAX (ready, end);
    self->resample_columns (self, y, ring, scratch, ptq_image_row (out, y));
  }
  g_free (scratch);
  g_free (ring);
}

PtqSeparable *
ptq_separable_new (guint channels, gsize sample_size, PtqFilter *horizontal,
    PtqFilter *vertical)
{
  PtqSeparable *self = g_new0 (PtqSeparable, 1);

  self->parent.free = separable_free;
  self->parent.process = separable_process;
  self->channels = channels;
  self->n_samples = (gsize) horizontal->out_size * channels;
  self->sample_size = sample_size;
  self->horizontal = horizontal;
  self->vertical = vertical;
  return self;
}
