/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The list of passes, and how much costly work they do together.
 */
#include <string.h>
#include "pipeline.h"
#include "work-count.h"
#include "../run-model.h"

/* The first has nothing whose range an activation function decides. */
#define PLAIN \
  "input x 1x4x16x16\n weight W 8x4x3x3\n Conv x,W c\n Relu c r\n" \
  " weight V 5x8x3x3\n Conv r,V y\n output y"
#define SILU \
  "input x 1x4x16x16\n weight W 8x4x3x3\n Conv x,W c\n Sigmoid c s\n" \
  " Mul c,s m\n weight V 5x8x3x3\n Conv m,V y\n output y"

typedef struct
{
  const gchar *name;
  const gchar *model;
  guint n_sessions;
} Row;

/* Folding constants, the stream and all looks at it, biases, measuring what
 * came of it; the second has one more, for the ranges that only the equalized
 * model shows. */
static const Row rows[] = {
  { "plain", PLAIN, 4 },
  { "silu", SILU, 5 },
};

static void
test_work (gconstpointer data)
{
  const Row *row = data;
  g_autoptr (PtqModel) model = build_model (row->model);
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (Samples) samples = samples_new (model, -1, 1);
  g_autoptr (PtqModel) quantized = NULL;
  guint before[PTQ_WORK_KINDS];

  for (guint i = 0; i < PTQ_WORK_KINDS; i++)
    before[i] = ptq_work_count_get (i);
  quantized = quantize (model, settings, samples, NULL);
  g_assert_cmpuint (ptq_work_count_get (PTQ_WORK_SESSION), <=,
      before[PTQ_WORK_SESSION] + row->n_sessions);
  g_assert_cmpuint (
      ptq_work_count_get (PTQ_WORK_COPY), <=, before[PTQ_WORK_COPY] + 3);
  g_assert_cmpuint (
      ptq_work_count_get (PTQ_WORK_PLAN), ==, before[PTQ_WORK_PLAN] + 1);
}

static void
test_shares (gconstpointer data)
{
  guint n;
  const PtqPass *passes = ptq_pipeline_get_passes (GPOINTER_TO_INT (data), &n);
  gdouble sum = 0;

  for (guint i = 0; i < n; i++) {
    sum += passes[i].share;
    for (guint k = 0; k < i; k++)
      g_assert_cmpstr (passes[i].name, !=, passes[k].name);
  }
  g_assert_cmpfloat_with_epsilon (sum, 1, 1e-9);
}

/* What is told of the progress ends at 1 and never goes back, with every pass
 * that a setting adds. */
static void
note_progress (const gchar *stage, gdouble fraction, gpointer user_data)
{
  gdouble *last = user_data;

  g_assert_nonnull (stage);
  g_assert_cmpfloat (fraction, >=, *last);
  g_assert_cmpfloat (fraction, <=, 1 + 1e-9);
  *last = fraction;
}

static void
test_progress (void)
{
  g_autoptr (PtqModel) model = build_model (SILU);
  g_autoptr (PtqSettings) settings = ptq_settings_new ();
  g_autoptr (Samples) samples = samples_new (model, -1, 1);
  g_autoptr (PtqCalibrator) calibrator = NULL;
  g_autoptr (PtqQuantizer) quantizer = NULL;
  g_autoptr (PtqModel) quantized = NULL;
  gdouble last = 0;

  g_object_set (settings, "activation-quant-method", PTQ_ACTIVATION_KL, NULL);
  calibrator = calibrate (model, settings, samples);
  quantizer = ptq_quantizer_new (model, settings, calibrator);
  quantized = ptq_quantizer_run (quantizer, note_progress, &last, NULL, NULL);
  g_assert_nonnull (quantized);
  g_assert_cmpfloat_with_epsilon (last, 1, 1e-9);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree gchar *path =
        g_strconcat ("/pipeline/work/", rows[i].name, NULL);

    g_test_add_data_func (path, &rows[i], test_work);
  }
  g_test_add_data_func ("/pipeline/shares/full",
      GINT_TO_POINTER (PTQ_QUANT_TYPE_FULL), test_shares);
  g_test_add_data_func ("/pipeline/shares/weight",
      GINT_TO_POINTER (PTQ_QUANT_TYPE_WEIGHT), test_shares);
  g_test_add_func ("/pipeline/progress", test_progress);
  return g_test_run ();
}
