/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "half-float.h"

#include <math.h>
#include <string.h>

guint16
ptq_half_from_float (gfloat value)
{
  const guint16 sign = signbit (value) ? 0x8000 : 0;
  const gfloat magnitude = fabsf (value);
  gint exponent;
  gfloat fraction;

  if (isnan (value))
    return sign | 0x7e00;
  /* 65520 is half way from the largest number to the one that would follow. */
  if (magnitude >= 65520)
    return sign | 0x7c00;
  if (magnitude < 0x1p-14f)
    return sign | (guint16) nearbyintf (magnitude * 0x1p24f);

  /* A fraction rounded up to 2048 carries into the exponent as it should. */
  fraction = frexpf (magnitude, &exponent);
  return sign | (((exponent + 14 - 1) << 10)
      + (guint16) nearbyintf (fraction * 2048));
}

gfloat
ptq_half_to_float (guint16 half)
{
  const guint32 sign = (guint32) (half & 0x8000) << 16;
  const guint32 exponent = (half >> 10) & 0x1f;
  const guint32 mantissa = half & 0x3ff;
  guint32 bits;
  gfloat value;

  if (exponent == 0) {
    /* zero and subnormals, in units of 2^-24 */
    value = (gfloat) mantissa * 0x1p-24f;
    return sign ? -value : value;
  }

  bits = sign | mantissa << 13;
  bits |= exponent == 0x1f ? 0x7f800000u : (exponent + 112) << 23;
  memcpy (&value, &bits, sizeof value);

  return value;
}
