// SPDX-License-Identifier: MIT
#include "retort/trainer/autocast.h"

#include <ATen/autocast_mode.h>

namespace retort::trainer {

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
