// SPDX-License-Identifier: MIT
#include "retort/trainer/precision.h"

namespace retort::trainer {

const std::vector<std::string>& precision_names() {
  static const std::vector<std::string> names = {"32-true", "32", "bf16-mixed"};
  return names;
}

Precision parse_precision(const std::string& name) {
  return name == "bf16-mixed" ? Precision::bf16_mixed : Precision::float32;
}

}  // namespace retort::trainer
