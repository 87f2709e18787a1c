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

/* Resize: constants prepared once for a pair of sizes; processing keeps no
 * state and may run on several threads with one resizer. */
typedef struct _PtqResizer PtqResizer;
PTQ_API PtqResizer *ptq_resizer_new (PtqResizeMethod method,
    PtqSampleType type, guint channels, guint in_width, guint in_height,
    guint out_width, guint out_height, GError **error);
PTQ_API void ptq_resizer_free (PtqResizer *self);
PTQ_API void ptq_resizer_process (const PtqResizer *self,
    const PtqImage *in, const PtqImage *out);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtqResizer, ptq_resizer_free)

/* The size that the picture itself gets (*width, *height), and, for
 * letterbox, where it stands in a canvas of the size asked for (*x, *y; both
 * 0 in the other modes). */
PTQ_API gboolean ptq_resize_geometry (PtqResizeMode mode, guint in_width,
    guint in_height, guint want_width, guint want_height, guint *width,
    guint *height, guint *x, guint *y, GError **error);
/* Fills the canvas outside of the rectangle with @value in every channel. */
PTQ_API void ptq_image_fill_border (const PtqImage *canvas, guint x, guint y,
    guint width, guint height, gdouble value);

/* Centre crop: offset (in - out) / 2, integer division (the odd pixel goes
 * right and bottom). Sets @out to a view into @in, no copy. */
PTQ_API gboolean ptq_image_crop_center (const PtqImage *in, guint width,
    guint height, PtqImage *out, GError **error);
/* Copies the pixels of @in to @out, which has the same size and type. */
PTQ_API void ptq_image_copy (const PtqImage *in, const PtqImage *out);

/* Four inks, 255 = full, to RGB by Pillow's plain formula; same size. */
PTQ_API void ptq_image_cmyk_to_rgb (const PtqImage *in, const PtqImage *out);

/**
 * PtqLayout:
 * @PTQ_LAYOUT_NCHW: planes, one a channel
 * @PTQ_LAYOUT_NHWC: channels interleaved
 */
typedef enum
{
  PTQ_LAYOUT_NCHW,
  PTQ_LAYOUT_NHWC
} PtqLayout;

#define PTQ_TYPE_LAYOUT (ptq_layout_get_type ())
PTQ_API GType ptq_layout_get_type (void);

/* Normalize: y = (x * scale - mean[c]) / std[c] in float32, packed rows out.
 * mean and std have one value a channel, or one for all. */
typedef struct _PtqNormalizer PtqNormalizer;
PTQ_API PtqNormalizer *ptq_normalizer_new (gdouble scale,
    const gdouble *mean, guint n_mean, const gdouble *std, guint n_std,
    guint channels, GError **error);
PTQ_API void ptq_normalizer_free (PtqNormalizer *self);
PTQ_API void ptq_normalizer_process (const PtqNormalizer *self,
    const PtqImage *in, PtqLayout layout, gfloat *out);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtqNormalizer, ptq_normalizer_free)

/* Colour conversion from what cameras and decoders give to packed 8-bit. */
typedef enum
{
  PTQ_PIXEL_RGB, PTQ_PIXEL_BGR,
  PTQ_PIXEL_RGBX, PTQ_PIXEL_BGRX, PTQ_PIXEL_XRGB, PTQ_PIXEL_XBGR,
  PTQ_PIXEL_RGBP,               /* three planes R, G, B */
  PTQ_PIXEL_GRAY8, PTQ_PIXEL_GRAY16_LE, PTQ_PIXEL_GRAY16_BE,
  PTQ_PIXEL_I420, PTQ_PIXEL_YV12, PTQ_PIXEL_NV12, PTQ_PIXEL_NV21,
  PTQ_PIXEL_YUY2, PTQ_PIXEL_UYVY, PTQ_PIXEL_Y42B, PTQ_PIXEL_Y444
} PtqPixelFormat;

typedef enum
{
  PTQ_MATRIX_BT601, PTQ_MATRIX_BT709, PTQ_MATRIX_BT2020, PTQ_MATRIX_FCC,
  PTQ_MATRIX_SMPTE240M
} PtqColorMatrix;

typedef enum
{
  PTQ_CHROMA_CENTER,           /* between the luma samples both ways (JPEG) */
  PTQ_CHROMA_LEFT,             /* on the left luma column (MPEG-2) */
  PTQ_CHROMA_TOP_LEFT          /* on the top left luma sample */
} PtqChromaSite;

typedef struct
{
  PtqPixelFormat format;
  guint width;
  guint height;
  PtqColorMatrix matrix;        /* YUV formats only */
  gboolean full_range;          /* YUV and grey: 0..255, else 16..235 */
  PtqChromaSite chroma_site;    /* subsampled formats only */
} PtqPixelInfo;

typedef struct
{
  gconstpointer data[4];        /* first byte of each plane */
  gsize stride[4];
} PtqPlanes;

/* @out_format: PTQ_PIXEL_RGB, PTQ_PIXEL_BGR or PTQ_PIXEL_GRAY8. Grey from
 * colour is OpenCV's: 0.299 R + 0.587 G + 0.114 B, rounded. */
typedef struct _PtqConverter PtqConverter;
PTQ_API PtqConverter *ptq_converter_new (const PtqPixelInfo *in,
    PtqPixelFormat out_format, GError **error);
PTQ_API void ptq_converter_free (PtqConverter *self);
PTQ_API void ptq_converter_process (const PtqConverter *self,
    const PtqPlanes *in, const PtqImage *out);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtqConverter, ptq_converter_free)

G_END_DECLS
