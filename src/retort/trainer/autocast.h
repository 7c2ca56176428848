// SPDX-License-Identifier: MIT
#pragma once

#include <torch/types.h>

#include "retort/trainer/precision.h"

namespace retort::trainer {

/// What parameters, buffers and pictures are kept in.
torch::Dtype storage_dtype(Precision precision);

/// What a frozen teacher answers in: autocast as its student, else float32.
Precision teacher_precision(Precision precision);

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
