// SPDX-License-Identifier: MIT
#include "retort/trainer/autocast.h"

#include <ATen/autocast_mode.h>

namespace retort::trainer {

torch::Dtype storage_dtype(Precision precision) {
  if (precision == Precision::float64) return torch::kFloat64;
  return precision == Precision::bf16_true ? torch::kBFloat16 : torch::kFloat32;
}

bool is_mixed(Precision precision) {
  return precision == Precision::bf16_mixed || precision == Precision::float16_mixed;
}

Precision teacher_precision(Precision precision) {
  return is_mixed(precision) ? precision : Precision::float32;
}

AutocastScope::AutocastScope(Precision precision, torch::DeviceType device)
    : device_(device), was_enabled_(at::autocast::is_autocast_enabled(device)) {
  at::autocast::set_autocast_dtype(device, precision == Precision::float16_mixed ? at::kHalf : at::kBFloat16);
  at::autocast::set_autocast_enabled(device, is_mixed(precision));
}

AutocastScope::~AutocastScope() {
  at::autocast::clear_cache();
  at::autocast::set_autocast_enabled(device_, was_enabled_);
}

}  // namespace retort::trainer
