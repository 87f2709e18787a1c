/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The error domain of the library.
 */
#include "ptq-error.h"

G_DEFINE_QUARK (ptq - error - quark, ptq_error)
