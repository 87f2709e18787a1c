/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Which element makes of the tensor that a stream brings the one that a model
 * wants.
 */
#include "gstptqshapeadvice.h"

#define RANK 4
/* Without the batch, or grey without the channel */
#define MIN_RANK 3
#define MAX_CHANNELS 4

/* A dimension that the model leaves open is -1. */
typedef struct
{
  gboolean planar;
  gint64 channels;
  gint64 height;
  gint64 width;
} Reading;

/* As four dimensions, the outermost first */
static gboolean
pad_dims (const gint64 *dims, guint rank, gint64 *padded)
{
  for (guint i = 0; i < RANK; i++)
    padded[i] = i + rank >= RANK ? dims[i + rank - RANK] : 1;
  for (guint i = 0; i + RANK < rank; i++)
    if (dims[i] != 1)
      return FALSE;
  return TRUE;
}

static gboolean
read_as (Reading *reading, const gint64 *dims, gboolean planar)
{
  reading->planar = planar;
  reading->channels = dims[planar ? 1 : 3];
  reading->height = dims[planar ? 2 : 1];
  reading->width = dims[planar ? 3 : 2];
  return reading->channels >= 1 && reading->channels <= MAX_CHANNELS;
}

static gboolean
is_usual (const Reading *reading)
{
  return reading->channels == 1 || reading->channels == 3;
}

/* In the layout that @planar says where that makes sense, in the other where
 * that makes more */
static gboolean
read_picture (Reading *reading, const gint64 *dims, gboolean planar)
{
  Reading other;
  gboolean fits = read_as (reading, dims, planar);

  if (fits && is_usual (reading))
    return TRUE;
  if (read_as (&other, dims, !planar) && (!fits || is_usual (&other))) {
    *reading = other;
    return TRUE;
  }
  return fits;
}

static gboolean
differ (gint64 have, gint64 want)
{
  return want >= 0 && have != want;
}

static void
advise_size (GPtrArray *words, const Reading *have, const Reading *want)
{
  gboolean width = differ (have->width, want->width);
  gboolean height = differ (have->height, want->height);
  g_autoptr (GString) size = g_string_new (NULL);

  if (!width && !height)
    return;
  if (want->width >= 0)
    g_string_append_printf (size, " width=%" G_GINT64_FORMAT, want->width);
  if (want->height >= 0)
    g_string_append_printf (size, " height=%" G_GINT64_FORMAT, want->height);
  g_ptr_array_add (words,
      g_strdup_printf ("ptqresize%s brings it to that "
                       "size (or ptqcrop%s, to cut)",
          size->str, size->str));
}

static void
advise_channels (GPtrArray *words, const Reading *have, const Reading *want)
{
  if (have->channels == want->channels || !is_usual (want))
    return;
  g_ptr_array_add (words,
      g_strdup_printf ("ptqconvert ! "
                       "video/x-raw,format=%s brings it to %" G_GINT64_FORMAT
                       " channel%s",
          want->channels == 1 ? "GRAY8" : "RGB", want->channels,
          want->channels == 1 ? "" : "s"));
}

/* Samples come one at a time. */
static void
advise_batch (GPtrArray *words, gint64 have, gint64 want)
{
  if (differ (have, want))
    g_ptr_array_add (words,
        g_strdup_printf ("the model was exported for "
                         "batches of %" G_GINT64_FORMAT
                         ": export it for a batch of 1, or "
                         "an open one",
            want));
}

static void
advise_picture (
    GPtrArray *words, const gint64 *have_dims, const gint64 *want_dims)
{
  Reading have, want;

  if (!read_picture (&want, want_dims, TRUE)
      || !read_picture (&have, have_dims, want.planar))
    return;
  advise_channels (words, &have, &want);
  advise_size (words, &have, &want);
  if (have.planar != want.planar)
    g_ptr_array_add (words,
        g_strdup_printf ("ptqnormalize layout=%s brings "
                         "it to that order",
            want.planar ? "nchw" : "nhwc"));
  advise_batch (words, have_dims[0], want_dims[0]);
}

/**
 * gst_ptq_shape_advice:
 * @have: what the stream brings
 * @want: what the input of the model wants
 *
 * Returns: (transfer full) (nullable): which elements bring the one to the
 *   other, for a message that has named both; %NULL where they are no
 *   pictures and nothing is known to help
 */
gchar *
gst_ptq_shape_advice (const GstPtqTensorShape *have, const PtqValueInfo *want)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  gint64 have_dims[RANK], want_dims[RANK];

  if (have->type != PTQ_ELEMENT_FLOAT && have->type != want->type
      && (want->type == PTQ_ELEMENT_FLOAT || want->type == PTQ_ELEMENT_FLOAT16))
    g_ptr_array_add (words,
        g_strdup ("ptqnormalize makes float32 of "
                  "pictures"));
  if (want->rank >= MIN_RANK && pad_dims (want->dims, want->rank, want_dims)
      && pad_dims (have->dims, have->rank, have_dims))
    advise_picture (words, have_dims, want_dims);

  if (words->len == 0)
    return NULL;
  g_ptr_array_add (words, NULL);
  return g_strjoinv ("; ", (gchar **) words->pdata);
}
