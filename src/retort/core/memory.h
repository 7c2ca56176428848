// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace retort {

/// Bytes that this process holds in memory.
uint64_t resident_memory();
/// The most that it held at once since reset_memory_peak(); since its start where the kernel resets nothing.
uint64_t memory_peak();
void reset_memory_peak();

/// Bytes that this process can hold in all without swapping: what it holds now and what the machine has
/// available, but no more than its control groups allow. No bound where the system does not say.
uint64_t memory_limit();

}  // namespace retort
