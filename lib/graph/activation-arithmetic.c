/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The arithmetic of the activation functions that the table of operators
 * names. */

#include "activation-arithmetic.h"

#include <math.h>

gdouble
ptq_activation_leak (gdouble value, gdouble alpha, gdouble beta G_GNUC_UNUSED)
{
  return value < 0 ? alpha * value : value;
}

gdouble
ptq_activation_elu (gdouble value, gdouble alpha, gdouble beta G_GNUC_UNUSED)
{
  return value < 0 ? alpha * expm1 (value) : value;
}

gdouble
ptq_activation_sigmoid (
    gdouble value, gdouble alpha G_GNUC_UNUSED, gdouble beta G_GNUC_UNUSED)
{
  return 1 / (1 + exp (-value));
}

gdouble
ptq_activation_tanh (
    gdouble value, gdouble alpha G_GNUC_UNUSED, gdouble beta G_GNUC_UNUSED)
{
  return tanh (value);
}

gdouble
ptq_activation_hard_sigmoid (gdouble value, gdouble alpha, gdouble beta)
{
  return CLAMP (alpha * value + beta, 0, 1);
}
