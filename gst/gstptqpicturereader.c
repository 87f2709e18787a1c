/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Picture files through libvips, with the pixels that OpenCV's imread and
 * Pillow give: no colour management, alpha dropped without blending, the
 * upper 8 of 16 bits.
 *
 * Rows are read from top to bottom on the calling thread, so that memory
 * beyond the result stays at some rows for most files. Pictures that are to
 * be turned, and CMYK ones, are held once more.
 */
#include "gstptqpicturereader.h"

#include <string.h>
#include <vips/vips.h>

#include "ptq-error.h"

GST_DEBUG_CATEGORY_STATIC (gst_ptq_picture_reader_debug);
#define GST_CAT_DEFAULT gst_ptq_picture_reader_debug

#define ROWS_AT_ONCE 64

struct _GstPtqPictureReader
{
  gchar *path;
  VipsImage *image; /* 8 bit; 1, 3 or (CMYK) 4 bands */
  gint orientation; /* EXIF, 1 when nothing is to be done */
  gboolean is_cmyk;
};

/* libvips picks the loader by content. Some of them make pictures of text,
 * tables and drawings, which are not what a model was trained with. */
static const gchar *loaders[] = { "VipsForeignLoadJpeg", "VipsForeignLoadPng",
  "VipsForeignLoadSpng", "VipsForeignLoadNsgif", "VipsForeignLoadWebp",
  "VipsForeignLoadTiff", "VipsForeignLoadHeif", "VipsForeignLoadPpm",
  "VipsForeignLoadJp2k", "VipsForeignLoadJxl" };

/* What libjpeg said about a scan with flipped bits. libvips goes on with such
 * a picture and only warns, on the thread that closes it. Bytes between
 * segments are harmless, and some cameras leave them. */
static GPrivate damage = G_PRIVATE_INIT (g_free);

static void
note_damage (const gchar *message)
{
  gchar *text;

  if (strstr (message, "Corrupt JPEG data") != NULL
      && strstr (message, "extraneous bytes before marker") == NULL) {
    text = g_strdelimit (g_strchomp (g_strdup (message)), "\n", ';');
    g_private_replace (&damage, text);
  }
}

static void
log_to_category (const gchar *domain, GLogLevelFlags level,
    const gchar *message, gpointer data)
{
  (void) domain;
  (void) data;

  note_damage (message);
  if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL))
    GST_ERROR ("%s", message);
  else if (level & G_LOG_LEVEL_WARNING)
    GST_WARNING ("%s", message);
  else
    GST_DEBUG ("%s", message);
}

static gpointer
init_once (gpointer data)
{
  (void) data;

  GST_DEBUG_CATEGORY_INIT (gst_ptq_picture_reader_debug, "ptqpicturereader", 0,
      "picture files, and what libvips says about them");
  g_log_set_handler ("VIPS", G_LOG_LEVEL_MASK, log_to_category, NULL);
  if (VIPS_INIT ("gst-ptq") != 0)
    return GINT_TO_POINTER (FALSE);

  /* Every file is read once: a cache of results would only grow. */
  vips_cache_set_max (0);
  return GINT_TO_POINTER (TRUE);
}

/**
 * gst_ptq_picture_reader_init:
 *
 * Gets libvips ready. May be called more than once.
 *
 * Returns: whether it could be
 */
gboolean
gst_ptq_picture_reader_init (void)
{
  static GOnce once = G_ONCE_INIT;

  return GPOINTER_TO_INT (g_once (&once, init_once, NULL));
}

/* The text of libvips has one line a cause. */
static void
set_vips_error (
    GError **error, PtqError code, const gchar *path, const gchar *what)
{
  g_autofree gchar *text = vips_error_buffer_copy ();

  g_strdelimit (g_strchomp (text), "\n", ';');
  g_set_error (error, PTQ_ERROR, code, "picture \"%s\" %s%s%s", path, what,
      text[0] != '\0' ? ": " : "", text);
}

static gboolean
is_known (VipsSource *source)
{
  const gchar *loader = vips_foreign_find_load_source (source);
  const guint8 *magic;
  guint i;

  for (i = 0; loader != NULL && i < G_N_ELEMENTS (loaders); i++)
    if (g_str_has_prefix (loader, loaders[i]))
      return TRUE;

  /* BMP comes through ImageMagick, which has no loader for a source. */
  vips_error_clear ();
  magic = vips_source_sniff (source, 2);
  return magic != NULL && memcmp (magic, "BM", 2) == 0;
}

static VipsImage *
load_source (VipsSource *source, const gchar *path, GError **error)
{
  VipsImage *image;

  if (vips_source_sniff (source, 1) == NULL) {
    vips_error_clear ();
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_DATA,
        "picture \"%s\" is empty (0 bytes)", path);
    return NULL;
  }
  if (!is_known (source)) {
    vips_error_clear ();
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_DATA,
        "\"%s\" is not a picture that can be read (JPEG, PNG, GIF, WebP, "
        "TIFF, BMP, PNM, HEIF, JPEG 2000, JPEG XL)",
        path);
    return NULL;
  }

  image = vips_image_new_from_source (source, "", "access",
      VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_TRUNCATED, NULL);
  if (image == NULL)
    set_vips_error (error, PTQ_ERROR_DATA, path, "is damaged");
  return image;
}

static VipsImage *
open_image (const gchar *path, GError **error)
{
  VipsSource *source = vips_source_new_from_file (path);
  VipsImage *image;

  if (source == NULL) {
    set_vips_error (error, PTQ_ERROR_READ, path, "cannot be opened");
    return NULL;
  }
  image = load_source (source, path, error);
  g_object_unref (source);
  return image;
}

static gboolean
check_pixels (
    const gchar *path, VipsImage *image, guint64 max_pixels, GError **error)
{
  guint64 pixels =
      (guint64) vips_image_get_width (image) * vips_image_get_height (image);

  if (max_pixels == 0 || pixels <= max_pixels)
    return TRUE;
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED,
      "picture \"%s\" is %dx%d, %" G_GUINT64_FORMAT " pixels; max-pixels "
      "allows %" G_GUINT64_FORMAT " (3 bytes of memory each)",
      path, vips_image_get_width (image), vips_image_get_height (image), pixels,
      max_pixels);
  return FALSE;
}

static gboolean
check_format (const gchar *path, VipsImage *image, GError **error)
{
  VipsBandFormat format = vips_image_get_format (image);
  gint bands = vips_image_get_bands (image);

  if ((format == VIPS_FORMAT_UCHAR || format == VIPS_FORMAT_USHORT)
      && bands >= 1 && bands <= 5)
    return TRUE;
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED,
      "picture \"%s\" has %d channels of type %s; 1 to 4 of 8 or 16 bits, "
      "and alpha, are supported",
      path, bands, vips_enum_nick (VIPS_TYPE_BAND_FORMAT, format));
  return FALSE;
}

/* Puts the result of an operation in the place of its input, NULL where it
 * has failed. */
static gboolean
replace_image (VipsImage **image, gint result, VipsImage **out)
{
  g_object_unref (*image);
  *image = result == 0 ? *out : NULL;
  return result == 0;
}

/* Drops alpha and the lower bits. */
static gboolean
reduce (GstPtqPictureReader *self, GError **error)
{
  gint bands = vips_image_get_bands (self->image), wanted;
  VipsImage *out;

  self->is_cmyk =
      vips_image_get_interpretation (self->image) == VIPS_INTERPRETATION_CMYK
      && bands >= 4;
  wanted = self->is_cmyk ? 4 : bands < 3 ? 1 : 3;
  if (bands > wanted
      && !replace_image (&self->image,
          vips_extract_band (self->image, &out, 0, "n", wanted, NULL), &out))
    goto failed;
  if (vips_image_get_format (self->image) == VIPS_FORMAT_USHORT
      && !replace_image (
          &self->image, vips_msb (self->image, &out, NULL), &out))
    goto failed;
  return TRUE;

  /* ERRORS */
failed:
{
  set_vips_error (error, PTQ_ERROR_DATA, self->path, "cannot be converted");
  return FALSE;
}
}

/**
 * gst_ptq_picture_reader_open:
 * @path: a picture file
 * @auto_orient: whether to turn the picture as EXIF says
 * @max_pixels: most pixels that it may have, 0 for no limit
 * @error: return location for an error
 *
 * Reads the header. Of animations and files with several pages, the first
 * picture counts.
 *
 * Returns: (transfer full) (nullable): a reader
 */
GstPtqPictureReader *
gst_ptq_picture_reader_open (
    const gchar *path, gboolean auto_orient, guint64 max_pixels, GError **error)
{
  g_autoptr (GstPtqPictureReader) self = g_new0 (GstPtqPictureReader, 1);

  self->path = g_strdup (path);
  self->image = open_image (path, error);
  if (self->image == NULL
      || !check_pixels (path, self->image, max_pixels, error)
      || !check_format (path, self->image, error))
    return NULL;
  self->orientation =
      auto_orient ? vips_image_get_orientation (self->image) : 1;
  if (!reduce (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * gst_ptq_picture_reader_close:
 * @self: (transfer full): a reader
 *
 * Closes the file. To be called on the thread that has decoded.
 */
void
gst_ptq_picture_reader_close (GstPtqPictureReader *self)
{
  g_clear_object (&self->image);
  g_free (self->path);
  g_free (self);
  vips_thread_shutdown ();
}

/* Closes the image, and returns whether libvips was silent about damage. */
static gboolean
check_damage (GstPtqPictureReader *self, GError **error)
{
  const gchar *message;

  g_clear_object (&self->image);
  message = g_private_get (&damage);
  if (message == NULL)
    return TRUE;
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_DATA,
      "picture \"%s\" is damaged: "
      "%s",
      self->path, message);
  return FALSE;
}

static gboolean
is_turned (GstPtqPictureReader *self)
{
  return self->orientation >= 5;
}

/**
 * gst_ptq_picture_reader_get_width:
 * @self: a reader
 *
 * Returns: columns, after it has been turned
 */
guint
gst_ptq_picture_reader_get_width (GstPtqPictureReader *self)
{
  return is_turned (self) ? vips_image_get_height (self->image)
                          : vips_image_get_width (self->image);
}

/**
 * gst_ptq_picture_reader_get_height:
 * @self: a reader
 *
 * Returns: rows, after it has been turned
 */
guint
gst_ptq_picture_reader_get_height (GstPtqPictureReader *self)
{
  return is_turned (self) ? vips_image_get_width (self->image)
                          : vips_image_get_height (self->image);
}

/**
 * gst_ptq_picture_reader_is_grey:
 * @self: a reader
 *
 * Returns: whether it has one channel
 */
gboolean
gst_ptq_picture_reader_is_grey (GstPtqPictureReader *self)
{
  return vips_image_get_bands (self->image) == 1;
}

/* Copies rows that libvips has computed to where they belong. */
static void
take_rows (VipsRegion *region, const VipsRect *rect, const PtqImage *out)
{
  PtqImage in = {
    .data = VIPS_REGION_ADDR (region, 0, rect->top),
    .type = PTQ_SAMPLE_U8,
    .width = rect->width,
    .height = rect->height,
    .channels = region->im->Bands,
    .stride = VIPS_REGION_LSKIP (region),
  };
  PtqImage rows = *out;

  rows.data = (guint8 *) out->data + rect->top * out->stride;
  rows.height = rect->height;
  if (in.channels == 4)
    ptq_image_cmyk_to_rgb (&in, &rows);
  else
    ptq_image_copy (&in, &rows);
}

/* Computes an image from top to bottom on this thread. */
static gboolean
compute (GstPtqPictureReader *self, VipsImage *image, const PtqImage *out,
    GCancellable *cancellable, GError **error)
{
  VipsRegion *region = vips_region_new (image);
  VipsRect rect = { 0, 0, out->width, 0 };
  gboolean done = FALSE;

  for (rect.top = 0; rect.top < (gint) out->height; rect.top += rect.height) {
    if (g_cancellable_set_error_if_cancelled (cancellable, error))
      goto out;
    rect.height = MIN (ROWS_AT_ONCE, (gint) out->height - rect.top);
    if (vips_region_prepare (region, &rect) != 0) {
      set_vips_error (error, PTQ_ERROR_DATA, self->path, "is damaged");
      goto out;
    }
    take_rows (region, &rect, out);
  }
  done = TRUE;

out:
  g_object_unref (region);
  return done;
}

static void
free_pixels (VipsImage *image, gpointer pixels)
{
  (void) image;
  g_free (pixels);
}

/* Replaces the image by one in memory: rows that are needed in another order
 * than the file has them, and inks, which become RGB on the way. */
static gboolean
hold (GstPtqPictureReader *self, GCancellable *cancellable, GError **error)
{
  PtqImage pixels = {
    .type = PTQ_SAMPLE_U8,
    .width = vips_image_get_width (self->image),
    .height = vips_image_get_height (self->image),
    .channels = MIN (vips_image_get_bands (self->image), 3),
  };
  gsize size;

  pixels.stride = (gsize) pixels.width * pixels.channels;
  size = pixels.stride * pixels.height;
  pixels.data = g_try_malloc (size);
  if (pixels.data == NULL) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_FAILED,
        "picture \"%s\" needs %" G_GSIZE_FORMAT " bytes of memory, which "
        "there are not",
        self->path, size);
    return FALSE;
  }
  if (!compute (self, self->image, &pixels, cancellable, error)) {
    g_free (pixels.data);
    return FALSE;
  }
  g_object_unref (self->image);
  self->image = vips_image_new_from_memory (pixels.data, size, pixels.width,
      pixels.height, pixels.channels, VIPS_FORMAT_UCHAR);
  g_signal_connect (
      self->image, "postclose", G_CALLBACK (free_pixels), pixels.data);
  self->is_cmyk = FALSE;
  return TRUE;
}

static gint
turn (VipsImage *image, gint orientation, VipsImage **out)
{
  VipsImage *copy;
  gint result;

  if (vips_copy (image, &copy, NULL) != 0)
    return -1;
  vips_image_set_int (copy, VIPS_META_ORIENTATION, orientation);
  result = vips_autorot (copy, out, NULL);
  g_object_unref (copy);
  return result;
}

/* Grey to three equal channels, or RGB the other way round */
static gint
arrange (VipsImage *image, gboolean is_bgr, VipsImage **out)
{
  VipsImage *bands[3] = { NULL, NULL, NULL };
  gint n = vips_image_get_bands (image), result = 0, i;

  for (i = 0; i < 3 && result == 0; i++)
    result = vips_extract_band (image, &bands[i],
        n == 1       ? 0
            : is_bgr ? 2 - i
                     : i,
        NULL);
  if (result == 0)
    result = vips_bandjoin (bands, out, 3, NULL);
  for (i = 0; i < 3; i++)
    g_clear_object (&bands[i]);
  return result;
}

static gboolean
needs_arranging (VipsImage *image, PtqPixelFormat format)
{
  return format == PTQ_PIXEL_BGR
      || (format == PTQ_PIXEL_RGB && vips_image_get_bands (image) == 1);
}

/**
 * gst_ptq_picture_reader_decode:
 * @self: a reader
 * @format: %PTQ_PIXEL_RGB, %PTQ_PIXEL_BGR, or %PTQ_PIXEL_GRAY8 for a grey
 *   picture
 * @out: where the pixels go, of the size of the reader
 * @cancellable: (nullable): stops between some rows and the next
 * @error: return location for an error
 *
 * Decodes the picture, once. A file that ends early is an error.
 *
 * Returns: whether all pixels are there
 */
gboolean
gst_ptq_picture_reader_decode (GstPtqPictureReader *self, PtqPixelFormat format,
    const PtqImage *out, GCancellable *cancellable, GError **error)
{
  VipsImage *replacement;

  g_private_replace (&damage, NULL);
  if ((self->orientation > 1 || self->is_cmyk)
      && !hold (self, cancellable, error))
    return FALSE;
  if (self->orientation > 1
      && !replace_image (&self->image,
          turn (self->image, self->orientation, &replacement), &replacement))
    goto failed;
  self->orientation = 1;
  if (needs_arranging (self->image, format)
      && !replace_image (&self->image,
          arrange (self->image, format == PTQ_PIXEL_BGR, &replacement),
          &replacement))
    goto failed;
  return compute (self, self->image, out, cancellable, error)
      && check_damage (self, error);

  /* ERRORS */
failed:
{
  set_vips_error (error, PTQ_ERROR_DATA, self->path, "cannot be turned");
  return FALSE;
}
}
