/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What activation functions make of a value, with the attributes of their node.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef gdouble (*PtqActivationFunc) (
    gdouble value, gdouble alpha, gdouble beta);

gdouble ptq_activation_leak (gdouble value, gdouble alpha, gdouble beta);
gdouble ptq_activation_elu (gdouble value, gdouble alpha, gdouble beta);
gdouble ptq_activation_sigmoid (gdouble value, gdouble alpha, gdouble beta);
gdouble ptq_activation_tanh (gdouble value, gdouble alpha, gdouble beta);
gdouble ptq_activation_hard_sigmoid (
    gdouble value, gdouble alpha, gdouble beta);

G_END_DECLS
