/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Codes of fixed widths against the tables of make-tables.py; of mixed widths
 * against their promise, the relative error, measured here anew. */

#include "weight-code.h"
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
  for (gint bits = 1; bits <= 16; bits++) {
    g_autoptr (PtqWeightCode) code = ptq_weight_code_new_fixed (values, dims,
        rank, axis, bits, corrected);
    gsize at = (bits - 1) * n;

    g_assert_cmpint (code->bits, ==, bits);
    g_assert_cmpint (code->axis, ==, axis);
    g_assert_cmpuint (code->n_channels, ==, dims[axis]);
    g_assert_cmpuint (code->n, ==, n);
    for (gsize i = 0; i < n; i++) {
      g_assert_cmpuint (code->codes[i], ==, codes[at + i]);
      g_assert_cmpfloat_with_epsilon (decode (code, inner, i),
          decoded[at + i], 2e-6);
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
  g_autoptr (PtqWeightCode) code =
      ptq_weight_code_new_fixed (values, dims, 1, -1, 1, FALSE);
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
      g_autoptr (PtqWeightCode) code = ptq_weight_code_new_fixed (values,
          dims, 2, 0, bits, corrected);

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
    g_autoptr (PtqWeightCode) code = ptq_weight_code_new_mixed (values, dims,
        1, -1, targets[i], FALSE);
    gdouble error = measure_error (code, values, N_RANDOM, N_RANDOM, 1);

    g_assert_cmpfloat (fabs (error / targets[i] - 1), <, 0.011);
    g_assert_cmpfloat (fabs (code->scales[0] / steps[i] - 1), <, 0.03);
    /* 0 is one of the values, as everywhere */
    g_assert_cmpfloat_with_epsilon (fmod (fabs (code->offsets[0]),
            code->scales[0]), 0, 1e-4);
  }
}

/* Channels of very unlike size take a scale each: one step for all would
 * need more bits. */
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
      g_autoptr (PtqWeightCode) code = ptq_weight_code_new_mixed (values,
          dims, 2, 0, targets[i], corrected);
      g_autoptr (PtqWeightCode) less = NULL;
      gdouble error = measure_error (code, values, N_RANDOM, 500, 8);

      g_assert_cmpfloat (error, <=, targets[i] * 1.011);
      g_assert_cmpint (code->axis, ==, 0);
      g_assert_cmpfloat_with_epsilon (error, ptq_weight_code_get_error (code,
              values, dims, 2, 0), 1e-9);
      if (code->bits == 1)
        continue;
      less = ptq_weight_code_new_fixed (values, dims, 2, 0, code->bits - 1,
          corrected);
      g_assert_cmpfloat (measure_error (less, values, N_RANDOM, 500, 8), >,
          targets[i]);
    }
}

/* Tiny weights are weights: the target holds for them too. */
static void
test_mixed_tiny (void)
{
  g_autofree gfloat *values = g_new (gfloat, N_RANDOM);
  const gint64 dims[] = { 8, 500 };
  g_autoptr (PtqWeightCode) code = NULL;

  fill_random (values, N_RANDOM);
  for (guint i = 0; i < N_RANDOM; i++)
    values[i] *= 1e-6f;
  code = ptq_weight_code_new_mixed (values, dims, 2, 0, 0.02, TRUE);
  g_assert_nonnull (code);
  g_assert_cmpfloat (measure_error (code, values, N_RANDOM, 500, 8), <=,
      0.0203);
}

static void
test_mixed_constant (void)
{
  const gfloat values[] = { 0.5f, 0.5f, 0.5f, 0.5f };
  const gint64 dims[] = { 4 };
  g_autoptr (PtqWeightCode) code =
      ptq_weight_code_new_mixed (values, dims, 1, -1, 0.02, TRUE);

  for (guint i = 0; i < 4; i++)
    g_assert_cmpfloat_with_epsilon (decode (code, 4, i), 0.5, 1e-4);
}

/* Codes 0 0 1 3: two of them in 1 bit, two in 2 bits */
static void
test_entropy (void)
{
  const gfloat values[] = { 0, 0, 1, 3 };
  const gint64 dims[] = { 4 };
  g_autoptr (PtqWeightCode) code =
      ptq_weight_code_new_fixed (values, dims, 1, -1, 2, FALSE);

  g_assert_cmpuint (code->codes[1], ==, 0);
  g_assert_cmpuint (code->codes[2], ==, 1);
  g_assert_cmpuint (code->codes[3], ==, 3);
  g_assert_cmpfloat_with_epsilon (ptq_weight_code_get_entropy (code), 6,
      1e-9);
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
  g_test_add_func ("/weight-code/mixed/tiny", test_mixed_tiny);
  g_test_add_func ("/weight-code/mixed/constant", test_mixed_constant);
  g_test_add_func ("/weight-code/entropy", test_entropy);
  return g_test_run ();
}
