/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Chroma interpolated to the resolution of luma: linearly between the chroma
 * samples, where their site says that they are. For the site of JPEG that is
 * the triangular filter of libjpeg ("fancy upsampling"), with its rounding,
 * which alternates so that no level is preferred.
 */
#include "ptq-image-private.h"

/* How many quarters a sample takes from the chroma sample that it belongs to,
 * at even and at odd positions. The rest comes from the one before and the
 * one after. */
typedef struct
{
  guint here[2];
} PtqAxis;

static const PtqAxis axis_between = { { 3, 3 } };
static const PtqAxis axis_on_even = { { 4, 2 } };
static const PtqAxis axis_repeat = { { 4, 4 } };

struct _PtqChroma
{
  guint width;
  guint height;
  guint x_shift;
  guint y_shift;
  const PtqAxis *horizontal;
  const PtqAxis *vertical;
  guint rounding[2]; /* even and odd columns, in sixteenths */
};

/* libjpeg interpolates 4:2:0 and 4:2:2 with these, in sixteenths. */
static void
set_rounding (PtqChroma *self)
{
  if (self->horizontal != &axis_between) {
    self->rounding[0] = self->rounding[1] = 8;
  } else if (self->y_shift == 1) {
    self->rounding[0] = 8;
    self->rounding[1] = 7;
  } else {
    self->rounding[0] = 4;
    self->rounding[1] = 8;
  }
}

PtqChroma *
ptq_chroma_new (const PtqPixelInfo *info, const PtqPixelLayout *layout)
{
  PtqChroma *self = g_new0 (PtqChroma, 1);
  gboolean center = info->chroma_site == PTQ_CHROMA_CENTER;

  self->x_shift = layout->chroma_x_shift;
  self->y_shift = layout->chroma_y_shift;
  self->width = (info->width + self->x_shift) >> self->x_shift;
  self->height = (info->height + self->y_shift) >> self->y_shift;
  self->horizontal = center ? &axis_between : &axis_on_even;
  self->vertical =
      info->chroma_site == PTQ_CHROMA_TOP_LEFT ? &axis_on_even : &axis_between;
  /* libjpeg does not interpolate so little. */
  if (center && self->width <= 2)
    self->horizontal = self->vertical = &axis_repeat;
  set_rounding (self);
  return self;
}

void
ptq_chroma_free (PtqChroma *self)
{
  g_free (self);
}

gsize
ptq_chroma_scratch_size (const PtqChroma *self)
{
  return self->width;
}

static PTQ_ALWAYS_INLINE void
mix_samples (const guint8 *restrict in, const guint8 *restrict other,
    gsize step, guint weight, guint16 *restrict sums, gsize n)
{
  for (gsize x = 0; x < n; x++)
    sums[x] = weight * in[x * step] + (4 - weight) * other[x * step];
}

/* Quarters, one for each chroma column */
static void
mix_rows (const PtqChroma *self, const PtqPlanes *planes,
    const PtqComponent *component, guint y, guint16 *sums)
{
  gboolean odd = y & self->y_shift;
  guint here = y >> self->y_shift;
  guint other = odd ? MIN (here + 1, self->height - 1) : MAX (here, 1) - 1;
  guint weight = self->y_shift == 0 ? 4 : self->vertical->here[odd];
  const guint8 *in = ptq_component_row (planes, component, here);
  const guint8 *other_in =
      weight == 4 ? in : ptq_component_row (planes, component, other);

  /* A constant step for planes lets the compiler vectorise. */
  if (component->step == 1)
    mix_samples (in, other_in, 1, weight, sums, self->width);
  else
    mix_samples (in, other_in, component->step, weight, sums, self->width);
}

static void
mix_columns (
    const PtqChroma *self, const guint16 *restrict sums, guint8 *restrict out)
{
  const PtqAxis axis = *self->horizontal;
  const guint rounding[2] = { self->rounding[0], self->rounding[1] };
  gsize last = self->width - 1;

  for (gsize x = 0; x <= last; x++) {
    guint before = sums[MAX (x, 1) - 1];
    guint after = sums[MIN (x + 1, last)];

    out[2 * x] =
        (axis.here[0] * sums[x] + (4 - axis.here[0]) * before + rounding[0])
        >> 4;
    out[2 * x + 1] =
        (axis.here[1] * sums[x] + (4 - axis.here[1]) * after + rounding[1])
        >> 4;
  }
}

void
ptq_chroma_row (const PtqChroma *self, const PtqPlanes *planes,
    const PtqComponent *component, guint y, guint16 *scratch, guint8 *out)
{
  if (self->x_shift == 0) {
    const guint8 *in = ptq_component_row (planes, component, y);

    for (gsize x = 0; x < self->width; x++)
      out[x] = in[x * component->step];
  } else {
    mix_rows (self, planes, component, y, scratch);
    mix_columns (self, scratch, out);
  }
}
