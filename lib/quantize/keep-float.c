/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A few layers often make most of the noise. Each layer is quantized alone,
 * and the signal to quantization noise ratio of the outputs tells its share.
 * Shares of noise add up roughly, so the loudest layers are left float, as
 * many as the sum says; then trials with all that remains close in on the
 * smallest number that is enough. */

#include "keep-float.h"
#include "observe-private.h"
#include "tune-samples.h"

#include <math.h>

/* Ranking runs the model once for each of them and each layer. */
#define N_SAMPLES 8

typedef struct
{
  const gchar *name;
  gdouble noise;                /* a share of the signal */
} Layer;

typedef struct
{
  PtqFullQuantize *full;
  PtqSettings *settings;
  PtqTuneSamples *samples;
  GArray *layers;               /* Layer, the loudest first */
  const PtqRun *run;
} Chooser;

static void
tell (Chooser *self, gdouble fraction, const gchar *format, ...)
    G_GNUC_PRINTF (3, 4);

static void
tell (Chooser *self, gdouble fraction, const gchar *format, ...)
{
  g_autofree gchar *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  ptq_run_tell (self->run, text, fraction);
}

/* Only those that can be quantized alone: what stands between them is float
 * when they are. */
static gboolean
list_layers (Chooser *self, GError **error)
{
  g_autoptr (PtqPlan) plan =
      ptq_full_quantize_plan (self->full, self->settings, error);
  const PtqPlanNode *nodes;
  guint n;

  if (plan == NULL)
    return FALSE;
  nodes = ptq_plan_get_nodes (plan, &n);
  for (guint i = 0; i < n; i++) {
    Layer layer = { nodes[i].proto->name, 0 };

    if (nodes[i].quantized && ptq_plan_is_anchor (plan, &nodes[i]))
      g_array_append_val (self->layers, layer);
  }
  return TRUE;
}

/* The settings with the layers from @first up to @end left float as well, but
 * not the one at @except */
static PtqSettings *
skip_layers (const Chooser *self, guint end, gint except)
{
  PtqSettings *settings = ptq_settings_copy (self->settings);
  const gchar *const *own = ptq_settings_get_skip_quant_node (self->settings);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; own[i] != NULL; i++)
    g_ptr_array_add (names, (gpointer) own[i]);
  for (guint i = 0; i < end; i++) {
    if ((gint) i != except)
      g_ptr_array_add (names,
          (gpointer) g_array_index (self->layers, Layer, i).name);
  }
  g_ptr_array_add (names, NULL);
  ptq_settings_set_skip_quant_node (settings,
      (const gchar *const *) names->pdata);
  return settings;
}

/* @correct: with biases corrected, as the final model has them */
static gboolean
measure (Chooser *self, PtqSettings *settings, gboolean correct,
    gdouble *sqnr, GError **error)
{
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (PtqModel) quantized = NULL;
  PtqRun quiet = { NULL, NULL, self->run->cancellable };
  gdouble cosine;

  if (g_cancellable_set_error_if_cancelled (self->run->cancellable, error))
    return FALSE;
  quantized = ptq_full_quantize_run (self->full, settings, warnings, error);
  if (quantized == NULL)
    return FALSE;
  if (correct && !ptq_full_quantize_correct (self->full, quantized, settings,
          warnings, &quiet, error))
    return FALSE;
  return ptq_tune_samples_score (self->samples, quantized, &cosine, sqnr,
      self->run->cancellable, error);
}

static gint
compare_layers (gconstpointer a, gconstpointer b)
{
  const Layer *x = a, *y = b;

  return (x->noise < y->noise) - (x->noise > y->noise);
}

static gboolean
rank_layers (Chooser *self, GError **error)
{
  guint n = self->layers->len;

  for (guint i = 0; i < n; i++) {
    Layer *layer = &g_array_index (self->layers, Layer, i);
    g_autoptr (PtqSettings) alone = skip_layers (self, n, i);
    gdouble sqnr;

    tell (self, 0.1 + 0.1 * i / n, "measuring layer %u of %u alone", i + 1, n);
    if (!measure (self, alone, FALSE, &sqnr, error))
      return FALSE;
    layer->noise = pow (10, -sqnr / 10);
  }
  g_array_sort (self->layers, compare_layers);
  return TRUE;
}

/* How many layers to leave float, by the sum of what the others add */
static guint
predict (const Chooser *self)
{
  gdouble allowed = pow (10, -ptq_settings_get_min_sqnr (self->settings) / 10);
  gdouble sum = 0;

  for (guint i = self->layers->len; i > 0; i--) {
    sum += g_array_index (self->layers, Layer, i - 1).noise;
    if (sum > allowed)
      return i;
  }
  return 1;
}

static gboolean
try (Chooser *self, guint n_float, gdouble *sqnr, GError **error)
{
  g_autoptr (PtqSettings) settings = skip_layers (self, n_float, -1);

  if (!measure (self, settings, TRUE, sqnr, error))
    return FALSE;
  tell (self, 0.2, "%u of %u layers float: %.2f dB", n_float,
      self->layers->len, *sqnr);
  return TRUE;
}

/* The smallest number of layers left float that is enough, as far as more of
 * them mean less noise. @best: the ratio with it */
static gboolean
search (Chooser *self, guint *n_float, gdouble *best, GError **error)
{
  gdouble wanted = ptq_settings_get_min_sqnr (self->settings), sqnr;
  guint few = 0, n = self->layers->len, k = MIN (predict (self), n - 1);

  for (;; k = MIN (k + MAX (k / 2, 1), n - 1)) {
    if (!try (self, k, best, error))
      return FALSE;
    if (*best >= wanted || k == n - 1)
      break;
    few = k;
  }
  while (*best >= wanted && few + 1 < k) {
    guint middle = (few + k) / 2;

    if (!try (self, middle, &sqnr, error))
      return FALSE;
    if (sqnr >= wanted) {
      k = middle;
      *best = sqnr;
    } else {
      few = middle;
    }
  }
  *n_float = k;
  return TRUE;
}

/* With the names that were there already, since the line takes their place */
static void
append_names (const Chooser *self, guint n_float, GString *text)
{
  const gchar *const *own = ptq_settings_get_skip_quant_node (self->settings);
  const gchar *separator = "";

  for (guint i = 0; own[i] != NULL; i++, separator = ",")
    g_string_append_printf (text, "%s%s", separator, own[i]);
  for (guint i = 0; i < n_float; i++, separator = ",")
    g_string_append_printf (text, "%s%s", separator,
        g_array_index (self->layers, Layer, i).name);
}

static void
explain (const Chooser *self, guint n_float, gdouble before, gdouble after,
    GPtrArray *warnings)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%u of %u layers stay float for min-sqnr %g "
      "(%.1f dB instead of %.1f dB). The same ones without a search: "
      "skip_quant_node=", n_float, self->layers->len,
      ptq_settings_get_min_sqnr (self->settings), after, before);
  append_names (self, n_float, text);
  g_ptr_array_add (warnings, g_string_free (text, FALSE));
}

static PtqSettings *
choose (Chooser *self, gdouble before, GPtrArray *warnings, GError **error)
{
  gdouble wanted = ptq_settings_get_min_sqnr (self->settings), after = 0;
  guint n_float = 0;

  if (!list_layers (self, error))
    return NULL;
  if (self->layers->len > 1 && (!rank_layers (self, error)
          || !search (self, &n_float, &after, error)))
    return NULL;
  if (after >= wanted) {
    explain (self, n_float, before, after, warnings);
    return skip_layers (self, n_float, -1);
  }
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_FAILED, "min-sqnr of %g dB is out "
      "of reach: all layers quantized give %.1f dB, and all but one float "
      "%.1f dB on %s", wanted, before, after,
      ptq_tune_samples_describe (self->samples));
  return NULL;
}

PtqSettings *
ptq_keep_float_choose (PtqFullQuantize *full, PtqSettings *settings,
    PtqCalibrator *calibrator, GPtrArray *warnings, const PtqRun *run,
    GError **error)
{
  g_autoptr (PtqTuneSamples) samples = NULL;
  g_autoptr (GArray) layers = g_array_new (FALSE, FALSE, sizeof (Layer));
  Chooser self = { full, settings, NULL, layers, run };
  gdouble sqnr;

  if (ptq_settings_get_min_sqnr (settings) <= 0)
    return ptq_settings_copy (settings);
  samples = ptq_tune_samples_new (ptq_full_quantize_get_float_model (full),
      calibrator, N_SAMPLES, run->cancellable, error);
  if (samples == NULL)
    return NULL;
  self.samples = samples;
  if (!measure (&self, settings, TRUE, &sqnr, error))
    return NULL;
  tell (&self, 0.1, "all layers quantized: %.2f dB", sqnr);
  return sqnr >= ptq_settings_get_min_sqnr (settings)
      ? ptq_settings_copy (settings) : choose (&self, sqnr, warnings, error);
}
