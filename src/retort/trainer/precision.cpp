// SPDX-License-Identifier: MIT
#include "retort/trainer/precision.h"

#include <ATen/autocast_mode.h>

namespace retort::trainer {

const std::vector<std::string>& precision_names() {
  static const std::vector<std::string> names = {"32-true", "32", "bf16-mixed"};
  return names;
}

Precision parse_precision(const std::string& name) {
  return name == "bf16-mixed" ? Precision::bf16_mixed : Precision::float32;
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
