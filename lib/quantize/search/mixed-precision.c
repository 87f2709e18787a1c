/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A few layers often make most of the noise. Each layer is quantized alone,
 * and the signal to quantization noise ratio of the outputs tells its share.
 * Shares of noise add up roughly, so the loudest layers are left float, as
 * many as the sum says; then trials with all that remains close in on the
 * smallest number that is enough. What a layer does depends on which others
 * are float, so in the end each of them is tried quantized again. */

#include "mixed-precision.h"
#include "evaluator.h"
#include "pipeline.h"
#include "observe-private.h"

#include <math.h>

typedef struct
{
  gchar *name;
  gdouble noise; /* a share of the signal */
  gboolean is_float;
} Layer;

typedef struct
{
  PtqQuantization *quantization; /* up to here */
  PtqSettings *settings;
  PtqEvaluator *samples;
  GArray *layers; /* Layer, the loudest first */
  const PtqRun *run;
} Chooser;

static void tell (Chooser *self, gdouble fraction, const gchar *format, ...)
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

static void
clear_layer (gpointer layer)
{
  g_free (((Layer *) layer)->name);
}

/* The layers to choose from are the anchors of the plan. Other operators are
 * quantized only on the way from one anchor to another, so they follow. */
static gboolean
list_layers (Chooser *self, GError **error)
{
  g_autoptr (PtqPlan) plan =
      ptq_quantization_plan (self->quantization, self->settings, error);
  const PtqPlanNode *nodes;
  guint n;

  if (plan == NULL)
    return FALSE;
  nodes = ptq_plan_get_nodes (plan, &n);
  for (guint i = 0; i < n; i++) {
    Layer layer = { NULL, 0, FALSE };

    if (!nodes[i].quantized || !ptq_plan_is_anchor (plan, &nodes[i]))
      continue;
    layer.name = g_strdup (nodes[i].proto->name);
    g_array_append_val (self->layers, layer);
  }
  return TRUE;
}

static Layer *
get_layer (const Chooser *self, guint i)
{
  return &g_array_index (self->layers, Layer, i);
}

static void
leave_float (const Chooser *self, guint n)
{
  for (guint i = 0; i < self->layers->len; i++)
    get_layer (self, i)->is_float = i < n;
}

static guint
count_float (const Chooser *self)
{
  guint n = 0;

  for (guint i = 0; i < self->layers->len; i++)
    n += get_layer (self, i)->is_float;
  return n;
}

/* With the names that were there already; NULL-terminated */
static GPtrArray *
list_names (const Chooser *self)
{
  const gchar *const *own = ptq_settings_get_skip_quant_node (self->settings);
  GPtrArray *names = g_ptr_array_new ();

  for (guint i = 0; own[i] != NULL; i++)
    g_ptr_array_add (names, (gpointer) own[i]);
  for (guint i = 0; i < self->layers->len; i++) {
    if (get_layer (self, i)->is_float)
      g_ptr_array_add (names, get_layer (self, i)->name);
  }
  g_ptr_array_add (names, NULL);
  return names;
}

static PtqSettings *
make_settings (const Chooser *self)
{
  PtqSettings *settings = ptq_settings_copy (self->settings);
  g_autoptr (GPtrArray) names = list_names (self);

  ptq_settings_set_skip_quant_node (
      settings, (const gchar *const *) names->pdata);
  return settings;
}

/* @correct: with biases corrected, as the final model has them */
static gboolean
measure_with (Chooser *self, PtqQuantization *quantization, gboolean correct,
    gdouble *sqnr, GError **error)
{
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (PtqSettings) settings = make_settings (self);
  g_autoptr (PtqPlan) plan = NULL;
  g_autoptr (PtqModel) quantized = NULL;
  PtqRun quiet = { NULL, NULL, self->run->cancellable, 1, 0 };
  gdouble cosine;

  if (g_cancellable_set_error_if_cancelled (self->run->cancellable, error))
    return FALSE;
  plan = ptq_quantization_plan (quantization, settings, error);
  if (plan == NULL)
    return FALSE;
  quantized =
      ptq_quantization_rewrite (quantization, plan, settings, warnings, error);
  if (quantized == NULL)
    return FALSE;
  if (correct
      && !ptq_quantization_correct (
          quantization, plan, quantized, settings, warnings, &quiet, error))
    return FALSE;
  return ptq_evaluator_score (
      self->samples, quantized, &cosine, sqnr, self->run->cancellable, error);
}

static gboolean
measure (Chooser *self, gboolean correct, gdouble *sqnr, GError **error)
{
  return measure_with (self, self->quantization, correct, sqnr, error);
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
    gdouble sqnr;

    ptq_run_tell (self->run, "measuring layers alone", 0.5 * i / n);
    leave_float (self, n);
    get_layer (self, i)->is_float = FALSE;
    if (!measure (self, FALSE, &sqnr, error))
      return FALSE;
    get_layer (self, i)->noise = pow (10, -sqnr / 10);
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
    sum += get_layer (self, i - 1)->noise;
    if (sum > allowed)
      return i;
  }
  return 1;
}

static gboolean
try (Chooser *self, guint n_float, gdouble *sqnr, GError **error)
{
  leave_float (self, n_float);
  if (!measure (self, TRUE, sqnr, error))
    return FALSE;
  tell (self, 0.5, "%u of %u layers float: %.2f dB", n_float, self->layers->len,
      *sqnr);
  return TRUE;
}

/* The smallest number of the loudest layers left float that is enough, as far
 * as more of them mean less noise. @best: the ratio with it */
static gboolean
search (Chooser *self, gdouble *best, GError **error)
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
  leave_float (self, k);
  return TRUE;
}

/* From the quietest on, as long as it stays enough */
static gboolean
quantize_again (Chooser *self, gdouble *best, GError **error)
{
  gdouble wanted = ptq_settings_get_min_sqnr (self->settings), sqnr;
  guint n = count_float (self);

  for (guint i = n; i > 0 && count_float (self) > 1; i--) {
    Layer *layer = get_layer (self, i - 1);

    ptq_run_tell (self->run, "trying layers quantized again", 1 - 0.5 * i / n);
    layer->is_float = FALSE;
    if (!measure (self, TRUE, &sqnr, error))
      return FALSE;
    if (sqnr >= wanted)
      *best = sqnr;
    else
      layer->is_float = TRUE;
  }
  return TRUE;
}

/* @again: the ratio of a model for which the line was written from the start */
static void
explain (const Chooser *self, gdouble before, gdouble after, gdouble again,
    GPtrArray *warnings)
{
  gdouble wanted = ptq_settings_get_min_sqnr (self->settings);
  g_autoptr (GPtrArray) names = list_names (self);
  g_autofree gchar *line = g_strjoinv (",", (gchar **) names->pdata);
  g_autofree gchar *less = again >= wanted
      ? g_strdup ("")
      : g_strdup_printf (", which by itself gives %.1f dB, as channels are "
                         "equalized in another way",
          again);

  g_ptr_array_add (warnings,
      g_strdup_printf (
          "%u of %u layers stay float for "
          "min-sqnr %g (%.1f dB instead of %.1f dB). The same ones without a "
          "search%s: skip_quant_node=%s",
          count_float (self), self->layers->len, wanted, after, before, less,
          line));
}

/* Layers that are left float from the start take no part in equalization, so
 * another model comes of the same choice. It is the better one to have, since
 * it can be had again without a search, where it is good enough. */
static gboolean
start_again (Chooser *self, gdouble *sqnr, GError **error)
{
  PtqQuantization *first = self->quantization;
  g_autoptr (PtqSettings) settings = make_settings (self);
  g_autoptr (PtqQuantization) again = ptq_quantization_new (
      first->model, settings, first->calibrator, first->warnings);
  PtqRun quiet = { NULL, NULL, self->run->cancellable, 1, 0 };

  if (!ptq_pipeline_run (again, "partition", &quiet, error)
      || !measure_with (self, again, TRUE, sqnr, error))
    return FALSE;
  if (*sqnr >= ptq_settings_get_min_sqnr (self->settings))
    ptq_quantization_take (first, again);
  return TRUE;
}

static gboolean
refuse (const Chooser *self, gdouble before, gdouble after, GError **error)
{
  g_autofree gchar *best = self->layers->len > 1
      ? g_strdup_printf ("all layers quantized give %.1f dB, and all but one "
                         "float %.1f dB",
          before, after)
      : g_strdup_printf ("the only layer quantized gives %.1f dB", before);

  g_set_error (error, PTQ_ERROR, PTQ_ERROR_FAILED,
      "min-sqnr of %g dB is out "
      "of reach: %s on %s",
      ptq_settings_get_min_sqnr (self->settings), best,
      ptq_evaluator_describe (self->samples));
  return FALSE;
}

static gboolean
choose (Chooser *self, gdouble before, GPtrArray *warnings, GError **error)
{
  gdouble wanted = ptq_settings_get_min_sqnr (self->settings);
  gdouble after = 0, again;

  if (self->layers->len > 1
      && (!rank_layers (self, error) || !search (self, &after, error)))
    return FALSE;
  if (after < wanted)
    return refuse (self, before, after, error);
  if (!quantize_again (self, &after, error)
      || !start_again (self, &again, error))
    return FALSE;
  explain (self, before, again >= wanted ? again : after, again, warnings);
  return TRUE;
}

gboolean
ptq_mixed_precision_choose (
    PtqQuantization *quantization, const PtqRun *run, GError **error)
{
  g_autoptr (PtqEvaluator) samples =
      ptq_evaluator_new (quantization->float_model, quantization->calibrator,
          PTQ_EVALUATOR_FEW_SAMPLES, run->cancellable, error);
  g_autoptr (GArray) layers = g_array_new (FALSE, FALSE, sizeof (Layer));
  Chooser self = { quantization, quantization->settings, samples, layers, run };
  gdouble sqnr;

  g_array_set_clear_func (layers, clear_layer);
  if (samples == NULL || !measure (&self, TRUE, &sqnr, error))
    return FALSE;
  tell (&self, 0, "all layers quantized: %.2f dB", sqnr);
  if (sqnr < ptq_settings_get_min_sqnr (self.settings)
      && (!list_layers (&self, error)
          || !choose (&self, sqnr, quantization->warnings, error)))
    return FALSE;
  g_object_unref (quantization->chosen);
  quantization->chosen = make_settings (&self);
  return TRUE;
}
