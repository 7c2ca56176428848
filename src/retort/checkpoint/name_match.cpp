// SPDX-License-Identifier: MIT
#include "retort/checkpoint/name_match.h"

#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::checkpoint {
namespace {

// What widespread programs call the same layers.
constexpr std::pair<std::string_view, std::string_view> kSpellings[] = {
    {"shortcut", "downsample"}, {"linear", "fc"}, {"classifier", "fc"}};

std::string_view our_spelling(std::string_view segment) {
  for (const auto& [theirs, ours] : kSpellings)
    if (segment == theirs) return ours;
  return segment;
}

// Segment by segment: "layer1.0.shortcut.0.weight" -> "layer1.0.downsample.0.weight".
std::string spelled_as_ours(std::string_view name) {
  std::string result;
  while (true) {
    const size_t dot = name.find('.');
    result += our_spelling(name.substr(0, dot));
    if (dot == std::string_view::npos) return result;
    result += '.';
    name.remove_prefix(dot + 1);
  }
}

using Counts = std::map<std::string, size_t>;

// How many names and shapes each prefix would explain.
Counts count_prefixes(const Shapes& file_shapes, const Shapes& network_shapes) {
  Counts counts;
  for (const auto& [name, shape] : file_shapes) {
    for (size_t begin = 0;;) {
      const auto found = network_shapes.find(spelled_as_ours(std::string_view(name).substr(begin)));
      if (found != network_shapes.end() && found->second == shape) ++counts[name.substr(0, begin)];
      const size_t dot = name.find('.', begin);
      if (dot == std::string::npos) break;
      begin = dot + 1;
    }
  }
  return counts;
}

std::string best_prefix(const Counts& counts, const std::string& file) {
  const std::pair<const std::string, size_t>*best = nullptr, *second = nullptr;
  for (const auto& entry : counts) {
    if (best == nullptr || entry.second > best->second)
      second = std::exchange(best, &entry);
    else if (second == nullptr || entry.second > second->second)
      second = &entry;
  }
  if (best == nullptr) return "";
  if (second != nullptr && second->second == best->second)
    throw Error(
        ExitCode::checkpoint,
        fmt::format("{} holds the network twice, under '{}' and under '{}': save the one that is meant "
                    "alone",
                    printable(file), printable(best->first), printable(second->first)));
  return best->first;
}

}  // namespace

NameMatch match_names(const Shapes& file_shapes, const Shapes& network_shapes, const std::string& file) {
  NameMatch match{.prefix = best_prefix(count_prefixes(file_shapes, network_shapes), file)};
  for (const auto& [name, shape] : file_shapes) {
    if (!name.starts_with(match.prefix)) {
      ++match.left_out;
      continue;
    }
    std::string rest = name.substr(match.prefix.size());
    if (!network_shapes.contains(rest))
      if (std::string spelled = spelled_as_ours(rest); network_shapes.contains(spelled))
        rest = std::move(spelled);
    match.names.emplace(name, std::move(rest));
  }
  return match;
}

}  // namespace retort::checkpoint
