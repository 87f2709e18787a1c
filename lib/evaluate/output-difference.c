/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sums up how one output of two models differs.
 */
#include "output-difference.h"

#include <float.h>
#include <math.h>
#include <string.h>

static gdouble
half_to_double (guint16 bits)
{
  gint exponent = (bits >> 10) & 0x1f;
  gint mantissa = bits & 0x3ff;
  gdouble value;

  if (exponent == 0)
    value = ldexp (mantissa, -24);
  else if (exponent == 31)
    value = mantissa ? NAN : INFINITY;
  else
    value = ldexp (mantissa + 1024, exponent - 25);

  return bits & 0x8000 ? -value : value;
}

static gdouble
bfloat_to_double (guint16 bits)
{
  guint32 wide = (guint32) bits << 16;
  gfloat value;

  memcpy (&value, &wide, sizeof (value));
  return value;
}

gboolean
ptq_element_type_is_numeric (PtqElementType type)
{
  switch (type) {
    case PTQ_ELEMENT_FLOAT:
    case PTQ_ELEMENT_DOUBLE:
    case PTQ_ELEMENT_FLOAT16:
    case PTQ_ELEMENT_BFLOAT16:
    case PTQ_ELEMENT_UINT8:
    case PTQ_ELEMENT_BOOL:
    case PTQ_ELEMENT_INT8:
    case PTQ_ELEMENT_UINT16:
    case PTQ_ELEMENT_INT16:
    case PTQ_ELEMENT_UINT32:
    case PTQ_ELEMENT_INT32:
    case PTQ_ELEMENT_UINT64:
    case PTQ_ELEMENT_INT64:
      return TRUE;
    default:
      return FALSE;
  }
}

gdouble
ptq_tensor_element (const PtqTensor *tensor, gsize i)
{
  switch (tensor->type) {
    case PTQ_ELEMENT_FLOAT:
      return ((const gfloat *) tensor->data)[i];
    case PTQ_ELEMENT_DOUBLE:
      return ((const gdouble *) tensor->data)[i];
    case PTQ_ELEMENT_FLOAT16:
      return half_to_double (((const guint16 *) tensor->data)[i]);
    case PTQ_ELEMENT_BFLOAT16:
      return bfloat_to_double (((const guint16 *) tensor->data)[i]);
    case PTQ_ELEMENT_UINT8:
    case PTQ_ELEMENT_BOOL:
      return ((const guint8 *) tensor->data)[i];
    case PTQ_ELEMENT_INT8:
      return ((const gint8 *) tensor->data)[i];
    case PTQ_ELEMENT_UINT16:
      return ((const guint16 *) tensor->data)[i];
    case PTQ_ELEMENT_INT16:
      return ((const gint16 *) tensor->data)[i];
    case PTQ_ELEMENT_UINT32:
      return ((const guint32 *) tensor->data)[i];
    case PTQ_ELEMENT_INT32:
      return ((const gint32 *) tensor->data)[i];
    case PTQ_ELEMENT_UINT64:
      return ((const guint64 *) tensor->data)[i];
    case PTQ_ELEMENT_INT64:
      return ((const gint64 *) tensor->data)[i];
    default:
      g_return_val_if_reached (0);
  }
}

/* dot / (|a| |b|); two vectors of nothing are the same, nothing and something
 * have nothing in common. */
static gdouble
cosine (gdouble dot, gdouble a, gdouble b)
{
  if (a < DBL_EPSILON && b < DBL_EPSILON)
    return 1.0;
  if (a * b < DBL_EPSILON)
    return 0.0;
  return dot / (sqrt (a) * sqrt (b));
}

gboolean
ptq_output_difference_add (PtqOutputDifference *self,
    const PtqTensor *reference, const PtqTensor *other, gsize *index,
    gboolean *in_reference)
{
  gsize n = ptq_tensor_count (reference);
  gdouble dot = 0, signal = 0, energy = 0, noise = 0, max_error = 0;

  for (gsize i = 0; i < n; i++) {
    gdouble a = ptq_tensor_element (reference, i);
    gdouble b = ptq_tensor_element (other, i);

    if (!isfinite (a) || !isfinite (b)) {
      *index = i;
      *in_reference = !isfinite (a);
      return FALSE;
    }
    dot += a * b;
    signal += a * a;
    energy += b * b;
    noise += (a - b) * (a - b);
    max_error = MAX (max_error, fabs (a - b));
  }

  self->samples++;
  self->cosine_sum += cosine (dot, signal, energy);
  self->signal += signal;
  self->noise += noise;
  self->max_error = MAX (self->max_error, max_error);
  return TRUE;
}

gdouble
ptq_output_difference_cosine (const PtqOutputDifference *self)
{
  return self->cosine_sum / self->samples;
}

gdouble
ptq_output_difference_sqnr_db (const PtqOutputDifference *self)
{
  if (self->noise == 0)
    return INFINITY;
  return 10 * log10 (self->signal / self->noise);
}

gsize
ptq_tensor_best (const PtqTensor *tensor)
{
  gsize n = ptq_tensor_count (tensor);
  gsize best = 0;

  for (gsize i = 1; i < n; i++) {
    if (ptq_tensor_element (tensor, i) > ptq_tensor_element (tensor, best))
      best = i;
  }
  return best;
}

gboolean
ptq_tensor_among_best (const PtqTensor *tensor, gsize label, guint k)
{
  gsize n = ptq_tensor_count (tensor);
  gdouble value = ptq_tensor_element (tensor, label);
  guint before = 0;

  for (gsize i = 0; i < n; i++) {
    gdouble other = ptq_tensor_element (tensor, i);

    if (other > value || (other == value && i < label))
      before++;
  }
  return before < k;
}
