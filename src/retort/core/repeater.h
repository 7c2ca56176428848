// SPDX-License-Identifier: MIT
#pragma once

#include <functional>

namespace retort {

/// Does work that is the same each time: the same operations in the same memory. It may record them at one
/// time and repeat them at the next without calling `work`. This one calls.
class Repeater {
 public:
  virtual ~Repeater() = default;
  virtual void run(const std::function<void()>& work) { work(); }
};

}  // namespace retort
