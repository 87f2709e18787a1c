/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Pixel kernels. Every kernel is named after the library whose result it
 * equals.
 */
#pragma once

#include <glib-object.h>
#include "ptq-macros.h"

G_BEGIN_DECLS

/**
 * PtqSampleType:
 * @PTQ_SAMPLE_U8: 8 bits, 0 to 255
 * @PTQ_SAMPLE_F32: 32-bit float, any range
 *
 * Since: 0.1
 */
typedef enum
{
  PTQ_SAMPLE_U8,
  PTQ_SAMPLE_F32
} PtqSampleType;

/**
 * PtqImage:
 * @data: first sample of the top left pixel; not owned
 * @type: type of a sample
 * @width: pixels in a row
 * @height: rows
 * @channels: interleaved samples in a pixel (1 for a single plane)
 * @stride: bytes from one row to the next
 *
 * A view of a packed picture, rows from top to bottom, channels innermost.
 *
 * Since: 0.1
 */
typedef struct
{
  gpointer data;
  PtqSampleType type;
  guint width;
  guint height;
  guint channels;
  gsize stride;
} PtqImage;

/**
 * PtqResizeMethod:
 * @PTQ_RESIZE_NEAREST: OpenCV INTER_NEAREST
 * @PTQ_RESIZE_LINEAR: OpenCV INTER_LINEAR
 * @PTQ_RESIZE_CUBIC: OpenCV INTER_CUBIC (a = -0.75)
 * @PTQ_RESIZE_LINEAR_ANTIALIAS: Pillow BILINEAR
 * @PTQ_RESIZE_CUBIC_ANTIALIAS: Pillow BICUBIC
 * @PTQ_RESIZE_AREA: OpenCV INTER_AREA
 *
 * Since: 0.1
 */
typedef enum
{
  PTQ_RESIZE_NEAREST,
  PTQ_RESIZE_LINEAR,
  PTQ_RESIZE_CUBIC,
  PTQ_RESIZE_LINEAR_ANTIALIAS,
  PTQ_RESIZE_CUBIC_ANTIALIAS,
  PTQ_RESIZE_AREA
} PtqResizeMethod;

/**
 * PtqResizeMode:
 * @PTQ_RESIZE_STRETCH: to exactly the size asked for
 * @PTQ_RESIZE_SHORTER_SIDE: the shorter side to the size asked for, the
 *   longer one in proportion (long = int (size * long / short), torchvision)
 * @PTQ_RESIZE_LETTERBOX: as large as fits, centred, the rest filled
 *
 * Since: 0.1
 */
typedef enum
{
  PTQ_RESIZE_STRETCH,
  PTQ_RESIZE_SHORTER_SIDE,
  PTQ_RESIZE_LETTERBOX
} PtqResizeMode;

#define PTQ_TYPE_RESIZE_METHOD (ptq_resize_method_get_type ())
PTQ_API GType ptq_resize_method_get_type (void);
#define PTQ_TYPE_RESIZE_MODE (ptq_resize_mode_get_type ())
PTQ_API GType ptq_resize_mode_get_type (void);

/**
 * PtqResizer:
 *
 * What depends on a pair of sizes alone, prepared once. Processing keeps no
 * state and may run on several threads with one resizer.
 *
 * Since: 0.1
 */
typedef struct _PtqResizer PtqResizer;
PTQ_API PtqResizer *ptq_resizer_new (PtqResizeMethod method, PtqSampleType type,
    guint channels, guint in_width, guint in_height, guint out_width,
    guint out_height, GError **error);
PTQ_API void ptq_resizer_free (PtqResizer *self);
PTQ_API void ptq_resizer_process (
    const PtqResizer *self, const PtqImage *in, const PtqImage *out);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtqResizer, ptq_resizer_free)

PTQ_API gboolean ptq_resize_geometry (PtqResizeMode mode, guint in_width,
    guint in_height, guint want_width, guint want_height, guint *width,
    guint *height, guint *x, guint *y, GError **error);
PTQ_API void ptq_image_fill_border (const PtqImage *canvas, guint x, guint y,
    guint width, guint height, gdouble value);

PTQ_API gboolean ptq_image_crop_center (const PtqImage *in, guint width,
    guint height, PtqImage *out, GError **error);
PTQ_API void ptq_image_copy (const PtqImage *in, const PtqImage *out);
PTQ_API void ptq_image_cmyk_to_rgb (const PtqImage *in, const PtqImage *out);

/**
 * PtqLayout:
 * @PTQ_LAYOUT_NCHW: planes, one a channel
 * @PTQ_LAYOUT_NHWC: channels interleaved
 *
 * Since: 0.1
 */
typedef enum
{
  PTQ_LAYOUT_NCHW,
  PTQ_LAYOUT_NHWC
} PtqLayout;

#define PTQ_TYPE_LAYOUT (ptq_layout_get_type ())
PTQ_API GType ptq_layout_get_type (void);

/* Turns @n pictures of @pixels pixels and @channels channels from one layout
 * into the other, samples of @sample_size bytes; @in and @out are apart. */
PTQ_API void ptq_layout_swap (gconstpointer in, PtqLayout in_layout,
    gpointer out, gsize n, gsize channels, gsize pixels, gsize sample_size);

/**
 * PtqNormalizer:
 *
 * y = (x * scale - mean) / std, prepared for a number of channels. Processing
 * keeps no state.
 *
 * Since: 0.1
 */
typedef struct _PtqNormalizer PtqNormalizer;
PTQ_API PtqNormalizer *ptq_normalizer_new (gdouble scale, const gdouble *mean,
    guint n_mean, const gdouble *std, guint n_std, guint channels,
    GError **error);
PTQ_API void ptq_normalizer_free (PtqNormalizer *self);
PTQ_API void ptq_normalizer_process (const PtqNormalizer *self,
    const PtqImage *in, PtqLayout layout, gfloat *out);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtqNormalizer, ptq_normalizer_free)

/**
 * PtqPixelFormat:
 * @PTQ_PIXEL_RGB: red, green, blue in three bytes
 * @PTQ_PIXEL_BGR: blue, green, red in three bytes
 * @PTQ_PIXEL_RGBX: red, green, blue and a byte that is ignored
 * @PTQ_PIXEL_BGRX: blue, green, red and a byte that is ignored
 * @PTQ_PIXEL_XRGB: a byte that is ignored, red, green, blue
 * @PTQ_PIXEL_XBGR: a byte that is ignored, blue, green, red
 * @PTQ_PIXEL_RGBP: planes of red, green and blue
 * @PTQ_PIXEL_GRAY8: grey in a byte
 * @PTQ_PIXEL_GRAY16_LE: grey in two bytes, the lower first
 * @PTQ_PIXEL_GRAY16_BE: grey in two bytes, the upper first
 * @PTQ_PIXEL_I420: planes Y, Cb, Cr; chroma halved both ways
 * @PTQ_PIXEL_YV12: planes Y, Cr, Cb; chroma halved both ways
 * @PTQ_PIXEL_NV12: planes Y and CbCr; chroma halved both ways
 * @PTQ_PIXEL_NV21: planes Y and CrCb; chroma halved both ways
 * @PTQ_PIXEL_YUY2: Y, Cb, Y, Cr in four bytes for two columns
 * @PTQ_PIXEL_UYVY: Cb, Y, Cr, Y in four bytes for two columns
 * @PTQ_PIXEL_Y42B: planes Y, Cb, Cr; chroma of half the columns
 * @PTQ_PIXEL_Y444: planes Y, Cb, Cr of the same size
 *
 * What cameras and decoders give, by GStreamer's names. Half of an odd number
 * is rounded up.
 *
 * Since: 0.1
 */
typedef enum
{
  PTQ_PIXEL_RGB,
  PTQ_PIXEL_BGR,
  PTQ_PIXEL_RGBX,
  PTQ_PIXEL_BGRX,
  PTQ_PIXEL_XRGB,
  PTQ_PIXEL_XBGR,
  PTQ_PIXEL_RGBP,
  PTQ_PIXEL_GRAY8,
  PTQ_PIXEL_GRAY16_LE,
  PTQ_PIXEL_GRAY16_BE,
  PTQ_PIXEL_I420,
  PTQ_PIXEL_YV12,
  PTQ_PIXEL_NV12,
  PTQ_PIXEL_NV21,
  PTQ_PIXEL_YUY2,
  PTQ_PIXEL_UYVY,
  PTQ_PIXEL_Y42B,
  PTQ_PIXEL_Y444
} PtqPixelFormat;

/**
 * PtqColorMatrix:
 * @PTQ_MATRIX_BT601: ITU-R BT.601, also JPEG
 * @PTQ_MATRIX_BT709: ITU-R BT.709
 * @PTQ_MATRIX_BT2020: ITU-R BT.2020
 * @PTQ_MATRIX_FCC: FCC title 47, part 73.682
 * @PTQ_MATRIX_SMPTE240M: SMPTE 240M
 *
 * The weights of red, green and blue in luma.
 *
 * Since: 0.1
 */
typedef enum
{
  PTQ_MATRIX_BT601,
  PTQ_MATRIX_BT709,
  PTQ_MATRIX_BT2020,
  PTQ_MATRIX_FCC,
  PTQ_MATRIX_SMPTE240M
} PtqColorMatrix;

/**
 * PtqChromaSite:
 * @PTQ_CHROMA_CENTER: between the luma samples both ways (JPEG, MPEG-1)
 * @PTQ_CHROMA_LEFT: on the left luma column, between the rows (MPEG-2)
 * @PTQ_CHROMA_TOP_LEFT: on the top left luma sample
 *
 * Where a chroma sample is among the luma samples that it serves.
 *
 * Since: 0.1
 */
typedef enum
{
  PTQ_CHROMA_CENTER,
  PTQ_CHROMA_LEFT,
  PTQ_CHROMA_TOP_LEFT
} PtqChromaSite;

/**
 * PtqPixelInfo:
 * @format: how samples lie in memory
 * @width: columns
 * @height: rows
 * @matrix: of YUV formats
 * @full_range: of YUV formats and grey: 0 to 255, else 16 to 235 (240 for
 *   chroma)
 * @chroma_site: of formats with halved chroma
 *
 * All that a conversion depends on.
 *
 * Since: 0.1
 */
typedef struct
{
  PtqPixelFormat format;
  guint width;
  guint height;
  PtqColorMatrix matrix;
  gboolean full_range;
  PtqChromaSite chroma_site;
} PtqPixelInfo;

/**
 * PtqPlanes:
 * @data: first byte of each plane; not owned
 * @stride: bytes from one row of a plane to the next
 *
 * The memory of a picture, plane by plane as the format orders them.
 *
 * Since: 0.1
 */
typedef struct
{
  gconstpointer data[4];
  gsize stride[4];
} PtqPlanes;

/**
 * PtqConverter:
 *
 * Tables for a conversion to packed pixels. Processing keeps no state.
 *
 * Since: 0.1
 */
typedef struct _PtqConverter PtqConverter;
PTQ_API PtqConverter *ptq_converter_new (
    const PtqPixelInfo *in, PtqPixelFormat out_format, GError **error);
PTQ_API void ptq_converter_free (PtqConverter *self);
PTQ_API void ptq_converter_process (
    const PtqConverter *self, const PtqPlanes *in, const PtqImage *out);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtqConverter, ptq_converter_free)

G_END_DECLS
