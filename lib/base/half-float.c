/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Conversion between float32 and IEEE 754 binary16.
 */
#include "half-float.h"

#include <string.h>

#define FLOAT_INFINITY 0x7f800000u
#define FLOAT_2_16 0x47800000u
#define FLOAT_2_MINUS_14 0x38800000u
/* Of the exponents */
#define BIAS_DIFFERENCE (127u - 15u)

/* In integers, as it runs over whole pictures */
guint16
ptq_half_from_float (gfloat value)
{
  guint32 bits;
  guint16 sign;
  gfloat magnitude;

  memcpy (&bits, &value, sizeof bits);
  sign = bits >> 16 & 0x8000;
  bits &= 0x7fffffffu;
  if (bits > FLOAT_INFINITY)
    return sign | 0x7e00;
  if (bits >= FLOAT_2_16)
    return sign | 0x7c00;
  if (bits < FLOAT_2_MINUS_14) {
    /* The last bit of a number from 0.5 to 1 is 2^-24, which is the unit. */
    magnitude = (value < 0 ? -value : value) + 0.5f;
    memcpy (&bits, &magnitude, sizeof bits);
    return sign | (guint16) (bits - 0x3f000000u);
  }

  /* Half a unit, and less by one where the last bit is even; what is rounded
   * up carries into the exponent as it should. */
  bits += 0xfff + (bits >> 13 & 1);
  return sign | (guint16) ((bits >> 13) - (BIAS_DIFFERENCE << 10));
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
