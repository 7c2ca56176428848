// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "retort/core/repeater.h"

namespace retort::cuda {

/// Captures work in a CUDA graph: called three times, so that all is allocated and chosen, then recorded, and
/// from then on launched as one. Where it cannot be recorded `warn` hears why, once, and it is called each
/// time. For the stream that enter_device() made current; the work waits for nothing and draws random numbers
/// from the default generator alone, whose seed is heeded at each launch.
std::unique_ptr<Repeater> make_graph_repeater(std::function<void(const std::string& reason)> warn);

}  // namespace retort::cuda
