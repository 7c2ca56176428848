// SPDX-License-Identifier: MIT
#include "retort/trainer/checkpoint_name.h"

#include <algorithm>
#include <functional>
#include <optional>

#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::trainer {
namespace {

// The value of a name as text, by a format such as ":.3f" or none.
using Lookup = std::function<std::string(const std::string& name, const std::string& format)>;

std::string expand(const std::string& pattern, const Lookup& look_up) {
  std::string name;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '{') {
      name += pattern[i];
      continue;
    }
    const size_t end = pattern.find('}', i);
    const std::string field = pattern.substr(i + 1, end - i - 1);
    const size_t colon = field.find(':');
    const std::string key = field.substr(0, colon);
    name += fmt::format("{}={}", key, look_up(key, colon == field.npos ? "" : field.substr(colon)));
    i = end;
  }
  std::replace(name.begin(), name.end(), '/', '_');
  return name;
}

bool is_format(const std::string& format, bool is_integer) {
  if (format.empty()) return true;
  try {
    const std::string text = fmt::format("{{{}}}", format);
    is_integer ? fmt::format(fmt::runtime(text), int64_t{1}) : fmt::format(fmt::runtime(text), 0.5);
    return true;
  } catch (const fmt::format_error&) {
    return false;
  }
}

bool is_counter(const std::string& key) { return key == "epoch" || key == "step"; }

}  // namespace

std::string checkpoint_name_problem(const std::string& pattern) {
  std::string outside;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '}') return "a } without its {";
    if (pattern[i] != '{') {
      outside += pattern[i];
      continue;
    }
    const size_t end = pattern.find('}', i);
    if (end == pattern.npos) return "a { without its }";
    const std::string field = pattern.substr(i + 1, end - i - 1);
    const size_t colon = field.find(':');
    const std::string key = field.substr(0, colon);
    if (key.empty() || key.find('{') != key.npos) return "expected a name in { }: epoch, step or a figure";
    if (colon != field.npos && !is_format(field.substr(colon), is_counter(key)))
      return fmt::format("'{}' is no format of a number", printable(field.substr(colon + 1)));
    i = end;
  }
  if (pattern.empty()) return "expected a name";
  if (outside.find('/') != outside.npos) return "a name holds no folder: leave out the /";
  if (pattern == "last" || pattern == "best" || pattern.starts_with("step-") || pattern.starts_with('.'))
    return "last, best, step-... and names that begin with a dot are taken";
  return "";
}

std::string checkpoint_name(const std::string& pattern, int64_t epoch, int64_t step,
                            const std::vector<std::pair<std::string, double>>& metrics) {
  return expand(pattern, [&](const std::string& key, const std::string& format) {
    const std::string text = fmt::format("{{{}}}", format);
    if (is_counter(key)) return fmt::format(fmt::runtime(text), key == "epoch" ? epoch : step);
    for (const auto& [name, value] : metrics)
      if (name == key) return fmt::format(fmt::runtime(text), value);
    std::vector<std::string> known = {"epoch", "step"};
    for (const auto& [name, value] : metrics) known.push_back(name);
    throw Error(ExitCode::config,
                fmt::format("callbacks.model_checkpoint.filename: no figure is called '{}'; "
                            "there are: {}",
                            printable(key), join(known, ", ")));
  });
}

}  // namespace retort::trainer
