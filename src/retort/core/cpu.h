// SPDX-License-Identifier: MIT
#pragma once

namespace retort {

/// Whether this processor computes in bfloat16 (AVX512-BF16, AMX or AVX-NE-CONVERT on x86, BF16 on Arm).
/// Without such instructions LibTorch emulates them, many times slower than float32.
bool cpu_has_bfloat16();

}  // namespace retort
