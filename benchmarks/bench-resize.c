/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Milliseconds to resize 640x480 to 224x224 by each method, and how many
 * times a copy of the input would fit into that.
 */
#include "ptq-image.h"

#define IN_WIDTH 640
#define IN_HEIGHT 480
#define OUT_SIDE 224
#define CHANNELS 3
#define REPEATS 200

static PtqImage
image_new (PtqSampleType type, guint width, guint height)
{
  gsize row_size = (gsize) width * CHANNELS
      * (type == PTQ_SAMPLE_U8 ? sizeof (guint8) : sizeof (gfloat));
  PtqImage image = { g_malloc0 (row_size * height), type, width, height,
    CHANNELS, row_size };

  return image;
}

static void
fill (const PtqImage *image)
{
  gsize n = (gsize) image->width * image->height * CHANNELS;

  for (gsize i = 0; i < n; i++) {
    guint8 level = g_random_int_range (0, 256);

    if (image->type == PTQ_SAMPLE_U8)
      ((guint8 *) image->data)[i] = level;
    else
      ((gfloat *) image->data)[i] = level;
  }
}

/* The fastest of many: other work on the machine only adds. */
static gdouble
time_resize (const PtqResizer *resizer, const PtqImage *in, const PtqImage *out)
{
  gint64 best = G_MAXINT64;

  for (guint i = 0; i < REPEATS; i++) {
    gint64 start = g_get_monotonic_time ();

    ptq_resizer_process (resizer, in, out);
    best = MIN (best, g_get_monotonic_time () - start);
  }
  return best / 1000.0;
}

static gdouble
time_copy (const PtqImage *in)
{
  PtqImage out = image_new (in->type, in->width, in->height);
  gint64 start;
  gdouble milliseconds;

  ptq_image_copy (in, &out);
  start = g_get_monotonic_time ();
  for (guint i = 0; i < REPEATS; i++)
    ptq_image_copy (in, &out);
  milliseconds = (g_get_monotonic_time () - start) / 1000.0 / REPEATS;
  g_free (out.data);
  return milliseconds;
}

static void
bench_type (PtqSampleType type)
{
  g_autoptr (GTypeClass) methods = g_type_class_ref (PTQ_TYPE_RESIZE_METHOD);
  GEnumClass *klass = (GEnumClass *) methods;
  PtqImage in = image_new (type, IN_WIDTH, IN_HEIGHT);
  PtqImage out = image_new (type, OUT_SIDE, OUT_SIDE);
  gdouble copy;

  fill (&in);
  copy = time_copy (&in);
  for (guint i = 0; i < klass->n_values; i++) {
    g_autoptr (PtqResizer) resizer = ptq_resizer_new (klass->values[i].value,
        type, CHANNELS, IN_WIDTH, IN_HEIGHT, OUT_SIDE, OUT_SIDE, NULL);
    gdouble milliseconds = time_resize (resizer, &in, &out);

    g_print ("%-18s %-4s %8.3f ms %8.1f copies\n", klass->values[i].value_nick,
        type == PTQ_SAMPLE_U8 ? "u8" : "f32", milliseconds,
        milliseconds / copy);
  }
  g_free (in.data);
  g_free (out.data);
}

int
main (void)
{
  bench_type (PTQ_SAMPLE_U8);
  bench_type (PTQ_SAMPLE_F32);
  return 0;
}
