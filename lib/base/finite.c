/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether numbers are numbers.
 */

#include "finite.h"

#include <math.h>

gboolean
ptq_all_finite (const gfloat *values, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (!isfinite (values[i]))
      return FALSE;
  return TRUE;
}
