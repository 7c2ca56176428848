// SPDX-License-Identifier: MIT
#pragma once

/// Before a function that processors and GPUs run, and that cannot be constexpr because it calls exp or log.
#if defined(__CUDACC__)
#define RETORT_HOST_DEVICE __host__ __device__
#else
#define RETORT_HOST_DEVICE
#endif
