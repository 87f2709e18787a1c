/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the files of this folder share.
 */
#pragma once

#include "ptq-image.h"

G_BEGIN_DECLS

/* Longest side of a picture that is accepted: far beyond any real one, small
 * enough that no product of side, channels and sample size overflows. */
#define PTQ_IMAGE_MAX_SIDE (1u << 20)
#define PTQ_IMAGE_MAX_CHANNELS (1u << 12)

#define PTQ_ALWAYS_INLINE inline __attribute__ ((always_inline))

static inline gsize
ptq_sample_size (PtqSampleType type)
{
  return type == PTQ_SAMPLE_U8 ? sizeof (guint8) : sizeof (gfloat);
}

static inline gsize
ptq_image_row_size (const PtqImage *image)
{
  return (gsize) image->width * image->channels *
      ptq_sample_size (image->type);
}

static inline gpointer
ptq_image_row (const PtqImage *image, guint y)
{
  return (guint8 *) image->data + y * image->stride;
}

/* Whether the view can be walked: rows do not overlap and floats are
 * aligned. */
gboolean ptq_image_is_valid (const PtqImage *image);

/* Which input samples make an output sample, and with what weight, along one
 * axis. Taps that fall outside of the picture have been added to its edge, so
 * that every index is valid. */
typedef struct
{
  guint in_size;
  guint out_size;
  guint max_taps;
  guint *first;                 /* out_size */
  guint *count;                 /* out_size, 1 to max_taps */
  gdouble *weights;             /* out_size * max_taps */
} PtqFilter;

/* OpenCV's kernels. @step is what weights are rounded to a multiple of, or
 * 0; OpenCV works on 8-bit pictures with 11-bit weights. */
PtqFilter *ptq_filter_new_linear (guint in_size, guint out_size,
    gdouble step);
PtqFilter *ptq_filter_new_cubic (guint in_size, guint out_size, gdouble step);
PtqFilter *ptq_filter_new_area (guint in_size, guint out_size);
PtqFilter *ptq_filter_new_area_enlarge (guint in_size, guint out_size,
    gdouble step);
/* Pillow's */
PtqFilter *ptq_filter_new_linear_antialias (guint in_size, guint out_size);
PtqFilter *ptq_filter_new_cubic_antialias (guint in_size, guint out_size);
void ptq_filter_free (PtqFilter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtqFilter, ptq_filter_free)

/* The ways to resample: each prepares its own constants. */
typedef struct _PtqNearest PtqNearest;
PtqNearest *ptq_nearest_new (PtqSampleType type, guint channels,
    guint in_width, guint in_height, guint out_width, guint out_height);
void ptq_nearest_free (PtqNearest *self);
void ptq_nearest_process (const PtqNearest *self, const PtqImage *in,
    const PtqImage *out);

/* Both take the filters over. */
typedef struct _PtqFloatScaler PtqFloatScaler;
PtqFloatScaler *ptq_float_scaler_new (PtqSampleType type, guint channels,
    PtqFilter *horizontal, PtqFilter *vertical);
void ptq_float_scaler_free (PtqFloatScaler *self);
void ptq_float_scaler_process (const PtqFloatScaler *self,
    const PtqImage *in, const PtqImage *out);

typedef struct _PtqFixedScaler PtqFixedScaler;
PtqFixedScaler *ptq_fixed_scaler_new (guint channels,
    PtqFilter *horizontal, PtqFilter *vertical);
void ptq_fixed_scaler_free (PtqFixedScaler *self);
void ptq_fixed_scaler_process (const PtqFixedScaler *self,
    const PtqImage *in, const PtqImage *out);

/* Where the samples of a component are: red, green, blue, or luma, Cb, Cr, or
 * grey alone. */
typedef struct
{
  guint8 plane;
  guint8 offset;                /* bytes from the start of a row */
  guint8 step;                  /* bytes from one sample to the next */
} PtqComponent;

typedef enum
{
  PTQ_FAMILY_RGB,
  PTQ_FAMILY_GRAY,
  PTQ_FAMILY_YUV
} PtqPixelFamily;

typedef struct
{
  PtqPixelFamily family;
  PtqComponent component[3];
  guint chroma_x_shift;         /* 1 where chroma has half the columns */
  guint chroma_y_shift;         /* 1 where it has half the rows */
} PtqPixelLayout;

/* NULL for a number that is no format */
const PtqPixelLayout *ptq_pixel_layout (PtqPixelFormat format);

static inline const guint8 *
ptq_component_row (const PtqPlanes *planes, const PtqComponent *component,
    guint y)
{
  return (const guint8 *) planes->data[component->plane] +
      y * planes->stride[component->plane] + component->offset;
}

/* Chroma at the resolution of luma. */
typedef struct _PtqChroma PtqChroma;
PtqChroma *ptq_chroma_new (const PtqPixelInfo *info,
    const PtqPixelLayout *layout);
void ptq_chroma_free (PtqChroma *self);
/* Samples of memory that @scratch must have in ptq_chroma_row() */
gsize ptq_chroma_scratch_size (const PtqChroma *self);
/* Row @y of @component to @out: info->width samples */
void ptq_chroma_row (const PtqChroma *self, const PtqPlanes *planes,
    const PtqComponent *component, guint y, guint16 *scratch, guint8 *out);

/* Luma and chroma to red, green and blue; @red and @blue are their places in
 * a pixel of three samples. */
typedef struct _PtqYuvMatrix PtqYuvMatrix;
PtqYuvMatrix *ptq_yuv_matrix_new (PtqColorMatrix matrix, gboolean full_range);
void ptq_yuv_matrix_free (PtqYuvMatrix *self);
void ptq_yuv_matrix_row (const PtqYuvMatrix *self, const guint8 *luma,
    gsize luma_step, const guint8 *cb, const guint8 *cr, guint width,
    guint red, guint blue, guint8 *out);

G_END_DECLS
