// SPDX-License-Identifier: MIT
#include "retort/config/class_numbers.h"

#include <string>

namespace retort::config {

std::vector<std::pair<int64_t, double>> read_class_numbers(Reader& reader, std::string_view key) {
  std::vector<std::pair<int64_t, double>> numbers;
  reader.ignore(key);
  if (!reader.has(key)) return numbers;
  const Node& node = reader.node(key);
  const auto refuse = [&] { reader.fail(key, "expected a number for each class: {3: 3.5, 7: -1}"); };
  if (!node.is_dict()) refuse();
  constexpr size_t kMostDigits = 6;
  for (const auto& [label, value] : node.as_dict()) {
    const std::string& digits = label.text();
    const bool is_class = !digits.empty() && digits.size() <= kMostDigits &&
                          digits.find_first_not_of("0123456789") == std::string::npos;
    if (!is_class || (!value.is_int() && !value.is_float())) refuse();
    numbers.emplace_back(std::stoll(digits),
                         value.is_int() ? static_cast<double>(value.as_int()) : value.as_float());
  }
  return numbers;
}

}  // namespace retort::config
