/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Where channels are cut, worked out by hand. With n values of a channel, of
 * which one is L and all others next to nothing, and steps of m / 100, the
 * error n * (m / 100)^2 / 12 + (L - m)^2 is least at
 *
 *   m = L / (1 + n / 120000) = 0.893 L for n = 14400
 *
 * (0.886 L where L is taken as the middle of the last of 64 bins). A uniform
 * channel is not worth cutting at all. */

#include "../build-model.h"
#include "clip-channels.h"
#include "observe-private.h"

#include <math.h>

#define SIDE 120
#define N (SIDE * SIDE)

static const PtqRun no_run = { NULL, NULL, NULL, 1, 0 };

/* Takes memory for the values, to be freed by the caller. */
static void
make_sample (GRand *rand, PtqTensor *tensor)
{
  gfloat *values = g_new (gfloat, 2 * N);

  for (gsize i = 0; i < N; i++) {
    values[i] = (gfloat) g_rand_double_range (rand, -1, 1);
    values[N + i] = (gfloat) g_rand_double_range (rand, -0.001, 0.001);
  }
  values[N + 77] = 10;
  *tensor = (PtqTensor){ PTQ_ELEMENT_FLOAT, 4, { 1, 2, SIDE, SIDE }, values,
    2 * N * sizeof (gfloat) };
}

static PtqCalibrator *
calibrate (PtqModel *model, PtqSettings *settings)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  PtqCalibrator *calibrator = ptq_calibrator_new (model, settings, &error);
  PtqTensor tensor;

  g_assert_no_error (error);
  make_sample (rand, &tensor);
  ptq_calibrator_push (calibrator, &tensor, 1, NULL, &error);
  g_assert_no_error (error);
  g_free ((gpointer) tensor.data);
  return calibrator;
}

static void
test_long_tail_and_uniform (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqModel) model = build_model (
      "input x 1x2x120x120\n"
      "weight W 2x1x1x1\n Conv x,W c group:i=2\n weight V 3x2x1x1\n"
      "Conv c,V y\n output y");
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (PtqCalibrator) calibrator = calibrate (model, settings);
  g_autoptr (GHashTable) clips = NULL;
  const PtqChannel *channels;
  const gdouble *magnitudes;
  guint64 count;
  guint n;

  clips = ptq_clip_channels (
      ptq_calibrator_get_plan (calibrator), calibrator, &no_run, &error);
  g_assert_no_error (error);
  magnitudes = g_hash_table_lookup (clips, "c");
  channels = ptq_calibrator_get_channels (calibrator, "c", &n, &count);
  g_assert_nonnull (magnitudes);
  g_assert_cmpuint (n, ==, 2);
  for (guint c = 0; c < 2; c++) {
    gdouble largest = MAX (fabs (channels[c].min), fabs (channels[c].max));
    gdouble share = magnitudes[c] / largest;

    g_assert_cmpfloat (share, >=, c == 0 ? 1 : 0.87);
    g_assert_cmpfloat (share, <=, c == 0 ? 1 : 0.90);
  }
}

static void
test_nothing_to_replay (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqModel) model = build_model (
      "input x 1x2x120x120\n"
      "weight W 2x1x1x1\n Conv x,W c group:i=2\n weight V 3x2x1x1\n"
      "Conv c,V y\n output y");
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (PtqCalibrator) calibrator =
      ptq_calibrator_new (model, settings, &error);
  g_autoptr (GHashTable) clips = NULL;

  g_assert_no_error (error);
  clips = ptq_clip_channels (
      ptq_calibrator_get_plan (calibrator), calibrator, &no_run, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_hash_table_size (clips), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func (
      "/channel-clip/long-tail-and-uniform", test_long_tail_and_uniform);
  g_test_add_func ("/channel-clip/nothing-to-replay", test_nothing_to_replay);
  return g_test_run ();
}
