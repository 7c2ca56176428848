// SPDX-License-Identifier: MIT
#include "retort/trainer/autocast.h"

#include <ATen/autocast_mode.h>

namespace retort::trainer {

torch::Dtype storage_dtype(Precision precision) {
  if (precision == Precision::float64) return torch::kFloat64;
  return precision == Precision::bf16_true ? torch::kBFloat16 : torch::kFloat32;
}

Precision teacher_precision(Precision precision) {
  return precision == Precision::bf16_mixed ? precision : Precision::float32;
}

AutocastScope::AutocastScope(Precision precision)
    : was_enabled_(at::autocast::is_autocast_enabled(at::kCPU)) {
  at::autocast::set_autocast_dtype(at::kCPU, at::kBFloat16);
  at::autocast::set_autocast_enabled(at::kCPU, precision == Precision::bf16_mixed);
}

AutocastScope::~AutocastScope() {
  at::autocast::clear_cache();
  at::autocast::set_autocast_enabled(at::kCPU, was_enabled_);
}

}  // namespace retort::trainer
