/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The error domain of the library.
 */
#include "ptq-error.h"

/**
 * ptq_error_quark:
 *
 * The domain of the errors that the library reports, #PTQ_ERROR.
 *
 * Returns: the quark
 *
 * Since: 0.1
 */
GQuark
ptq_error_quark (void)
{
  return g_quark_from_static_string ("ptq-error-quark");
}
