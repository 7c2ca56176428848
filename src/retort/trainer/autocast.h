// SPDX-License-Identifier: MIT
#pragma once

#include <torch/types.h>

#include "retort/trainer/precision.h"

namespace retort::trainer {

/// What parameters, buffers and pictures are kept in.
torch::Dtype storage_dtype(Precision precision);
/// Whether autocast computes in something narrower than what is kept.
bool is_mixed(Precision precision);

/// What a frozen teacher is looked at in: autocast as its student, else float32.
Precision teacher_precision(Precision precision);

/// Switches autocast on for a scope, on devices of one type, where the precision asks for it.
class AutocastScope {
 public:
  AutocastScope(Precision precision, torch::DeviceType device);
  ~AutocastScope();
  AutocastScope(const AutocastScope&) = delete;
  AutocastScope& operator=(const AutocastScope&) = delete;

 private:
  torch::DeviceType device_;
  bool was_enabled_;
};

}  // namespace retort::trainer
