// SPDX-License-Identifier: MIT
#pragma once

/// For functions of plain loops: compiled once for each width of vector registers; the right one is chosen
/// when the program starts.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define RETORT_VECTORISED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define RETORT_VECTORISED
#endif

/// For what such a function calls, so that it is compiled with it.
#define RETORT_INLINE inline __attribute__((always_inline))
