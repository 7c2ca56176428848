// SPDX-License-Identifier: MIT
#include "retort/core/json.h"

#include <set>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "retort/core/text.h"

namespace retort {

nlohmann::json parse_json(std::string_view text, int max_depth, ExitCode code, const std::string& file) {
  using Event = nlohmann::json::parse_event_t;
  const auto refuse = [&](std::string_view cause) {
    return Error(code, fmt::format("{} is not sound JSON: {}", printable(file), cause));
  };
  // The parser would take a zero byte for the end of the text.
  if (text.find('\0') != std::string_view::npos) throw refuse("it has a zero byte");

  std::vector<std::set<std::string>> keys;  // of the dictionaries that are open
  const auto check = [&](int depth, Event event, const nlohmann::json& value) {
    if ((event == Event::object_start || event == Event::array_start) && depth >= max_depth)
      throw refuse(fmt::format("it is nested more than {} deep", max_depth));
    if (event == Event::object_start) keys.emplace_back();
    if (event == Event::object_end) keys.pop_back();
    if (event == Event::key && !keys.back().insert(value.get<std::string>()).second)
      throw refuse(fmt::format("the key '{}' stands there twice", printable(value.get<std::string>())));
    return true;
  };
  try {
    return nlohmann::json::parse(text, check);
  } catch (const nlohmann::json::parse_error& error) {
    throw refuse(fmt::format("it breaks at byte {}", error.byte));
  } catch (const nlohmann::json::out_of_range&) {
    throw refuse("it has a number that is too large");
  }
}

}  // namespace retort
