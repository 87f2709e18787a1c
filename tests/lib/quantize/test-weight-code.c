/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Codes of fixed widths against the tables of make-tables.py; of mixed widths
 * against their promise, the relative error, measured here anew. */

#include "code-window.h"
#include "weight-mixed.h"
#include "weight-code-table.h"

#include <math.h>

#define N_RANDOM 4000

/* As random_values () of make-tables.py */
static void
fill_random (gfloat *values, gsize n)
{
  guint64 state = 1;

  for (gsize i = 0; i < n; i++) {
    gdouble sum = 0;

    for (guint k = 0; k < 4; k++) {
      state = (state * 1103515245 + 12345) % (1u << 31);
      sum += (gdouble) state / (1u << 31);
    }
    values[i] = (gfloat) (sum - 2);
  }
}

static PtqWeightTask
new_task (const gfloat *values, const gint64 *dims, guint rank, gint axis,
    gboolean corrected)
{
  PtqWeightTask task = { 0 };

  task.values = values;
  task.dims = dims;
  task.rank = rank;
  task.axis = axis;
  task.kernel = 1;
  task.per_channel = TRUE;
  task.corrected = corrected;
  task.keep_sums = TRUE;
  task.outliers = TRUE;
  return task;
}

static gdouble
decode (const PtqWeightCode *code, gsize inner, gsize i)
{
  guint c = i / inner % code->n_channels;

  return (gdouble) code->codes[i] * code->scales[c] + code->offsets[c];
}

static void
check_table (const gfloat *values, const gint64 *dims, guint rank, gint axis,
    gsize inner, gsize n, const guint16 *codes, const gdouble *decoded,
    gboolean corrected)
{
  PtqWeightTask task = new_task (values, dims, rank, axis, corrected);

  for (gint bits = 1; bits <= 16; bits++) {
    g_autoptr (PtqWeightCode) code = ptq_weight_code_new_fixed (&task, bits);
    gsize at = (bits - 1) * n;

    g_assert_cmpint (code->bits, ==, bits);
    g_assert_cmpint (code->axis, ==, axis);
    g_assert_cmpuint (code->n_channels, ==, dims[axis]);
    g_assert_cmpuint (code->n, ==, n);
    for (gsize i = 0; i < n; i++) {
      g_assert_cmpint (code->codes[i], ==, codes[at + i]);
      g_assert_cmpfloat_with_epsilon (
          decode (code, inner, i), decoded[at + i], 2e-6);
    }
  }
}

static void
test_fixed_rows (void)
{
  check_table (rows_values, rows_dims, ROWS_RANK, ROWS_AXIS, 5,
      G_N_ELEMENTS (rows_values), rows_codes, rows_plain, FALSE);
}

static void
test_corrected_rows (void)
{
  check_table (rows_values, rows_dims, ROWS_RANK, ROWS_AXIS, 5,
      G_N_ELEMENTS (rows_values), rows_codes, rows_corrected, TRUE);
}

static void
test_fixed_cube (void)
{
  check_table (cube_values, cube_dims, CUBE_RANK, CUBE_AXIS, 4,
      G_N_ELEMENTS (cube_values), cube_codes, cube_plain, FALSE);
}

static void
test_corrected_cube (void)
{
  check_table (cube_values, cube_dims, CUBE_RANK, CUBE_AXIS, 4,
      G_N_ELEMENTS (cube_values), cube_codes, cube_corrected, TRUE);
}

/* One bit over [-0.7, 0.4]: step 1.1, levels -1.1 and 0 */
static void
test_one_bit (void)
{
  const gfloat values[] = { -0.7f, 0.4f, -0.5f, -0.6f };
  const gint64 dims[] = { 4 };
  PtqWeightTask task = new_task (values, dims, 1, -1, FALSE);
  g_autoptr (PtqWeightCode) code = ptq_weight_code_new_fixed (&task, 1);
  const gdouble expected[] = { -1.1, 0, 0, -1.1 };

  for (guint i = 0; i < 4; i++)
    g_assert_cmpfloat_with_epsilon (decode (code, 1, i), expected[i], 1e-6);
}

/* Zeros stay zeros, and a constant stays what it is, corrected or not. */
static void
test_constant_channels (void)
{
  const gfloat values[] = { 0, 0, 0, 0.3f, 0.3f, 0.3f, -4, -4, -4 };
  const gint64 dims[] = { 3, 3 };

  for (gint bits = 1; bits <= 16; bits++)
    for (guint corrected = 0; corrected < 2; corrected++) {
      PtqWeightTask task = new_task (values, dims, 2, 0, corrected);
      g_autoptr (PtqWeightCode) code = ptq_weight_code_new_fixed (&task, bits);

      for (guint i = 0; i < 9; i++)
        g_assert_cmpfloat_with_epsilon (decode (code, 3, i), values[i], 2e-6);
    }
}

/* Root of the mean over the channels of their relative squared errors */
static gdouble
measure_error (const PtqWeightCode *code, const gfloat *values, gsize n,
    gsize inner, guint n_channels)
{
  gsize own = code->axis >= 0 ? inner : n;
  gdouble sum = 0;

  for (guint c = 0; c < n_channels; c++) {
    gdouble noise = 0, signal = 0;

    for (gsize i = 0; i < n; i++) {
      gdouble d;

      if (i / inner % n_channels != c)
        continue;
      d = decode (code, own, i) - values[i];
      noise += d * d;
      signal += (gdouble) values[i] * values[i];
    }
    sum += noise / signal;
  }
  return sqrt (sum / n_channels);
}

static void
test_mixed_step (void)
{
  g_autofree gfloat *values = g_new (gfloat, N_RANDOM);
  const gint64 dims[] = { N_RANDOM };
  const gdouble targets[] = { 0.02, 0.1 };
  const gdouble steps[] = { STEP_AT_02, STEP_AT_10 };

  fill_random (values, N_RANDOM);
  for (guint i = 0; i < 2; i++) {
    PtqWeightTask task = new_task (values, dims, 1, -1, FALSE);
    g_autoptr (PtqWeightCode) code =
        ptq_weight_code_new_mixed (&task, targets[i]);
    gdouble error = measure_error (code, values, N_RANDOM, N_RANDOM, 1);

    g_assert_cmpfloat (fabs (error / targets[i] - 1), <, 0.011);
    g_assert_cmpfloat (fabs (code->scales[0] / steps[i] - 1), <, 0.03);
    /* 0 is one of the values, as everywhere */
    g_assert_cmpfloat_with_epsilon (
        fmod (fabs (code->offsets[0]), code->scales[0]), 0, 1e-4);
  }
}

/* Channels of very unlike size take a step each, the one that has the error
 * asked for. */
static void
test_mixed_steps (void)
{
  g_autofree gfloat *values = g_new (gfloat, N_RANDOM);
  const gint64 dims[] = { 8, 500 };
  PtqWeightTask task = new_task (values, dims, 2, 0, FALSE);
  g_autoptr (PtqWeightCode) code = NULL;

  fill_random (values, N_RANDOM);
  for (guint i = 0; i < N_RANDOM; i++)
    values[i] *= (gfloat) pow (2, i / 500);
  code = ptq_weight_code_new_mixed (&task, 0.02);
  g_assert_cmpint (code->axis, ==, 0);
  for (guint c = 0; c < 8; c++)
    g_assert_cmpfloat (fabs (code->scales[c] / channel_steps[c] - 1), <, 0.05);
}

/* No fixed width with the error asked for is as small. */
static void
test_mixed_channels (void)
{
  g_autofree gfloat *values = g_new (gfloat, N_RANDOM);
  const gint64 dims[] = { 8, 500 };
  const gdouble targets[] = { 0.005, 0.02, 0.1, 0.3 };

  fill_random (values, N_RANDOM);
  for (guint i = 0; i < N_RANDOM; i++)
    values[i] *= (gfloat) pow (2, i / 500);
  for (guint corrected = 0; corrected < 2; corrected++)
    for (guint i = 0; i < G_N_ELEMENTS (targets); i++) {
      PtqWeightTask task = new_task (values, dims, 2, 0, corrected);
      g_autoptr (PtqWeightCode) code =
          ptq_weight_code_new_mixed (&task, targets[i]);
      gdouble error = measure_error (code, values, N_RANDOM, 500, 8);

      g_assert_cmpfloat (error, <=, targets[i] * 1.011);
      g_assert_cmpfloat_with_epsilon (
          error, ptq_weight_code_get_error (code, &task), 1e-9);
      for (gint bits = 1; bits <= 16; bits++) {
        g_autoptr (PtqWeightCode) fixed =
            ptq_weight_code_new_fixed (&task, bits);

        if (measure_error (fixed, values, N_RANDOM, 500, 8) <= targets[i])
          g_assert_cmpuint (ptq_weight_code_get_size (code), <=,
              ptq_weight_code_get_size (fixed));
      }
    }
}

/* Kernels of 3 x 3, channels along each of the first two axes. Above 12 bits
 * scale and offset are rounded to float32 too coarsely to tell which side of
 * half a step a sum is on. */
static void
check_kernels (gint axis, const guint16 *codes, const gdouble *decoded)
{
  const gint64 dims[] = { 4, 5, 3, 3 };
  PtqWeightTask task = new_task (kernel_values, dims, 4, axis, TRUE);
  gsize n = G_N_ELEMENTS (kernel_values);

  task.kernel = 9;
  for (gint bits = 1; bits <= 16; bits++) {
    g_autoptr (PtqWeightCode) code = ptq_weight_code_new_fixed (&task, bits);
    gsize at = (bits - 1) * n;

    for (gsize i = 0; i < n; i++) {
      gdouble value = decode (code, axis == 0 ? 45 : 9, i);

      g_assert_cmpint (abs (code->codes[i] - codes[at + i]), <=, bits > 12);
      if (bits <= 12)
        g_assert_cmpfloat_with_epsilon (value, decoded[at + i], 2e-6);
    }
  }
}

static void
test_kernel_sums (void)
{
  check_kernels (0, kernel_codes_0, kernel_decoded_0);
  check_kernels (1, kernel_codes_1, kernel_decoded_1);
}

/* Nearest codes where that is wanted, as without any correction */
static void
test_kernel_sums_off (void)
{
  const gint64 dims[] = { 4, 5, 3, 3 };
  PtqWeightTask task = new_task (kernel_values, dims, 4, 0, FALSE);
  guint n_moved = 0;

  for (gint bits = 2; bits <= 8; bits++) {
    g_autoptr (PtqWeightCode) plain = NULL;
    g_autoptr (PtqWeightCode) nearest = NULL;
    g_autoptr (PtqWeightCode) moved = NULL;

    task.kernel = 9;
    task.corrected = FALSE;
    plain = ptq_weight_code_new_fixed (&task, bits);
    task.corrected = TRUE;
    task.keep_sums = FALSE;
    nearest = ptq_weight_code_new_fixed (&task, bits);
    task.keep_sums = TRUE;
    moved = ptq_weight_code_new_fixed (&task, bits);
    for (guint i = 0; i < G_N_ELEMENTS (kernel_values); i++) {
      g_assert_cmpint (plain->codes[i], ==, nearest->codes[i]);
      g_assert_cmpint (abs (moved->codes[i] - nearest->codes[i]), <=, 1);
      n_moved += moved->codes[i] != nearest->codes[i];
    }
  }
  g_assert_cmpuint (n_moved, >, 0);
}

/* One scale for all, and yet no channel's sum is off by more than half a
 * step. */
static void
test_channel_sums (void)
{
  g_autofree gfloat *values = g_new (gfloat, N_RANDOM);
  const gint64 dims[] = { 500, 8 };
  PtqWeightTask task = new_task (values, dims, 2, 1, TRUE);
  g_autoptr (PtqWeightCode) code = NULL;

  fill_random (values, N_RANDOM);
  task.per_channel = FALSE;
  code = ptq_weight_code_new_fixed (&task, 5);
  g_assert_cmpuint (code->n_channels, ==, 1);
  for (guint c = 0; c < 8; c++) {
    gdouble sum = 0;

    for (guint i = c; i < N_RANDOM; i += 8)
      sum += decode (code, N_RANDOM, i) - values[i];
    g_assert_cmpfloat (fabs (sum), <, 0.55 * code->scales[0]);
  }
}

/* Tiny weights are weights: the target holds for them too. */
static void
test_mixed_tiny (void)
{
  g_autofree gfloat *values = g_new (gfloat, N_RANDOM);
  const gint64 dims[] = { 8, 500 };
  PtqWeightTask task = new_task (values, dims, 2, 0, TRUE);
  g_autoptr (PtqWeightCode) code = NULL;

  fill_random (values, N_RANDOM);
  for (guint i = 0; i < N_RANDOM; i++)
    values[i] *= 1e-6f;
  code = ptq_weight_code_new_mixed (&task, 0.02);
  g_assert_nonnull (code);
  g_assert_cmpfloat (
      measure_error (code, values, N_RANDOM, 500, 8), <=, 0.0203);
}

static void
test_mixed_constant (void)
{
  const gfloat values[] = { 0.5f, 0.5f, 0.5f, 0.5f };
  const gint64 dims[] = { 4 };
  PtqWeightTask task = new_task (values, dims, 1, -1, TRUE);
  g_autoptr (PtqWeightCode) code = ptq_weight_code_new_mixed (&task, 0.02);

  for (guint i = 0; i < 4; i++)
    g_assert_cmpfloat_with_epsilon (decode (code, 4, i), 0.5, 1e-4);
}

/* Channels [0 1 2 3 0 1 …] and the same 10 lower, but for a few far out */
static PtqWeightCode *
new_long_tailed (gint far)
{
  const gint64 dims[] = { 2, 600 };
  PtqWeightTask task = new_task (NULL, dims, 2, 0, FALSE);
  PtqWeightCode *code = ptq_weight_code_new (&task, 0, TRUE);

  for (guint i = 0; i < 1200; i++)
    code->codes[i] = i % 4 - (i < 600 ? 0 : 10);
  code->codes[7] = far;
  code->codes[700] = -far;
  code->codes[1199] = far;
  for (guint c = 0; c < 2; c++) {
    code->scales[c] = 0.5f;
    code->offsets[c] = 3;
  }
  return code;
}

static void
check_window (
    gboolean apart, gint far, gint bits, gint first, gint second, guint n_apart)
{
  g_autoptr (PtqWeightCode) code = new_long_tailed (far);
  g_autoptr (PtqWeightCode) before = new_long_tailed (far);

  g_assert_true (ptq_code_window_choose (code, apart));
  g_assert_cmpint (code->bits, ==, bits);
  g_assert_cmpint (code->codes[0], ==, first);
  g_assert_cmpint (code->codes[600], ==, second);
  g_assert_cmpuint (code->n_apart, ==, n_apart);
  g_assert_cmpuint (
      ptq_weight_code_get_code_bits (code), ==, 1200 * bits + 16 * n_apart);
  for (guint i = 0; i < 1200; i++)
    g_assert_cmpfloat (decode (code, 600, i), ==, decode (before, 600, i));
}

/* 2 bits do for all but three codes; with 1200 places there can be four gaps
 * too long for a byte. Where nothing is apart, the range counts: 100 to -100,
 * -10 in it. (502 + 10) / 4 is more than a signed byte holds, so that it takes
 * 3 bits, the first place for which has -14 to -7 in it. */
static void
test_window (void)
{
  check_window (TRUE, 100, 2, 0, 0, 3 + 4);
  check_window (FALSE, 100, 8, 0, 90, 0);
  check_window (TRUE, 501, 2, 0, 0, 3 + 4);
  check_window (TRUE, 502, 3, 0, 4, 3 + 4);
  check_window (FALSE, 3, 4, 0, 0, 0);
}

/* Codes 0 0 1 3: two of them in 1 bit, two in 2 bits */
static void
test_entropy (void)
{
  const gfloat values[] = { 0, 0, 1, 3 };
  const gint64 dims[] = { 4 };
  PtqWeightTask task = new_task (values, dims, 1, -1, FALSE);
  g_autoptr (PtqWeightCode) code = ptq_weight_code_new_fixed (&task, 2);

  g_assert_cmpint (code->codes[1], ==, 0);
  g_assert_cmpint (code->codes[2], ==, 1);
  g_assert_cmpint (code->codes[3], ==, 3);
  g_assert_cmpfloat_with_epsilon (ptq_weight_code_get_entropy (code), 6, 1e-9);
  /* 4 codes of 2 bits, a scale and an offset */
  g_assert_cmpuint (ptq_weight_code_get_size (code), ==, 1 + 8);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/weight-code/fixed/rows", test_fixed_rows);
  g_test_add_func ("/weight-code/fixed/rows-corrected", test_corrected_rows);
  g_test_add_func ("/weight-code/fixed/cube", test_fixed_cube);
  g_test_add_func ("/weight-code/fixed/cube-corrected", test_corrected_cube);
  g_test_add_func ("/weight-code/fixed/one-bit", test_one_bit);
  g_test_add_func ("/weight-code/fixed/constant", test_constant_channels);
  g_test_add_func ("/weight-code/mixed/step", test_mixed_step);
  g_test_add_func ("/weight-code/mixed/channels", test_mixed_channels);
  g_test_add_func ("/weight-code/mixed/steps", test_mixed_steps);
  g_test_add_func ("/weight-code/mixed/tiny", test_mixed_tiny);
  g_test_add_func ("/weight-code/mixed/constant", test_mixed_constant);
  g_test_add_func ("/weight-code/sums/kernels", test_kernel_sums);
  g_test_add_func ("/weight-code/sums/off", test_kernel_sums_off);
  g_test_add_func ("/weight-code/sums/channels", test_channel_sums);
  g_test_add_func ("/weight-code/window", test_window);
  g_test_add_func ("/weight-code/entropy", test_entropy);
  return g_test_run ();
}
