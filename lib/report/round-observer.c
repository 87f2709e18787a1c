/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The float model runs first and leaves its tensors in a temporary file; as
 * the quantized one runs, each of its tensors is compared with its partner.
 * So no more than one tensor of each is in memory beside what inference
 * needs. */

#include "round-observer.h"
#include "output-difference.h"
#include "spool.h"

#include <string.h>

struct _PtqRoundObserver
{
  PtqModel *float_model;
  PtqModel *quantized;
  const PtqTensorPairs *pairs;

  PtqSession *float_session;
  PtqSession *quantized_session;
  guint *float_ids;          /* observed float tensor -> pair */
  PtqTensorFigures *figures; /* one a pair */
  PtqSpool *spool;
  GArray *origin; /* of gfloat: the tensors being compared */
  GArray *dequant;
};

static const PtqTensorPair *
get_pair (const PtqRoundObserver *self, guint index)
{
  return &g_array_index (self->pairs->pairs, PtqTensorPair, index);
}

PtqRoundObserver *
ptq_round_observer_new (PtqModel *float_model, PtqModel *quantized,
    const PtqTensorPairs *pairs, GError **error)
{
  PtqSpool *spool = ptq_spool_new (pairs->pairs->len, error);
  PtqRoundObserver *self;

  if (spool == NULL)
    return NULL;
  self = g_new0 (PtqRoundObserver, 1);
  self->spool = spool;
  self->float_model = g_object_ref (float_model);
  self->quantized = g_object_ref (quantized);
  self->pairs = pairs;
  self->float_ids = g_new0 (guint, pairs->pairs->len);
  self->figures = g_new0 (PtqTensorFigures, pairs->pairs->len);
  self->origin = g_array_new (FALSE, FALSE, sizeof (gfloat));
  self->dequant = g_array_new (FALSE, FALSE, sizeof (gfloat));
  return self;
}

void
ptq_round_observer_free (PtqRoundObserver *self)
{
  g_clear_object (&self->float_session);
  g_clear_object (&self->quantized_session);
  g_array_unref (self->origin);
  g_array_unref (self->dequant);
  g_free (self->figures);
  g_free (self->float_ids);
  ptq_spool_free (self->spool);
  g_object_unref (self->float_model);
  g_object_unref (self->quantized);
  g_free (self);
}

/* ---- the float model ---- */

static gboolean
keep_origin (gint64 id, const PtqTensor *tensor, PtqParallel *parallel,
    gpointer user_data, GError **error)
{
  PtqRoundObserver *self = user_data;

  (void) parallel;
  if (tensor->type != PTQ_ELEMENT_FLOAT)
    return TRUE;
  return ptq_spool_put (
      self->spool, self->float_ids[id], tensor->data, tensor->size, error);
}

static PtqSession *
open_float_session (
    PtqRoundObserver *self, const PtqTensor *inputs, GError **error)
{
  PtqSessionOptions options = { PTQ_OPTIMIZE_ALL, FALSE, keep_origin, self };
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; i < self->pairs->pairs->len; i++) {
    const PtqTensorPair *pair = get_pair (self, i);

    if (pair->origin == NULL || pair->is_constant)
      continue;
    self->float_ids[names->len] = i;
    g_ptr_array_add (names, (gpointer) pair->origin);
  }
  return ptq_session_new_observed (self->float_model, inputs,
      (const gchar *const *) names->pdata, names->len, &options, error);
}

/* ---- the quantized model ---- */

static gboolean
load_constant (
    PtqRoundObserver *self, const PtqTensorPair *pair, GError **error)
{
  Onnx__TensorProto *tensor = ptq_graph_find_initializer (
      ptq_model_get_graph (self->float_model), pair->origin);
  g_autofree gfloat *values = NULL;
  gsize n;

  values = ptq_tensor_proto_read_floats (self->float_model, tensor, &n, error);
  if (values == NULL)
    return FALSE;
  g_array_set_size (self->origin, 0);
  g_array_append_vals (self->origin, values, n);
  return TRUE;
}

/* Brings the float values of @pair into memory; none leaves it empty. */
static gboolean
load_origin (PtqRoundObserver *self, guint index, GError **error)
{
  const PtqTensorPair *pair = get_pair (self, index);

  g_array_set_size (self->origin, 0);
  if (pair->origin == NULL)
    return TRUE;
  if (pair->is_constant)
    return load_constant (self, pair, error);
  g_array_set_size (
      self->origin, ptq_spool_get_size (self->spool, index) / sizeof (gfloat));
  return ptq_spool_get (self->spool, index, self->origin->data, error);
}

static gboolean
check_sizes (const PtqRoundObserver *self, guint index, GError **error)
{
  if (self->origin->len == 0 || self->origin->len == self->dequant->len)
    return TRUE;
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
      "tensor '%s' has %u "
      "elements, its quantized partner '%s' %u: they can not be compared",
      get_pair (self, index)->origin, self->origin->len,
      get_pair (self, index)->dequant, self->dequant->len);
  return FALSE;
}

typedef struct
{
  PtqTensorStatistics *statistics[2];
  GArray *values[2];
} Halves;

static void
take_half (guint i, gpointer user_data)
{
  Halves *halves = user_data;

  ptq_tensor_statistics_take (halves->statistics[i],
      (gfloat *) halves->values[i]->data, halves->values[i]->len);
}

static void
compare (
    PtqRoundObserver *self, PtqTensorFigures *figures, PtqParallel *parallel)
{
  const gfloat *origin = (const gfloat *) self->origin->data;
  Halves halves = { { &figures->dequant, &figures->origin },
    { self->dequant, self->origin } };

  figures->known = TRUE;
  figures->has_origin = self->origin->len > 0;
  figures->cosine = 1;
  figures->clip = 0;
  if (!figures->has_origin) {
    take_half (0, &halves);
    return;
  }
  figures->cosine = ptq_tensor_cosine (
      origin, (const gfloat *) self->dequant->data, self->origin->len);
  ptq_parallel_for (parallel, 2, take_half, &halves);
  figures->clip = ptq_tensor_clip_share (
      origin, self->origin->len, figures->dequant.min, figures->dequant.max);
}

static gboolean
compare_dequant (gint64 id, const PtqTensor *tensor, PtqParallel *parallel,
    gpointer user_data, GError **error)
{
  PtqRoundObserver *self = user_data;
  PtqTensorFigures *figures = &self->figures[id];
  gsize n = ptq_tensor_count (tensor);

  if (tensor->type != PTQ_ELEMENT_FLOAT || n == 0
      || (figures->known && get_pair (self, id)->is_constant))
    return TRUE;
  figures->rank = tensor->rank;
  memcpy (figures->dims, tensor->dims, sizeof figures->dims);
  g_array_set_size (self->dequant, 0);
  g_array_append_vals (self->dequant, tensor->data, n);
  if (!load_origin (self, id, error) || !check_sizes (self, id, error))
    return FALSE;
  compare (self, figures, parallel);
  return TRUE;
}

static PtqSession *
open_quantized_session (
    PtqRoundObserver *self, const PtqTensor *inputs, GError **error)
{
  PtqSessionOptions options = { PTQ_OPTIMIZE_ALL, FALSE, compare_dequant,
    self };
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; i < self->pairs->pairs->len; i++)
    g_ptr_array_add (names, (gpointer) get_pair (self, i)->dequant);
  return ptq_session_new_observed (self->quantized, inputs,
      (const gchar *const *) names->pdata, names->len, &options, error);
}

static gboolean
open_sessions (PtqRoundObserver *self, const PtqTensor *inputs, GError **error)
{
  if (self->float_session == NULL)
    self->float_session = open_float_session (self, inputs, error);
  if (self->float_session != NULL && self->quantized_session == NULL)
    self->quantized_session = open_quantized_session (self, inputs, error);
  return self->quantized_session != NULL;
}

gboolean
ptq_round_observer_run (PtqRoundObserver *self, const PtqTensor *inputs,
    guint n_inputs, GCancellable *cancellable, GError **error)
{
  ptq_spool_clear (self->spool);
  return open_sessions (self, inputs, error)
      && ptq_session_run (
          self->float_session, inputs, n_inputs, cancellable, error)
      && ptq_session_run (
          self->quantized_session, inputs, n_inputs, cancellable, error);
}

const PtqTensorFigures *
ptq_round_observer_get (PtqRoundObserver *self, guint pair)
{
  return &self->figures[pair];
}

guint
ptq_round_observer_get_n_outputs (PtqRoundObserver *self)
{
  return ptq_session_get_n_outputs (self->float_session);
}

const gchar *
ptq_round_observer_get_output (
    PtqRoundObserver *self, guint index, gdouble *cosine)
{
  const PtqTensor *a = ptq_session_get_output (self->float_session, index);
  const PtqTensor *b = ptq_session_get_output (self->quantized_session, index);
  PtqOutputDifference difference = { 0 };
  gboolean in_reference;
  gsize at;

  if (!ptq_element_type_is_numeric (a->type)
      || !ptq_element_type_is_numeric (b->type)
      || ptq_tensor_count (a) != ptq_tensor_count (b)
      || !ptq_output_difference_add (&difference, a, b, &at, &in_reference))
    return NULL;
  *cosine = ptq_output_difference_cosine (&difference);
  return ptq_session_get_output_name (self->float_session, index);
}
