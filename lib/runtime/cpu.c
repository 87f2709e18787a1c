/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the processor offers for products of 8-bit numbers.
 */
#include "runtime-private.h"

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>

static gboolean
has_avx_vnni (void)
{
  guint eax = 0, ebx = 0, ecx = 0, edx = 0;

  /* The flag for AVX2 also tells that the system saves these registers. */
  return __builtin_cpu_supports ("avx2")
      && __get_cpuid_count (7, 1, &eax, &ebx, &ecx, &edx)
      && (eax & (1u << 4)) != 0;
}

static gboolean
has_avx512_vnni (void)
{
  return __builtin_cpu_supports ("avx512vnni") != 0;
}

/**
 * ptq_runtime_cpu_class:
 *
 * Figures of speed and precision hold for one class of processors only.
 *
 * Returns: a short name of the class, for people to read
 */
const gchar *
ptq_runtime_cpu_class (void)
{
  if (has_avx512_vnni ())
    return "AVX512-VNNI";
  if (has_avx_vnni ())
    return "AVX-VNNI";
  if (__builtin_cpu_supports ("avx512bw"))
    return "AVX512 without VNNI";
  if (__builtin_cpu_supports ("avx2"))
    return "AVX2 without VNNI";
  return "x86 without AVX2";
}

/**
 * ptq_runtime_cpu_saturates:
 *
 * Without VNNI the runtime multiplies with PMADDUBSW, which adds two products
 * of an unsigned and a signed byte in a signed 16-bit number and saturates.
 *
 * Returns: whether large weights give wrong sums on this processor
 */
gboolean
ptq_runtime_cpu_saturates (void)
{
  return !has_avx512_vnni () && !has_avx_vnni ();
}

#elif defined(__aarch64__)
#include <sys/auxv.h>
#include <asm/hwcap.h>

const gchar *
ptq_runtime_cpu_class (void)
{
  if ((getauxval (AT_HWCAP2) & HWCAP2_I8MM) != 0)
    return "ARM i8mm";
  if ((getauxval (AT_HWCAP) & HWCAP_ASIMDDP) != 0)
    return "ARM dot product";
  return "ARM without dot product";
}

gboolean
ptq_runtime_cpu_saturates (void)
{
  return FALSE;
}

#else

const gchar *
ptq_runtime_cpu_class (void)
{
  return "unknown";
}

gboolean
ptq_runtime_cpu_saturates (void)
{
  return FALSE;
}
#endif
