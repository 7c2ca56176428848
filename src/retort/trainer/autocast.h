// SPDX-License-Identifier: MIT
#pragma once

#include "retort/trainer/precision.h"

namespace retort::trainer {

/// Switches autocast on for a scope where the precision asks for it.
class AutocastScope {
 public:
  explicit AutocastScope(Precision precision);
  ~AutocastScope();
  AutocastScope(const AutocastScope&) = delete;
  AutocastScope& operator=(const AutocastScope&) = delete;

 private:
  bool was_enabled_;
};

}  // namespace retort::trainer
