// SPDX-License-Identifier: MIT
#include "retort/core/cpu.h"

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__)
#include <sys/auxv.h>
#endif

namespace retort {

bool cpu_has_bfloat16() {
#if defined(__x86_64__)
  unsigned a = 0, b = 0, c = 0, d = 0;
  // The system must keep the wide registers too: __builtin_cpu_supports asks it.
  if (!__builtin_cpu_supports("avx2") || __get_cpuid_count(7, 0, &a, &b, &c, &d) == 0) return false;
  const bool has_amx = (d >> 22 & 1) != 0;
  if (__get_cpuid_count(7, 1, &a, &b, &c, &d) == 0) return false;
  const bool has_avx512 = (a >> 5 & 1) != 0, has_ne_convert = (d >> 5 & 1) != 0;
  return ((has_amx || has_avx512) && __builtin_cpu_supports("avx512f")) || has_ne_convert;
#elif defined(__aarch64__)
  constexpr unsigned long kBfloat16 = 1ul << 14;  // HWCAP2_BF16
  return (getauxval(AT_HWCAP2) & kBfloat16) != 0;
#else
  return false;
#endif
}

}  // namespace retort
