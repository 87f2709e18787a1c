/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The reservoir: what it replays, and that every sample has the same chance.
 * The observer of channels: moments worked out by hand. */

#include "ptq-channel-observer.h"
#include "ptq-reservoir.h"

#include <math.h>
#include <string.h>

/* A sample of two tensors that both say its number */
static gboolean
offer (PtqReservoir *reservoir, gint32 number, GError **error)
{
  gfloat values[3] = { number, number + 0.5f, -number };
  PtqTensor tensors[2] = { 0 };

  tensors[0].type = PTQ_ELEMENT_FLOAT;
  tensors[0].rank = 2;
  tensors[0].dims[0] = 1;
  tensors[0].dims[1] = 3;
  tensors[0].data = values;
  tensors[0].size = sizeof values;
  tensors[1].type = PTQ_ELEMENT_INT32;
  tensors[1].data = &number;
  tensors[1].size = sizeof number;
  return ptq_reservoir_offer (reservoir, tensors, 2, error);
}

static gboolean
collect (
    const PtqTensor *inputs, guint n_inputs, gpointer user_data, GError **error)
{
  const gfloat *values = inputs[0].data;
  gint32 number;

  (void) error;
  g_assert_cmpuint (n_inputs, ==, 2);
  g_assert_cmpint (inputs[0].type, ==, PTQ_ELEMENT_FLOAT);
  g_assert_cmpuint (inputs[0].rank, ==, 2);
  g_assert_cmpint (inputs[0].dims[1], ==, 3);
  g_assert_cmpuint (inputs[1].size, ==, sizeof number);
  memcpy (&number, inputs[1].data, sizeof number);
  g_assert_cmpfloat (values[0], ==, number);
  g_assert_cmpfloat (values[1], ==, number + 0.5f);
  g_assert_cmpfloat (values[2], ==, -number);
  g_array_append_val ((GArray *) user_data, number);
  return TRUE;
}

static GArray *
fill (guint capacity, guint n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqReservoir) reservoir = ptq_reservoir_new (capacity);
  GArray *numbers = g_array_new (FALSE, FALSE, sizeof (gint32));

  for (guint i = 0; i < n; i++) {
    g_assert_true (offer (reservoir, i, &error));
    g_assert_no_error (error);
  }
  g_assert_cmpuint (ptq_reservoir_get_n (reservoir), ==, MIN (n, capacity));
  g_assert_true (ptq_reservoir_replay (
      reservoir, G_MAXUINT, collect, numbers, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (numbers->len, ==, MIN (n, capacity));
  return numbers;
}

static void
test_keeps_order (void)
{
  for (guint n = 0; n <= 8; n++) {
    g_autoptr (GArray) numbers = fill (8, n);

    for (guint i = 0; i < n; i++)
      g_assert_cmpint (g_array_index (numbers, gint32, i), ==, i);
  }
}

static void
test_no_sample_twice (void)
{
  g_autoptr (GArray) numbers = fill (50, 1000);
  g_autoptr (GArray) again = fill (50, 1000);
  g_autofree guint8 *seen = g_new0 (guint8, 1000);

  for (guint i = 0; i < 50; i++) {
    gint32 number = g_array_index (numbers, gint32, i);

    g_assert_cmpint (number, <, 1000);
    g_assert_cmpuint (seen[number], ==, 0);
    seen[number] = 1;
    /* The same stream, the same choice */
    g_assert_cmpint (g_array_index (again, gint32, i), ==, number);
  }
}

/* 4000 of 40000 in 10 bins of 400 each: the sum of (n - 400)^2 / 400 has 9
 * degrees of freedom, less a little because nothing is drawn twice, and is
 * above 27.9 once in a thousand times. */
static void
test_is_uniform (void)
{
  g_autoptr (GArray) numbers = fill (4000, 40000);
  guint bins[10] = { 0 };
  gdouble sum = 0;

  for (guint i = 0; i < numbers->len; i++)
    bins[g_array_index (numbers, gint32, i) / 4000]++;
  for (guint i = 0; i < 10; i++)
    sum += pow (bins[i] - 400.0, 2) / 400;
  g_assert_cmpfloat (sum, <, 27.9);
}

static void
test_nothing_kept (void)
{
  g_autoptr (GArray) numbers = fill (0, 10);

  g_assert_cmpuint (numbers->len, ==, 0);
}

static gboolean
fail_at_once (
    const PtqTensor *inputs, guint n_inputs, gpointer user_data, GError **error)
{
  (void) inputs;
  (void) n_inputs;
  ++*(guint *) user_data;
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_DATA, "no");
  return FALSE;
}

static void
test_replay_stops (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqReservoir) reservoir = ptq_reservoir_new (4);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  guint n = 0;

  for (guint i = 0; i < 4; i++)
    g_assert_true (offer (reservoir, i, NULL));
  g_assert_false (ptq_reservoir_replay (
      reservoir, G_MAXUINT, fail_at_once, &n, NULL, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_DATA);
  g_assert_cmpuint (n, ==, 1);

  g_clear_error (&error);
  g_cancellable_cancel (cancellable);
  g_assert_false (ptq_reservoir_replay (
      reservoir, G_MAXUINT, fail_at_once, &n, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (n, ==, 1);
}

static void
test_no_folder (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtqReservoir) reservoir = ptq_reservoir_new (4);
  g_autofree gchar *old = g_strdup (g_getenv ("TMPDIR"));

  g_setenv ("TMPDIR", "/nonexistent/folder", TRUE);
  g_assert_false (offer (reservoir, 1, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_WRITE);
  g_assert_nonnull (strstr (error->message, "TMPDIR"));
  g_assert_cmpuint (ptq_reservoir_get_n (reservoir), ==, 0);
  if (old != NULL)
    g_setenv ("TMPDIR", old, TRUE);
  else
    g_unsetenv ("TMPDIR");
  /* The sample may come again. */
  g_assert_true (offer (reservoir, 1, NULL));
  g_assert_cmpuint (ptq_reservoir_get_n (reservoir), ==, 1);
}

/* ---- channels ---- */

/* Batch 2, 3 channels, 2 positions */
static const gfloat samples[] = { 1, -2, 10, 20, 0, 0, 3, 4, -30, 5, 0, 0.5f };

static void
check_channel (const PtqChannel *channel, gdouble min, gdouble max, gdouble sum,
    gdouble squares)
{
  g_assert_cmpfloat (channel->min, ==, min);
  g_assert_cmpfloat (channel->max, ==, max);
  g_assert_cmpfloat (channel->sum, ==, sum);
  g_assert_cmpfloat (channel->sum_of_squares, ==, squares);
}

static void
test_moments (void)
{
  g_autoptr (PtqObserver) observer = ptq_channel_observer_new (3, 2);
  const PtqChannel *channels;
  gdouble min, max;
  guint64 count;
  guint n;

  g_assert_false (ptq_observer_get_range (observer, &min, &max));
  g_assert_true (ptq_observer_observe (observer, samples, 12, NULL));
  g_assert_false (ptq_observer_get_range (observer, &min, &max));
  ptq_observer_commit (observer);

  channels = ptq_channel_observer_get_channels (
      PTQ_CHANNEL_OBSERVER (observer), &n, &count);
  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpuint (count, ==, 4);
  check_channel (&channels[0], -2, 4, 6, 1 + 4 + 9 + 16);
  check_channel (&channels[1], -30, 20, 5, 100 + 400 + 900 + 25);
  check_channel (&channels[2], 0, 0.5, 0.5, 0.25);
  g_assert_true (ptq_observer_get_range (observer, &min, &max));
  g_assert_cmpfloat (min, ==, -30);
  g_assert_cmpfloat (max, ==, 20);
}

/* Long channels take the blocked way; 1000 values are no whole number of
 * blocks or vectors. */
static void
test_long_channels (void)
{
  g_autoptr (PtqObserver) observer = ptq_channel_observer_new (2, 1003);
  g_autofree gfloat *data = g_new (gfloat, 2 * 1003);
  const PtqChannel *channels;
  guint64 count;
  guint n;

  for (guint i = 0; i < 1003; i++) {
    data[i] = i;
    data[1003 + i] = i % 2 == 0 ? 1 : -1;
  }
  g_assert_true (ptq_observer_observe (observer, data, 2006, NULL));
  ptq_observer_commit (observer);
  channels = ptq_channel_observer_get_channels (
      PTQ_CHANNEL_OBSERVER (observer), &n, &count);
  g_assert_cmpuint (count, ==, 1003);
  /* n (n + 1) / 2 and n (n + 1) (2 n + 1) / 6 for n = 1002; float sums of a
   * block round the squares. */
  g_assert_cmpfloat (channels[0].min, ==, 0);
  g_assert_cmpfloat (channels[0].max, ==, 1002);
  g_assert_cmpfloat (channels[0].sum, ==, 502503);
  g_assert_cmpfloat (
      fabs (channels[0].sum_of_squares / 335839505.0 - 1), <, 1e-6);
  check_channel (&channels[1], -1, 1, 1, 1003);
}

static void
test_rollback_and_merge (void)
{
  g_autoptr (PtqObserver) a = ptq_channel_observer_new (3, 2);
  g_autoptr (PtqObserver) b = ptq_channel_observer_new (3, 2);
  const PtqChannel *channels;
  guint64 count;
  guint n;

  g_assert_true (ptq_observer_observe (a, samples, 6, NULL));
  ptq_observer_commit (a);
  g_assert_true (ptq_observer_observe (a, samples + 6, 6, NULL));
  ptq_observer_rollback (a);
  ptq_observer_commit (a);
  channels =
      ptq_channel_observer_get_channels (PTQ_CHANNEL_OBSERVER (a), &n, &count);
  g_assert_cmpuint (count, ==, 2);
  check_channel (&channels[0], -2, 1, -1, 5);

  g_assert_true (ptq_observer_observe (b, samples + 6, 6, NULL));
  ptq_observer_commit (b);
  ptq_observer_merge (a, b);
  channels =
      ptq_channel_observer_get_channels (PTQ_CHANNEL_OBSERVER (a), &n, &count);
  g_assert_cmpuint (count, ==, 4);
  check_channel (&channels[1], -30, 20, 5, 1425);
}

/* NaN and infinities are found wherever they stand: in the vectors, in what
 * is left over, in the last channel; large values are not taken for them. */
static void
test_not_finite (void)
{
  const gfloat bad[] = { NAN, INFINITY, -INFINITY };
  const guint places[] = { 0, 7, 300, 600, 601 };

  for (guint k = 0; k < G_N_ELEMENTS (bad); k++)
    for (guint p = 0; p < G_N_ELEMENTS (places); p++) {
      g_autoptr (PtqObserver) observer = ptq_channel_observer_new (2, 301);
      gfloat data[602] = { 0 };
      gdouble min, max;

      data[places[p]] = bad[k];
      g_assert_false (ptq_observer_observe (observer, data, 602, NULL));
      ptq_observer_rollback (observer);
      data[places[p]] = -3e38f;
      g_assert_true (ptq_observer_observe (observer, data, 602, NULL));
      ptq_observer_commit (observer);
      g_assert_true (ptq_observer_get_range (observer, &min, &max));
      g_assert_cmpfloat (min, ==, -3e38f);
      g_assert_cmpfloat (max, ==, 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reservoir/keeps-order", test_keeps_order);
  g_test_add_func ("/reservoir/no-sample-twice", test_no_sample_twice);
  g_test_add_func ("/reservoir/is-uniform", test_is_uniform);
  g_test_add_func ("/reservoir/nothing-kept", test_nothing_kept);
  g_test_add_func ("/reservoir/replay-stops", test_replay_stops);
  g_test_add_func ("/reservoir/no-folder", test_no_folder);
  g_test_add_func ("/channels/moments", test_moments);
  g_test_add_func ("/channels/long", test_long_channels);
  g_test_add_func ("/channels/rollback-and-merge", test_rollback_and_merge);
  g_test_add_func ("/channels/not-finite", test_not_finite);
  return g_test_run ();
}
