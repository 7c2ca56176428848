// SPDX-License-Identifier: MIT
#include "retort/trainer/precision.h"

#include <utility>

namespace retort::trainer {
namespace {

const std::vector<std::pair<std::string, std::optional<Precision>>>& table() {
  static const std::vector<std::pair<std::string, std::optional<Precision>>> names = {
      {"32-true", Precision::float32},       {"32", Precision::float32},
      {"64-true", Precision::float64},       {"64", Precision::float64},
      {"bf16-mixed", Precision::bf16_mixed}, {"bf16", Precision::bf16_mixed},
      {"bf16-true", Precision::bf16_true},   {"16-mixed", Precision::float16_mixed},
      {"16", Precision::float16_mixed},      {"16-true", std::nullopt},
  };
  return names;
}

}  // namespace

const std::vector<std::string>& precision_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const auto& [name, precision] : table()) all.push_back(name);
    return all;
  }();
  return names;
}

std::optional<Precision> parse_precision(const std::string& name) {
  for (const auto& [known, precision] : table())
    if (known == name) return precision;
  return std::nullopt;
}

}  // namespace retort::trainer
