// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#include "retort/config/node.h"

namespace retort::config {

/// What a value holds, and a copy of it takes.
struct NodeSize {
  size_t values = 0;  // itself, and all that are in it
  size_t bytes = 0;   // of texts and keys

  NodeSize& operator+=(const NodeSize& other) {
    values += other.values;
    bytes += other.bytes;
    return *this;
  }
};

NodeSize size_of(const Node& node);

}  // namespace retort::config
