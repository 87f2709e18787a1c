/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What each pass is worth: a net that needs it, and the signal to noise ratio
 * in dB that leaving the pass out has to cost at least. A pass that no longer
 * does its work fails here, whatever the rest makes up for.
 */
#include <math.h>
#include "pipeline.h"
#include "../run-model.h"

#define CONV "input x 1x4x16x16\n weight W 8x4x3x3\n Conv x,W c\n"
#define TAIL " weight V 5x8x1x1\n Conv r,V y\n output y"
#define RELU CONV " Relu c r\n" TAIL
#define SIGMOID CONV " Sigmoid c r\n" TAIL

typedef struct
{
  const gchar *pass;
  const gchar *model;
  gdouble step; /* each channel of W has so many times the last one's weights */
  gdouble after; /* of V so many times less, channel by channel */
  gdouble gain;  /* of all of W */
  gint bits;
  const gchar *others; /* passes that are left out in either case */
  gdouble lowest;      /* of the samples, which reach up to 1 */
  gdouble least;       /* dB that the pass brings */
} Row;

static const Row rows[] = {
  { "equalize", RELU, 2, 2, 1, 8, "", -1, 15 },
  /* small channels that hardly count: all of the factor would cost 0.5 dB */
  { "equalize", RELU, 1.5, 0.5, 1, 8, "", -1, -0.25 },
  { "fit-activation-ranges", SIGMOID, 1, 1, 12, 8, "correct-biases", -1, 1.5 },
  { "correct-biases", RELU, 1, 1, 1, 8, "clip-channels", 0.5, 3.5 },
  { "correct-biases", RELU, 1, 1, 1, 4, "clip-channels", 0.5, 3 },
};

/* Channel after channel of W is larger, and what reads it is smaller by as
 * much: each counts alike for the output. */
static void
make_uneven (PtqModel *model, gdouble step, gdouble after, gdouble gain)
{
  gfloat w[8 * 4 * 9], v[5 * 8];
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);

  for (guint i = 0; i < G_N_ELEMENTS (w); i++)
    w[i] = (gfloat) (gain * pow (step, i / 36 - 3.5)
        * g_rand_double_range (rand, -1, 1));
  for (guint i = 0; i < G_N_ELEMENTS (v); i++)
    v[i] =
        (gfloat) (pow (after, 3.5 - i % 8) * g_rand_double_range (rand, -1, 1));
  set_weight (model, "W", w);
  set_weight (model, "V", v);
}

static gdouble
measure (const Row *row, const gchar *left_out)
{
  g_autoptr (PtqModel) model = build_model (row->model);
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (Samples) samples = samples_new (model, row->lowest, 1);
  g_autoptr (PtqModel) quantized = NULL;

  make_uneven (model, row->step, row->after, row->gain);
  g_object_set (
      settings, "bit-num", row->bits, "disable-passes", left_out, NULL);
  quantized = quantize (model, settings, samples, NULL);
  return compare_exactly (model, quantized, samples);
}

static void
test_worth (gconstpointer data)
{
  const Row *row = data;
  g_autofree gchar *both = g_strjoin (",", row->others, row->pass, NULL);
  gdouble with = measure (row, row->others), without = measure (row, both);

  g_test_message ("%.2f dB with, %.2f dB without", with, without);
  g_assert_cmpfloat (with - without, >=, row->least);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree gchar *path =
        g_strdup_printf ("/passes/worth/%u-%s", i, rows[i].pass);

    g_test_add_data_func (path, &rows[i], test_worth);
  }
  return g_test_run ();
}
