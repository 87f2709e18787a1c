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
  return (gsize) image->width * image->channels * ptq_sample_size (image->type);
}

static inline gpointer
ptq_image_row (const PtqImage *image, guint y)
{
  return (guint8 *) image->data + y * image->stride;
}

/* %PTQ_ERROR_SHAPE or another @code for sides or channels out of range; @task
 * is what cannot be done, such as "resize from". */
gboolean ptq_image_check_sides (
    const gchar *task, guint width, guint height, gint code, GError **error);
gboolean ptq_image_check_channels (
    const gchar *task, guint channels, GError **error);

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
  guint *first;     /* out_size, ascending */
  guint *count;     /* out_size, 1 to max_taps */
  gdouble *weights; /* out_size * max_taps */
} PtqFilter;

/* Between which two input samples an output sample is: @index and the one
 * after it, of which it takes @fraction. Either may be outside. */
typedef void (*PtqPositionFunc) (
    guint i, guint in_size, guint out_size, gint64 *index, gfloat *fraction);
void ptq_position_linear (
    guint i, guint in_size, guint out_size, gint64 *index, gfloat *fraction);
void ptq_position_area (
    guint i, guint in_size, guint out_size, gint64 *index, gfloat *fraction);

/* OpenCV's kernels */
PtqFilter *ptq_filter_new_linear (
    guint in_size, guint out_size, PtqPositionFunc position);
PtqFilter *ptq_filter_new_cubic (guint in_size, guint out_size);
PtqFilter *ptq_filter_new_area (guint in_size, guint out_size);
/* Pillow's */
PtqFilter *ptq_filter_new_linear_antialias (guint in_size, guint out_size);
PtqFilter *ptq_filter_new_cubic_antialias (guint in_size, guint out_size);
void ptq_filter_free (PtqFilter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtqFilter, ptq_filter_free)

/* A way to resample between two sizes. Kinds of it have this as their first
 * member. */
typedef struct _PtqScaler PtqScaler;
struct _PtqScaler
{
  void (*free) (PtqScaler *self);
  void (*process) (
      const PtqScaler *self, const PtqImage *in, const PtqImage *out);
};

PtqScaler *ptq_nearest_scaler_new (PtqSampleType type, guint channels,
    guint in_width, guint in_height, guint out_width, guint out_height);

/* Rows first, then columns. Rows that have been resampled stay in a ring as
 * long as the columns need them: row i at i % vertical->max_taps. */
typedef struct _PtqSeparable PtqSeparable;
struct _PtqSeparable
{
  PtqScaler parent;

  guint channels;
  gsize n_samples;   /* in a resampled row */
  gsize sample_size; /* of a sample in the ring */
  PtqFilter *horizontal;
  PtqFilter *vertical;
  gpointer row_weights;    /* of horizontal and vertical, in the */
  gpointer column_weights; /* form that the two functions want */

  void (*resample_row) (
      const PtqSeparable *self, gconstpointer in, gpointer out);
  /* @scratch has four bytes a sample */
  void (*resample_columns) (const PtqSeparable *self, guint y,
      gconstpointer ring, gpointer scratch, gpointer out);
};

/* Takes the filters over; weights and functions are still to be set. */
PtqSeparable *ptq_separable_new (guint channels, gsize sample_size,
    PtqFilter *horizontal, PtqFilter *vertical);

static inline gsize
ptq_separable_ring_offset (const PtqSeparable *self, guint row)
{
  return row % self->vertical->max_taps * self->n_samples;
}

/* All three take the filters over. */
PtqScaler *ptq_float_scaler_new (PtqSampleType type, guint channels,
    PtqFilter *horizontal, PtqFilter *vertical);
PtqScaler *ptq_linear_scaler_new (guint channels, PtqPositionFunc position,
    PtqFilter *horizontal, PtqFilter *vertical);
PtqScaler *ptq_pillow_scaler_new (
    guint channels, PtqFilter *horizontal, PtqFilter *vertical);

/* Where the samples of a component are: red, green, blue, or luma, Cb, Cr, or
 * grey alone. */
typedef struct
{
  guint8 plane;
  guint8 offset; /* bytes from the start of a row */
  guint8 step;   /* bytes from one sample to the next */
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
  guint chroma_x_shift; /* 1 where chroma has half the columns */
  guint chroma_y_shift; /* 1 where it has half the rows */
} PtqPixelLayout;

/* NULL for a number that is no format */
const PtqPixelLayout *ptq_pixel_layout (PtqPixelFormat format);

static inline const guint8 *
ptq_component_row (
    const PtqPlanes *planes, const PtqComponent *component, guint y)
{
  return (const guint8 *) planes->data[component->plane]
      + y * planes->stride[component->plane] + component->offset;
}

/* Chroma at the resolution of luma. */
typedef struct _PtqChroma PtqChroma;
PtqChroma *ptq_chroma_new (
    const PtqPixelInfo *info, const PtqPixelLayout *layout);
void ptq_chroma_free (PtqChroma *self);
/* Samples of memory that @scratch must have in ptq_chroma_row() */
gsize ptq_chroma_scratch_size (const PtqChroma *self);
/* Row @y of @component to @out, which has room for an even number of samples:
 * info->width or one more */
void ptq_chroma_row (const PtqChroma *self, const PtqPlanes *planes,
    const PtqComponent *component, guint y, guint16 *scratch, guint8 *out);

/* Luma and chroma to red, green and blue; @red and @blue are their places in
 * a pixel of three samples. */
typedef struct _PtqYuvMatrix PtqYuvMatrix;
PtqYuvMatrix *ptq_yuv_matrix_new (PtqColorMatrix matrix, gboolean full_range);
void ptq_yuv_matrix_free (PtqYuvMatrix *self);
void ptq_yuv_matrix_row (const PtqYuvMatrix *self, const guint8 *luma,
    gsize luma_step, const guint8 *cb, const guint8 *cr, guint width, guint red,
    guint blue, guint8 *out);

G_END_DECLS
