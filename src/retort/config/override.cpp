// SPDX-License-Identifier: MIT
#include "retort/config/override.h"

#include <fmt/format.h>

#include "retort/config/node_size.h"
#include "retort/config/override_call.h"
#include "retort/config/override_key.h"
#include "retort/config/override_token.h"
#include "retort/config/override_value.h"
#include "retort/config/override_value_parser.h"
#include "retort/config/sweep_range.h"
#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::config {
namespace {

std::vector<std::string> choice_texts(const ChoiceSweep& choice) {
  std::vector<std::string> texts;
  for (const Element& value : choice.values) {
    if (holds_sweep(value))
      throw CallError(fmt::format("{} cannot stand among the values of a choice", describe(value)));
    texts.push_back(to_override_text(value));
  }
  return texts;
}

std::optional<Sweep> to_sweep(const Element& element) {
  if (element.is<ChoiceSweep>()) {
    const auto& choice = element.as<ChoiceSweep>();
    return Sweep{.kind = Sweep::Kind::choice,
                 .values = choice_texts(choice),
                 .include = {},
                 .exclude = {},
                 .shuffle = choice.shuffle};
  }
  if (element.is<RangeSweep>()) {
    const auto& range = element.as<RangeSweep>();
    return Sweep{.kind = Sweep::Kind::range,
                 .values = range_values(range),
                 .include = {},
                 .exclude = {},
                 .shuffle = range.shuffle};
  }
  if (element.is<GlobSweep>()) {
    const auto& glob = element.as<GlobSweep>();
    return Sweep{.kind = Sweep::Kind::glob, .values = {}, .include = glob.include, .exclude = glob.exclude};
  }
  if (element.is<IntervalSweep>())
    return Sweep{.kind = Sweep::Kind::interval, .values = {}, .include = {}, .exclude = {}};
  return std::nullopt;
}

void set_value(Override& result, const Element& element) {
  try {
    result.sweep = to_sweep(element);
  } catch (const CallError& error) {
    fail_override(result.line, result.value_position, error.what());
  }
  if (result.sweep.has_value()) return;
  result.extends_list = element.is<ListExtension>();
  if (result.extends_list && result.kind != Override::Kind::change)
    fail_override(result.line, 0, "extend_list() goes with a plain key=extend_list(...), without + or ~");
  result.value_text = to_override_text(element);
  result.value = to_node(element, result.value_source());
}

}  // namespace

std::string Override::key_element() const {
  constexpr const char* kSigns[] = {"", "+", "++", "~"};
  return kSigns[static_cast<size_t>(kind)] + key_or_group + (package.has_value() ? "@" + *package : "");
}

Override parse_override(std::string_view line) {
  Override result;
  result.line = line;
  const std::optional<size_t> value_position = parse_override_key(line, result);
  if (!value_position.has_value()) return result;
  result.has_value = true;
  result.value_position = *value_position;
  // `key=` is the empty string.
  set_value(result,
            *value_position == line.size() ? Element{Text{}} : parse_override_value(line, *value_position));
  return result;
}

std::vector<Override> parse_overrides(const std::vector<std::string>& lines) {
  constexpr size_t kMostOverrides = 2000, kMostBytes = 256 << 10;
  const auto fail = [](const std::string& message) { throw Error(ExitCode::config, message); };
  if (lines.size() > kMostOverrides)
    fail(fmt::format("{} overrides; {} are the most that a command line may have; a file takes more",
                     lines.size(), kMostOverrides));
  std::vector<Override> overrides;
  overrides.reserve(lines.size());
  size_t bytes = 0, values = 0;
  for (const std::string& line : lines) {
    if ((bytes += line.size()) > kMostBytes)
      fail(fmt::format("the overrides together are larger than {}; a file takes more",
                       human_bytes(kMostBytes)));
    const Override& override = overrides.emplace_back(parse_override(line));
    values += override.sweep ? override.sweep->values.size() : size_of(override.value).values;
    if (values > kMostOverrideValues)
      fail(fmt::format("the overrides together hold more than {} values; a file takes more",
                       kMostOverrideValues));
  }
  return overrides;
}

}  // namespace retort::config
